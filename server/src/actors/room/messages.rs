//! Messages: a cheap look at the cache, then the store; what it committed goes to everybody.
//!
//! The store decides. What is refused here could not have been committed before either: a repeated message must be
//! answered as the first time even if its epoch is closed or its sender revoked by now, and only the store knows it.

use std::sync::Arc;

use actix::prelude::*;
use bytes::Bytes;
use igoon_shared::{
    crypto::message::SealedMessage,
    ids::{DeviceId, Epoch, Incarnation, MessageId, RoomId, Seq},
    protocol::{
        codec,
        error::ErrorCode,
        frames::{Item, ServerFrame, StreamContent, StreamItem},
    },
    time::Timestamp,
};

use super::{IN_FLIGHT, NEWS, Refusal, Room, answer, subscribers::Flush};
use crate::{
    actors::{
        device::{Batch, Device, logic::order::Attempt},
        health::{Context, Mailbox},
    },
    store::ops::{MessageOutcome, NewMessage, RoomOp},
};

/// Who sent a message, and how to answer.
#[derive(Clone)]
pub struct Sender {
    /// The device.
    pub id: DeviceId,
    /// Its actor.
    pub device: Mailbox<Device>,
    /// See [`Attempt`].
    pub attempt: Attempt,
}

/// A message that a device checked: sizes, and that its header names the device and the room.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Post {
    /// Who sent it.
    pub sender: Sender,
    /// Its name.
    pub message_id: MessageId,
    /// The epoch that its header names.
    pub epoch: Epoch,
    /// [`SealedMessage::content_hash`].
    pub content_hash: [u8; 32],
    /// The message.
    pub message: SealedMessage,
}

/// The store's answer to a message.
#[derive(Message)]
#[rtype(result = "()")]
struct Done {
    sender: Sender,
    message_id: MessageId,
    message: SealedMessage,
    received_at: Timestamp,
    outcome: MessageOutcome,
}

impl Room {
    fn admit(&self, post: &Post) -> Result<(), ErrorCode> {
        let state = self.state().ok_or(ErrorCode::NotFound)?;
        if state.device(post.sender.id).is_none() {
            return Err(ErrorCode::NotEntitled);
        }
        if post.epoch > state.current_epoch() {
            return Err(ErrorCode::EpochClosed);
        }
        let follows_a_refused =
            self.broken.get(&post.sender.id).is_some_and(|broken| broken.covers(post.sender.attempt));
        if follows_a_refused || self.in_flight >= IN_FLIGHT || self.draining.is_some() {
            return Err(ErrorCode::RetryLater);
        }
        Ok(())
    }

    fn refuse(&mut self, sender: &Sender, message_id: MessageId, code: ErrorCode) {
        if code == ErrorCode::RetryLater {
            self.broken.entry(sender.id).or_default().refuse(sender.attempt);
        }
        answer(sender, message_id, self.room, Err(Refusal::from(code)));
    }

    /// Something was committed: its frame goes out with the next flush.
    pub(super) fn committed(&mut self, seq: Seq, frame: Bytes, ctx: &mut Context<Self>) {
        if seq <= self.head {
            return; // the cache was read again meanwhile, and those behind were told
        }
        if seq != self.head.next() || self.news.len() >= NEWS {
            self.flush();
        }
        self.news.push(frame);
        self.head = seq;
        if !self.flush_due {
            self.flush_due = true;
            // Runs when the mailbox is empty: all that was committed together goes out together.
            ctx.notify(Flush);
        }
    }
}

impl Handler<Post> for Room {
    type Result = ();

    fn handle(&mut self, post: Post, ctx: &mut Self::Context) {
        if let Err(code) = self.admit(&post) {
            return self.refuse(&post.sender, post.message_id, code);
        }
        let Post { sender, message_id, epoch, content_hash, message } = post;
        let received_at = self.deps.clock.now();
        let new =
            NewMessage { device: sender.id, message_id, epoch, content_hash, message: message.clone(), received_at };
        let room = ctx.address();
        let to = sender.clone();
        // Past the mailbox's bound, but not past IN_FLIGHT.
        let reply = move |outcome| room.do_send(Done { sender: to, message_id, message, received_at, outcome });
        match self.deps.store.submit(self.room, RoomOp::Message(new, Box::new(reply))) {
            Ok(()) => self.in_flight += 1,
            Err(_busy) => self.refuse(&sender, message_id, ErrorCode::RetryLater),
        }
    }
}

impl Handler<Done> for Room {
    type Result = ();

    fn handle(&mut self, done: Done, ctx: &mut Self::Context) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let accepted = |incarnation, seq| answer(&done.sender, done.message_id, self.room, Ok((incarnation, seq)));
        match done.outcome {
            MessageOutcome::Committed { incarnation, seq } => {
                accepted(incarnation, seq);
                let content = StreamContent::Message(done.message);
                let frame = item(self.room, incarnation, seq, done.received_at, content);
                self.committed(seq, frame, ctx);
            }
            MessageOutcome::Repeated { incarnation, seq } => accepted(incarnation, seq),
            MessageOutcome::NameTaken => self.refuse(&done.sender, done.message_id, ErrorCode::NameTaken),
            MessageOutcome::NotEntitled => self.refuse(&done.sender, done.message_id, ErrorCode::NotEntitled),
            MessageOutcome::EpochClosed => self.refuse(&done.sender, done.message_id, ErrorCode::EpochClosed),
            MessageOutcome::Failed => self.refuse(&done.sender, done.message_id, ErrorCode::RetryLater),
        }
        self.look_whether_drained();
    }
}

/// A live item's frame.
pub(super) fn item(
    room: RoomId,
    incarnation: Incarnation,
    seq: Seq,
    received_at: Timestamp,
    content: StreamContent,
) -> Bytes {
    let item = StreamItem { seq, received_at, content };
    codec::encode(&ServerFrame::Item(Item { room, incarnation, item })).into()
}

/// Frames of the places up to `last`, for all subscribers.
pub(super) fn batch(room: RoomId, last: Seq, frames: Vec<Bytes>) -> Option<Arc<Batch>> {
    let count = u64::try_from(frames.len()).ok().filter(|count| *count > 0)?;
    let first = Seq(last.0.saturating_sub(count - 1));
    Some(Arc::new(Batch { room, first, last, frames }))
}
