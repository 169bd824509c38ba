//! Hostile frames on a WebSocket that goes on working: after each one a question is asked that must be answered.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use igoon_e2e::native::{Socket, connect};
use igoon_shared::{
    crypto::message::{Cursor, MessageKind, SealedMessage},
    ids::{DeviceId, Epoch, Incarnation, MessageId, RoomId, Seq},
    protocol::{
        bytes::Blob,
        codec,
        error::ErrorCode,
        frames::{Ack, ClientFrame, Send, ServerFrame, Sync},
        limits,
    },
};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use super::{
    noise::Noise,
    pack::Value,
    scene::{Mallory, Scene},
};

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// What must come back.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// `error` with this code; the connection stays.
    Error(ErrorCode),
    /// `refused` with this code, for this message.
    Refused(MessageId, ErrorCode),
    /// `accepted`, for this message; if a place is given, that one.
    Accepted(MessageId, Option<(Incarnation, Seq)>),
    /// `sync_refused` with this code, for this room.
    SyncRefused(RoomId, ErrorCode),
    /// A page of this room.
    Page(RoomId),
    /// Anything documented, or nothing.
    Whatever,
}

impl Expected {
    fn is(self, frame: &ServerFrame) -> bool {
        match (self, frame) {
            (Self::Error(code), ServerFrame::Error(error)) => error.code == code && !error.closing,
            (Self::Refused(id, code), ServerFrame::Refused(refused)) => {
                refused.message_id == id && refused.code == code
            }
            (Self::Accepted(id, place), ServerFrame::Accepted(accepted)) => {
                accepted.message_id == id && place.is_none_or(|place| place == (accepted.incarnation, accepted.seq))
            }
            (Self::SyncRefused(room, code), ServerFrame::SyncRefused(refused)) => {
                refused.room == room && refused.code == code
            }
            (Self::Page(room), ServerFrame::Page(page)) => page.room == room,
            _ => false,
        }
    }
}

/// A frame and its answer.
pub struct Attack {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    expected: Expected,
}

/// Mallory's open connection.
pub struct Line {
    socket: Socket,
    /// A message that was accepted, and where.
    accepted: Option<(SealedMessage, MessageId, (Incarnation, Seq))>,
}

impl Line {
    pub async fn open(mallory: &Mallory) -> Self {
        let mut socket = connect(&mallory.session).await.expect("a ticket opens a socket");
        assert!(matches!(next(&mut socket).await, Ok(ServerFrame::Welcome(_))));
        Self { socket, accepted: None }
    }

    /// Sends a hostile frame and sees that it is answered as it should be, and that the connection goes on.
    pub async fn attack(&mut self, attack: &Attack, noise: &mut Noise) -> Result<(), String> {
        let room = RoomId::from_bytes(noise.array());
        let question = codec::encode(&sync(room, 0));
        self.send(attack.bytes.clone()).await?;
        self.send(question).await?;
        let answer = Expected::SyncRefused(room, ErrorCode::NotFound);
        let mut missing = matches!(attack.expected, Expected::Whatever);
        let (mut answered, mut others) = (false, Vec::new());
        while !missing || !answered {
            let frame = next(&mut self.socket)
                .await
                .map_err(|why| format!("{why}; expected {:?}; before: {others:?}", attack.expected))?;
            if answer.is(&frame) {
                answered = true;
            } else if !missing && attack.expected.is(&frame) {
                missing = true;
                self.remember(attack, &frame);
            } else if is_documented(&frame) {
                others.push(frame);
            } else {
                return Err(format!("{frame:?}"));
            }
            // What nobody waits for any more may come late, but an answer of another kind is no answer.
            if answered && !missing && others.iter().any(|frame| matches!(frame, ServerFrame::Error(_))) {
                return Err(format!("{others:?} instead of {:?}", attack.expected));
            }
        }
        Ok(())
    }

    fn remember(&mut self, attack: &Attack, frame: &ServerFrame) {
        if let (Ok(ClientFrame::Send(send)), ServerFrame::Accepted(accepted)) = (codec::decode(&attack.bytes), frame) {
            self.accepted = Some((send.message, accepted.message_id, (accepted.incarnation, accepted.seq)));
        }
    }

    async fn send(&mut self, bytes: Vec<u8>) -> Result<(), String> {
        self.socket.send(Message::Binary(bytes.into())).await.map_err(|error| error.to_string())
    }
}

async fn next(socket: &mut Socket) -> Result<ServerFrame, String> {
    let end = Instant::now() + PATIENCE;
    loop {
        // Pings come all the time; they are no answer.
        let message = tokio::time::timeout_at(end, socket.next()).await.map_err(|_| "no answer")?;
        match message {
            Some(Ok(Message::Binary(bytes))) => {
                return codec::decode(&bytes).map_err(|error| format!("an unreadable answer: {error}"));
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            other => return Err(format!("the connection ended: {other:?}")),
        }
    }
}

/// What a frame from the server may say whatever it was asked.
fn is_documented(frame: &ServerFrame) -> bool {
    let known = |code: ErrorCode| !matches!(code, ErrorCode::Internal | ErrorCode::Unknown);
    match frame {
        ServerFrame::Error(error) => known(error.code) && !error.closing,
        ServerFrame::Refused(refused) => known(refused.code),
        ServerFrame::SyncRefused(refused) => known(refused.code),
        ServerFrame::Page(_) | ServerFrame::Item(_) | ServerFrame::Accepted(_) => true,
        // Before the page, to who has seen places of another life of the database, as it says.
        ServerFrame::Restored(_) => true,
        // They come when they come.
        ServerFrame::Presence(_)
        | ServerFrame::Positions(_)
        | ServerFrame::KeysWanted(_)
        | ServerFrame::Lacking(_)
        | ServerFrame::KeysAdded(_) => true,
        _ => false,
    }
}

fn sync(room: RoomId, seq: u64) -> ClientFrame {
    ClientFrame::Sync(Sync { room, after: Cursor { incarnation: Incarnation(0), seq: Seq(seq) } })
}

fn send(room: RoomId, message: SealedMessage) -> Vec<u8> {
    codec::encode(&ClientFrame::Send(Send { room, attempt: 0, message }))
}

const MALFORMED: Expected = Expected::Error(ErrorCode::Malformed);

/// Draws a frame.
pub fn draw(scene: &mut Scene, line: &Line, noise: &mut Noise) -> Attack {
    match noise.below(3) {
        0 => misshapen(scene, noise),
        1 => spoilt(scene, line, noise),
        _ => misaddressed(scene, noise),
    }
}

/// A frame such as an honest client would send, taken apart.
fn honest(scene: &mut Scene, noise: &mut Noise) -> Vec<u8> {
    let room = scene.ours;
    match noise.below(3) {
        0 => send(room, scene.mallory.message(noise, 40, |_| {})),
        1 => codec::encode(&sync(room, 3)),
        _ => codec::encode(&ClientFrame::Ack(Ack { room, delivered: Seq(1), read: Seq(1) })),
    }
}

/// Bytes that are no frame.
fn misshapen(scene: &mut Scene, noise: &mut Noise) -> Attack {
    let bytes = honest(scene, noise);
    let mut value = Value::parse(&bytes);
    let far = u32::MAX.to_be_bytes();
    let (name, bytes) = match noise.below(15) {
        0 => ("truncated", bytes[..noise.below(bytes.len())].to_vec()),
        1 => (
            "bytes behind the frame",
            [bytes, {
                let count = 1 + noise.below(9);
                noise.bytes(count)
            }]
            .concat(),
        ),
        2 => {
            let map = value.any_map(noise);
            let twice = map[noise.below(map.len())].clone();
            map.push(twice);
            ("a key twice", value.write())
        }
        3 => {
            let map = value.any_map(noise);
            let place = noise.below(map.len());
            map[place].0 = Value::Number(noise.next());
            ("a key that is a number", value.write())
        }
        4 => {
            let inside = value.any(noise);
            *inside = inside.of_another_type(noise);
            ("a value of another type", value.write())
        }
        5 => {
            let marker = *noise.pick(&[0xdb, 0xc6, 0xdd, 0xdf, 0xc9]);
            let count = noise.below(40);
            let pretended = [&[marker], far.as_slice(), &noise.bytes(count)].concat();
            *value.any(noise) = Value::Raw(pretended);
            ("a declared length of 4 GiB", value.write())
        }
        6 => {
            let deep = 17 + noise.below(60_000);
            *value.any(noise) = Value::Raw(vec![*noise.pick(&[0x91, 0x81]); deep]);
            ("nested too deep", value.write())
        }
        7 => {
            *value.any(noise) = Value::Text(vec![b'a', *noise.pick(&[0xff, 0xc0, 0xed]), 0xa0]);
            ("text that is not UTF-8", value.write())
        }
        8 => {
            let marker = *noise.pick(&[0xca, 0xcb, 0xd4, 0xd6, 0xd8, 0xc1]);
            *value.any(noise) = Value::Raw([vec![marker], noise.bytes(17)].concat());
            ("a float or an extension", value.write())
        }
        9 => {
            let map = value.any_map(noise);
            map.remove(noise.below(map.len()));
            ("a field is missing", value.write())
        }
        10 => {
            let bytes = Value::Map(vec![(Value::text("shout"), Value::Map(vec![]))]).write();
            let expected = Expected::Error(ErrorCode::UnknownFormat);
            return Attack { name: "a frame of no kind", bytes, expected };
        }
        11 => {
            let Value::Map(kinds) = &mut value else { unreachable!("a frame is a map") };
            kinds.push((Value::text("ack"), Value::Map(vec![])));
            ("two frames in one", value.write())
        }
        12 => {
            let count = noise.below(2_000);
            ("noise", noise.bytes(count))
        }
        13 => {
            let many = 500 + noise.below(2_000);
            let pairs = (0..many).map(|place| (Value::text(&place.to_string()), Value::Number(0)));
            *value.any(noise) = Value::Map(pairs.collect());
            ("thousands of fields", value.write())
        }
        _ => {
            let message = scene.mallory.message(noise, 20, |_| {});
            let mut value = Value::parse(&send(scene.ours, message));
            let Value::Map(kinds) = &mut value else { unreachable!("a frame is a map") };
            let Value::Map(fields) = &mut kinds[0].1 else { unreachable!("a message is sent") };
            let Value::Map(message) = &mut fields[2].1 else { unreachable!("a sealed message") };
            message.push((Value::text("extra"), Value::Number(1)));
            ("an unknown field in a sealed message", value.write())
        }
    };
    Attack { name, bytes, expected: MALFORMED }
}

/// Messages that are not what they should be, and frames that say absurd things.
fn spoilt(scene: &mut Scene, line: &Line, noise: &mut Noise) -> Attack {
    let room = scene.ours;
    let mut message = scene.mallory.message(noise, 30, |_| {});
    let id = message.header().unwrap().message_id;
    let refused = |code| Expected::Refused(id, code);
    let (name, expected) = match noise.below(12) {
        0 => {
            let length = *noise.pick(&[0, 1, 63, 65, 4_000]);
            message.signature = Blob(noise.bytes(length));
            ("a signature of another length", refused(ErrorCode::Malformed))
        }
        1 => {
            message.ciphertext = Blob(noise.bytes(limits::MESSAGE_CIPHERTEXT + 1));
            ("a ciphertext too large", refused(ErrorCode::TooLarge))
        }
        2 => {
            message.header = Blob(noise.bytes(limits::MESSAGE_HEADER + 1));
            ("a header too large", MALFORMED)
        }
        3 => {
            let length = noise.below(message.header.0.len());
            message.header.0.truncate(length);
            ("a header cut off", MALFORMED)
        }
        4 => {
            message = scene.mallory.message(noise, 0, |header| header.suite = 2);
            ("a suite that does not exist", MALFORMED)
        }
        5 => {
            message = scene.mallory.message(noise, 0, |header| {
                header.kind = MessageKind(999);
                header.message_id = id;
            });
            ("an unknown kind, for clients to judge", Expected::Accepted(id, None))
        }
        6 | 7 => match &line.accepted {
            Some((accepted, id, place)) => {
                message = accepted.clone();
                ("a message replayed", Expected::Accepted(*id, Some(*place)))
            }
            None => ("a message", Expected::Accepted(id, None)),
        },
        8 => match &line.accepted {
            Some((_, taken, _)) => {
                message = scene.mallory.message(noise, 5, |header| header.message_id = *taken);
                ("another message under a name that is taken", Expected::Refused(*taken, ErrorCode::NameTaken))
            }
            None => ("a message", Expected::Accepted(id, None)),
        },
        9 => {
            let absurd = [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) - 1];
            let bytes = codec::encode(&sync(room, *noise.pick(&absurd)));
            return Attack { name: "a place beyond all", bytes, expected: Expected::Page(room) };
        }
        10 => {
            let (delivered, read) = (Seq(noise.next()), Seq(noise.next()));
            let nowhere = RoomId::from_bytes(noise.array());
            let room = *noise.pick(&[room, scene.theirs, nowhere]);
            let bytes = codec::encode(&ClientFrame::Ack(Ack { room, delivered, read }));
            return Attack { name: "positions beyond all", bytes, expected: Expected::Whatever };
        }
        _ => {
            let mut bytes = honest(scene, noise);
            for _ in 0..1 + noise.below(3) {
                let place = noise.below(bytes.len());
                bytes[place] ^= 1 << noise.below(8);
            }
            return Attack { name: "bits flipped", bytes, expected: Expected::Whatever };
        }
    };
    Attack { name, bytes: send(room, message), expected }
}

/// Well-formed frames for what is not Mallory's, or not open.
fn misaddressed(scene: &mut Scene, noise: &mut Noise) -> Attack {
    let (ours, theirs) = (scene.ours, scene.theirs);
    let id = MessageId::from_bytes(noise.array());
    let nowhere = RoomId::from_bytes(noise.array());
    let refused = |code| Expected::Refused(id, code);
    let mut message = |spoil: &dyn Fn(&mut igoon_shared::crypto::message::MessageHeader)| {
        scene.mallory.message(noise, 8, |header| {
            header.message_id = id;
            spoil(header);
        })
    };
    let which = (id.as_bytes()[0] % 9, id.as_bytes()[1]);
    let (name, bytes, expected) = match which.0 {
        0 => {
            let others = scene.mallory.log.entitled_devices().map(|(device, _)| *device);
            let others: Vec<DeviceId> = others.filter(|device| *device != scene.mallory.identity.device()).collect();
            let other = others[usize::from(which.1) % others.len()];
            let message = scene.mallory.message(noise, 8, |header| {
                header.message_id = id;
                header.device = other;
            });
            ("a message as somebody else", send(ours, message), refused(ErrorCode::Forbidden))
        }
        1 => {
            let message = message(&|header| header.room = theirs);
            ("a header of another room", send(ours, message), refused(ErrorCode::Malformed))
        }
        2 => {
            let message = message(&|header| header.room = theirs);
            ("a message for a foreign room", send(theirs, message), refused(ErrorCode::NotFound))
        }
        3 => {
            let message = message(&|header| header.room = nowhere);
            ("a message for no room", send(nowhere, message), refused(ErrorCode::NotFound))
        }
        4 | 5 => {
            let closed = Epoch(u64::from(which.1) % 2);
            let message = message(&|header| header.epoch = closed);
            ("a message under a closed epoch", send(ours, message), refused(ErrorCode::EpochClosed))
        }
        6 => {
            let message = message(&|header| header.epoch = Epoch(u64::MAX - u64::from(which.1)));
            ("a message under an epoch to come", send(ours, message), refused(ErrorCode::EpochClosed))
        }
        _ => {
            let expected = Expected::SyncRefused(theirs, ErrorCode::NotFound);
            ("the stream of a foreign room", codec::encode(&sync(theirs, u64::from(which.1))), expected)
        }
    };
    Attack { name, bytes, expected }
}

/// A message for a room that does not exist.
pub fn for_no_room(mallory: &mut Mallory, noise: &mut Noise) -> Vec<u8> {
    let nowhere = RoomId::from_bytes(noise.array());
    send(nowhere, mallory.message(noise, 0, |header| header.room = nowhere))
}
