//! Leaving what an account says of its devices at the service.

use serde::{Deserialize, Serialize};

use crate::{log::action::SignedStatement, protocol::frames::Newcomer};

/// `POST /statements`, signed in with the device that signed it, which is entitled in a room: what its account says of one of
/// its devices waits at the service for the account's rooms that have not heard it ([`crate::protocol::frames::Said`]). It takes
/// the place of what this device said of that one before, unless that was a revocation. Answer: 204.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LeaveStatement {
    /// The statement.
    pub statement: SignedStatement,
    /// With [`crate::log::action::Standing::Vouched`], and only then.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub newcomer: Option<Newcomer>,
}
