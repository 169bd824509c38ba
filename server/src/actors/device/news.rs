//! What a client is told besides what its rooms deliver.

use actix::prelude::*;
use bytes::Bytes;
use igoon_shared::{
    ids::RoomId,
    protocol::frames::{self, ServerFrame},
};

use super::Device;

/// The device or its account is new in a room.
#[derive(Message)]
#[rtype(result = "()")]
pub struct RoomAdded(pub RoomId);

impl Handler<RoomAdded> for Device {
    type Result = ();

    fn handle(&mut self, added: RoomAdded, ctx: &mut Self::Context) {
        self.put(&ServerFrame::RoomAdded(frames::RoomAdded { room: added.0 }), ctx);
    }
}

/// Something has become of requests for recovery that concern this account, in a room.
#[derive(Message)]
#[rtype(result = "()")]
pub struct RecoveryTold(pub RoomId);

impl Handler<RecoveryTold> for Device {
    type Result = ();

    fn handle(&mut self, told: RecoveryTold, ctx: &mut Self::Context) {
        self.put(&ServerFrame::RecoveryNews(frames::RecoveryNews { room: told.0 }), ctx);
    }
}

/// Something for the client, of its account.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Hear(pub Bytes);

impl Handler<Hear> for Device {
    type Result = ();

    fn handle(&mut self, hear: Hear, ctx: &mut Self::Context) {
        self.put_bytes(hear.0, ctx);
    }
}
