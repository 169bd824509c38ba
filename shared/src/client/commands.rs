//! What a person wants, or their host for them.

use super::{
    Client, Command, Effect, Event, act::Act, append::Intent, joining::Joining, records, recovery::Target, room::Room,
    vouching::Said,
};
use crate::{
    crypto::{
        bundle::{Bundle, SignedBundle},
        invite::InviteSecret,
        system_rng,
    },
    ids::{DeviceId, RoomId},
    protocol::error::ErrorCode,
    time::Timestamp,
};

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
