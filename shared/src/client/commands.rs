//! What a person wants, or their host for them.

use serde::{Deserialize, Serialize};

use super::{
    Client, Effect, Event,
    act::Act,
    append::Intent,
    entries::LogWish,
    joining::Joining,
    records,
    recovery::{RecoveryChoice, Target},
    room::Room,
    vouching::Said,
};
use crate::{
    crypto::{
        bundle::{Bundle, SignedBundle},
        invite::InviteSecret,
        system_rng,
    },
    ids::{AccountId, DeviceId, EntryHash, InviteKey, MessageId, RoomId, Seq},
    log::{HistoryRule, Role},
    protocol::{error::ErrorCode, http::SecretText, limits},
    time::Timestamp,
};

/// What a person can want.
#[derive(Clone, Debug)]
pub enum Command {
    /// Make a room. Ends in [`Event::RoomCreated`] or [`Event::Failed`].
    CreateRoom {
        /// What to call it.
        name: String,
        /// What newcomers can read.
        history: HistoryRule,
        /// Who can help a member who loses every computer.
        recovery: RecoveryChoice,
    },
    /// Make an invite. Ends in [`Event::InviteMade`] or [`Event::Failed`].
    Invite {
        /// Where to.
        room: RoomId,
        /// For whom and how long.
        terms: InviteTerms,
    },
    /// Let nobody in by an invite any more. Ends in [`Event::Changed`] or [`Event::Failed`].
    CloseInvite {
        /// Where.
        room: RoomId,
        /// Which.
        invite: InviteKey,
    },
    /// Give a room another name. Ends in [`Event::Changed`] or [`Event::Failed`].
    RenameRoom {
        /// Which.
        room: RoomId,
        /// What to call it.
        name: String,
    },
    /// Let plain members invite, or no longer. Ends in [`Event::Changed`] or [`Event::Failed`].
    AllowMemberInvites {
        /// Where.
        room: RoomId,
        /// Whether.
        allowed: bool,
    },
    /// Put a member out; the next room key starts with it. Ends in [`Event::Changed`] or [`Event::Failed`].
    RemoveMember {
        /// Where.
        room: RoomId,
        /// Whom.
        account: AccountId,
    },
    /// Leave a room with all of the account's computers. Ends in [`Event::Changed`] or [`Event::Failed`].
    Leave {
        /// Which.
        room: RoomId,
    },
    /// Let a member do more or less. Ends in [`Event::Changed`] or [`Event::Failed`].
    SetRole {
        /// Where.
        room: RoomId,
        /// Whom.
        account: AccountId,
        /// What they are from now on.
        role: Role,
    },
    /// Make a member owner in this account's place, which stays as admin. Ends in [`Event::Changed`] or [`Event::Failed`].
    PassOwnership {
        /// Where.
        room: RoomId,
        /// To whom.
        account: AccountId,
    },
    /// Say what newcomers can read, from the next room key on. Ends in [`Event::Changed`] or [`Event::Failed`].
    SetHistory {
        /// Where.
        room: RoomId,
        /// What.
        history: HistoryRule,
    },
    /// Take its access to a room from a member's computer, as owner or admin; the next room key starts with it. Ends in
    /// [`Event::Changed`] or [`Event::Failed`].
    RevokeDevice {
        /// Where.
        room: RoomId,
        /// Which.
        device: DeviceId,
    },
    /// Say who can help a member who loses every computer; the next room key starts with it. Ends in [`Event::Changed`] or
    /// [`Event::Failed`]; with a kit, in [`Event::KitMade`] as well.
    SetRecovery {
        /// Where.
        room: RoomId,
        /// Who and how.
        choice: RecoveryChoice,
    },
    /// The code of a new kit ([`Event::KitMade`]) was written down or printed: it is shown no more.
    KitNoted {
        /// Which room's.
        room: RoomId,
    },
    /// Show recovery in a room, from now on whenever it changes: [`Event::Recovery`].
    ShowRecovery {
        /// Which room.
        room: RoomId,
    },
    /// Ask for this computer's access to a room back. Ends in [`Event::Recovery`], which has the request, or [`Event::Failed`].
    AskRecovery {
        /// Which room.
        room: RoomId,
        /// The service shall announce it: an owner lost everything ([`super::io::RecoveryView::may_announce`]).
        announce: bool,
    },
    /// Take a request of this account back, or turn down one that it may approve. Ends in [`Event::Recovery`] without it, or
    /// [`Event::Failed`].
    WithdrawRecovery {
        /// Where.
        room: RoomId,
        /// The computer that asks.
        device: DeviceId,
    },
    /// Approve a request: its digits were compared on both screens. Ends in [`Event::Changed`] or [`Event::Failed`], with
    /// [`ErrorCode::BadCredentials`] when the password is not the account's. It is not saved: after a restart it is asked anew.
    ApproveRecovery {
        /// Where.
        room: RoomId,
        /// The computer that asks.
        device: DeviceId,
        /// A computer of the same account that is revoked by it.
        replaces: Option<DeviceId>,
        /// This account's password.
        password: SecretText,
    },
    /// Object to a recovery that waits. Ends in [`Event::Changed`] or [`Event::Failed`].
    Veto {
        /// Where.
        room: RoomId,
        /// The approval or announcement.
        entry: EntryHash,
    },
    /// Let this computer of an owner in by the room's kit, and take the keys that were wrapped for the kit. Ends in
    /// [`Event::Changed`], [`Event::KitRefused`] or [`Event::Failed`]. It is not saved: after a restart the code is typed anew.
    UseKit {
        /// Where.
        room: RoomId,
        /// What was printed, as it was typed.
        code: SecretText,
    },
    /// Say that a computer is this account's own, after [`crate::crypto::safety::approval_digits`] were compared on both
    /// screens. It is carried into each of the account's rooms.
    Vouch {
        /// The computer's keys.
        bundle: SignedBundle,
        /// What it is called.
        name: String,
    },
    /// Approve a computer that asks ([`Event::Approvals`]): its digits were compared on both screens. It is vouched for like by
    /// [`Command::Vouch`].
    Approve {
        /// Which.
        device: DeviceId,
    },
    /// Refuse a computer that asks: it is signed out.
    RefuseApproval {
        /// Which.
        device: DeviceId,
    },
    /// Ask this account's other computers once more to approve this one.
    AskForApproval,
    /// Say that a computer of this account is no longer to be trusted. It is carried into each of the account's rooms, where
    /// the next room key starts with it.
    RevokeOwn {
        /// Which.
        device: DeviceId,
    },
    /// Show how this account's computers stand in its rooms: [`Event::OwnComputers`].
    ShowOwnComputers,
    /// Show the people of a room and what may be done to them: [`Event::People`].
    ShowPeople {
        /// Which room.
        room: RoomId,
    },
    /// Show entries of a room's log: [`Event::Log`].
    ShowLog {
        /// Which room's.
        room: RoomId,
        /// Which of them.
        wish: LogWish,
    },
    /// Show what a room's log tells between the messages: [`Event::Lines`].
    ShowLines {
        /// Which room's.
        room: RoomId,
        /// From this place of the stream.
        from: Seq,
        /// To this one.
        to: Seq,
    },
    /// Show the safety numbers with somebody: [`Event::Comparison`].
    Compare {
        /// In which room.
        room: RoomId,
        /// With whom.
        account: AccountId,
    },
    /// Say that the safety number with somebody matches: their computers of which it is made are marked. Nothing is if they are
    /// others by now, and the number with them.
    Mark {
        /// In which room.
        room: RoomId,
        /// With whom.
        account: AccountId,
        /// The number that was compared.
        number: String,
    },
    /// Take the marks from all computers of somebody.
    Unmark {
        /// Whose.
        account: AccountId,
    },
    /// Join by an invite link. Ends in [`Event::Joined`] or [`Event::Failed`].
    Join {
        /// The room.
        room: RoomId,
        /// The link's secret.
        secret: InviteSecret,
    },
    /// Write a message; it is in the outbox when the effects have been carried out, whatever happens then.
    Send {
        /// Where.
        room: RoomId,
        /// What.
        text: String,
    },
    /// Try a message again that the service refused for good.
    Retry {
        /// Where.
        room: RoomId,
        /// Which.
        message_id: MessageId,
    },
    /// Give up a message that the service refused for good. Ends in [`Event::Discarded`].
    Discard {
        /// Where.
        room: RoomId,
        /// Which.
        message_id: MessageId,
    },
    /// Ask the service once more for the room keys that this device lacks, and hand on the current one to devices of which the
    /// service says that they lack it ([`super::io::MemberView::behind`]).
    AskForKeys {
        /// Of which room.
        room: RoomId,
    },
    /// Somebody has looked at a room that stood still ([`super::io::Standing::Alarm`]): it is followed again. What stopped it stops it
    /// again if it is still so.
    LookedAt {
        /// Which room.
        room: RoomId,
    },
    /// Somebody has looked at a room that stood still for [`super::io::Alarm::Restored`]: it is followed as the service has it. What this device
    /// knows besides of the log is given up, but for those who were put out: they are put out again.
    FollowService {
        /// Which room.
        room: RoomId,
    },
    /// Everything up to here was looked at.
    Read {
        /// Where.
        room: RoomId,
        /// The last place looked at.
        seq: Seq,
    },
    /// There was real input: a key, a pointer, a touch. A host may say so as often as it likes.
    Active,
}

/// What an invite is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteTerms {
    /// What those who join by it become; at most one's own role.
    pub role: Role,
    /// How many may join by it.
    pub uses: u32,
    /// How long, in milliseconds.
    pub lifetime_ms: i64,
}

impl Default for InviteTerms {
    /// One plain member, within seven days.
    fn default() -> Self {
        Self { role: Role::Member, uses: 1, lifetime_ms: limits::INVITE_LIFETIME_MS }
    }
}

impl Client {
    pub(super) fn command(&mut self, now: Timestamp, command: Command, effects: &mut Vec<Effect>) {
        match command {
            Command::CreateRoom { name, history, recovery } => {
                self.settle(now, Target::New { name, history }, recovery, effects);
            }
            Command::SetRecovery { room, choice } => self.settle(now, Target::Room(room), choice, effects),
            Command::KitNoted { room } => self.kit_noted(room, effects),
            Command::ShowRecovery { room } => self.on_room(now, room, effects, |room, _| room.show_recovery()),
            Command::AskRecovery { room, announce } => {
                self.on_room(now, room, effects, |room, context| room.ask_recovery(announce, context));
            }
            Command::WithdrawRecovery { room, device } => {
                self.on_room(now, room, effects, |room, context| room.withdraw_recovery(device, context));
            }
            Command::ApproveRecovery { room, device, replaces, password } => {
                self.on_room(now, room, effects, |room, context| {
                    room.approve_recovery(device, replaces, password, context);
                });
            }
            Command::Veto { room, entry } => self.want(now, room, Act::Veto(entry), effects),
            Command::UseKit { room, code } => {
                self.on_room(now, room, effects, |room, context| room.use_kit(&code, context));
            }
            Command::Join { room, secret } => {
                if self.rooms.get(&room).is_some_and(|room| room.ended().is_none()) {
                    effects.push(Effect::Notify(Event::Joined { room }));
                } else {
                    effects.push(Effect::Save(vec![records::put_joining(room, &secret)]));
                    self.joinings.entry(room).or_insert_with(|| Joining::new(room, secret));
                }
            }
            Command::Invite { room, terms } => {
                let secret = InviteSecret::random(&mut system_rng());
                self.on_room(now, room, effects, |room, _| room.want(Intent::Invite { secret, terms }));
            }
            Command::CloseInvite { room, invite } => self.want(now, room, Act::CloseInvite(invite), effects),
            Command::RenameRoom { room, name } => self.want(now, room, Act::RenameRoom(name), effects),
            Command::AllowMemberInvites { room, allowed } => {
                self.want(now, room, Act::AllowMemberInvites(allowed), effects);
            }
            Command::RemoveMember { room, account } => self.want(now, room, Act::RemoveMember(account), effects),
            Command::Leave { room } => self.want(now, room, Act::Leave, effects),
            Command::SetRole { room, account, role } => self.want(now, room, Act::SetRole(account, role), effects),
            Command::PassOwnership { room, account } => self.want(now, room, Act::PassOwnership(account), effects),
            Command::SetHistory { room, history } => self.want(now, room, Act::SetHistory(history), effects),
            Command::RevokeDevice { room, device } => self.want(now, room, Act::RevokeDevice(device), effects),
            Command::Vouch { bundle, name } => self.vouch(now, &bundle, name, effects),
            Command::Approve { device } => self.approve(now, device, effects),
            Command::RefuseApproval { device } => self.refuse_approval(device),
            Command::AskForApproval => self.approvals.ask_again(),
            Command::RevokeOwn { device } => {
                let said = Said::revoke(&self.identity, device, now.plus_millis(self.clock_offset_ms));
                self.say(device, said, effects);
            }
            Command::ShowOwnComputers => effects.push(Effect::Notify(Event::OwnComputers(self.own_computers()))),
            Command::ShowPeople { room } => {
                let view = self.rooms.get(&room).and_then(|room| room.people_view(&self.identity));
                effects.extend(view.map(|view| Effect::Notify(Event::People(view))));
            }
            Command::ShowLog { room, wish } => {
                let view = self.rooms.get(&room).map(|room| room.log_view(wish));
                effects.extend(view.map(|view| Effect::Notify(Event::Log(view))));
            }
            Command::ShowLines { room, from, to } => {
                let view = self.rooms.get(&room).map(|room| room.lines_view((from, to), &self.marks));
                effects.extend(view.map(|view| Effect::Notify(Event::Lines(view))));
            }
            Command::Compare { room, account } => self.show_comparison(room, account, effects),
            Command::Mark { room, account, number } => {
                self.mark(room, account, &number, now.plus_millis(self.clock_offset_ms), effects);
            }
            Command::Unmark { account } => self.unmark(account, effects),
            Command::Send { room, text } => {
                self.activity.noticed(now);
                self.on_room(now, room, effects, |room, context| room.write(&text, context))
            }
            Command::Retry { room, message_id } => {
                self.on_room(now, room, effects, |room, context| room.retry(message_id, context));
            }
            Command::Discard { room, message_id } => {
                self.on_room(now, room, effects, |room, context| room.discard(message_id, context));
            }
            Command::AskForKeys { room } => self.on_room(now, room, effects, |room, _| room.mend_keys()),
            Command::LookedAt { room } => self.on_room(now, room, effects, |room, context| room.looked_at(context)),
            Command::FollowService { room } => {
                self.on_room(now, room, effects, |room, context| room.follow_service(context));
            }
            // Not input: a page that is open reads what comes by itself.
            Command::Read { room, seq } => self.on_room(now, room, effects, |room, context| room.read(seq, context)),
            Command::Active => self.activity.noticed(now),
        }
    }

    fn want(&mut self, now: Timestamp, room: RoomId, act: Act, effects: &mut Vec<Effect>) {
        self.on_room(now, room, effects, |room, _| room.want(Intent::Act(act)));
    }

    pub(super) fn vouch(&mut self, now: Timestamp, bundle: &SignedBundle, name: String, effects: &mut Vec<Effect>) {
        match Bundle::verify(bundle) {
            Ok(newcomer) if newcomer.account() == self.identity.account() => {
                let at = now.plus_millis(self.clock_offset_ms);
                self.say(newcomer.device(), Said::vouch(&self.identity, &newcomer, name, at), effects);
            }
            _ => effects.push(Effect::Notify(Event::Failed { room: None, code: ErrorCode::Invalid })),
        }
    }

    /// The last word on a device of this account. Saved, it is carried into each room, whatever happens then.
    fn say(&mut self, device: DeviceId, said: Said, effects: &mut Vec<Effect>) {
        effects.push(Effect::Save(vec![records::put_said(device, &said), self.waiting.said_anew(device)]));
        self.said.insert(device, said);
        self.rooms.values_mut().for_each(Room::something_was_said);
    }
}
