//! What goes over WebSockets: messages, streams, and how connections begin and end.

use std::time::{Duration, Instant};

use futures_util::SinkExt as _;
use igoon_server::config::Rates;
use igoon_shared::{
    crypto::{message::Cursor, system_rng},
    ids::{Incarnation, MessageId, RoomId, Seq},
    log::HistoryRule,
    protocol::{
        SUBPROTOCOL, TICKET_PREFIX, codec,
        error::ErrorCode,
        frames::{Accepted, ClientFrame, Refused, Restored, ServerFrame, StreamContent, Sync},
        http::SocketTicket,
    },
};
use reqwest::{Method, StatusCode};
use tokio_tungstenite::tungstenite::{Message, protocol::frame::coding::CloseCode};

use crate::support::{Server, Socket};

#[actix_web::test]
async fn a_message_reaches_everybody_once_and_in_order() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let link = owner.invite(&mut state, 1).await;
    let friend = server.newcomer("friend", room, &link).await;
    let (mut theirs, welcome) = friend.connect().await;
    assert_eq!(welcome.rooms, []);
    friend.join(&mut state, &link).await;
    assert!(matches!(theirs.next().await, ServerFrame::RoomAdded(added) if added.room == room));
    assert_eq!(theirs.catch_up(room).await, [1, 2, 3, 4].map(Seq));
    let mut mine = owner.connect_to(room).await;

    let (message_id, send) = owner.message(&state, "hello");
    mine.send(&ClientFrame::Send(send.clone())).await;
    let place = Accepted { room, message_id, incarnation: Incarnation(1), seq: Seq(5) };
    let (mut accepted, mut delivered) = (false, false);
    for _ in 0..2 {
        match mine.next().await {
            ServerFrame::Accepted(answer) => accepted = answer == place,
            ServerFrame::Item(item) => delivered = item.item.seq == Seq(5),
            other => panic!("{other:?}"),
        }
    }
    assert!(accepted && delivered);
    let ServerFrame::Item(item) = theirs.next().await else { panic!("no item") };
    assert_eq!(item.item.content, StreamContent::Message(send.message.clone()));

    // The same bytes again: answered as the first time, delivered to nobody.
    mine.send(&ClientFrame::Send(send.clone())).await;
    assert_eq!(mine.next().await, ServerFrame::Accepted(place));
    // Other bytes under the same name.
    let other = owner.message_as(&state, message_id, owner.device(), "other");
    mine.send(&ClientFrame::Send(other)).await;
    assert!(matches!(mine.next().await, ServerFrame::Refused(Refused { code: ErrorCode::NameTaken, .. })));
    // In another device's name.
    let forged = owner.message_as(&state, MessageId::random(&mut system_rng()), friend.device(), "forged");
    mine.send(&ClientFrame::Send(forged)).await;
    assert!(matches!(mine.next().await, ServerFrame::Refused(Refused { code: ErrorCode::Forbidden, .. })));

    let (_, send) = friend.message(&state, "hello back");
    theirs.send(&ClientFrame::Send(send)).await;
    let ServerFrame::Item(item) = mine.next().await else { panic!("no item") };
    assert_eq!(item.item.seq, Seq(6));
    server.stop().await;
}

#[actix_web::test]
async fn a_flood_arrives_whole_and_in_order() {
    const COUNT: usize = 600;
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let link = owner.invite(&mut state, 1).await;
    let friend = server.newcomer("friend", room, &link).await;
    friend.join(&mut state, &link).await;
    let mut theirs = friend.connect_to(room).await;
    let mut mine = owner.connect_to(room).await;
    let messages: Vec<_> = (0..COUNT).map(|number| owner.message(&state, &number.to_string())).collect();
    for (_, send) in &messages {
        mine.stream.feed(Message::Binary(codec::encode(&ClientFrame::Send(send.clone())).into())).await.unwrap();
    }
    mine.stream.flush().await.unwrap();
    for (place, (_, send)) in messages.iter().enumerate() {
        let ServerFrame::Item(item) = theirs.next().await else { panic!("no item") };
        assert_eq!(item.item.seq, Seq(5 + place as u64));
        assert_eq!(item.item.content, StreamContent::Message(send.message.clone()));
    }
    // Pages give the same.
    assert_eq!(theirs.catch_up(room).await, (1..=4 + COUNT as u64).map(Seq).collect::<Vec<_>>());
    server.stop().await;
}

#[actix_web::test]
async fn who_sends_too_fast_is_told_so_and_keeps_the_order() {
    let rates = Rates { frames_per_second: 20, frames_burst: 5, ..Rates::default() };
    let server = Server::start_in(tempfile::tempdir().unwrap(), rates).await;
    let owner = server.owner().await;
    let state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let mut socket = owner.connect_to(room).await;
    let mut messages: Vec<_> = (0..12).map(|number| owner.message(&state, &number.to_string())).collect();
    let mut waiting: Vec<_> = (0..messages.len()).collect();
    let (mut refused, mut attempt) = (false, 0);
    let mut places = vec![Seq(0); messages.len()];
    while !waiting.is_empty() {
        for number in &waiting {
            messages[*number].1.attempt = attempt;
            socket.send(&ClientFrame::Send(messages[*number].1.clone())).await;
        }
        let (mut again, mut answers, mut pause) = (Vec::new(), 0, 0);
        while answers < waiting.len() {
            let (message_id, answer) = match socket.next().await {
                ServerFrame::Accepted(accepted) => (accepted.message_id, Ok(accepted.seq)),
                ServerFrame::Refused(refused) => (refused.message_id, Err(refused)),
                _ => continue,
            };
            answers += 1;
            let number = messages.iter().position(|(id, _)| *id == message_id).unwrap();
            match answer {
                Ok(seq) => places[number] = seq,
                Err(refusal) => {
                    assert_eq!(refusal.code, ErrorCode::RetryLater);
                    pause = pause.max(refusal.retry_after_ms.unwrap());
                    again.push(number);
                }
            }
        }
        attempt += 1;
        refused |= !again.is_empty();
        again.sort_unstable();
        waiting = again;
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    assert!(refused, "nothing was refused: the test tests nothing");
    assert!(places.is_sorted(), "{places:?}");
    server.stop().await;
}

#[actix_web::test]
async fn what_is_asked_for_wrongly_is_refused() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let link = owner.invite(&mut state, 1).await;
    let stranger = server.newcomer("stranger", room, &link).await;
    let (mut socket, _) = stranger.connect().await;
    let nowhere = RoomId::random(&mut system_rng());
    for asked in [room, nowhere] {
        let after = Cursor { incarnation: Incarnation(0), seq: Seq(0) };
        socket.send(&ClientFrame::Sync(Sync { room: asked, after })).await;
        let refused = socket.next().await;
        assert!(
            matches!(refused, ServerFrame::SyncRefused(refused) if refused.code == ErrorCode::NotFound && refused.room == asked)
        );
        let (message_id, mut send) = stranger.message(&state, "hello");
        send.room = asked;
        socket.send(&ClientFrame::Send(send)).await;
        let ServerFrame::Refused(refused) = socket.next().await else { panic!("not refused") };
        assert_eq!(refused.message_id, message_id);
        assert_eq!(refused.code, if asked == room { ErrorCode::NotFound } else { ErrorCode::Malformed });
    }
    socket.stream.send(Message::Binary(vec![0xc1].into())).await.unwrap();
    assert!(
        matches!(socket.next().await, ServerFrame::Error(error) if error.code == ErrorCode::Malformed && !error.closing)
    );
    socket.stream.send(Message::Text("hello".into())).await.unwrap();
    assert_eq!(socket.closed().await, CloseCode::Unsupported);
    server.stop().await;
}

#[actix_web::test]
async fn who_names_a_place_of_another_life_is_told_what_is_kept_and_goes_on_after_it() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let state = owner.make_room(HistoryRule::AllRetained).await;
    let mut socket = owner.connect_to(state.room()).await;
    for (seen, kept) in [(1, 1), (2, 2), (99, 2)] {
        let (room, after) = (state.room(), Cursor { incarnation: Incarnation(9), seq: Seq(seen) });
        socket.send(&ClientFrame::Sync(Sync { room, after })).await;
        let restored = Restored { room, incarnation: Incarnation(1), kept: Seq(kept) };
        assert_eq!(socket.next().await, ServerFrame::Restored(restored));
        let ServerFrame::Page(page) = socket.next().await else { panic!("no page") };
        let places: Vec<_> = page.items.iter().map(|item| item.seq.0).collect();
        assert_eq!((places, page.more, page.incarnation), ((kept + 1..=2).collect(), false, Incarnation(1)));
    }
    let beyond_the_end = Cursor { incarnation: Incarnation(1), seq: Seq(99) };
    let page = socket.sync(state.room(), beyond_the_end).await;
    assert_eq!((page.items.len(), page.more, page.head), (0, false, Seq(2)));
    server.stop().await;
}

#[actix_web::test]
async fn sockets_open_by_ticket_or_by_a_page_of_ours() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let cookie = format!("__Host-igoon={}", owner.token);
    let ours = ("sec-websocket-protocol", SUBPROTOCOL);
    let origin = ("origin", server.origin());
    let open = async |headers: &[(&'static str, &str)]| Socket::open(&server.url, headers).await.err();
    assert_eq!(open(&[ours]).await, Some(StatusCode::FORBIDDEN));
    assert_eq!(open(&[ours, ("cookie", &cookie)]).await, Some(StatusCode::FORBIDDEN), "no origin");
    assert_eq!(
        open(&[ours, ("cookie", &cookie), ("origin", "http://evil.example")]).await,
        Some(StatusCode::FORBIDDEN)
    );
    assert_eq!(open(&[origin, ("cookie", &cookie)]).await, Some(StatusCode::BAD_REQUEST), "no protocol");
    assert_eq!(open(&[ours, origin]).await, Some(StatusCode::UNAUTHORIZED));
    assert_eq!(open(&[ours, origin, ("cookie", &cookie)]).await, None);

    let ticket: SocketTicket = owner.call(Method::POST, "/socket-ticket", Some(&())).await.unwrap();
    let protocols = format!("{SUBPROTOCOL}, {TICKET_PREFIX}{}", ticket.ticket.expose());
    let with_ticket = ("sec-websocket-protocol", protocols.as_str());
    assert_eq!(open(&[with_ticket, ("origin", "http://evil.example")]).await, Some(StatusCode::FORBIDDEN));
    assert_eq!(open(&[with_ticket]).await, None);
    assert_eq!(open(&[with_ticket]).await, Some(StatusCode::UNAUTHORIZED), "a ticket is used once");
    server.stop().await;
}

#[actix_web::test]
async fn a_newer_connection_of_the_device_takes_over() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let (mut old, _) = owner.connect().await;
    let (mut new, _) = owner.connect().await;
    assert_eq!(old.closed().await, CloseCode::from(4001));
    let state = owner.make_room(HistoryRule::AllRetained).await;
    assert!(matches!(new.next().await, ServerFrame::RoomAdded(_)));
    assert_eq!(new.catch_up(state.room()).await, [Seq(1), Seq(2)]);
    server.stop().await;
}

#[actix_web::test]
async fn signing_out_closes_the_socket_at_once() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let (mut socket, _) = owner.connect().await;
    let begun = Instant::now();
    owner.call::<()>(Method::POST, "/sign-out", None::<&()>).await.unwrap();
    assert!(
        matches!(socket.next().await, ServerFrame::Error(error) if error.code == ErrorCode::NotSignedIn && error.closing)
    );
    assert_eq!(socket.closed().await, CloseCode::from(4401));
    assert!(begun.elapsed() < Duration::from_secs(1));
    server.stop().await;
}

#[actix_web::test]
async fn a_shutdown_closes_sockets_and_keeps_what_was_accepted() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let mut socket = owner.connect_to(room).await;
    let (_, send) = owner.message(&state, "hello");
    socket.send(&ClientFrame::Send(send)).await;
    while !matches!(socket.next().await, ServerFrame::Accepted(_)) {}
    let (dir, code) = tokio::join!(server.stop(), socket.closed());
    assert_eq!(code, CloseCode::Away);
    let server = Server::start_in(dir, Rates::default()).await;
    let (mut socket, welcome) = owner.at(&server).connect().await;
    assert_eq!(welcome.rooms, [room]);
    assert_eq!(socket.catch_up(room).await, [Seq(1), Seq(2), Seq(3)]);
    server.stop().await;
}

#[actix_web::test]
async fn a_client_that_stops_reading_is_let_go_and_hurts_nobody() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let link = owner.invite(&mut state, 1).await;
    let friend = server.newcomer("friend", room, &link).await;
    friend.join(&mut state, &link).await;
    let jammed = friend.connect_to(room).await;
    let mut mine = owner.connect_to(room).await;
    let text = "x".repeat(32 * 1024);
    let mut sent = 0_u64;
    while server.connected_devices().await == 2 {
        assert!(sent < 4_000, "130 MB were sent to somebody who does not read");
        for _ in 0..20 {
            let (_, send) = owner.message(&state, &text);
            mine.send(&ClientFrame::Send(send)).await;
            sent += 1;
        }
        let mut answers = 0;
        while answers < 20 {
            answers += u64::from(matches!(mine.next().await, ServerFrame::Accepted(_)));
        }
    }
    // It comes back and has everything.
    let (mut again, _) = friend.connect().await;
    assert_eq!(again.catch_up(room).await, (1..=4 + sent).map(Seq).collect::<Vec<_>>());
    let begun = Instant::now();
    server.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(10));
    drop(jammed);
}

#[actix_web::test]
async fn a_message_in_fragments_is_put_together() {
    use tokio_tungstenite::tungstenite::protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    };
    let server = Server::start().await;
    let owner = server.owner().await;
    let state = owner.make_room(HistoryRule::AllRetained).await;
    let mut socket = owner.connect_to(state.room()).await;
    let (_, send) = owner.message(&state, "hello");
    let bytes = codec::encode(&ClientFrame::Send(send));
    let (one, other) = bytes.split_at(bytes.len() / 2);
    let fragment =
        |bytes: &[u8], opcode, last| Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(opcode), last));
    socket.stream.send(fragment(one, Data::Binary, false)).await.unwrap();
    socket.stream.send(fragment(other, Data::Continue, true)).await.unwrap();
    while !matches!(socket.next().await, ServerFrame::Accepted(_)) {}
    // More than a message may be, in parts that are each small enough.
    let part = vec![0; 40 * 1024];
    socket.stream.send(fragment(&part, Data::Binary, false)).await.unwrap();
    socket.stream.send(fragment(&part, Data::Continue, true)).await.unwrap();
    assert_eq!(socket.closed().await, CloseCode::Size);
    server.stop().await;
}
