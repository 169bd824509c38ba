//! What can go wrong while a request is answered, and the one place where that becomes a status and an [`ErrorBody`].

use core::{fmt, time::Duration};

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use igoon_shared::{
    protocol::error::{ErrorBody, ErrorCode, SessionEnd},
    time::Timestamp,
};

use crate::{
    accounts::hashing::{HashError, NewPasswordError},
    actors::room::Refusal,
    store::StoreError,
};

/// Why a request is not answered with what it asked for.
#[derive(Debug)]
pub enum Error {
    /// A documented refusal.
    Refused(ErrorCode),
    /// A field breaks a rule.
    Invalid {
        /// Which.
        field: &'static str,
        /// The rule, as a sentence for people.
        rule: String,
    },
    /// Too much is going on: come back after so many milliseconds.
    Later(u64),
    /// The caller does this too often.
    TooMany {
        /// How long to wait.
        wait_ms: u64,
    },
    /// The code from the mail is not right; so many tries are left.
    BadCode(u32),
    /// Somebody who is signed in was asked for the present password, and this is not it.
    WrongPassword,
    /// The session that was shown was ended by somebody else.
    SessionEnded(SessionEnd),
    /// The path has no such method.
    NoSuchMethod,
    /// It broke here; the text is for the log alone.
    Internal(String),
}

/// How long to wait when the store or the password hashing is busy, in milliseconds.
const BUSY_MS: u64 = 1_000;

impl Error {
    /// A field breaks a rule.
    pub fn invalid(field: &'static str, rule: impl fmt::Display) -> Self {
        Self::Invalid { field, rule: rule.to_string() }
    }

    /// Something broke here.
    pub fn internal(error: impl fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }

    /// The caller does this too often, as a limit says that names the wait.
    #[must_use]
    pub fn too_many(wait: Duration) -> Self {
        Self::TooMany { wait_ms: u64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX) }
    }

    /// The wire's code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(code) => *code,
            Self::Invalid { .. } => ErrorCode::Invalid,
            Self::Later(_) => ErrorCode::RetryLater,
            Self::TooMany { .. } => ErrorCode::RateLimited,
            Self::BadCode(_) => ErrorCode::BadCode,
            Self::WrongPassword => ErrorCode::BadCredentials,
            Self::SessionEnded(_) => ErrorCode::NotSignedIn,
            Self::NoSuchMethod => ErrorCode::NotFound,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }

    fn status(&self) -> StatusCode {
        if matches!(self, Self::NoSuchMethod) { StatusCode::METHOD_NOT_ALLOWED } else { status(self.code()) }
    }

    /// The answer at this time by the service's clock; what broke here is logged with it.
    #[must_use]
    pub fn response(&self, request_id: &str, now: Timestamp) -> HttpResponse {
        if let Self::Internal(error) = self {
            tracing::error!(error, "a request failed");
        }
        let field = match self {
            Self::Invalid { field, .. } => Some(*field),
            Self::WrongPassword => Some("current"),
            _ => None,
        };
        let tries_left = match self {
            Self::BadCode(left) => Some(*left),
            Self::Refused(ErrorCode::TooManyTries) => Some(0),
            _ => None,
        };
        let retry_after_ms = match self {
            Self::Later(wait) | Self::TooMany { wait_ms: wait } => Some(*wait),
            _ => None,
        };
        let session_end = match self {
            Self::SessionEnded(end) => Some(*end),
            _ => None,
        };
        let body = ErrorBody {
            code: self.code(),
            message: self.to_string(),
            field: field.map(str::to_owned),
            tries_left,
            retry_after_ms,
            session_end,
            time: Some(now).filter(|_| self.code() == ErrorCode::ClockSkew),
            request_id: Some(request_id.to_owned()),
        };
        let mut response = HttpResponse::build(self.status());
        if let Some(wait) = retry_after_ms {
            response.insert_header((header::RETRY_AFTER, wait.div_ceil(1_000).to_string()));
        }
        response.insert_header((header::CACHE_CONTROL, "no-store")).json(body)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid { rule, .. } => return write!(f, "{rule}."),
            Self::BadCode(0) => "The code is not right, and that was the last try: ask for another one.",
            Self::BadCode(1) => "The code is not right; one try is left.",
            Self::BadCode(left) => return write!(f, "The code is not right; {left} tries are left."),
            Self::WrongPassword => "This is not the account's present password.",
            Self::NoSuchMethod => "This address does not take this kind of request.",
            _ => sentence(self.code()),
        })
    }
}

/// The status that a refusal comes with.
#[must_use]
pub const fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Malformed | ErrorCode::UnknownFormat => StatusCode::BAD_REQUEST,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::NotSignedIn | ErrorCode::BadCredentials => StatusCode::UNAUTHORIZED,
        ErrorCode::CodeExpired => StatusCode::GONE,
        ErrorCode::Forbidden
        | ErrorCode::BadCode
        | ErrorCode::TooManyTries
        | ErrorCode::TooManyMails
        | ErrorCode::BadSetupCode
        | ErrorCode::InviteNotValid
        | ErrorCode::NotEntitled
        | ErrorCode::BadOrigin => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::HandleTaken
        | ErrorCode::EmailTaken
        | ErrorCode::LogConflict
        | ErrorCode::NameTaken
        | ErrorCode::EpochClosed => StatusCode::CONFLICT,
        ErrorCode::Invalid | ErrorCode::ClockSkew | ErrorCode::BadEntry | ErrorCode::BadEnvelopes => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::RetryLater => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Internal | ErrorCode::Unknown => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// One sentence for people.
const fn sentence(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Malformed => "The request could not be read.",
        ErrorCode::TooLarge => "That is larger than this server takes.",
        ErrorCode::NotSignedIn => "Sign in first: there is no session, or it has ended.",
        ErrorCode::Forbidden => "This account or computer is not permitted to do that.",
        ErrorCode::NotFound => "There is nothing here.",
        ErrorCode::BadCredentials => "Address and password do not belong together.",
        ErrorCode::BadCode => "The code is not right.",
        ErrorCode::CodeExpired => {
            "This code counts no more: it was used, replaced by a newer one, or is older than ten minutes."
        }
        ErrorCode::TooManyTries => "This code was entered wrongly too often: ask for another one.",
        ErrorCode::TooManyMails => "No more mails are sent for this: enter the newest code, or begin anew.",
        ErrorCode::BadSetupCode => {
            "The set-up code is wrong or was used already; the server prints a new one at each start."
        }
        ErrorCode::Invalid => "Something in the request breaks a rule.",
        ErrorCode::HandleTaken => "This handle is taken, or looks like one that is.",
        ErrorCode::EmailTaken => "Another account has this address.",
        ErrorCode::InviteNotValid => "This invite does not exist, is used up, was closed, or has expired.",
        ErrorCode::LogConflict => "The room has changed in the meantime.",
        ErrorCode::ClockSkew => "This computer's clock is more than five minutes off.",
        ErrorCode::BadEntry => "The change to the room does not verify or is not permitted.",
        ErrorCode::UnknownFormat => "This was made by a version that this server does not know.",
        ErrorCode::BadEnvelopes => "The room keys that came along do not fit the room's computers.",
        ErrorCode::EpochClosed => "The room has a newer key.",
        ErrorCode::NotEntitled => "This computer has no access to the room.",
        ErrorCode::NameTaken => "Another message has this name already.",
        ErrorCode::RetryLater => "The server is busy; try again in a moment.",
        ErrorCode::RateLimited => "Too many requests; wait a moment.",
        ErrorCode::BadOrigin => "Requests from this page's address are not accepted; see the setting `origins`.",
        ErrorCode::Internal | ErrorCode::Unknown => "Something broke at the server.",
    }
}

impl std::error::Error for Error {}

impl actix_web::ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    // The middleware in `http::guard` makes the answer anew, with the request's id.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status())
    }
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        Self::Refused(code)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        refusal.retry_after_ms.map_or(Self::Refused(refusal.code), Self::Later)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Later(BUSY_MS),
            StoreError::HandleTaken => Self::Refused(ErrorCode::HandleTaken),
            StoreError::EmailTaken => Self::Refused(ErrorCode::EmailTaken),
            other => Self::internal(other),
        }
    }
}

impl From<NewPasswordError> for Error {
    fn from(error: NewPasswordError) -> Self {
        match error {
            NewPasswordError::Bad(rule) => Self::invalid("password", rule),
            NewPasswordError::Hash(error) => error.into(),
        }
    }
}

impl From<HashError> for Error {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Later(BUSY_MS),
            HashError::Failed => Self::internal(error),
        }
    }
}

/// What actix-web itself refuses, as an error of ours.
#[must_use]
pub fn of_framework(error: &actix_web::Error) -> Error {
    use actix_web::error::{JsonPayloadError, PayloadError};
    // Some of its errors state their status in their answer alone.
    let status = error.error_response().status();
    let too_large = matches!(
        error.as_error(),
        Some(JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. })
    ) || matches!(error.as_error(), Some(PayloadError::Overflow));
    match status {
        _ if too_large => Error::Refused(ErrorCode::TooLarge),
        StatusCode::PAYLOAD_TOO_LARGE => Error::Refused(ErrorCode::TooLarge),
        StatusCode::NOT_FOUND => Error::Refused(ErrorCode::NotFound),
        StatusCode::METHOD_NOT_ALLOWED => Error::NoSuchMethod,
        status if status.is_client_error() => Error::Refused(ErrorCode::Malformed),
        _ => Error::internal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_store_names_the_wait() {
        let error = Error::from(StoreError::Busy);
        assert_eq!((error.code(), error.status()), (ErrorCode::RetryLater, StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(error.response("id", Timestamp(0)).headers().get(header::RETRY_AFTER).unwrap(), "1");
    }

    #[test]
    fn a_limit_names_the_wait_and_never_less() {
        let error = Error::too_many(Duration::from_micros(2_000_001));
        assert_eq!((error.code(), error.status()), (ErrorCode::RateLimited, StatusCode::TOO_MANY_REQUESTS));
        assert!(matches!(error, Error::TooMany { wait_ms: 2_001 }));
        assert_eq!(error.response("id", Timestamp(0)).headers().get(header::RETRY_AFTER).unwrap(), "3");
    }

    #[test]
    fn what_broke_inside_stays_inside() {
        let error = Error::internal("secret path /var/lib");
        assert!(!error.to_string().contains("secret"));
    }
}
