//! Breaches of the WebSocket protocol itself (RFC 6455), written byte by byte: each ends its own connection with a
//! documented close code.

use std::time::Duration;

use igoon_e2e::account::Session;
use igoon_shared::protocol::{SUBPROTOCOL, TICKET_PREFIX, limits};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{noise::Noise, scene::Scene};

const PATIENCE: Duration = Duration::from_secs(20);

const BINARY: u8 = 2;
const PING: u8 = 9;
const LAST: u8 = 0x80;

/// What is sent after the handshake, and the close code that answers it.
pub struct Attack {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    expected: u16,
}

/// A masked frame: flags and opcode, the length as it is declared, the payload as it is.
fn frame(first: u8, declared: u64, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match declared {
        0..=125 => frame.push(0x80 | declared as u8),
        126..=0xFFFF => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(declared as u16).to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 127);
            frame.extend_from_slice(&declared.to_be_bytes());
        }
    }
    // A mask of zeros changes nothing.
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

fn whole(first: u8, payload: &[u8]) -> Vec<u8> {
    frame(first, payload.len() as u64, payload)
}

pub fn draw(noise: &mut Noise) -> Attack {
    let some = {
        let count = noise.below(100);
        noise.bytes(count)
    };
    let (name, bytes, expected) = match noise.below(14) {
        0 => ("a text message", whole(LAST | 1, b"hello"), 1003),
        1 => ("a text message in fragments", whole(1, b"hel"), 1003),
        2 => ("a declared length of 4 GiB", frame(LAST | BINARY, 1 << 32, &some), 1009),
        3 => ("a declared length of 2^63 and more", frame(LAST | BINARY, 1 << 63 | noise.next(), &some), 1009),
        4 => {
            let size = limits::CLIENT_FRAME + 1 + noise.below(100_000);
            ("a message too large", whole(LAST | BINARY, &vec![0; size]), 1009)
        }
        5 => {
            let mut bytes = whole(BINARY, &vec![0xc0; 30_000]);
            (0..3).for_each(|_| bytes.extend(whole(0, &vec![0xc0; 30_000])));
            ("fragments without end", bytes, 1009)
        }
        6 => ("a fragment of nothing", whole(*noise.pick(&[0, LAST]), &some), 1002),
        7 => ("a message inside another", [whole(BINARY, &some), whole(LAST | BINARY, &some)].concat(), 1002),
        8 => ("a control frame too long", frame(LAST | PING, 126 + noise.next() % 60_000, &vec![0; 60_200]), 1002),
        9 => ("a control frame in fragments", whole(PING, &some), 1002),
        10 => ("reserved bits", whole(LAST | BINARY | *noise.pick(&[0x40, 0x20, 0x10]), &some), 1002),
        11 => ("an opcode that does not exist", whole(LAST | *noise.pick(&[3, 7, 11, 15]), &some), 1002),
        12 => {
            let bare = [vec![LAST | BINARY, some.len() as u8], some].concat();
            ("a frame without a mask", bare, 1002)
        }
        _ => {
            let reason = noise.pick(&[vec![3], vec![3, 232, 0xff, 0xfe]]).clone();
            ("a close frame that cannot be read", whole(LAST | 8, &reason), 1002)
        }
    };
    Attack { name, bytes, expected }
}

/// Opens a connection, sends it, and sees that it is closed as it should be.
pub async fn attack(scene: &Scene, attack: &Attack) -> Result<(), String> {
    let mut stream = shake_hands(scene, &scene.mallory.session).await?;
    stream.write_all(&attack.bytes).await.map_err(|error| error.to_string())?;
    let mut received = Vec::new();
    // A reset is an end too: what we sent may not have been read to its end.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut received)).await.map_err(|_| "not closed")?;
    match closing_code(&received) {
        Some(code) if code == attack.expected => Ok(()),
        other => Err(format!("closed with {other:?} instead of {}", attack.expected)),
    }
}

async fn shake_hands(scene: &Scene, session: &Session) -> Result<TcpStream, String> {
    let ticket = session.ticket().await.map_err(|refused| format!("no ticket: {refused:?}"))?;
    let address = scene.server.url().replacen("http://", "", 1);
    let mut stream = TcpStream::connect(&address).await.map_err(|error| error.to_string())?;
    let request = format!(
        "GET /api/v1/socket HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
         Sec-WebSocket-Protocol: {SUBPROTOCOL}, {TICKET_PREFIX}{ticket}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = tokio::time::timeout(PATIENCE, stream.read_u8()).await.map_err(|_| "no handshake")?;
        head.push(byte.map_err(|error| error.to_string())?);
    }
    if head.starts_with(b"HTTP/1.1 101 ") { Ok(stream) } else { Err(String::from_utf8_lossy(&head).into_owned()) }
}

/// The code of the close frame among a server's frames.
fn closing_code(mut bytes: &[u8]) -> Option<u16> {
    loop {
        let (head, rest) = bytes.split_at_checked(2)?;
        let (length, rest) = match head[1] {
            126 => {
                let (length, rest) = rest.split_at_checked(2)?;
                (usize::from(u16::from_be_bytes(length.try_into().unwrap())), rest)
            }
            127 => {
                let (length, rest) = rest.split_at_checked(8)?;
                (u64::from_be_bytes(length.try_into().unwrap()) as usize, rest)
            }
            short => (usize::from(short), rest),
        };
        let (payload, rest) = rest.split_at_checked(length)?;
        if head[0] & 0x0F == 8 {
            return payload.first_chunk().map(|code| u16::from_be_bytes(*code));
        }
        bytes = rest;
    }
}
