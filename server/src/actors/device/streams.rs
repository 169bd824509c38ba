//! Rooms as this device has them: where the room's actor is, where the client stands, pages and live items.

use std::sync::Arc;

use actix::prelude::*;
use bytes::Bytes;
use igoon_shared::{
    ids::{Incarnation, RoomId, Seq},
    protocol::{
        codec,
        error::ErrorCode,
        frames::{Ack, Item, Page, Restored, ServerFrame, StreamItem, Sync},
        limits,
    },
};

use super::{
    Device, PAGES,
    logic::{
        cursor::{Cursor, Delivery, Position, Read, Turn},
        order::Order,
    },
};
use crate::{
    actors::{
        directory::NoRoom,
        health::{Context, Mailbox},
        room::{Post, Refusal, Room, Stand, Subscribe},
        socket::Ending,
    },
    store::{Connection, StoreError, db::models::rooms, ops::PositionRow},
};

/// What waits for a room's address at most.
const WAITING: usize = 64;
/// Rooms that a connection has to do with at a time: more than anybody is in. What a client says of rooms that it makes up
/// is forgotten when the store knows none of that name; but not what was refused before it was looked at.
const ROOMS: usize = 4_096;

/// A room as this device has it.
#[derive(Default)]
pub(super) struct Link {
    /// The room's actor, once known.
    pub(super) room: Option<Mailbox<Room>>,
    /// Waits for the address, in order.
    waiting: Vec<Waiting>,
    pub(super) subscribed: bool,
    /// Absent until the client asks for the stream.
    cursor: Option<Cursor>,
    /// The client's first question, until the room has taken this device in.
    first: Option<PageTurn>,
    pub(super) order: Order,
    pub(super) position: Position,
    /// How the device stands, as the room knows it.
    pub(super) told: Option<Stand>,
}

/// For a room whose address is not known yet.
#[expect(clippy::large_enum_variant, reason = "nearly all are messages, and are handed on at once")]
pub(super) enum Waiting {
    Post(Post),
    Subscribe,
}

/// A page to be read.
#[derive(Clone, Copy)]
pub(super) struct PageTurn {
    room: RoomId,
    read: Read,
    /// It goes on after a place of another life of the database.
    foreign: bool,
}

/// A part of a stream.
struct Excerpt {
    items: Vec<StreamItem>,
    /// The stream's newest place when it was read.
    head: Seq,
    /// If the page goes on after a place of another life: the last one up to it that there is.
    kept: Option<Seq>,
}

impl PageTurn {
    fn read(self, db: &mut Connection) -> Result<Excerpt, StoreError> {
        let kept = if self.foreign { Some(rooms::last_up_to(db, self.room, self.read.after)?) } else { None };
        let (items, head) = rooms::page(db, self.room, self.read.after, limits::PAGE_ITEMS, limits::PAGE_BYTES)?;
        Ok(Excerpt { items, head, kept })
    }
}

impl Link {
    /// Whether something is expected from a room that is gone.
    pub(super) fn is_dead(&self) -> bool {
        let gone = self.room.as_ref().is_some_and(|room| !room.connected());
        gone && (self.subscribed || self.order.is_waiting())
    }
}

impl Device {
    /// The room as this connection has it; `None` ends the connection: it names too many.
    pub(super) fn link(&mut self, room: RoomId, ctx: &mut Context<Self>) -> Option<&mut Link> {
        if self.rooms.len() >= ROOMS && !self.rooms.contains_key(&room) {
            self.end_with(ErrorCode::RateLimited, Ending::Policy, ctx);
            return None;
        }
        Some(self.rooms.entry(room).or_default())
    }

    /// The client asks for a room's stream.
    pub(super) fn sync(&mut self, sync: Sync, ctx: &mut Context<Self>) {
        // A place in another life of the database may be one that this life lacks: the client is told.
        let foreign = sync.after.seq > Seq(0) && sync.after.incarnation != self.deps.store.incarnation();
        let Some(link) = self.link(sync.room, ctx) else { return };
        let (cursor, read) = Cursor::asked(sync.after.seq, link.cursor.as_ref());
        link.cursor = Some(cursor);
        let turn = PageTurn { room: sync.room, read, foreign };
        if link.subscribed {
            return self.read(turn, ctx);
        }
        let asks_already = link.first.replace(turn).is_some();
        if !asks_already {
            self.reach(sync.room, Waiting::Subscribe, ctx);
        }
    }

    /// The client has stored or looked at something.
    pub(super) fn ack(&mut self, ack: &Ack) {
        let Some(link) = self.rooms.get_mut(&ack.room) else { return };
        link.position.ack(ack.delivered, ack.read);
        self.note_position(ack.room);
    }

    fn note_position(&mut self, room: RoomId) {
        let Some(Link { cursor: Some(cursor), position, .. }) = self.rooms.get_mut(&room) else { return };
        if let Some((delivered, read)) = position.take(cursor.stored()) {
            self.deps.store.note_position(PositionRow { room, device: self.device, delivered, read });
            self.tell_room(room, self.deps.clock.now());
        }
    }

    /// Hands something to a room, once its address is known.
    pub(super) fn reach(&mut self, room: RoomId, what: Waiting, ctx: &mut Context<Self>) {
        let Some(link) = self.rooms.get_mut(&room) else { return };
        if link.room.as_ref().is_some_and(Mailbox::connected) {
            return self.hand_to_room(room, what, ctx);
        }
        link.room = None;
        if link.waiting.len() >= WAITING
            && let Waiting::Post(post) = what
        {
            return self.not_reached(room, &post, ErrorCode::RetryLater, ctx);
        }
        link.waiting.push(what);
        if link.waiting.len() == 1 {
            let (directory, generation, account, device) =
                (self.directory.clone(), self.generation, self.account, ctx.address());
            actix::spawn(async move {
                let found = directory.room_of(account, room).await;
                // One answer to each question, of which there is one at a time for each room.
                device.do_send(Found { room, generation, found });
            });
        }
    }

    fn hand_to_room(&mut self, room_id: RoomId, what: Waiting, ctx: &mut Context<Self>) {
        let Some(room) = self.rooms.get(&room_id).and_then(|link| link.room.clone()) else { return };
        match what {
            Waiting::Post(post) => {
                if let Err(unsent) = room.try_send(post) {
                    self.not_reached(room_id, &unsent.into_inner(), ErrorCode::RetryLater, ctx);
                }
            }
            Waiting::Subscribe => {
                let stand = self.stand(room_id, self.deps.clock.now());
                let ask = Subscribe {
                    device: self.device,
                    account: self.account,
                    address: ctx.address(),
                    generation: self.generation,
                    stand,
                };
                if room.try_send(ask).is_err() {
                    self.not_subscribed(room_id, ErrorCode::RetryLater, ctx);
                } else if let Some(link) = self.rooms.get_mut(&room_id) {
                    link.told = Some(stand);
                }
            }
        }
    }

    fn not_subscribed(&mut self, room: RoomId, code: ErrorCode, ctx: &mut Context<Self>) {
        if let Some(link) = self.rooms.get_mut(&room) {
            (link.first, link.cursor, link.subscribed) = (None, None, false);
        }
        self.refuse_sync(room, Refusal::from(code), ctx);
    }

    /// Queues a page to be read.
    fn read(&mut self, turn: PageTurn, ctx: &mut Context<Self>) {
        self.pages_waiting.push_back(turn);
        self.next_pages(ctx);
    }

    fn read_on(&mut self, room: RoomId, read: Read, ctx: &mut Context<Self>) {
        self.read(PageTurn { room, read, foreign: false }, ctx);
    }

    fn next_pages(&mut self, ctx: &mut Context<Self>) {
        while self.pages_under_way < PAGES {
            let Some(turn) = self.pages_waiting.pop_front() else { return };
            let cursor = self.rooms.get(&turn.room).and_then(|link| link.cursor.as_ref());
            if !cursor.is_some_and(|cursor| cursor.is_read(turn.read)) {
                continue; // the client has asked anew since
            }
            self.pages_under_way += 1;
            let (store, generation, device) = (self.deps.store.clone(), self.generation, ctx.address());
            actix::spawn(async move {
                let page = store.read(move |db| turn.read(db)).await;
                // At most PAGES of them.
                device.do_send(PageRead { generation, turn, page });
            });
        }
    }

    /// A page does not go to the client: the next one may be read.
    fn page_is_over(&mut self, ctx: &mut Context<Self>) {
        self.pages_under_way = self.pages_under_way.saturating_sub(1);
        self.next_pages(ctx);
    }

    fn put_items(&mut self, room: RoomId, incarnation: Incarnation, items: Vec<StreamItem>, ctx: &mut Context<Self>) {
        for item in items {
            self.put(&ServerFrame::Item(Item { room, incarnation, item }), ctx);
        }
    }
}

/// The Directory's answer.
#[derive(Message)]
#[rtype(result = "()")]
struct Found {
    room: RoomId,
    generation: u64,
    found: Result<Mailbox<Room>, NoRoom>,
}

impl Handler<Found> for Device {
    type Result = ();

    fn handle(&mut self, Found { room, generation, found }: Found, ctx: &mut Self::Context) {
        if !self.is_current(generation) {
            return;
        }
        let Some(link) = self.rooms.get_mut(&room) else { return };
        let waiting = std::mem::take(&mut link.waiting);
        let code = match found {
            Ok(address) => {
                link.room = Some(address);
                for what in waiting {
                    self.hand_to_room(room, what, ctx);
                }
                return;
            }
            Err(NoRoom::NotFound) => ErrorCode::NotFound,
            Err(NoRoom::Busy) => ErrorCode::RetryLater,
        };
        for what in waiting {
            match what {
                Waiting::Post(post) => self.not_reached(room, &post, code, ctx),
                Waiting::Subscribe => self.not_subscribed(room, code, ctx),
            }
        }
        if code == ErrorCode::NotFound {
            self.rooms.remove(&room);
        }
    }
}

/// A room's answer to [`Subscribe`]: the newest place it knows, or why not.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Subscribed {
    /// The room.
    pub room: RoomId,
    /// The connection that asked.
    pub generation: u64,
    /// What came of it.
    pub outcome: Result<Seq, ErrorCode>,
}

impl Handler<Subscribed> for Device {
    type Result = ();

    fn handle(&mut self, subscribed: Subscribed, ctx: &mut Self::Context) {
        if !self.is_current(subscribed.generation) {
            return;
        }
        let room = subscribed.room;
        let head = match subscribed.outcome {
            Ok(head) => head,
            Err(code) => return self.not_subscribed(room, code, ctx),
        };
        let Some(link) = self.rooms.get_mut(&room) else { return };
        link.subscribed = true;
        if let Some(cursor) = &mut link.cursor {
            cursor.head(head);
        }
        if let Some(turn) = link.first.take() {
            self.read(turn, ctx);
        }
        // Something may have changed while the room was asked.
        self.tell_room(room, self.deps.clock.now());
    }
}

/// The log no longer entitles this device in a room.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Unsubscribed {
    /// The room.
    pub room: RoomId,
    /// What the client is told: whether its account is still a member.
    pub code: ErrorCode,
}

impl Handler<Unsubscribed> for Device {
    type Result = ();

    fn handle(&mut self, gone: Unsubscribed, ctx: &mut Self::Context) {
        self.not_subscribed(gone.room, gone.code, ctx);
    }
}

/// A room says something to this device beside its stream.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Tell {
    /// The room.
    pub room: RoomId,
    /// The frame.
    pub frame: Bytes,
}

impl Handler<Tell> for Device {
    type Result = ();

    fn handle(&mut self, tell: Tell, ctx: &mut Self::Context) {
        if self.rooms.get(&tell.room).is_some_and(|link| link.subscribed) {
            self.put_bytes(tell.frame, ctx);
        }
    }
}

/// Items of a room that were committed together, encoded once for everybody.
pub struct Batch {
    /// The room.
    pub room: RoomId,
    /// The first one's place.
    pub first: Seq,
    /// The last one's place; none is missing between them.
    pub last: Seq,
    /// Their frames.
    pub frames: Vec<Bytes>,
}

/// A room delivers.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Deliver(pub Arc<Batch>);

impl Handler<Deliver> for Device {
    type Result = ();

    fn handle(&mut self, Deliver(batch): Deliver, ctx: &mut Self::Context) {
        let Some(Link { cursor: Some(cursor), .. }) = self.rooms.get_mut(&batch.room) else { return };
        match cursor.delivered(batch.first, batch.last) {
            Delivery::Keep => {}
            Delivery::Send { skip } => {
                for frame in batch.frames.iter().skip(skip) {
                    self.put_bytes(frame.clone(), ctx);
                }
            }
            Delivery::Fill(read) => self.read_on(batch.room, read, ctx),
        }
    }
}

/// The room could not deliver for a while.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Behind {
    /// The room.
    pub room: RoomId,
    /// Its newest place.
    pub head: Seq,
}

impl Handler<Behind> for Device {
    type Result = ();

    fn handle(&mut self, behind: Behind, ctx: &mut Self::Context) {
        let cursor = self.rooms.get_mut(&behind.room).and_then(|link| link.cursor.as_mut());
        if let Some(read) = cursor.and_then(|cursor| cursor.behind(behind.head)) {
            self.read_on(behind.room, read, ctx);
        }
    }
}

/// A page was read.
#[derive(Message)]
#[rtype(result = "()")]
struct PageRead {
    generation: u64,
    turn: PageTurn,
    page: Result<Excerpt, StoreError>,
}

impl Handler<PageRead> for Device {
    type Result = ();

    fn handle(&mut self, PageRead { generation, turn, page }: PageRead, ctx: &mut Self::Context) {
        if !self.is_current(generation) {
            return;
        }
        let PageTurn { room, read, .. } = turn;
        let cursor = self.rooms.get_mut(&room).and_then(|link| link.cursor.as_mut());
        let Excerpt { items, head, kept } = match (page, &cursor) {
            (Ok(page), _) => page,
            (Err(StoreError::Busy), Some(cursor)) if cursor.is_paging() => {
                self.page_is_over(ctx);
                return self.refuse_sync(room, Refusal::LATER, ctx);
            }
            (Err(error), _) => {
                tracing::error!(%error, "a page cannot be read");
                ctx.record().error();
                return self.end(Ending::TryAgain, ctx);
            }
        };
        let last = items.last().map(|item| item.seq);
        let head = last.map_or(head, |last| last.max(head));
        let turned = cursor.map_or(Turn::Drop, |cursor| cursor.page(read, last, head));
        let incarnation = self.deps.store.incarnation();
        match turned {
            Turn::Drop => return self.page_is_over(ctx),
            Turn::Again(read) => {
                self.pages_waiting.push_back(PageTurn { read, ..turn });
                return self.page_is_over(ctx);
            }
            Turn::Answer { more } => {
                if let Some(kept) = kept {
                    self.put(&ServerFrame::Restored(Restored { room, incarnation, kept }), ctx);
                }
                let page = Page { room, incarnation, items, more, head };
                self.put_bytes(codec::encode(&ServerFrame::Page(page)).into(), ctx);
            }
            Turn::Items(next) => {
                self.put_items(room, incarnation, items, ctx);
                if let Some(read) = next {
                    self.read_on(room, read, ctx);
                }
            }
        }
        self.out_pages += 1;
        self.flush(ctx);
        self.note_position(room);
    }
}

/// The Socket took so many pages: the next may be read.
#[derive(Message)]
#[rtype(result = "()")]
pub struct PagesTaken {
    /// On which connection.
    pub generation: u64,
    /// How many.
    pub count: usize,
}

impl Handler<PagesTaken> for Device {
    type Result = ();

    fn handle(&mut self, taken: PagesTaken, ctx: &mut Self::Context) {
        if self.is_current(taken.generation) {
            self.pages_under_way = self.pages_under_way.saturating_sub(taken.count);
            self.next_pages(ctx);
        }
    }
}
