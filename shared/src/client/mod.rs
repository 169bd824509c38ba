//! The client core: one state machine without I/O that web companion, desktop, load generator and tests all drive.
//!
//! A host feeds it [`Input`]s (a frame came, a request was answered, somebody typed) and carries out the [`Effect`]s that
//! it returns, in order: a [`Effect::Save`] must be durable before what follows it is done. It never sends what it has
//! not saved, so a host that dies at any point goes on from its records as if nothing had happened.
//!
//! - [`identity`]: whose device this is, and its keys.
//! - [`io`]: inputs, effects, and the views that a page shows.
//! - [`room`]: one room: verifying its stream, [`keyring`], [`outbox`].
//! - [`append`]: what is added to a room's log, repeated byte for byte until it is answered; [`act`]: changes that are one
//!   entry.
//! - `invites`: the invites that this device made; `sharing`: keys that others lack; `glimpse`: rooms where this device is
//!   not approved.
//! - [`joining`]: from an invite link to membership.
//! - `people`, `activity`: who is there, what they have read; whether somebody is here.
//! - [`records`]: the names of what is saved; `stored`: messages as they are saved; `views`: what a page shows.
//!
//! Deliberately absent: sockets, requests, storage, timers, and encryption of the records at rest (the host's key store
//! does that). Signing up and in are plain requests of the host.

pub mod act;
mod activity;
pub mod append;
mod context;
mod glimpse;
pub mod identity;
mod invites;
pub mod io;
pub mod joining;
pub mod keyring;
pub mod outbox;
mod people;
pub mod records;
pub mod room;
mod sharing;
mod stored;
mod views;

use std::collections::BTreeMap;

pub use identity::Identity;
pub use io::{Answer, Change, Command, Effect, Event, Input, Request, RequestId};

use self::{
    act::Act,
    activity::Activity,
    append::{Intent, PendingAppend},
    context::{Context, Purpose, Requests},
    io::MessageView,
    joining::Joining,
    room::Room,
};
use crate::{
    crypto::system_rng,
    ids::{Epoch, RoomId, SessionTag},
    log::HistoryRule,
    presence::Availability,
    protocol::{
        codec::{self, DecodeError},
        error::{ErrorBody, ErrorCode},
        frames::{self, ClientFrame, ServerFrame},
        http::{Appended, LogPage, OpenInvite, RoomKeys, RoomNames},
        json, limits,
    },
    time::Timestamp,
};

/// See the [module](self).
#[derive(Debug)]
pub struct Client {
    identity: Identity,
    session: SessionTag,
    online: bool,
    clock_offset_ms: i64,
    activity: Activity,
    /// What was shown last.
    availability: Option<Availability>,
    rooms: BTreeMap<RoomId, Room>,
    joinings: BTreeMap<RoomId, Joining>,
    appends: BTreeMap<RoomId, PendingAppend>,
    requests: Requests,
}

impl Client {
    /// A client of this identity, going on from the records that were saved before (in any order; none for a new one).
    /// Those of messages ([`records::message_place`]) may be left out.
    ///
    /// # Errors
    /// [`records::RecordError`] when a record is damaged; the host offers to fetch everything anew.
    pub fn open(
        identity: Identity,
        saved: impl IntoIterator<Item = (String, Vec<u8>)>,
        now: Timestamp,
    ) -> Result<(Self, Vec<Effect>), records::RecordError> {
        let mut client = Self {
            identity,
            session: SessionTag::random(&mut system_rng()),
            online: false,
            clock_offset_ms: 0,
            activity: Activity::default(),
            availability: None,
            rooms: BTreeMap::new(),
            joinings: BTreeMap::new(),
            appends: BTreeMap::new(),
            requests: Requests::default(),
        };
        let saved = records::Saved::read(saved)?;
        let mut effects = Vec::new();
        for (room, records) in saved.rooms {
            let mut restored = Room::new(room);
            client.with_context(now, &mut effects, |context| restored.restore(records, context))?;
            client.rooms.insert(room, restored);
        }
        client.joinings = saved.joinings.into_iter().map(|(room, secret)| (room, Joining::new(room, secret))).collect();
        client.appends = saved.appends;
        Ok((client, effects))
    }

    /// Whose device this is.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// One room, as this device knows it.
    #[must_use]
    pub fn room(&self, room: RoomId) -> Option<&Room> {
        self.rooms.get(&room)
    }

    /// The rooms that this device knows.
    pub fn rooms(&self) -> impl Iterator<Item = &Room> {
        self.rooms.values()
    }

    /// A stored message, for showing.
    ///
    /// # Errors
    /// [`records::RecordError`] when it is damaged, or no message.
    pub fn read_message(&self, key: &str, value: &[u8]) -> Result<MessageView, records::RecordError> {
        let mut view = records::read_message(key, value)?;
        view.handle = self.rooms.get(&view.room).and_then(|room| room.handle(view.account?)).map(ToOwned::to_owned);
        Ok(view)
    }

    /// When the host should feed the next [`Input::Tick`], if nothing else comes first; by the host's clock.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.rooms
            .values()
            .flat_map(Room::deadlines)
            .chain(self.joinings.values().filter_map(Joining::deadline))
            .chain(self.appends.values().filter_map(PendingAppend::deadline))
            .min()
            .map(|at| at.plus_millis(self.clock_offset_ms.saturating_neg()))
    }

    /// Takes an input; what must be done about it, in order. `now` is the host's clock.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Command(command) => self.command(now, command, &mut effects),
            Input::Connected => self.online = true,
            Input::Disconnected => {
                self.online = false;
                for room in self.rooms.values_mut() {
                    room.disconnected();
                }
            }
            Input::Frame(bytes) => self.frame(now, &bytes, &mut effects),
            Input::Answer { request, answer } => self.answer(now, request, answer, &mut effects),
            Input::Loaded { room, first, records } => {
                self.on_room(now, room, &mut effects, |room, context| room.loaded(first, &records, context));
            }
            Input::Tick => {}
        }
        self.step(now, &mut effects);
        effects
    }

    /// Does all that is due; called after every input, it does nothing twice.
    fn step(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.online && self.activity.tell(now) {
            let frame = ClientFrame::Activity(frames::Activity {});
            effects.push(Effect::Transmit(codec::encode(&frame)));
        }
        self.rebuild_beaten_appends(now, effects);
        let mut appends = std::mem::take(&mut self.appends);
        let mut joinings = std::mem::take(&mut self.joinings);
        let mut rooms = std::mem::take(&mut self.rooms);
        self.with_context(now, effects, |context| {
            for (room, joining) in &mut joinings {
                if !appends.contains_key(room)
                    && let Some(append) = joining.step(context)
                {
                    append.save(*room, context);
                    appends.insert(*room, append);
                }
            }
            for room in rooms.values_mut() {
                let busy = appends.contains_key(&room.id());
                if let Some(append) = room.step(busy, context) {
                    append.save(room.id(), context);
                    appends.insert(room.id(), append);
                }
            }
            for (room, append) in &mut appends {
                append.step(*room, context);
            }
        });
        self.appends = appends;
        self.joinings = joinings;
        self.rooms = rooms;
    }

    fn command(&mut self, now: Timestamp, command: Command, effects: &mut Vec<Effect>) {
        match command {
            Command::CreateRoom { name, history } => self.create_room(now, &name, history, effects),
            Command::Join { room, secret } => {
                if self.rooms.contains_key(&room) {
                    effects.push(Effect::Notify(Event::Joined { room }));
                } else {
                    effects.push(Effect::Save(vec![records::put_joining(room, &secret)]));
                    self.joinings.entry(room).or_insert_with(|| Joining::new(room, secret));
                }
            }
            Command::Invite { room, terms } => self.on_room(now, room, effects, |room, _| room.want_invite(terms)),
            Command::CloseInvite { room, invite } => {
                self.on_room(now, room, effects, |room, _| room.want(Act::CloseInvite(invite)));
            }
            Command::RenameRoom { room, name } => {
                self.on_room(now, room, effects, |room, _| room.want(Act::RenameRoom(name)));
            }
            Command::AllowMemberInvites { room, allowed } => {
                self.on_room(now, room, effects, |room, _| room.want(Act::AllowMemberInvites(allowed)));
            }
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
            Command::AskForKeys { room } => self.on_room(now, room, effects, |room, _| room.keys_added()),
            // Not input: a page that is open reads what comes by itself.
            Command::Read { room, seq } => self.on_room(now, room, effects, |room, context| room.read(seq, context)),
            Command::Active => self.activity.noticed(now),
        }
    }

    fn create_room(&mut self, now: Timestamp, name: &str, history: HistoryRule, effects: &mut Vec<Effect>) {
        let made = self.with_context(now, effects, |context| {
            let made = append::create_room(context, name, history);
            if let Ok((room, append)) = &made {
                append.save(*room, context);
            }
            made
        });
        match made {
            Ok((room, append)) => {
                self.appends.insert(room, append);
            }
            Err(_) => effects.push(Effect::Notify(Event::Failed { room: None, code: ErrorCode::Internal })),
        }
    }

    fn frame(&mut self, now: Timestamp, bytes: &[u8], effects: &mut Vec<Effect>) {
        let frame = match codec::decode_frame::<ServerFrame>(bytes, limits::SERVER_FRAME) {
            Ok(frame) => frame,
            // A newer service says more than this build understands.
            Err(DecodeError::UnknownKind) => return,
            Err(_) => {
                effects.push(Effect::Notify(Event::BadFrame));
                return;
            }
        };
        match frame {
            ServerFrame::Welcome(welcome) => {
                self.clock_offset_ms = welcome.time.millis_since(now);
                self.show_availability(welcome.availability, effects);
                for room in welcome.rooms {
                    self.rooms.entry(room).or_insert_with(|| Room::new(room));
                }
                for room in self.rooms.values_mut() {
                    room.disconnected();
                    room.connected();
                }
            }
            ServerFrame::RoomAdded(added) => {
                self.rooms.entry(added.room).or_insert_with(|| Room::new(added.room)).connected();
            }
            ServerFrame::Page(page) => self.on_room(now, page.room, effects, |room, context| room.page(page, context)),
            ServerFrame::Item(item) => self.on_room(now, item.room, effects, |room, context| {
                room.live(item.incarnation, item.item, context);
            }),
            ServerFrame::SyncRefused(refused) => {
                self.on_room(now, refused.room, effects, |room, context| room.sync_refused(&refused, context));
            }
            ServerFrame::Accepted(accepted) => {
                self.on_room(now, accepted.room, effects, |room, context| room.accepted(&accepted, context));
            }
            ServerFrame::Refused(refused) => {
                self.on_room(now, refused.room, effects, |room, context| room.refused(&refused, context));
            }
            ServerFrame::Presence(told) => self.on_room(now, told.room, effects, |room, _| room.presence(told)),
            ServerFrame::Positions(told) => self.on_room(now, told.room, effects, |room, _| room.positions(told)),
            ServerFrame::Availability(chosen) => self.show_availability(chosen.availability, effects),
            ServerFrame::KeysWanted(wanted) => {
                self.on_room(now, wanted.room, effects, |room, _| room.keys_wanted(wanted));
            }
            ServerFrame::KeysAdded(added) => self.on_room(now, added.room, effects, |room, _| room.keys_added()),
            // The host, which asked, has heard it.
            ServerFrame::Pong(_) => {}
            ServerFrame::Error(error) => effects.push(Effect::Notify(Event::ServerError { code: error.code })),
        }
    }

    fn show_availability(&mut self, availability: Availability, effects: &mut Vec<Effect>) {
        if self.availability.replace(availability) != Some(availability) {
            effects.push(Effect::Notify(Event::Availability(availability)));
        }
    }

    fn answer(&mut self, now: Timestamp, request: RequestId, answer: Answer, effects: &mut Vec<Effect>) {
        let Some(purpose) = self.requests.take(request) else { return };
        let answer = read_answer(answer);
        match purpose {
            Purpose::Append(room) => self.append_answered(now, room, answer, effects),
            Purpose::Keys(room) => self.on_room(now, room, effects, |room, context| {
                room.keys_answered(parsed::<RoomKeys>(answer), context);
            }),
            Purpose::Names(room) => self.on_room(now, room, effects, |room, context| {
                room.names_answered(parsed::<RoomNames>(answer), context);
            }),
            Purpose::Log(room) => self.on_room(now, room, effects, |room, _| {
                room.log_answered(parsed::<LogPage>(answer));
            }),
            Purpose::InviteKey(room, invite, epoch) => self.on_room(now, room, effects, |room, context| {
                room.key_laid((invite, epoch), answer.map(drop), context);
            }),
            Purpose::AddKeys(room) => self.on_room(now, room, effects, |room, context| {
                room.keys_shared(answer.map(drop), context);
            }),
            Purpose::OpenInvite(room) => {
                let Some(mut joining) = self.joinings.remove(&room) else { return };
                let result =
                    self.with_context(now, effects, |context| joining.opened(parsed::<OpenInvite>(answer), context));
                match result {
                    Ok(()) => {
                        self.joinings.insert(room, joining);
                    }
                    Err(code) => {
                        effects.push(Effect::Save(vec![records::delete_joining(room)]));
                        effects.push(Effect::Notify(Event::Failed { room: Some(room), code }));
                    }
                }
            }
        }
    }

    fn append_answered(
        &mut self,
        now: Timestamp,
        room: RoomId,
        answer: Result<Vec<u8>, Refusal>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(mut append) = self.appends.remove(&room) else { return };
        match parsed::<Appended>(answer) {
            Ok(_) => self.appended(room, append, effects),
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
                if matches!(&append.intent, Intent::Act(act) if act.is_own_name()) {
                    // Nobody asked for it. Whoever changed the name elsewhere tells this device's host.
                    self.on_room(now, room, effects, |room, _| room.own_name_refused());
                } else {
                    effects.push(Effect::Notify(Event::Failed { room: Some(room), code: refusal.code }));
                }
            }
        }
    }

    fn appended(&mut self, id: RoomId, append: PendingAppend, effects: &mut Vec<Effect>) {
        let mut changes = vec![records::delete_append(id)];
        let room = self.rooms.entry(id).or_insert_with(|| Room::new(id));
        room.appended(append.last_index());
        changes.extend(append.keys().map(|(epoch, key)| room.learn(epoch, key)));
        changes.extend(room.learn_names(&append.append.names));
        if let Intent::Invite { secret, .. } = &append.intent {
            let laid = append.append.invite_key.as_ref().map_or(Epoch(0), |key| key.epoch);
            changes.push(room.keep_invite(secret.clone(), laid));
        }
        if self.joinings.remove(&id).is_some() {
            changes.push(records::delete_joining(id));
        }
        if self.online {
            room.connected();
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

    /// Appends that another entry beat, once the news are known: made anew on top of them.
    fn rebuild_beaten_appends(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let beaten: Vec<RoomId> =
            self.appends.iter().filter(|(_, append)| append.is_beaten()).map(|(room, _)| *room).collect();
        for id in beaten {
            let Some(append) = self.appends.remove(&id) else { continue };
            if self.joinings.contains_key(&id) {
                // The joining looks at the log again and makes a new append by itself, from the old key if it can.
                if let Some(joining) = self.joinings.get_mut(&id) {
                    joining.keep(append);
                }
                continue;
            }
            let Some(mut room) = self.rooms.remove(&id) else { continue };
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
                    effects.push(Effect::Save(vec![records::delete_append(id)]));
                    if let Some(room) = self.rooms.get_mut(&id) {
                        room.look_again(intent);
                    }
                }
            }
        }
    }

    fn on_room(
        &mut self,
        now: Timestamp,
        room: RoomId,
        effects: &mut Vec<Effect>,
        act: impl FnOnce(&mut Room, &mut Context<'_>),
    ) {
        let Some(mut found) = self.rooms.remove(&room) else { return };
        self.with_context(now, effects, |context| act(&mut found, context));
        self.rooms.insert(room, found);
    }

    fn with_context<T>(
        &mut self,
        now: Timestamp,
        effects: &mut Vec<Effect>,
        act: impl FnOnce(&mut Context<'_>) -> T,
    ) -> T {
        act(&mut Context {
            now: now.plus_millis(self.clock_offset_ms),
            online: self.online,
            session: self.session,
            identity: &self.identity,
            requests: &mut self.requests,
            effects,
        })
    }
}

/// Why a request did not do what it should.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) code: ErrorCode,
    pub(crate) retry_after_ms: Option<u64>,
}

impl Refusal {
    /// Whether the same request may succeed later.
    pub(crate) const fn is_passing(&self) -> bool {
        matches!(self.code, ErrorCode::RetryLater | ErrorCode::RateLimited | ErrorCode::Internal | ErrorCode::Unknown)
    }
}

fn read_answer(answer: Answer) -> Result<Vec<u8>, Refusal> {
    match answer {
        Answer::Response { status: 200..=299, body } => Ok(body),
        Answer::Response { body, .. } => match json::read::<ErrorBody>(&body) {
            Ok(error) => Err(Refusal { code: error.code, retry_after_ms: error.retry_after_ms }),
            Err(_) => Err(Refusal { code: ErrorCode::Unknown, retry_after_ms: None }),
        },
        Answer::Unreachable => Err(Refusal { code: ErrorCode::RetryLater, retry_after_ms: None }),
    }
}

fn parsed<T: serde::de::DeserializeOwned>(answer: Result<Vec<u8>, Refusal>) -> Result<T, Refusal> {
    json::read(&answer?).map_err(|_| Refusal { code: ErrorCode::Unknown, retry_after_ms: None })
}
