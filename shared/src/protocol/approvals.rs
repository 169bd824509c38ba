//! Frames about computers that ask to be approved. They are part of [`super::frames`].

use serde::{Deserialize, Serialize};

use crate::{crypto::bundle::SignedBundle, ids::DeviceId, time::Timestamp};

/// Another computer of the account asks to be approved, or asks again. Sent to connected devices of the account that are
/// entitled in a room, and to each that connects while the question is open. What counts is the bundle: the rest is the
/// service's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalWanted {
    /// Which.
    pub device: DeviceId,
    /// Its public keys, of which the digits are made that are compared.
    pub bundle: SignedBundle,
    /// What it calls itself.
    pub name: String,
    /// Operating system and browser or app.
    pub platform: String,
    /// The IP address that it asked from, as text.
    pub source: String,
    /// When it asked.
    pub asked_at: Timestamp,
    /// From then on the question is void.
    pub expires_at: Timestamp,
}

/// A question is over: to those that were asked, and to the device that asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalSettled {
    /// The device that asked.
    pub device: DeviceId,
    /// How it ended.
    pub outcome: ApprovalOutcome,
}

/// How a question ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApprovalOutcome {
    /// The device was vouched for. That it is so stands in the rooms' logs alone.
    Approved,
    /// Somebody said that it is not theirs; it is signed out.
    Refused,
    /// It was signed out, here or from elsewhere, before anybody answered.
    Withdrawn,
}
