//! What can go wrong between a client and the service, as codes. Prose for people is made where it is shown.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// A documented reason for a refusal. The text on the wire is the snake_case name; a client that meets one that it does
/// not know treats it as [`ErrorCode::Unknown`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The bytes are no frame or body of this protocol: truncated, of another type, with a duplicate key.
    Malformed,
    /// Larger than [`super::limits`] allow.
    TooLarge,
    /// No session, or one that has expired or was revoked: sign in again.
    NotSignedIn,
    /// Signed in, but not permitted.
    Forbidden,
    /// It does not exist, or the caller may not know that it does.
    NotFound,
    /// Address and password do not belong together; of somebody who is signed in, `current` is not the account's password.
    BadCredentials,
    /// The code from the mail is not right; `tries_left` says how many tries are left.
    BadCode,
    /// The code was used, replaced by a newer one, has expired, or was asked for something else: ask for another.
    CodeExpired,
    /// Five tries were wrong: ask for another code.
    TooManyTries,
    /// As many mails were sent for this as ever will be; the last code still counts. Begin anew.
    TooManyMails,
    /// The set-up code is wrong or was used already.
    BadSetupCode,
    /// A field breaks a rule; `field` names it.
    Invalid,
    /// The handle is taken, or looks like one that is.
    HandleTaken,
    /// Another account has this address.
    EmailTaken,
    /// The invite does not exist, is used up, closed or expired, or its signature does not match.
    InviteNotValid,
    /// Another entry was appended first: fetch the news, look again.
    LogConflict,
    /// An entry's time is more than five minutes off the service's clock.
    ClockSkew,
    /// An entry breaks the chain, its signature does not match, or its author was not permitted.
    BadEntry,
    /// The service does not know this kind, field or version.
    UnknownFormat,
    /// The envelopes are not exactly one for each device that the log entitles.
    BadEnvelopes,
    /// The message's epoch is closed: seal it again under the open one.
    EpochClosed,
    /// The sending device may not write in this room.
    NotEntitled,
    /// Another message stands under this name already.
    NameTaken,
    /// The service is busy: send the same bytes again after the stated time.
    RetryLater,
    /// The caller asks too often: wait the stated time.
    RateLimited,
    /// The page's or client's origin is not one that the service lists.
    BadOrigin,
    /// Something broke at the service; it is in its log under the request's id.
    Internal,
    /// A code that this build does not know.
    #[serde(other)]
    Unknown,
}

/// Why a session was ended, where somebody else did it and its person is told so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// Another computer of the account refused this one.
    Refused,
    /// Another computer took this one's place by a recovery, which said that this one was lost.
    Replaced,
    /// A reason that this build does not know.
    #[serde(other)]
    Unknown,
}

/// The body of every HTTP answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// What went wrong.
    pub code: ErrorCode,
    /// One sentence for people, in English.
    pub message: String,
    /// The field that breaks a rule.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// How many more tries a code by e-mail has.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tries_left: Option<u32>,
    /// Milliseconds to wait before trying again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after_ms: Option<u64>,
    /// Why the session that was shown counts no more, if there is more to say than that.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub session_end: Option<SessionEnd>,
    /// The service's clock, with [`ErrorCode::ClockSkew`]: the caller goes by it from then on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub time: Option<Timestamp>,
    /// The request's id in the service's log.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request_id: Option<String>,
}

impl ErrorBody {
    /// A refusal for this reason, and no more said.
    #[must_use]
    pub const fn of(code: ErrorCode) -> Self {
        Self {
            code,
            message: String::new(),
            field: None,
            tries_left: None,
            retry_after_ms: None,
            session_end: None,
            time: None,
            request_id: None,
        }
    }
}
