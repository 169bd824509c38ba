//! The client core: one state machine without I/O that web companion, desktop, load generator and tests all drive.
//!
//! A host feeds it [`Input`]s (a frame came, a request was answered, somebody typed) and carries out the [`Effect`]s that
//! it returns, in order: a [`Effect::Save`] must be durable before what follows it is done. It never sends what it has
//! not saved, so a host that dies at any point goes on from its records as if nothing had happened.
//!
//! - [`identity`]: whose device this is, and its keys.
//! - [`io`]: inputs, effects, and the views that a page shows; `answers`: what becomes of requests.
//! - [`room`]: one room: verifying its stream, [`keyring`], [`outbox`].
//! - [`append`]: what is added to a room's log, repeated byte for byte until it is answered (`appending`); `build` and
//!   [`act`] make it, `rotation` the next epoch in it.
//! - [`renewal`]: new keys for a computer whose old ones were revoked.
//! - `vouching`: what the account says of its computers, `waiting`: beyond this one; `members`: who is in a room, and what may be done to them.
//! - `approvals`: computers of the account that ask each other to be approved; `own_computers`: how each stands.
//! - [`recovery`]: who lost every computer comes back.
//! - `invites`: the invites that this device made; `sharing`: keys that others lack; `glimpse`: rooms where this device is
//!   not approved.
//! - [`joining`]: from an invite link to membership.
//! - `commands`: what a person wants; `entries`: a room's log as people read it.
//! - `comparing`: whose computers were found to be theirs.
//! - `people`, `activity`: who is there, what they have read; whether somebody is here.
//! - [`records`]: the names of what is saved; `stored`: messages as they are saved; `views`: what a page shows.
//!
//! Deliberately absent: sockets, requests, storage, timers, and encryption of the records at rest (the host's key store
//! does that). Signing up and in are plain requests of the host.

pub mod act;
mod activity;
mod answers;
pub mod append;
mod appending;
mod approvals;
mod build;
mod commands;
mod comparing;
mod context;
mod entries;
mod glimpse;
pub mod identity;
mod invites;
pub mod io;
pub mod joining;
pub mod keyring;
mod members;
pub mod outbox;
mod own_computers;
mod people;
pub mod records;
pub mod recovery;
pub mod renewal;
pub mod room;
mod rotation;
mod sharing;
mod stored;
mod views;
pub mod vouching;
mod waiting;

pub use identity::Identity;
pub use io::{Answer, Change, Command, Effect, Event, Input, Request, RequestId};

use self::{
    activity::Activity,
    answers::{Refusal, parsed},
    append::PendingAppend,
    approvals::Approvals,
    comparing::Marks,
    context::{Context, Requests},
    io::MessageView,
    joining::Joining,
    recovery::{Kits, Settling},
    room::Room,
    vouching::Said,
    waiting::{Heard, Waiting},
};
use crate::{
    crypto::system_rng,
    ids::{DeviceId, RoomId, SessionTag},
    presence::Availability,
    protocol::{
        codec::{self, DecodeError},
        frames::{self, ClientFrame, ServerFrame},
        limits,
    },
    sorted::SortedMap,
    time::Timestamp,
};

/// See the [module](self).
#[derive(Debug)]
pub struct Client {
    identity: Identity,
    session: SessionTag,
    online: bool,
    clock_offset_ms: i64,
    /// When all that was due was done, by the service's clock.
    stepped_at: Timestamp,
    activity: Activity,
    /// What was shown last.
    availability: Option<Availability>,
    rooms: SortedMap<RoomId, Room>,
    joinings: SortedMap<RoomId, Joining>,
    appends: SortedMap<RoomId, PendingAppend>,
    said: SortedMap<DeviceId, Said>,
    marks: Marks,
    waiting: Waiting,
    heard: Heard,
    approvals: Approvals,
    settling: Settling,
    kits: Kits,
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
            stepped_at: Timestamp(0),
            activity: Activity::default(),
            availability: None,
            rooms: SortedMap::new(),
            joinings: SortedMap::new(),
            appends: SortedMap::new(),
            said: SortedMap::new(),
            marks: Marks::default(),
            waiting: Waiting::default(),
            heard: Heard::default(),
            approvals: Approvals::default(),
            settling: Settling::default(),
            kits: Kits::default(),
            requests: Requests::default(),
        };
        let saved = records::Saved::read(saved)?;
        client.marks = Marks::new(saved.marks);
        let mut effects = Vec::new();
        for (room, records) in saved.rooms {
            let mut restored = Room::new(room, &client.identity);
            client.with_context(now, &mut effects, |context| restored.restore(records, context))?;
            client.rooms.insert(room, restored);
        }
        client.joinings = saved.joinings.into_iter().map(|(room, secret)| (room, Joining::new(room, secret))).collect();
        client.appends = saved.appends;
        client.said = saved.said;
        client.waiting = Waiting::new(saved.left);
        client.kits.restore(saved.kits);
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
        let view = records::read_message(key, value)?;
        Ok(match self.rooms.get(&view.room) {
            Some(room) => room.completed(view),
            None => view,
        })
    }

    /// When the host should feed the next [`Input::Tick`], if nothing else comes first; by the host's clock. What was due at the
    /// last input and is still to be done waits for another input than time.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.rooms
            .values()
            .flat_map(Room::deadlines)
            .chain(self.joinings.values().filter_map(Joining::deadline))
            .chain(
                self.appends
                    .iter()
                    .filter(|(room, _)| !self.takes_no_append(**room))
                    .filter_map(|(_, it)| it.deadline()),
            )
            .chain(self.approvals.deadlines())
            .chain(self.waiting.deadline())
            .chain(self.kits.deadlines())
            .filter(|at| *at > self.stepped_at)
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
                self.approvals.disconnected();
                self.kits.disconnected();
                for room in self.rooms.values_mut() {
                    room.disconnected();
                }
            }
            Input::Frame(bytes) => self.frame(now, &bytes, &mut effects),
            Input::Answer { request, answer } => self.answer(now, request, answer, &mut effects),
            Input::Loaded { room, first, records } => {
                self.on_room(now, room, &mut effects, |room, context| room.loaded(first, &records, context));
            }
            Input::RsaPair(pkcs8) => self.rsa_pair(now, pkcs8.as_ref(), &mut effects),
            Input::Tick => {}
        }
        self.step(now, &mut effects);
        effects
    }

    /// Whether nothing is appended to this room's log now.
    fn takes_no_append(&self, room: RoomId) -> bool {
        self.rooms.get(&room).is_some_and(Room::takes_no_append)
    }

    /// Does all that is due; called after every input, it does nothing twice.
    fn step(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.stepped_at = now.plus_millis(self.clock_offset_ms);
        if self.online && self.activity.tell(now) {
            let frame = ClientFrame::Activity(frames::Activity {});
            effects.push(Effect::Transmit(codec::encode(&frame)));
        }
        self.hear_the_rooms();
        self.give_up_where_it_ended(effects);
        self.rebuild_beaten_appends(now, effects);
        let mut appends = std::mem::take(&mut self.appends);
        let mut joinings = std::mem::take(&mut self.joinings);
        let mut rooms = std::mem::take(&mut self.rooms);
        let mut approvals = std::mem::take(&mut self.approvals);
        let mut waiting = std::mem::take(&mut self.waiting);
        let mut kits = std::mem::take(&mut self.kits);
        self.with_context(now, effects, |context| {
            waiting.step(context);
            for (room, joining) in joinings.iter_mut() {
                if !appends.contains_key(room)
                    && let Some(append) = joining.step(context)
                {
                    append.save(*room, context);
                    appends.insert(*room, append);
                }
            }
            for room in rooms.values_mut() {
                let append = room.step(appends.get(&room.id()), context);
                // A wish is an append from then on: both or neither.
                let saved = append.as_ref().and_then(|append| append.change(room.id()));
                context.save(saved.into_iter().chain(room.unsaved_wishes()).collect());
                if let Some(append) = append {
                    appends.insert(room.id(), append);
                }
            }
            for (room, append) in appends.iter_mut() {
                if !rooms.get(room).is_some_and(Room::takes_no_append) {
                    append.step(*room, context);
                }
            }
            approvals.step(&rooms, context);
            kits.step(&rooms, &appends, context);
        });
        self.waiting = waiting;
        self.approvals = approvals;
        self.kits = kits;
        self.appends = appends;
        self.joinings = joinings;
        self.rooms = rooms;
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
                for room in &welcome.rooms {
                    self.rooms.entry(*room).or_insert_with(|| Room::new(*room, &self.identity));
                }
                for (id, room) in self.rooms.iter_mut() {
                    room.disconnected();
                    room.connected(welcome.rooms.contains(id));
                }
            }
            ServerFrame::RoomAdded(added) => {
                let room = self.rooms.entry(added.room).or_insert_with(|| Room::new(added.room, &self.identity));
                room.connected(true);
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
            ServerFrame::Lacking(told) => self.on_room(now, told.room, effects, |room, _| room.lacking(told)),
            ServerFrame::ApprovalWanted(wanted) => self.approval_wanted(wanted, effects),
            ServerFrame::ApprovalSettled(settled) => self.approval_settled(now, settled, effects),
            ServerFrame::Restored(told) => {
                self.on_room(now, told.room, effects, |room, context| room.restored(told, context));
            }
            // The host, which asked, has heard it.
            ServerFrame::Pong(_) => {}
            ServerFrame::RecoveryNews(news) => self.on_room(now, news.room, effects, |room, _| room.recovery_news()),
            ServerFrame::Said(said) => self.hear(said, effects),
            ServerFrame::Error(error) => effects.push(Effect::Notify(Event::ServerError { code: error.code })),
        }
    }

    fn show_availability(&mut self, availability: Availability, effects: &mut Vec<Effect>) {
        if self.availability.replace(availability) != Some(availability) {
            effects.push(Effect::Notify(Event::Availability(availability)));
        }
    }

    fn on_room(
        &mut self,
        now: Timestamp,
        room: RoomId,
        effects: &mut Vec<Effect>,
        act: impl FnOnce(&mut Room, &mut Context<'_>),
    ) {
        let mut act = Some(act);
        self.on_found(now, room, effects, &mut |room, context| {
            if let Some(act) = act.take() {
                act(room, context);
            }
        });
    }

    /// [`Client::on_room`], whatever is done: so that its code is there once, in a program that people wait for.
    fn on_found(
        &mut self,
        now: Timestamp,
        room: RoomId,
        effects: &mut Vec<Effect>,
        act: &mut dyn FnMut(&mut Room, &mut Context<'_>),
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
            host_now: now,
            online: self.online,
            session: self.session,
            identity: &self.identity,
            said: &self.said,
            marks: &self.marks,
            heard: &self.heard,
            requests: &mut self.requests,
            effects,
        })
    }
}
