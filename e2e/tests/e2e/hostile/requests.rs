//! Requests that are no HTTP, or hardly (RFC 9112), written byte by byte.

use std::time::Duration;

use igoon_shared::protocol::{SUBPROTOCOL, TICKET_PREFIX, error::ErrorCode};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{bodies, noise::Noise, scene::Scene};

const PATIENCE: Duration = Duration::from_secs(50);

/// A request and its answer.
pub struct Attack {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    expected: Expected,
}

/// What must come back before the connection ends.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// This status and this code.
    Refused(u16, ErrorCode),
    /// What cannot even be read as a request: 4xx without a body.
    Bare,
    /// The page, or that there is none; nothing from elsewhere on the disk.
    NoSecret,
}

/// Draws a request.
pub fn draw(scene: &Scene, noise: &mut Noise) -> Attack {
    let token = &scene.mallory.session.token;
    let to = |method: &str, path: &str, headers: &str, body: &[u8]| {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: igoon\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\n{headers}\r\n"
        );
        [head.as_bytes(), body].concat()
    };
    let json = |headers: &str, body: &[u8]| to("POST", "/api/v1/codes/resend", headers, body);
    let socket = |protocols: &str, more: &str| {
        let headers = format!(
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
             Sec-WebSocket-Protocol: {protocols}\r\n{more}"
        );
        let request = to("GET", "/api/v1/socket", &headers, b"");
        String::from_utf8(request).unwrap().replace("Connection: close", "Connection: upgrade").into_bytes()
    };
    let (name, bytes, expected) = match noise.below(16) {
        0 => {
            let length = (1_u64 << 32) + noise.next() % 1_000;
            let bytes = json(&format!("Content-Length: {length}\r\n"), b"{");
            ("a declared length of 4 GiB", bytes, Expected::Refused(413, ErrorCode::TooLarge))
        }
        1 => {
            let bytes = json("Transfer-Encoding: chunked\r\n", b"100000000\r\n{\"a\":");
            let bytes = [bytes, vec![b' '; 70_000]].concat();
            ("a chunk of 4 GiB", bytes, Expected::Refused(413, ErrorCode::TooLarge))
        }
        2 => {
            let chunk = [b"1000\r\n".as_slice(), &[b' '; 0x1000], b"\r\n"].concat();
            let bytes = [json("Transfer-Encoding: chunked\r\n", b""), chunk.repeat(20)].concat();
            ("chunks without end", bytes, Expected::Refused(413, ErrorCode::TooLarge))
        }
        3 => {
            let bytes = json("Transfer-Encoding: chunked\r\n", b"zz\r\n{}\r\n0\r\n\r\n");
            ("a chunk without a length", bytes, Expected::Refused(400, ErrorCode::Malformed))
        }
        4 => {
            let length = *noise.pick(&["-1", "1x", "18446744073709551616", "0x10", "1, 2", "\u{661}"]);
            ("a length that is none", json(&format!("Content-Length: {length}\r\n"), b"{}"), Expected::Bare)
        }
        5 => {
            let both = "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n";
            let bytes = json(both, b"zz\r\n{}\r\n0\r\n\r\n");
            ("two lengths at once", bytes, Expected::Bare)
        }
        6 => {
            let header = format!("X-Long: {}\r\n", "x".repeat(200_000));
            ("headers too large", json(&header, b""), Expected::Bare)
        }
        7 => {
            let headers: String = (0..200).map(|place| format!("X-{place}: 1\r\n")).collect();
            ("too many headers", json(&headers, b""), Expected::Bare)
        }
        8 => {
            let count = 30 + noise.below(400);
            let noise = [noise.bytes(count), b"\r\n\r\n".to_vec()].concat();
            ("noise", noise, Expected::Bare)
        }
        9 => {
            let line =
                *noise.pick(&["GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "G\0T / HTTP/1.1\r\n\r\n", "\r\n \r\n\r\n"]);
            ("no request line", line.as_bytes().to_vec(), Expected::Bare)
        }
        10 => {
            let path = *noise.pick(&[
                "/../../../../etc/passwd",
                "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                "/..%2f..%2f..%2fetc/passwd",
                "//etc/passwd",
                "/assets/..%5c..%5cetc%5cpasswd",
                "/%00/etc/passwd",
                "/.git/config",
            ]);
            ("a way out of the folder", to("GET", path, "", b""), Expected::NoSecret)
        }
        11 => {
            let bytes = socket("igoon.v2", "Origin: http://127.0.0.1\r\n");
            ("a socket from a foreign page", bytes, Expected::Refused(403, ErrorCode::BadOrigin))
        }
        12 => {
            let protocol = *noise.pick(&["igoon.v2", "", "mqtt, graphql-ws", "igoon.ticket.AAAA"]);
            ("another subprotocol", socket(protocol, ""), Expected::Refused(400, ErrorCode::UnknownFormat))
        }
        13 => {
            let (right, long) = ("A".repeat(43), "A".repeat(8_000));
            let ticket = *noise.pick(&["", "AAAA", &right, "../..", &long]);
            let bytes = socket(&format!("{SUBPROTOCOL}, {TICKET_PREFIX}{ticket}"), "");
            ("a ticket made up", bytes, Expected::Refused(401, ErrorCode::NotSignedIn))
        }
        14 => {
            let long = "B".repeat(9_000);
            let wrong = *noise.pick(&["Bearer", "Basic QTpC", "Bearer  ", "Bearer \u{fffd}", &long]);
            let bytes = format!(
                "GET /api/v1/me HTTP/1.1\r\nHost: igoon\r\nConnection: close\r\nAuthorization: {wrong}\r\n\r\n"
            );
            ("no token", bytes.into_bytes(), Expected::Refused(401, ErrorCode::NotSignedIn))
        }
        _ => {
            let path = format!("/api/v1/{}", "a/".repeat(4_000));
            ("a path of 8,000 characters", to("GET", &path, "", b""), Expected::Refused(404, ErrorCode::NotFound))
        }
    };
    Attack { name, bytes, expected }
}

/// Sends it on a connection of its own and looks at what comes back.
pub async fn attack(scene: &Scene, attack: impl std::borrow::Borrow<Attack>) -> Result<(), String> {
    let attack = attack.borrow();
    let address = scene.server.url().replacen("http://", "", 1);
    let mut stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let (mut read, mut write) = stream.split();
    // The server may answer and close before it has read everything.
    let writing = async { drop(write.write_all(&attack.bytes).await) };
    let reading = tokio::time::timeout(PATIENCE, answer(&mut read));
    let received = tokio::join!(writing, reading).1.map_err(|_| "no answer")?;
    let text = String::from_utf8_lossy(&received);
    let status: u16 = text.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(|| format!("{text:?}"))?;
    let body = received.windows(4).position(|window| window == b"\r\n\r\n").map_or(&[][..], |end| &received[end + 4..]);
    match attack.expected {
        Expected::Refused(expected, code) if status == expected && bodies::refusal(body)? == code => Ok(()),
        Expected::Bare if (400..500).contains(&status) && body.is_empty() => Ok(()),
        Expected::NoSecret if status < 500 && !text.contains("root:") && !text.contains("[core]") => Ok(()),
        expected => Err(format!("{text:?} instead of {expected:?}")),
    }
}

/// A request whose body does not come.
pub fn unfinished(scene: &Scene) -> Attack {
    let token = &scene.mallory.session.token;
    let bytes = format!(
        "PUT /api/v1/me/handle HTTP/1.1\r\nHost: igoon\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{{"
    );
    let expected = Expected::Refused(400, ErrorCode::Malformed);
    Attack { name: "a body that does not come", bytes: bytes.into_bytes(), expected }
}

/// One answer, to its end or to that of the connection.
async fn answer(read: &mut (impl tokio::io::AsyncRead + Unpin)) -> Vec<u8> {
    let mut received = Vec::new();
    loop {
        let head = received.windows(4).position(|window| window == b"\r\n\r\n");
        let whole = head.and_then(|head| {
            let text = String::from_utf8_lossy(&received[..head]).to_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok())?;
            Some(head + 4 + length)
        });
        if whole.is_some_and(|whole| received.len() >= whole) || !matches!(read.read_buf(&mut received).await, Ok(1..))
        {
            return received;
        }
    }
}
