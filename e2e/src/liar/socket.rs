//! The browser's WebSocket, frame by frame.

use std::{
    io::Cursor,
    sync::{Arc, Mutex},
};

use futures_util::{SinkExt as _, StreamExt as _};
use igoon_shared::protocol::{SUBPROTOCOL, codec, frames::ServerFrame};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::{mpsc, watch},
};
use tokio_tungstenite::tungstenite::{
    Error, Message,
    client::IntoClientRequest as _,
    handshake::server::{Request, Response},
};

use super::{Lies, http::Asked};

/// What of a browser's handshake the server looks at.
const PASSED_ON: [&str; 3] = ["origin", "cookie", "sec-websocket-protocol"];

/// Carries a WebSocket, until either side ends it or the line is cut.
pub(super) async fn carry(mut near: TcpStream, asked: Asked, lies: &Arc<Mutex<Lies>>, mut open: watch::Receiver<bool>) {
    if !*open.borrow() {
        return;
    }
    let (target, compresses) = {
        let lies = lies.lock().unwrap();
        (lies.target, lies.compresses)
    };
    let mut request = format!("ws://127.0.0.1:{target}{}", asked.path).into_client_request().unwrap();
    for name in PASSED_ON {
        if let Some(value) = asked.header(name) {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
    }
    let mut far = match tokio_tungstenite::connect_async_with_config(request, None, true).await {
        Ok((far, _)) => far,
        Err(Error::Http(refused)) => {
            let head = format!("HTTP/1.1 {} \r\nContent-Length: 0\r\nConnection: close\r\n\r\n", refused.status());
            let _ = near.write_all(head.as_bytes()).await;
            return;
        }
        Err(_) => return,
    };
    let _ = near.set_nodelay(true);
    let (reading, writing) = near.into_split();
    let again = tokio::io::join(Cursor::new(asked.head).chain(reading), writing);
    #[expect(clippy::result_large_err, reason = "the callback's type is the library's")]
    let greet = |_: &Request, mut response: Response| {
        response.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
        if compresses {
            response.headers_mut().insert("sec-websocket-extensions", "permessage-deflate".parse().unwrap());
        }
        Ok(response)
    };
    let Ok(mut near) = tokio_tungstenite::accept_hdr_async(again, greet).await else { return };
    let (line, mut said) = mpsc::unbounded_channel();
    lies.lock().unwrap().line = Some(line);
    loop {
        let told = tokio::select! {
            frame = far.next() => match frame {
                Some(Ok(Message::Binary(bytes))) => lies.lock().unwrap().down(&bytes),
                Some(Ok(Message::Close(frame))) => {
                    let _ = near.close(frame).await;
                    return;
                }
                // Each side's pings are answered by who gets them.
                Some(Ok(_)) => continue,
                None | Some(Err(_)) => return,
            },
            frame = near.next() => match frame {
                Some(Ok(Message::Binary(bytes))) => {
                    let told = lies.lock().unwrap().up(&bytes);
                    match told {
                        Some(told) => told,
                        None if far.send(Message::Binary(bytes)).await.is_ok() => continue,
                        None => return,
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    let _ = far.close(frame).await;
                    return;
                }
                Some(Ok(_)) => continue,
                None | Some(Err(_)) => return,
            },
            Some(frame) = said.recv() => vec![frame],
            () = async { drop(open.wait_for(|open| !open).await) } => return,
        };
        if tell(&mut near, told).await.is_err() {
            return;
        }
    }
}

async fn tell(
    near: &mut (impl futures_util::Sink<Message, Error = Error> + Unpin),
    frames: Vec<ServerFrame>,
) -> Result<(), Error> {
    for frame in frames {
        near.send(Message::Binary(codec::encode(&frame).into())).await?;
    }
    Ok(())
}
