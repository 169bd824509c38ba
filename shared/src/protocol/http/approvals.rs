//! Asking the account's other computers to approve this one, and answering.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// `POST /approvals`, signed in with a registered device: asks the account's other computers to approve it. Answer:
/// [`ApprovalAsked`]. A question that is open stays as it is, unless it is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskForApproval {
    /// Tell the others once more, also if the question is open.
    pub again: bool,
}

/// Answer to [`AskForApproval`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApprovalAsked {
    /// When it was asked.
    pub asked_at: Timestamp,
    /// From then on the question is void.
    pub expires_at: Timestamp,
}

/// `POST /approvals/{device}`, signed in with another device of the account that is entitled in a room: settles the question
/// of that device. Answer: 204. To approve takes a statement in the rooms' logs besides; to refuse signs the device out, and
/// what the service has of it is erased unless a room knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerApproval {
    /// The digits were the same, and the device was vouched for.
    pub approved: bool,
}
