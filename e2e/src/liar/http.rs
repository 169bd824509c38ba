//! Requests, one on each connection: what is no part of the API passes byte by byte, the rest as a whole.

use std::{
    io,
    sync::{Arc, Mutex},
};

use igoon_shared::protocol::http::API;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::Lies;

/// What a browser asked for.
pub(super) struct Asked {
    pub(super) method: String,
    /// With what stands behind the question mark.
    pub(super) path: String,
    /// The head as it came, with the empty line.
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
}

impl Asked {
    /// Reads it; `None` where the browser opened a connection for nothing.
    pub(super) async fn read(near: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        let end = loop {
            if near.read_buf(&mut head).await? == 0 {
                return Ok(None);
            }
            if let Some(end) = end_of_head(&head) {
                break end;
            }
        };
        let mut body = head.split_off(end);
        let text = String::from_utf8_lossy(&head).into_owned();
        let mut words = text.split(' ').map(str::to_owned);
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let mut asked = Self { method, path, head, body: Vec::new() };
        let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
        while body.len() < length && near.read_buf(&mut body).await? > 0 {}
        asked.body = body;
        Ok(Some(asked))
    }

    /// A header's value.
    pub(super) fn header(&self, wanted: &str) -> Option<String> {
        lines(&self.head).find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        })
    }

    /// The request as the server gets it: one for a connection, and with an answer that can be read.
    fn forwarded(&self) -> Vec<u8> {
        let ours = ["connection", "accept-encoding"];
        let kept = lines(&self.head).filter(|line| {
            !ours.iter().any(|name| line.split_once(':').is_some_and(|(its, _)| its.eq_ignore_ascii_case(name)))
        });
        let mut request: Vec<u8> = kept.flat_map(|line| [line.into_bytes(), b"\r\n".to_vec()].concat()).collect();
        request.extend_from_slice(b"Connection: close\r\n\r\n");
        request.extend_from_slice(&self.body);
        request
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|part| part == b"\r\n\r\n").map(|end| end + 4)
}

/// The lines of a head, without the empty one.
fn lines(head: &[u8]) -> impl Iterator<Item = String> {
    let text = String::from_utf8_lossy(head).into_owned();
    text.split("\r\n").filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// Carries a request to the server, and its answer back.
pub(super) async fn carry(mut near: TcpStream, asked: Asked, lies: &Arc<Mutex<Lies>>) -> io::Result<()> {
    let is_call = asked.path.starts_with(API);
    let pretended = is_call.then(|| lies.lock().unwrap().asked(&asked)).flatten();
    if let Some(body) = pretended {
        return answer(&mut near, b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n", &body)
            .await;
    }
    let target = lies.lock().unwrap().target;
    let mut far = TcpStream::connect(("127.0.0.1", target)).await?;
    far.write_all(&asked.forwarded()).await?;
    if !is_call {
        tokio::io::copy(&mut far, &mut near).await?;
        return near.shutdown().await;
    }
    let mut head = Vec::new();
    far.read_to_end(&mut head).await?;
    let end = end_of_head(&head).unwrap_or(head.len());
    let mut body = head.split_off(end);
    if head.starts_with(b"HTTP/1.1 200 ") {
        body = (lies.lock().unwrap().answers)(&asked.path, body);
        let kept = lines(&head).filter(|line| !line.to_ascii_lowercase().starts_with("content-length:"));
        let head: Vec<u8> = kept.flat_map(|line| [line.into_bytes(), b"\r\n".to_vec()].concat()).collect();
        return answer(&mut near, &head, &body).await;
    }
    head.extend(body);
    near.write_all(&head).await?;
    near.shutdown().await
}

/// Ends a head and a connection with this body.
async fn answer(near: &mut TcpStream, head: &[u8], body: &[u8]) -> io::Result<()> {
    let end = format!("Content-Length: {}\r\n\r\n", body.len());
    near.write_all(&[head, end.as_bytes(), body].concat()).await?;
    near.shutdown().await
}
