//! What the client sends: decoded, checked for size and rate, handed on.

use actix::prelude::*;
use bytes::Bytes;
use igoon_shared::{
    crypto::message::MessageHeader,
    ids::{Incarnation, MessageId, RoomId, Seq},
    protocol::{
        codec::{self, DecodeError},
        error::ErrorCode,
        frames::{self, Accepted, ClientFrame, FrameError, Refused, ServerFrame, SyncRefused},
        limits,
    },
};

use super::{Device, logic::order::Attempt, streams::Waiting};
use crate::actors::{
    RETRY_AFTER_MS,
    health::Context,
    room::{Post, Refusal, Sender},
    socket::Ending,
};

/// An Ed25519 signature.
const SIGNATURE: usize = 64;

/// A binary frame from a connection.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Frame {
    /// Which connection.
    pub generation: u64,
    /// The frame.
    pub bytes: Bytes,
}

/// A room's answer to a message.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Answer {
    /// The room.
    pub room: RoomId,
    /// The connection that the message came by.
    pub generation: u64,
    /// The message.
    pub message_id: MessageId,
    /// Its place, or why it was not taken.
    pub outcome: Result<(Incarnation, Seq), Refusal>,
}

impl Handler<Frame> for Device {
    type Result = ();

    fn handle(&mut self, frame: Frame, ctx: &mut Self::Context) {
        if frame.generation != self.generation {
            return;
        }
        let now = self.deps.clock.steady_ms();
        let Some(session) = &mut self.session else { return };
        session.heartbeat.heard(now);
        let paced = self.bucket.take(now);
        match (codec::decode_frame::<ClientFrame>(&frame.bytes, limits::CLIENT_FRAME), paced) {
            (Ok(ClientFrame::Send(send)), paced) => self.send(send, paced, ctx),
            (Ok(ClientFrame::Sync(sync)), Ok(())) => self.sync(sync, ctx),
            (Ok(ClientFrame::Sync(sync)), Err(wait)) => self.refuse_sync(sync.room, later(wait), ctx),
            // They cost a token like the others, but are never refused: they have no answer.
            (Ok(ClientFrame::Ack(ack)), _) => self.ack(&ack),
            (Ok(ClientFrame::Activity(_)), _) => self.active(),
            (Ok(ClientFrame::Ping(_)), Ok(())) => self.put(&ServerFrame::Pong(frames::Pong {}), ctx),
            // Whoever sends that many frames is answered enough.
            (Ok(ClientFrame::Ping(_)), Err(_)) => {}
            (Err(error), Ok(())) => {
                let code = match error {
                    DecodeError::UnknownKind => ErrorCode::UnknownFormat,
                    _ => ErrorCode::Malformed,
                };
                self.put(&ServerFrame::Error(FrameError { code, closing: false }), ctx);
            }
            (Err(_), Err(_)) => self.end_with(ErrorCode::RateLimited, Ending::Policy, ctx),
        }
    }
}

impl Device {
    fn send(&mut self, send: frames::Send, paced: Result<(), u64>, ctx: &mut Context<Self>) {
        let room = send.room;
        let header = match self.check(&send) {
            Ok(header) => header,
            Err(Unfit::Nameless) => {
                let error = FrameError { code: ErrorCode::Malformed, closing: false };
                return self.put(&ServerFrame::Error(error), ctx);
            }
            Err(Unfit::Named(message_id, code)) => return self.refuse(room, message_id, code.into(), ctx),
        };
        let attempt = Attempt { generation: self.generation, number: send.attempt };
        let Some(link) = self.link(room, ctx) else { return };
        if let Err(wait) = paced {
            link.order.refused(attempt);
            return self.refuse(room, header.message_id, later(wait), ctx);
        }
        if !link.order.admit(attempt) {
            return self.refuse(room, header.message_id, Refusal::LATER, ctx);
        }
        let post = Post {
            sender: Sender { id: self.device, device: ctx.address(), attempt },
            message_id: header.message_id,
            epoch: header.epoch,
            content_hash: send.message.content_hash(),
            message: send.message,
        };
        self.reach(room, Waiting::Post(post), ctx);
    }

    /// What a message's header says, if it is this device's, for this room, and of an allowed size.
    fn check(&self, send: &frames::Send) -> Result<MessageHeader, Unfit> {
        let message = &send.message;
        if message.header.0.len() > limits::MESSAGE_HEADER {
            return Err(Unfit::Nameless);
        }
        let header = message.header().map_err(|_| Unfit::Nameless)?;
        let code = if message.ciphertext.0.len() > limits::MESSAGE_CIPHERTEXT {
            ErrorCode::TooLarge
        } else if header.room != send.room || message.signature.0.len() != SIGNATURE {
            ErrorCode::Malformed
        } else if header.device != self.device {
            ErrorCode::Forbidden
        } else {
            return Ok(header);
        };
        Err(Unfit::Named(header.message_id, code))
    }

    /// An admitted message did not get to its room.
    pub(super) fn not_reached(&mut self, room: RoomId, post: &Post, code: ErrorCode, ctx: &mut Context<Self>) {
        if let Some(link) = self.rooms.get_mut(&room) {
            link.order.answered();
            if code == ErrorCode::RetryLater {
                link.order.refused(post.sender.attempt);
            }
        }
        self.refuse(room, post.message_id, code.into(), ctx);
    }

    fn refuse(&mut self, room: RoomId, message_id: MessageId, refusal: Refusal, ctx: &mut Context<Self>) {
        let Refusal { code, retry_after_ms } = refusal;
        self.put(&ServerFrame::Refused(Refused { room, message_id, code, retry_after_ms }), ctx);
    }

    pub(super) fn refuse_sync(&mut self, room: RoomId, refusal: Refusal, ctx: &mut Context<Self>) {
        let Refusal { code, retry_after_ms } = refusal;
        self.put(&ServerFrame::SyncRefused(SyncRefused { room, code, retry_after_ms }), ctx);
    }
}

/// Why a message cannot be handed on.
enum Unfit {
    /// Not even its name can be read.
    Nameless,
    /// It breaks a rule.
    Named(MessageId, ErrorCode),
}

fn later(wait: u64) -> Refusal {
    Refusal::later(wait.max(RETRY_AFTER_MS))
}

impl Handler<Answer> for Device {
    type Result = ();

    fn handle(&mut self, answer: Answer, ctx: &mut Self::Context) {
        if !self.is_current(answer.generation) {
            return; // the client sends again what was not answered
        }
        let Answer { room, message_id, outcome, .. } = answer;
        if let Some(link) = self.rooms.get_mut(&room) {
            link.order.answered();
        }
        match outcome {
            Ok((incarnation, seq)) => {
                self.put(&ServerFrame::Accepted(Accepted { room, message_id, incarnation, seq }), ctx);
            }
            Err(refusal) => self.refuse(room, message_id, refusal, ctx),
        }
    }
}
