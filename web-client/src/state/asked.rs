//! What is asked before it is done to a room or its people: from the question to the answer of whoever does it.

use igoon_shared::{client::io::RecoveryView, ids::RoomId};

use crate::messages::{RoomDeed, Trouble};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Where.
    pub room: RoomId,
    /// What.
    pub deed: RoomDeed,
    /// It is being done.
    pub busy: bool,
    /// Why it was not done.
    pub failed: Option<Trouble>,
}

/// What somebody does with the question.
#[derive(Clone, Copy, Debug)]
pub enum AskedAction {
    /// Something is to be done.
    Ask(RoomId, RoomDeed),
    /// Yes.
    Confirmed,
    /// No.
    Dropped,
}

impl Asked {
    /// What becomes of what was asked.
    pub(super) fn act(asked: &mut Option<Self>, action: AskedAction) {
        match action {
            AskedAction::Ask(room, deed) => *asked = Some(Self { room, deed, busy: false, failed: None }),
            AskedAction::Confirmed => {
                if let Some(asked) = asked {
                    (asked.busy, asked.failed) = (true, None);
                }
            }
            AskedAction::Dropped => *asked = None,
        }
    }

    /// Something was changed in a room; if it is what was asked for, nothing is asked any more.
    pub(super) fn changed(asked: &mut Option<Self>, room: RoomId) {
        if asked.as_ref().is_some_and(|asked| asked.busy && asked.room == room) {
            *asked = None;
        }
    }

    /// Recovery in a room is shown anew; a request that is not there any more is turned down.
    pub(super) fn shown(asked: &mut Option<Self>, view: &RecoveryView) {
        if let Some(Self { room, deed: RoomDeed::TurnDown(device, _), busy: true, .. }) = asked
            && *room == view.room
            && !view.requests.iter().any(|request| request.device == *device)
        {
            *asked = None;
        }
    }

    /// Whether a refusal is the answer to it.
    pub(super) fn failed(asked: &mut Option<Self>, room: Option<RoomId>, trouble: &Trouble) -> bool {
        let waits = asked.as_mut().filter(|asked| asked.busy && Some(asked.room) == room);
        let Some(asked) = waits else { return false };
        (asked.busy, asked.failed) = (false, Some(trouble.clone()));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: RoomId = RoomId::from_bytes([1; 32]);
    const OTHER: RoomId = RoomId::from_bytes([2; 32]);

    fn confirmed() -> Option<Asked> {
        let mut asked = None;
        Asked::act(&mut asked, AskedAction::Ask(ROOM, RoomDeed::Leave));
        Asked::act(&mut asked, AskedAction::Confirmed);
        asked
    }

    #[test]
    fn what_is_done_is_not_asked_any_more() {
        let mut asked = confirmed();
        Asked::changed(&mut asked, OTHER);
        assert!(asked.is_some(), "that was elsewhere");
        Asked::changed(&mut asked, ROOM);
        assert_eq!(asked, None);
        Asked::act(&mut asked, AskedAction::Ask(ROOM, RoomDeed::Leave));
        Asked::changed(&mut asked, ROOM);
        assert!(asked.is_some(), "nobody has said yes");
    }

    #[test]
    fn a_refusal_is_shown_where_it_was_asked_for_and_it_can_be_tried_again() {
        let mut asked = confirmed();
        assert!(!Asked::failed(&mut asked, Some(OTHER), &Trouble::NeedsConnection));
        assert!(Asked::failed(&mut asked, Some(ROOM), &Trouble::NeedsConnection));
        assert!(!Asked::failed(&mut asked, Some(ROOM), &Trouble::Unreachable), "it was answered");
        let refused = asked.clone().unwrap();
        assert_eq!((refused.busy, refused.failed), (false, Some(Trouble::NeedsConnection)));
        Asked::act(&mut asked, AskedAction::Confirmed);
        assert_eq!(asked, confirmed());
        Asked::act(&mut asked, AskedAction::Dropped);
        assert_eq!(asked, None);
    }
}
