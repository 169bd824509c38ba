//! Recovery as the page knows it: what whoever lost every computer is offered in a room, and what was asked for and is not
//! answered yet.

use igoon_shared::{
    client::io::{MemberView, RecoveryChoice, RecoveryRequestView, RecoveryView, RequestProgress, RoomView},
    crypto::kit::KitCode,
    ids::{DeviceId, EntryHash, RoomId},
    log::{Role, action::RecoveryMode},
    protocol::error::ErrorCode,
};

use crate::messages::Trouble;

const HOUR_MS: u64 = 60 * 60 * 1000;

/// How long others can object before somebody is let in, in milliseconds; the first is no time at all.
pub const DELAYS: [u64; 4] = [0, 24 * HOUR_MS, 72 * HOUR_MS, 7 * 24 * HOUR_MS];

/// The three ways, in the order in which they are offered.
pub const MODES: [RecoveryMode; 3] = [RecoveryMode::DevicesOnly, RecoveryMode::ServerAssisted, RecoveryMode::Kit];

/// The same choice with another way; what that way does not have goes.
#[must_use]
pub fn with_mode(choice: RecoveryChoice, mode: RecoveryMode) -> RecoveryChoice {
    match mode {
        RecoveryMode::Kit => RecoveryChoice { mode, veto_delay_ms: 0, owner_by_announcement: false, ..choice },
        RecoveryMode::DevicesOnly | RecoveryMode::ServerAssisted => RecoveryChoice { mode, ..choice },
    }
}

/// The other members who may let somebody of this role in, by the room's choice.
pub fn helpers(room: &RoomView, admins_approve: bool) -> impl Iterator<Item = &MemberView> {
    let plain = room.members.iter().any(|member| member.me && member.role == Role::Member);
    let least = if admins_approve && plain { Role::Admin } else { Role::Owner };
    room.members.iter().filter(move |member| !member.me && member.role >= least)
}

/// The requests of other computers that are shown as such. One that was approved or announced is no request any more until it takes
/// effect: it is among those who wait.
pub fn asking(view: &RecoveryView) -> impl Iterator<Item = &RecoveryRequestView> {
    let waits = |entry: EntryHash| view.waiting.iter().any(|waiting| waiting.entry == entry);
    let is_waiting = move |request: &RecoveryRequestView| matches!(request.progress, RequestProgress::Waiting { entry, .. } if waits(entry));
    view.requests.iter().filter(move |request| !request.this_device && !is_waiting(request))
}

/// The code of a room's kit.
#[derive(Debug, PartialEq, Eq)]
pub struct Kit {
    /// Which room's.
    pub room: RoomId,
    /// What is printed.
    pub code: KitCode,
}

impl Kit {
    /// Whether somebody has typed the last group of the code, large or small; O is taken for 0, I and L for 1.
    #[must_use]
    pub fn ends_with(&self, typed: &str) -> bool {
        let text = self.code.text();
        let last = text.rsplit('-').next().unwrap_or_default();
        let plain = |c: char| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        typed.trim().chars().map(plain).eq(last.chars())
    }
}

/// Something of recovery that a person does with a form, from sending it to the answer. What is asked twice before it is done
/// is [`super::Asked`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Where.
    pub room: RoomId,
    /// What.
    pub what: Attempted,
    /// It is being done.
    pub busy: bool,
    /// Why it was not done.
    pub failed: Option<Trouble>,
}

/// See [`Attempt`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempted {
    /// To be let in.
    Ask,
    /// To have that announced.
    Announce,
    /// To take it back.
    Withdraw,
    /// To come in with the code on paper.
    UseKit,
    /// To let this computer in.
    Approve(DeviceId),
}

impl Attempt {
    /// One that was just sent.
    #[must_use]
    pub const fn begin(room: RoomId, what: Attempted) -> Self {
        Self { room, what, busy: true, failed: None }
    }

    /// Something was changed in a room; if it is what was tried, that is done.
    pub(super) fn changed(attempt: &mut Option<Self>, room: RoomId) {
        if attempt.as_ref().is_some_and(|attempt| attempt.busy && attempt.room == room) {
            *attempt = None;
        }
    }

    /// Recovery in a room is shown anew: what was asked for there, or taken back, is done.
    pub(super) fn shown(attempt: &mut Option<Self>, view: &RecoveryView) {
        let asks = view.requests.iter().any(|request| request.this_device);
        let done = attempt.as_ref().is_some_and(|attempt| {
            attempt.busy
                && attempt.room == view.room
                && match attempt.what {
                    Attempted::Ask | Attempted::Announce => asks,
                    Attempted::Withdraw => !asks,
                    Attempted::UseKit | Attempted::Approve(_) => false,
                }
        });
        if done {
            *attempt = None;
        }
    }

    /// Whether a refusal is the answer to it.
    pub(super) fn failed(attempt: &mut Option<Self>, room: Option<RoomId>, trouble: &Trouble) -> bool {
        let waits = attempt.as_mut().filter(|attempt| attempt.busy && Some(attempt.room) == room);
        let Some(attempt) = waits else { return false };
        attempt.busy = false;
        attempt.failed = Some(match trouble {
            Trouble::Refused { code: ErrorCode::BadCredentials, .. } => Trouble::WrongPassword,
            trouble => trouble.clone(),
        });
        true
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::{client::io::WaitingView, ids::AccountId, time::Timestamp};

    use super::*;
    use crate::state::RoomData;

    const ROOM: RoomId = RoomId::from_bytes([1; 32]);
    const OTHER: RoomId = RoomId::from_bytes([2; 32]);
    const DEVICE: DeviceId = DeviceId::from_bytes([3; 32]);

    #[test]
    fn whoever_asked_is_told_when_the_request_is_gone() {
        let mut room = RoomData::new(ROOM);
        room.set_recovery(view(ROOM, false), false);
        assert!(!room.request_gone(), "nobody has asked");
        room.set_recovery(view(ROOM, true), false);
        room.set_recovery(view(ROOM, false), false);
        assert!(room.request_gone());
        room.set_recovery(view(ROOM, false), false);
        assert!(room.request_gone(), "until it is asked again");
        room.set_recovery(view(ROOM, true), false);
        room.set_recovery(view(ROOM, false), true);
        assert!(!room.request_gone(), "it was taken back");
    }

    fn view(room: RoomId, asks: bool) -> RecoveryView {
        let request = RecoveryRequestView {
            device: DEVICE,
            account: AccountId::from_bytes([4; 16]),
            handle: None,
            name: "Laptop".to_owned(),
            platform: "Linux".to_owned(),
            asked_at: Timestamp(1),
            expires_at: Timestamp(2),
            digits: "0001 0002 0003 0004 0005 0006".to_owned(),
            progress: RequestProgress::Asked,
            this_device: true,
            mine: true,
            may_approve: false,
            replaceable: Vec::new(),
        };
        RecoveryView {
            room,
            choice: RecoveryChoice::default(),
            may_set: false,
            may_ask: true,
            may_announce: false,
            kit_here: false,
            requests: asks.then_some(request).into_iter().collect(),
            waiting: Vec::new(),
        }
    }

    #[test]
    fn whoever_waits_to_be_let_in_asks_no_more() {
        let entry = EntryHash::from_bytes([7; 32]);
        let mut view = view(ROOM, true);
        assert_eq!(asking(&view).count(), 0, "one's own");
        view.requests[0].this_device = false;
        assert_eq!(asking(&view).count(), 1);
        view.requests[0].progress = RequestProgress::Waiting { entry, from: Timestamp(3), may_veto: true };
        assert_eq!(asking(&view).count(), 1, "it is not among those who wait yet");
        view.waiting.push(WaitingView {
            entry,
            account: AccountId::from_bytes([4; 16]),
            handle: None,
            device: DEVICE,
            name: None,
            announced: false,
            from: Timestamp(3),
            may_veto: true,
        });
        assert_eq!(asking(&view).count(), 0);
        view.requests[0].progress = RequestProgress::Over;
        assert_eq!(asking(&view).count(), 1, "it can be answered again");
    }

    #[test]
    fn a_way_takes_along_what_it_has_and_nothing_else() {
        let all = RecoveryChoice {
            mode: RecoveryMode::ServerAssisted,
            veto_delay_ms: HOUR_MS,
            admins_approve: true,
            owner_by_announcement: true,
        };
        assert_eq!(
            with_mode(all, RecoveryMode::DevicesOnly),
            RecoveryChoice { mode: RecoveryMode::DevicesOnly, ..all }
        );
        let kit = RecoveryChoice { mode: RecoveryMode::Kit, admins_approve: true, ..RecoveryChoice::default() };
        assert_eq!(with_mode(all, RecoveryMode::Kit), kit);
    }

    #[test]
    fn nothing_is_chosen_for_anybody_that_lets_the_server_read() {
        assert_eq!(RecoveryChoice::default().mode, RecoveryMode::DevicesOnly);
    }

    #[test]
    fn owners_help_everybody_and_admins_plain_members_where_they_may() {
        let member = |number: u8, role, me| MemberView {
            account: AccountId::from_bytes([number; 16]),
            handle: None,
            role,
            devices: 1,
            compared: igoon_shared::client::io::Compared::Not,
            behind: 0,
            unseen_wait: false,
            me,
        };
        let room = |mine| RoomView {
            members: vec![member(1, mine, true), member(2, Role::Admin, false), member(3, Role::Owner, false)],
            ..RoomView::unknown(ROOM)
        };
        let count = |mine, admins| helpers(&room(mine), admins).count();
        assert_eq!([count(Role::Member, true), count(Role::Member, false)], [2, 1]);
        assert_eq!([count(Role::Admin, true), count(Role::Owner, true)], [1, 1]);
    }

    #[test]
    fn the_last_group_shows_that_the_code_is_on_paper() {
        let kit = Kit { room: ROOM, code: KitCode::from_bytes([7; 32]) };
        let text = kit.code.text();
        let last = text.rsplit('-').next().unwrap();
        assert!(kit.ends_with(last) && kit.ends_with(&format!(" {} ", last.to_lowercase().replace('0', "o"))));
        assert!(!kit.ends_with("") && !kit.ends_with(&text) && !kit.ends_with(text.split('-').next().unwrap()));
    }

    #[test]
    fn what_was_asked_for_is_done_once_it_is_there() {
        let mut attempt = Some(Attempt::begin(ROOM, Attempted::Ask));
        Attempt::shown(&mut attempt, &view(ROOM, false));
        Attempt::shown(&mut attempt, &view(OTHER, true));
        assert!(attempt.is_some());
        Attempt::shown(&mut attempt, &view(ROOM, true));
        assert_eq!(attempt, None);
        attempt = Some(Attempt::begin(ROOM, Attempted::Withdraw));
        Attempt::shown(&mut attempt, &view(ROOM, true));
        assert!(attempt.is_some(), "it is there still");
        Attempt::shown(&mut attempt, &view(ROOM, false));
        assert_eq!(attempt, None);
    }

    #[test]
    fn an_approval_is_done_by_the_log_and_a_wrong_password_says_so() {
        let mut attempt = Some(Attempt::begin(ROOM, Attempted::Approve(DEVICE)));
        Attempt::shown(&mut attempt, &view(ROOM, true));
        let refusal = Trouble::Refused { code: ErrorCode::BadCredentials, field: None, retry_after_ms: None };
        assert!(!Attempt::failed(&mut attempt, Some(OTHER), &refusal));
        assert!(Attempt::failed(&mut attempt, Some(ROOM), &refusal));
        let failed = attempt.clone().unwrap();
        assert_eq!((failed.busy, failed.failed), (false, Some(Trouble::WrongPassword)));
        assert!(!Attempt::failed(&mut attempt, Some(ROOM), &refusal), "it was answered");
        attempt = Some(Attempt::begin(ROOM, Attempted::Approve(DEVICE)));
        Attempt::changed(&mut attempt, ROOM);
        assert_eq!(attempt, None);
    }
}
