//! Views for tests.

use igoon_shared::{
    client::io::{
        Body, Compared, Computer, Deed, EntryView, MemberView, MessageView, OutgoingState, OutgoingView, RoomView,
        Standing,
    },
    ids::{AccountId, DeviceId, Epoch, LogIndex, MessageId, RoomId, Seq},
    log::Role,
    time::Timestamp,
};

use super::RoomData;
use crate::messages::{HistoryPage, HistoryWish};

pub(super) const ROOM: RoomId = RoomId::from_bytes([1; 32]);
pub(super) const ME: AccountId = AccountId::from_bytes([2; 16]);
pub(super) const ME_DEVICE: DeviceId = DeviceId::from_bytes([3; 32]);
pub(super) const BEA: AccountId = AccountId::from_bytes([4; 16]);
const BEA_DEVICE: DeviceId = DeviceId::from_bytes([5; 32]);

pub(super) fn room_view() -> RoomView {
    let member = |account, handle: &str, role, me| MemberView {
        account,
        handle: Some(handle.to_owned()),
        role,
        devices: 1,
        compared: Compared::Not,
        behind: 0,
        unseen_wait: false,
        me,
    };
    RoomView {
        name: Some("Rowing club".to_owned()),
        standing: Standing::Ready,
        members: vec![member(ME, "ada", Role::Owner, true), member(BEA, "bea", Role::Member, false)],
        epoch: Epoch(1),
        has_key: true,
        ..RoomView::unknown(ROOM)
    }
}

pub(super) fn outgoing(id: u8, state: OutgoingState) -> OutgoingView {
    OutgoingView {
        room: ROOM,
        message_id: MessageId::from_bytes([id; 16]),
        text: format!("outgoing {id}"),
        sent_at: Timestamp(0),
        state,
    }
}

pub(super) fn mine(seq: u64, id: u8) -> MessageView {
    message(seq, id, 0, ME, ME_DEVICE)
}

pub(super) fn theirs(seq: u64, id: u8, at: i64) -> MessageView {
    message(seq, id, at, BEA, BEA_DEVICE)
}

fn message(seq: u64, id: u8, at: i64, account: AccountId, device: DeviceId) -> MessageView {
    MessageView {
        room: ROOM,
        seq: Seq(seq),
        device: Some(device),
        message_id: Some(MessageId::from_bytes([id; 16])),
        account: Some(account),
        handle: None,
        mine: account == ME,
        shown_at: Timestamp(at),
        gap: false,
        body: Body::Text(format!("message {seq}")),
    }
}

/// An entry of the log at this place, done by this computer.
pub(crate) fn entry(seq: u64, by: Computer, deed: Deed) -> EntryView {
    EntryView {
        index: LogIndex(seq),
        seq: Some(Seq(seq)),
        at: Timestamp(0),
        by: Some(by),
        deed,
        ignored: None,
        new_keys: None,
        unseen_wait: None,
    }
}

/// A room without messages whose window was asked for.
pub(super) fn opened_room() -> RoomData {
    let mut room = RoomData::new(ROOM);
    room.set_view(room_view());
    let wish = HistoryWish::Latest;
    room.take(HistoryPage { room: ROOM, wish, messages: Vec::new(), earlier: false, later: false });
    room
}
