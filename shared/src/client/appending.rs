//! What becomes of appends: answered, beaten by other entries, refused, or overtaken by the room's end.

use super::{
    Client, Effect, Event, Refusal,
    act::Act,
    append::{Intent, PendingAppend},
    parsed, records,
    room::{Ended, Ending, Room},
};
use crate::{
    ids::{DeviceId, Epoch, RoomId},
    protocol::{error::ErrorCode, http::Appended},
    time::Timestamp,
};

impl Client {
    pub(super) fn append_answered(
        &mut self,
        now: Timestamp,
        room: RoomId,
        answer: Result<Vec<u8>, Refusal>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(mut append) = self.appends.remove(&room) else { return };
        match parsed::<Appended>(answer) {
            Ok(_) => self.appended(now, room, append, effects),
            Err(refusal) if refusal.is_passing() => {
                let corrected = now.plus_millis(self.clock_offset_ms);
                append.postpone(corrected, refusal.retry_after_ms);
                self.appends.insert(room, append);
            }
            Err(Refusal { code: ErrorCode::LogConflict | ErrorCode::ClockSkew | ErrorCode::BadEnvelopes, .. }) => {
                append.beaten(now.plus_millis(self.clock_offset_ms));
                if let Some(joining) = self.joinings.get_mut(&room) {
                    joining.look_again();
                }
                self.appends.insert(room, append);
            }
            Err(refusal) => {
                let mut changes = vec![records::delete_append(room)];
                if self.joinings.remove(&room).is_some() {
                    changes.push(records::delete_joining(room));
                }
                effects.push(Effect::Save(changes));
                let mut somebody_waits = true;
                self.on_room(now, room, effects, |room, context| {
                    somebody_waits = room.append_refused(&append.intent, &refusal, context.now);
                });
                if somebody_waits {
                    effects.push(Effect::Notify(Event::Failed { room: Some(room), code: refusal.code }));
                }
            }
        }
    }

    fn appended(&mut self, now: Timestamp, id: RoomId, append: PendingAppend, effects: &mut Vec<Effect>) {
        let mut changes = vec![records::delete_append(id)];
        let room = self.rooms.entry(id).or_insert_with(|| Room::new(id, &self.identity));
        let at = now.plus_millis(self.clock_offset_ms);
        changes.extend(append.last().map(|last| room.appended(last, at)));
        changes.extend(append.keys().map(|(epoch, key)| room.learn(epoch, key)));
        changes.extend(room.learn_names(&append.append.names));
        if let Intent::Invite { secret, .. } = &append.intent {
            let laid = append.append.invite_key.as_ref().map_or(Epoch(0), |key| key.epoch);
            changes.push(room.keep_invite(secret.clone(), laid));
        }
        if self.joinings.remove(&id).is_some() {
            changes.push(records::delete_joining(id));
        }
        if let Some(how) = ends(&append.intent, self.identity.device()) {
            // The service may give this device nothing any more, not even that entry.
            changes.push(room.end(Ending { how, by: self.identity.account(), at }));
        } else if self.online {
            room.connected(true);
        }
        effects.push(Effect::Save(changes));
        effects.push(Effect::Notify(match append.intent {
            Intent::Create => Event::RoomCreated { room: id },
            Intent::Join => Event::Joined { room: id },
            Intent::Invite { secret, .. } => Event::InviteMade { room: id, secret: (&secret).into() },
            Intent::StartEpoch { .. } => Event::EpochStarted { room: id },
            Intent::Act(_) => Event::Changed { room: id },
        }));
    }

    /// What was on its way to a room that has ended for this device meanwhile goes no further.
    pub(super) fn give_up_where_it_ended(&mut self, effects: &mut Vec<Effect>) {
        let over = |room: &RoomId| self.rooms.get(room).is_some_and(Room::is_over);
        let joins = |room: &RoomId| self.joinings.contains_key(room);
        let ended: Vec<RoomId> = self.appends.keys().copied().filter(|room| over(room) && !joins(room)).collect();
        for room in ended {
            let append = self.appends.remove(&room);
            effects.push(Effect::Save(vec![records::delete_append(room)]));
            // Who wanted to go is gone.
            let fulfilled = append.is_some_and(|append| matches!(append.intent, Intent::Act(Act::Leave)));
            effects.push(Effect::Notify(match fulfilled {
                true => Event::Changed { room },
                false => Event::Failed { room: Some(room), code: ErrorCode::NotEntitled },
            }));
        }
    }

    /// Appends that another entry beat, once the news are known: made anew on top of them.
    pub(super) fn rebuild_beaten_appends(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let beaten = self.appends.iter().filter(|(room, append)| append.is_beaten() && !self.takes_no_append(**room));
        let beaten: Vec<RoomId> = beaten.map(|(room, _)| *room).collect();
        for id in beaten {
            let Some(append) = self.appends.remove(&id) else { continue };
            if self.joinings.contains_key(&id) {
                // The joining looks at the log again and makes a new append by itself, from the old key if it can.
                if let Some(joining) = self.joinings.get_mut(&id) {
                    joining.keep(append);
                }
                continue;
            }
            let Some(room) = self.rooms.remove(&id) else { continue };
            let rebuilt = self.with_context(now, effects, |context| room.rebuild(append, context));
            self.rooms.insert(id, room);
            match rebuilt {
                Ok(append) => {
                    if !append.is_beaten() {
                        self.with_context(now, effects, |context| append.save(id, context));
                    }
                    self.appends.insert(id, append);
                }
                Err(intent) => {
                    let mut changes = vec![records::delete_append(id)];
                    if let Some(room) = self.rooms.get_mut(&id) {
                        room.look_again(intent);
                        changes.extend(room.unsaved_wishes());
                    }
                    effects.push(Effect::Save(changes));
                }
            }
        }
    }
}

/// How the room ends for this device with what it appended, if it does.
fn ends(intent: &Intent, me: DeviceId) -> Option<Ended> {
    match intent {
        Intent::Act(Act::Leave) => Some(Ended::Left),
        Intent::Act(Act::Say(said)) if said.revokes() && said.device() == Some(me) => Some(Ended::Revoked),
        _ => None,
    }
}
