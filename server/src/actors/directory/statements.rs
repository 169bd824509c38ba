//! Telling active rooms that something waits to be said there. The others look when they are built.

use actix::prelude::*;
use igoon_shared::ids::RoomId;

use super::{Directory, DirectoryHandle};
use crate::actors::room::LookAtStatements;

impl DirectoryHandle {
    /// A statement was left for these rooms, and that is committed.
    pub fn statement_left(&self, rooms: Vec<RoomId>) {
        self.address.do_send(StatementLeft { rooms }); // one for each request
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct StatementLeft {
    rooms: Vec<RoomId>,
}

impl Handler<StatementLeft> for Directory {
    type Result = ();

    fn handle(&mut self, left: StatementLeft, _: &mut Self::Context) {
        for slot in left.rooms.iter().filter_map(|room| self.rooms.get(room)) {
            slot.address.do_send(LookAtStatements); // one for each request
        }
    }
}
