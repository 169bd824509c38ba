//! What an account says of one of its devices, on its way to rooms that have not heard it. Part of [`super::frames`] and
//! [`super::http`].

use serde::{Deserialize, Serialize};

use crate::{crypto::bundle::SignedBundle, log::action::SignedStatement};

/// Of a device that is vouched for: what the entry needs that carries the statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Newcomer {
    /// Its public keys.
    pub bundle: SignedBundle,
    /// What it is called.
    pub name: String,
}

/// A statement that a room of this device has not heard, or that vouches for this device itself: it carries it into the rooms
/// where it counts, before it sends anything there. Nothing of it is the service's word: the signer has to be entitled there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The statement.
    pub statement: SignedStatement,
    /// With [`crate::log::action::Standing::Vouched`].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub newcomer: Option<Newcomer>,
}
