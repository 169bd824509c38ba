//! What the pages about the own account say of computers, sessions and moments.

use igoon_shared::{
    client::io::{Approval, OwnComputer},
    ids::DeviceId,
    protocol::error::SessionEnd,
    time::Timestamp,
};

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

/// In how many rooms a computer is trusted, and who approved it.
#[must_use]
pub fn trusted(computers: &[OwnComputer], device: DeviceId, moment: impl Fn(Timestamp) -> String) -> String {
    let Some(computer) = computers.iter().find(|computer| computer.device == device) else {
        return t!("computer-rooms-none");
    };
    let (rooms, of) = (computer.rooms, computer.of);
    match &computer.approved {
        None => t!("computer-rooms-some", rooms = rooms, of = of),
        Some(Approval { at, by: Some(by) }) => {
            t!("computer-rooms-by", rooms = rooms, of = of, by = by.as_str(), when = moment(*at))
        }
        Some(Approval { at, by: None }) => t!("computer-rooms-at", rooms = rooms, of = of, when = moment(*at)),
    }
}

/// Why somebody else signed this computer out, and what to do about it.
#[must_use]
pub fn shut_out(why: SessionEnd) -> Option<String> {
    match why {
        SessionEnd::Refused => Some(t!("sign-in-refused")),
        SessionEnd::Replaced => Some(t!("sign-in-replaced")),
        SessionEnd::Unknown => None,
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
    fn where_a_computer_is_trusted() {
        let device = |n| DeviceId::from_bytes([n; 32]);
        let approval = |by: Option<&str>| Some(Approval { at: Timestamp(5), by: by.map(ToOwned::to_owned) });
        let computer = |n, approved| OwnComputer { device: device(n), rooms: 2, of: 3, approved };
        let all = [computer(1, None), computer(2, approval(Some("study"))), computer(3, approval(None))];
        let text = |n| trusted(&all, device(n), |at| format!("at {}", at.0));
        assert_eq!(text(1), "In 2 of 3");
        assert_eq!(text(2), "In 2 of 3; approved on “study”, at 5");
        assert_eq!(text(3), "In 2 of 3; approved, at 5");
        assert_eq!(text(4), "In none: not approved");
    }

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
