//! What the pages about the own account say of computers, sessions and moments.

use igoon_shared::time::Timestamp;

use super::t;
use crate::{messages::OwnForm, state::calendar::LocalTime};

/// Whether a computer is connected.
#[must_use]
pub fn connected(connected: bool, signed_in: bool) -> String {
    match (connected, signed_in) {
        (true, _) => t!("computer-connected"),
        (false, true) => t!("computer-signed-in"),
        (false, false) => t!("computer-signed-out"),
    }
}

/// What was changed.
#[must_use]
pub fn done(form: OwnForm) -> String {
    match form {
        OwnForm::Email | OwnForm::EmailCode => t!("done-email"),
        OwnForm::Handle => t!("done-handle"),
        OwnForm::Password => t!("done-password"),
        OwnForm::RenameComputer(_) => t!("done-computer"),
        OwnForm::RevokeComputer(_) => t!("done-revoked"),
        OwnForm::EndSession(_) => t!("done-session"),
        OwnForm::Everywhere => t!("done-everywhere"),
    }
}

/// `Today, 14:05`
#[must_use]
pub fn moment(time: LocalTime, today: i64) -> String {
    format!("{}, {}", time.day_name(today), time.clock())
}

/// When a session began and was last used.
#[must_use]
pub fn session_times(
    since: Timestamp,
    used: Option<Timestamp>,
    local: impl Fn(Timestamp) -> LocalTime,
    today: i64,
) -> String {
    let since = local(since).day_name(today);
    match used {
        Some(used) => t!("session-used", since = since, used = moment(local(used), today)),
        None => t!("session-in-use", since = since),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sessions_times() {
        let day = 24 * 60 * 60 * 1000;
        let local = |time| LocalTime::at(time, 0);
        let used = Timestamp(20 * day + 14 * 60 * 60 * 1000);
        let text = session_times(Timestamp(19 * day), Some(used), local, 20);
        assert_eq!(text, "Signed in: Yesterday. Last used: Today, 14:00");
        assert_eq!(session_times(Timestamp(20 * day), None, local, 20), "Signed in: Today. In use now");
    }
}
