//! What is said before something is done with the people of a room or with the room itself; and of rooms that are over.

use igoon_shared::{
    client::io::{Denied, Ended, Ending, RoomView, Standing},
    log::{HistoryRule, Role, action::RecoveryMode},
};

use super::{recovery, t};
use crate::messages::RoomDeed;

/// A question that is asked before something is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What would be done.
    pub title: String,
    /// What follows from it.
    pub follows: String,
    /// On the button that does it.
    pub now: String,
    /// It takes something from somebody.
    pub grave: bool,
}

/// Whom something is done to.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// What they are called.
    pub name: &'a str,
    /// What they are now.
    pub role: Role,
    /// It is oneself.
    pub me: bool,
    /// How their room's lost computers are replaced.
    pub recovery: Option<RecoveryMode>,
}

/// What stands in the menu beside a person, of what is done to people.
#[must_use]
pub fn item(deed: RoomDeed, me: bool) -> Option<String> {
    Some(match (deed, me) {
        (RoomDeed::Remove(_), _) => t!("member-remove"),
        (RoomDeed::SetRole(_, Role::Owner), _) => t!("member-make-owner"),
        (RoomDeed::SetRole(_, Role::Admin), false) => t!("member-make-admin"),
        (RoomDeed::SetRole(_, Role::Admin), true) => t!("member-become-admin"),
        (RoomDeed::SetRole(_, Role::Member), false) => t!("member-make-member"),
        (RoomDeed::SetRole(_, Role::Member), true) => t!("member-become-member"),
        (RoomDeed::PassOwnership(_), _) => t!("member-pass"),
        (
            RoomDeed::Leave
            | RoomDeed::SetHistory(_)
            | RoomDeed::SetRecovery(_)
            | RoomDeed::Veto(..)
            | RoomDeed::TurnDown(..),
            _,
        ) => return None,
    })
}

/// The question before it is done in `room`.
#[must_use]
pub fn question(deed: RoomDeed, target: Target<'_>, room: &str) -> Question {
    let Target { name, role, me, recovery: present } = target;
    let (title, follows, now) = match deed {
        RoomDeed::Remove(_) => {
            (t!("deed-remove", name = name), t!("deed-remove-follows", name = name), t!("deed-remove-now", name = name))
        }
        RoomDeed::SetRole(_, Role::Owner) => {
            (t!("deed-owner", name = name), t!("deed-owner-follows"), t!("deed-owner-now"))
        }
        RoomDeed::SetRole(_, Role::Admin) if me => {
            (t!("deed-step-down"), t!("deed-step-down-admin-follows"), t!("deed-step-down-now"))
        }
        RoomDeed::SetRole(_, Role::Admin) => {
            let follows = match role {
                Role::Owner => t!("deed-admin-less-follows", name = name),
                Role::Admin | Role::Member => t!("deed-admin-follows"),
            };
            (t!("deed-admin", name = name), follows, t!("deed-admin-now"))
        }
        RoomDeed::SetRole(_, Role::Member) if me => {
            (t!("deed-step-down"), t!("deed-step-down-member-follows"), t!("deed-step-down-now"))
        }
        RoomDeed::SetRole(_, Role::Member) => {
            (t!("deed-member", name = name), t!("deed-member-follows", name = name), t!("deed-member-now"))
        }
        RoomDeed::PassOwnership(_) => {
            (t!("deed-pass", name = name), t!("deed-pass-follows", name = name), t!("deed-pass-now"))
        }
        RoomDeed::Leave => (t!("deed-leave", room = room), t!("deed-leave-follows"), t!("deed-leave-now")),
        RoomDeed::SetHistory(HistoryRule::AllRetained) => {
            (t!("deed-history-all"), t!("deed-history-all-follows"), t!("deed-history-now"))
        }
        RoomDeed::SetHistory(HistoryRule::FromJoining) => {
            (t!("deed-history-later"), t!("deed-history-later-follows"), t!("deed-history-now"))
        }
        RoomDeed::SetRecovery(choice) => recovery::question(choice.mode, present),
        RoomDeed::Veto(..) => (t!("deed-veto", name = name), t!("deed-veto-follows", name = name), t!("deed-veto-now")),
        RoomDeed::TurnDown(..) => {
            (t!("deed-turn-down", name = name), t!("deed-turn-down-follows", name = name), t!("deed-turn-down-now"))
        }
    };
    let grave = match deed {
        RoomDeed::Remove(_)
        | RoomDeed::Leave
        | RoomDeed::PassOwnership(_)
        | RoomDeed::Veto(..)
        | RoomDeed::TurnDown(..) => true,
        RoomDeed::SetRole(_, to) => to < role,
        RoomDeed::SetHistory(_) | RoomDeed::SetRecovery(_) => false,
    };
    Question { title, follows, now, grave }
}

/// Why one cannot leave a room, and what to do first.
#[must_use]
pub fn cannot_leave(denied: Denied) -> String {
    match denied {
        Denied::LastOwner => t!("room-leave-last-owner"),
        Denied::NotPermitted | Denied::AlreadySo | Denied::NotThere | Denied::NotTrusted => {
            t!("room-leave-not-trusted")
        }
    }
}

/// What newcomers can read, in few words.
#[must_use]
pub fn history(rule: HistoryRule) -> String {
    match rule {
        HistoryRule::AllRetained => t!("room-history-all-short"),
        HistoryRule::FromJoining => t!("room-history-later-short"),
    }
}

/// Why a room is over for this computer, in few words; `None` where it goes on.
#[must_use]
pub fn over(standing: Standing) -> Option<String> {
    Some(match standing {
        Standing::Ended(Ending { how: Ended::Left, .. }) => t!("ended-left"),
        Standing::Ended(Ending { how: Ended::Removed, .. }) => t!("ended-removed"),
        Standing::Ended(Ending { how: Ended::Revoked, .. }) => t!("ended-revoked"),
        Standing::Withheld => t!("ended-withheld"),
        Standing::CatchingUp | Standing::Ready | Standing::NotApproved | Standing::Alarm(_) => return None,
    })
}

/// Who ended a room for this computer and when, and what can be done about it; `None` where it goes on. `when` is a moment
/// in words, `mine` whether an account is the own one.
#[must_use]
pub fn ended(view: &RoomView, mine: bool, when: &str) -> Option<(String, String)> {
    let who = view.ended_by.clone().unwrap_or_else(|| t!("somebody"));
    Some(match view.standing {
        Standing::Ended(Ending { how: Ended::Left, .. }) => {
            (t!("ended-left-when", when = when), t!("ended-ask-invite"))
        }
        Standing::Ended(Ending { how: Ended::Removed, .. }) => {
            (t!("ended-removed-when", who = who, when = when), t!("ended-ask-invite"))
        }
        Standing::Ended(Ending { how: Ended::Revoked, .. }) if mine => {
            (t!("ended-revoked-self-when", when = when), t!("ended-new-keys"))
        }
        Standing::Ended(Ending { how: Ended::Revoked, .. }) => {
            (t!("ended-revoked-when", who = who, when = when), t!("ended-new-keys"))
        }
        Standing::Withheld => (t!("ended-withheld-when"), t!("ended-ask-operator")),
        Standing::CatchingUp | Standing::Ready | Standing::NotApproved | Standing::Alarm(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use igoon_shared::{
        client::io::RecoveryChoice,
        ids::{AccountId, RoomId},
        time::Timestamp,
    };

    use super::*;
    use crate::{state::preferences::Language, texts};

    const BEA: AccountId = AccountId::from_bytes([4; 16]);

    fn asked(deed: RoomDeed, role: Role, me: bool) -> Question {
        question(deed, Target { name: "bea", role, me, recovery: Some(RecoveryMode::DevicesOnly) }, "Rowing club")
    }

    #[test]
    fn a_question_says_what_follows() {
        let remove = asked(RoomDeed::Remove(BEA), Role::Member, false);
        assert_eq!(remove.title, "Remove bea from the room?");
        assert!(remove.follows.contains("can't read what is written from then on"), "{}", remove.follows);
        assert!(remove.follows.contains("stays with them") && remove.grave);
        let leave = asked(RoomDeed::Leave, Role::Member, true);
        assert!(leave.title.contains("Rowing club") && leave.grave);
        let raise = asked(RoomDeed::SetRole(BEA, Role::Admin), Role::Member, false);
        assert!(!raise.grave && !raise.follows.contains("no owner any more"));
        let lower = asked(RoomDeed::SetRole(BEA, Role::Admin), Role::Owner, false);
        assert!(lower.grave && lower.follows.contains("no owner any more"));
        let step_down = asked(RoomDeed::SetRole(BEA, Role::Admin), Role::Owner, true);
        assert!(step_down.grave && step_down.follows.starts_with("You are then no owner"));
    }

    #[test]
    fn another_way_to_come_back_says_who_has_keys_from_then_on() {
        let set = |mode| {
            let choice = RecoveryChoice { mode, ..RecoveryChoice::default() };
            asked(RoomDeed::SetRecovery(choice), Role::Owner, true)
        };
        assert!(set(RecoveryMode::ServerAssisted).follows.contains("the server holds a key"));
        assert!(set(RecoveryMode::Kit).follows.contains("printer or a pen"));
        assert_eq!(set(RecoveryMode::DevicesOnly).title, "Change what goes with it?", "the way stays");
    }

    #[test]
    fn a_room_that_is_over_says_why_and_what_can_be_done() {
        let ended_so = |how, by: Option<&str>, mine| {
            let standing = Standing::Ended(Ending { how, by: BEA, at: Timestamp(0) });
            let ended_by = by.map(ToOwned::to_owned);
            let view = RoomView { standing, ended_by, ..RoomView::unknown(RoomId::from_bytes([1; 32])) };
            (over(standing).unwrap(), ended(&view, mine, "Today, 14:05").unwrap())
        };
        let (short, (why, what)) = ended_so(Ended::Removed, Some("bea"), false);
        assert_eq!(
            (short.as_str(), why.as_str()),
            ("You were removed", "bea removed you from this room (Today, 14:05).")
        );
        assert!(what.contains("invite you again"));
        assert!(ended_so(Ended::Left, None, true).1.0.starts_with("You left"));
        assert!(ended_so(Ended::Revoked, None, true).1.0.starts_with("You shut"));
        assert!(ended_so(Ended::Revoked, None, false).1.0.starts_with("Somebody shut"));
        assert_eq!(over(Standing::Ready), None);
        texts::choose(Language::German);
        assert!(ended_so(Ended::Removed, Some("bea"), false).1.0.starts_with("bea hat dich"));
    }
}
