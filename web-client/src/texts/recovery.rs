//! What is said of recovery: the ways that an owner chooses from, the badge that everybody sees, times.

use igoon_shared::{
    client::io::{RecoveryChoice, WaitingView},
    log::action::RecoveryMode,
};

use super::t;

const HOUR_MS: u64 = 60 * 60 * 1000;

/// A way in few words.
#[must_use]
pub fn way(mode: RecoveryMode) -> String {
    match mode {
        RecoveryMode::DevicesOnly => t!("recovery-devices"),
        RecoveryMode::ServerAssisted => t!("recovery-server"),
        RecoveryMode::Kit => t!("recovery-kit"),
    }
}

/// What a lost computer means, and who could read.
#[must_use]
pub fn about(mode: RecoveryMode) -> String {
    match mode {
        RecoveryMode::DevicesOnly => t!("recovery-devices-about"),
        RecoveryMode::ServerAssisted => t!("recovery-server-about"),
        RecoveryMode::Kit => t!("recovery-kit-about"),
    }
}

/// What every member sees of it above the room.
#[must_use]
pub fn badge(mode: RecoveryMode) -> String {
    match mode {
        RecoveryMode::DevicesOnly => t!("recovery-badge-devices"),
        RecoveryMode::ServerAssisted => t!("recovery-badge-server"),
        RecoveryMode::Kit => t!("recovery-badge-kit"),
    }
}

/// The same on a small screen.
#[must_use]
pub fn short(mode: RecoveryMode) -> String {
    match mode {
        RecoveryMode::DevicesOnly => t!("recovery-short-devices"),
        RecoveryMode::ServerAssisted => t!("recovery-short-server"),
        RecoveryMode::Kit => t!("recovery-short-kit"),
    }
}

/// What is chosen besides, a sentence for each.
#[must_use]
pub fn besides(choice: RecoveryChoice) -> Vec<String> {
    let delay = (choice.veto_delay_ms > 0).then(|| t!("recovery-objects", time = span(choice.veto_delay_ms)));
    let admins = choice.admins_approve.then(|| t!("recovery-admins-on"));
    let announce = choice.owner_by_announcement.then(|| t!("recovery-announce-on"));
    [delay, admins, announce].into_iter().flatten().collect()
}

/// How long something takes, in hours, and from four days on in days, begun ones counted.
#[must_use]
pub fn span(millis: u64) -> String {
    match millis.div_ceil(HOUR_MS) {
        hours @ 0..96 => t!("recovery-hours", count = hours.max(1)),
        hours => t!("recovery-days", count = hours.div_ceil(24)),
    }
}

/// One of [`crate::state::recovery::DELAYS`].
#[must_use]
pub fn delay(millis: u64) -> String {
    if millis == 0 { t!("recovery-delay-none") } else { span(millis) }
}

/// Who will be let in, and from when on; `from` is a moment in words.
#[must_use]
pub fn waits(waiting: &WaitingView, name: &str, from: &str) -> String {
    if waiting.announced {
        t!("waits-announced", name = name, from = from)
    } else {
        t!("waits-approved", name = name, from = from)
    }
}

/// The question before another choice holds than the `present` one.
#[must_use]
pub(super) fn question(mode: RecoveryMode, present: Option<RecoveryMode>) -> (String, String, String) {
    let (title, follows) = match mode {
        // A code is made anew each time.
        RecoveryMode::DevicesOnly | RecoveryMode::ServerAssisted if Some(mode) == present => {
            (t!("deed-recovery-besides"), t!("deed-recovery-besides-follows"))
        }
        RecoveryMode::DevicesOnly => (t!("deed-recovery-devices"), t!("deed-recovery-devices-follows")),
        RecoveryMode::ServerAssisted => (t!("deed-recovery-server"), t!("deed-recovery-server-follows")),
        RecoveryMode::Kit => (t!("deed-recovery-kit"), t!("deed-recovery-kit-follows")),
    };
    (title, follows, t!("recovery-change"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::recovery::DELAYS;

    #[test]
    fn the_times_to_choose_from_are_said_as_people_say_them() {
        assert_eq!(DELAYS.map(delay), ["None", "24 hours", "72 hours", "7 days"]);
        assert_eq!([span(1), span(HOUR_MS + 1), span(95 * HOUR_MS + 1)], ["one hour", "2 hours", "4 days"]);
    }

    #[test]
    fn each_way_says_who_could_read_in_two_sentences() {
        for mode in crate::state::recovery::MODES {
            let text = about(mode);
            assert_eq!(text.matches(". ").count(), 1, "{text}");
            assert!(text.contains(';') || text.contains(':'), "{text}");
        }
        assert!(about(RecoveryMode::ServerAssisted).contains("read along unseen"));
    }

    #[test]
    fn what_is_chosen_besides_is_said_and_nothing_else() {
        let plain = RecoveryChoice::default();
        assert!(besides(plain).is_empty());
        let all =
            RecoveryChoice { veto_delay_ms: 72 * HOUR_MS, admins_approve: true, owner_by_announcement: true, ..plain };
        let said = besides(all);
        assert_eq!(said.len(), 3);
        assert!(said[0].starts_with("72 hours to object"), "{said:?}");
    }
}
