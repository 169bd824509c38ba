//! Frames on the WebSocket.

use igoon_shared::{
    crypto::{
        bundle::SignedBundle,
        message::{Cursor, SealedMessage},
    },
    ids::{DeviceId, Epoch, Incarnation, MessageId, RoomId, Seq},
    log::{SignedEntry, action::SignedStatement},
    presence::{Availability, Presence},
    protocol::{
        bytes::Blob,
        error::ErrorCode,
        frames::{
            Accepted, Ack, Activity, ApprovalOutcome, ApprovalSettled, ApprovalWanted, AvailabilityChosen, ClientFrame,
            DevicePosition, DevicePresence, FrameError, Item, KeysAdded, KeysWanted, Lacking, Newcomer,
            Page as StreamPage, Ping, Pong, RecoveryNews, Refused, Restored, RoomAdded, RoomPositions, RoomPresence,
            Said, Send, ServerFrame, StreamContent, StreamItem, Sync, SyncRefused, Welcome,
        },
    },
    time::Timestamp,
};

use super::{Page, assert_one_of_each, every};

const ROOM: RoomId = RoomId::from_bytes([0x01; 32]);
const MESSAGE: MessageId = MessageId::from_bytes([0x02; 16]);

fn message() -> SealedMessage {
    SealedMessage { header: Blob(vec![0x10, 0x11]), ciphertext: Blob(vec![0x12; 3]), signature: Blob(vec![0x13; 4]) }
}

fn entry() -> SignedEntry {
    SignedEntry { entry: Blob(vec![0x14; 2]), signature: Blob(vec![0x15; 3]) }
}

#[test]
fn client_frames() {
    let samples = [
        ClientFrame::Send(Send { room: ROOM, attempt: 1, message: message() }),
        ClientFrame::Sync(Sync { room: ROOM, after: Cursor { incarnation: Incarnation(1), seq: Seq(300) } }),
        ClientFrame::Ack(Ack { room: ROOM, delivered: Seq(70_000), read: Seq(7) }),
        ClientFrame::Activity(Activity {}),
        ClientFrame::Ping(Ping {}),
    ];
    assert_one_of_each!(samples, ClientFrame: Send, Sync, Ack, Activity, Ping);
    let mut page = Page::new("Frames from a client.");
    for (name, sample) in ["send", "sync", "ack", "activity", "ping"].iter().zip(&samples) {
        page.message_pack(name, sample);
    }
    page.assert_kept("client_frames");
}

/// A device in each state; one that is offline was seen.
fn each_presence() -> Vec<DevicePresence> {
    let states = every!(Presence: Offline, Idle, Away, Busy, Online).into_iter().zip(4..);
    states
        .map(|(state, n)| {
            let last_seen = (state == Presence::Offline).then_some(Timestamp(1_790_000_000_000));
            DevicePresence { device: DeviceId::from_bytes([n; 32]), state, last_seen }
        })
        .collect()
}

#[test]
fn server_frames() {
    let incarnation = Incarnation(2);
    let logged =
        StreamItem { seq: Seq(1), received_at: Timestamp(1_790_000_000_000), content: StreamContent::Log(entry()) };
    let written = StreamItem {
        seq: Seq(2),
        received_at: Timestamp(1_790_000_000_001),
        content: StreamContent::Message(message()),
    };
    assert_one_of_each!([&logged, &written].map(|item| item.content.clone()), StreamContent: Log, Message);
    let samples = [
        ServerFrame::Welcome(Welcome {
            version: 1,
            time: Timestamp(1_790_000_000_000),
            device: DeviceId::from_bytes([0x03; 32]),
            rooms: vec![ROOM],
            availability: Availability::Away,
        }),
        ServerFrame::Page(StreamPage {
            room: ROOM,
            incarnation,
            items: vec![logged, written.clone()],
            more: true,
            head: Seq(4_294_967_296),
        }),
        ServerFrame::SyncRefused(SyncRefused { room: ROOM, code: ErrorCode::NotFound, retry_after_ms: None }),
        ServerFrame::Item(Item { room: ROOM, incarnation, item: written }),
        ServerFrame::Accepted(Accepted { room: ROOM, message_id: MESSAGE, incarnation, seq: Seq(9) }),
        ServerFrame::Refused(Refused {
            room: ROOM,
            message_id: MESSAGE,
            code: ErrorCode::RetryLater,
            retry_after_ms: Some(1500),
        }),
        ServerFrame::RoomAdded(RoomAdded { room: ROOM }),
        ServerFrame::Presence(RoomPresence { room: ROOM, whole: true, changes: each_presence() }),
        ServerFrame::Positions(RoomPositions {
            room: ROOM,
            changes: vec![DevicePosition {
                device: DeviceId::from_bytes([0x04; 32]),
                delivered: Seq(300),
                read: Seq(7),
            }],
        }),
        ServerFrame::Availability(AvailabilityChosen { availability: Availability::Invisible }),
        ServerFrame::Error(FrameError { code: ErrorCode::Malformed, closing: true }),
        ServerFrame::KeysWanted(KeysWanted {
            room: ROOM,
            epoch: Epoch(3),
            devices: vec![DeviceId::from_bytes([0x03; 32])],
            links: vec![Epoch(2), Epoch(1)],
        }),
        ServerFrame::KeysAdded(KeysAdded { room: ROOM }),
        ServerFrame::Lacking(Lacking { room: ROOM, epoch: Epoch(3), devices: vec![DeviceId::from_bytes([0x03; 32])] }),
        ServerFrame::ApprovalWanted(ApprovalWanted {
            device: DeviceId::from_bytes([0x03; 32]),
            bundle: SignedBundle { bundle: Blob(vec![0x16; 3]), signature: Blob(vec![0x17; 4]) },
            name: "study".to_owned(),
            platform: "Linux, Firefox".to_owned(),
            source: "192.0.2.7".to_owned(),
            asked_at: Timestamp(1_790_000_000_000),
            expires_at: Timestamp(1_790_086_400_000),
        }),
        ServerFrame::ApprovalSettled(ApprovalSettled {
            device: DeviceId::from_bytes([0x03; 32]),
            outcome: ApprovalOutcome::Approved,
        }),
        ServerFrame::Pong(Pong {}),
        ServerFrame::RecoveryNews(RecoveryNews { room: ROOM }),
        ServerFrame::Restored(Restored { room: ROOM, incarnation, kept: Seq(300) }),
        ServerFrame::Said(Said {
            statement: SignedStatement { statement: Blob(vec![0x18; 3]), signature: Blob(vec![0x19; 4]) },
            newcomer: Some(Newcomer {
                bundle: SignedBundle { bundle: Blob(vec![0x16; 3]), signature: Blob(vec![0x17; 4]) },
                name: "study".to_owned(),
            }),
        }),
    ];
    assert_one_of_each!(
        samples,
        ServerFrame: Welcome, Page, SyncRefused, Item, Accepted, Refused, RoomAdded, Presence, Positions, Availability, Error, KeysWanted, KeysAdded, Lacking, ApprovalWanted, ApprovalSettled, Pong, RecoveryNews, Restored, Said
    );
    let names = [
        "welcome",
        "page",
        "sync_refused",
        "item",
        "accepted",
        "refused",
        "room_added",
        "presence",
        "positions",
        "availability",
        "error",
        "keys_wanted",
        "keys_added",
        "lacking",
        "approval_wanted",
        "approval_settled",
        "pong",
        "recovery_news",
        "restored",
        "said",
    ];
    let mut page = Page::new("Frames from the server.");
    for (name, sample) in names.iter().zip(&samples) {
        page.message_pack(name, sample);
    }
    page.message_pack(
        "refused, without a time to wait",
        &ServerFrame::Refused(Refused {
            room: ROOM,
            message_id: MESSAGE,
            code: ErrorCode::EpochClosed,
            retry_after_ms: None,
        }),
    );
    page.message_pack(
        "said, of one that is revoked",
        &ServerFrame::Said(Said {
            statement: SignedStatement { statement: Blob(vec![0x18; 3]), signature: Blob(vec![0x19; 4]) },
            newcomer: None,
        }),
    );
    page.assert_kept("server_frames");
}
