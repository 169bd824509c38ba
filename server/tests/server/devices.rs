//! The computers of an account: what is kept of each, and how its owner changes it.

use igoon_shared::{
    ids::{DeviceId, Seq},
    log::HistoryRule,
    presence::Availability,
    protocol::{
        error::ErrorCode,
        frames::{Ack, Activity, ClientFrame, ServerFrame},
        http::{ChooseAvailability, DeviceInfo, Devices, LocalAddress, MoveDevice, RenameDevice, RoomPosition},
    },
};
use reqwest::{Method, StatusCode};

use crate::support::{Person, Server, Socket, now, settled};

async fn listed(person: &Person) -> Vec<DeviceInfo> {
    person.get::<Devices>("/devices").await.unwrap().devices
}

/// The list once it is so.
async fn listed_until(person: &Person, wanted: impl Fn(&[DeviceInfo]) -> bool) -> Vec<DeviceInfo> {
    settled("the list of devices", async || Some(listed(person).await).filter(|devices| wanted(devices))).await
}

async fn rename(person: &Person, device: DeviceId, name: &str) -> Result<(), (StatusCode, ErrorCode)> {
    let body = RenameDevice { name: name.to_owned() };
    person
        .call(Method::PATCH, &format!("/devices/{device}"), Some(&body))
        .await
        .map_err(|(status, error)| (status, error.code))
}

#[actix_web::test]
async fn the_list_says_everything_about_each_computer() {
    let server = Server::start().await;
    let begun = now();
    let owner = server.owner().await;
    let state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let second = owner.another_computer(&server).await;
    let devices = listed(&owner).await;
    assert_eq!(devices.len(), 2);
    let (first, other) = (&devices[0], &devices[1]);
    assert_eq!((first.device, first.installation), (owner.device(), owner.installation));
    assert_eq!((other.device, other.installation), (second.device(), second.installation));
    for device in &devices {
        assert_eq!((device.name.as_str(), device.platform.as_str()), ("laptop", "test"));
        assert_eq!((device.address, device.availability), (None, Availability::Available));
        assert!(device.registered_at >= begun && device.registered_at <= now());
        assert_eq!((device.last_seen, device.last_activity), (device.registered_at, device.registered_at));
        assert!(!device.connected && device.signed_in);
        assert_eq!(device.positions, []);
    }
    assert!(first.current && !other.current);
    assert!(listed(&second).await[1].current);

    // Connected: seen now, and no more input than before; until there is some.
    let mut socket = owner.connect_to(room).await;
    let before = now();
    let devices = listed(&owner).await;
    assert!(devices[0].connected && !devices[1].connected);
    assert!(devices[0].last_seen >= before && devices[0].last_activity < before);
    socket.send(&ClientFrame::Activity(Activity {})).await;
    let devices = listed_until(&owner, |devices| devices[0].last_activity >= before).await;
    assert!(devices[0].last_activity <= now());
    socket.send(&ClientFrame::Ack(Ack { room, delivered: Seq(2), read: Seq(1) })).await;
    let position = RoomPosition { room, delivered: Seq(2), read: Seq(1) };
    listed_until(&owner, |devices| devices[0].positions == [position]).await;

    // Gone: seen until then, and so it stays after a restart.
    drop(socket);
    let gone = listed_until(&owner, |devices| !devices[0].connected && devices[0].last_seen >= before).await;
    assert!(gone[0].last_activity >= before && gone[0].last_seen <= now());
    owner.call::<()>(Method::POST, "/sign-out", None::<&()>).await.unwrap();
    let signed_out = listed(&second).await;
    assert!(!signed_out[0].signed_in && signed_out[1].signed_in);
    let server = Server::start_in(server.stop().await, Default::default()).await;
    let second = second.at(&server);
    assert_eq!(listed(&second).await, signed_out);
    server.stop().await;
}

#[actix_web::test]
async fn a_computer_is_renamed_by_its_owner_alone() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let link = owner.invite(&mut state, 1).await;
    let friend = server.newcomer("friend", state.room(), &link).await;
    let second = owner.another_computer(&server).await;
    rename(&owner, second.device(), "kitchen").await.unwrap();
    let names = |devices: Vec<DeviceInfo>| devices.into_iter().map(|device| device.name).collect::<Vec<_>>();
    assert_eq!(names(listed(&second).await), ["laptop", "kitchen"]);
    // Registered again, as a client does after signing in anew: it stays the kitchen.
    second.register().await;
    assert_eq!(names(listed(&owner).await), ["laptop", "kitchen"]);

    let nothing = (StatusCode::NOT_FOUND, ErrorCode::NotFound);
    assert_eq!(rename(&friend, second.device(), "mine").await, Err(nothing));
    assert_eq!(rename(&owner, DeviceId::from_bytes([9; 32]), "nobody's").await, Err(nothing));
    let broken = (StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::Invalid);
    for name in ["", "  ", "two\nlines", &"x".repeat(65)] {
        assert_eq!(rename(&owner, owner.device(), name).await, Err(broken), "{name:?}");
    }
    let (status, error) = owner
        .call::<()>(Method::PATCH, "/devices/somewhere", Some(&RenameDevice { name: "x".into() }))
        .await
        .unwrap_err();
    assert_eq!((status, error.code), nothing);
    assert_eq!(names(listed(&owner).await), ["laptop", "kitchen"]);
    assert_eq!(names(listed(&friend).await), ["laptop"]);
    server.stop().await;
}

#[actix_web::test]
async fn where_a_computer_listens_can_change_while_it_is_connected() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let (_socket, _) = owner.connect().await;
    for address in ["192.168.1.5", "fe80::1"] {
        let address = Some(LocalAddress { ip: address.parse().unwrap(), port: 7_077.try_into().unwrap() });
        owner.call::<()>(Method::PUT, "/device/address", Some(&MoveDevice { address })).await.unwrap();
        assert_eq!(listed(&owner).await[0].address, address);
    }
    for wrong in [
        r#"{"address":{"ip":"192.168.1.5","port":0}}"#,
        r#"{"address":{"ip":"192.168.1.5","port":65536}}"#,
        r#"{"address":{"ip":"localhost","port":1}}"#,
        r#"{"address":{"ip":"192.168.1.5"}}"#,
        r#"{"address":{"ip":"192.168.1.5","port":1,"more":1}}"#,
    ] {
        let body: serde_json::Value = serde_json::from_str(wrong).unwrap();
        let (status, error) = owner.call::<()>(Method::PUT, "/device/address", Some(&body)).await.unwrap_err();
        assert_eq!((status, error.code), (StatusCode::BAD_REQUEST, ErrorCode::Malformed), "{wrong}");
    }
    owner.call::<()>(Method::PUT, "/device/address", Some(&MoveDevice { address: None })).await.unwrap();
    assert_eq!(listed(&owner).await[0].address, None);
    server.stop().await;
}

/// The next availability that a socket hears of.
async fn chosen(socket: &mut Socket) -> Availability {
    match socket.next().await {
        ServerFrame::Availability(chosen) => chosen.availability,
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn what_an_account_chose_reaches_all_its_computers_and_outlives_the_server() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let second = owner.another_computer(&server).await;
    let (mut one, welcome) = owner.connect().await;
    assert_eq!(welcome.availability, Availability::Available);
    let (mut two, _) = second.connect().await;
    for availability in [Availability::Away, Availability::Busy, Availability::Invisible] {
        second.choose(availability).await;
        assert_eq!((chosen(&mut one).await, chosen(&mut two).await), (availability, availability));
        assert!(listed(&owner).await.iter().all(|device| device.availability == availability));
    }
    // To the owner's own list, invisible hides nothing.
    assert!(listed(&owner).await.iter().all(|device| device.connected));
    let body = serde_json::json!({ "availability": "asleep" });
    let (status, error) = owner.call::<()>(Method::PUT, "/availability", Some(&body)).await.unwrap_err();
    assert_eq!((status, error.code), (StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::Invalid));
    assert_eq!(error.field.as_deref(), Some("availability"));

    let server = Server::start_in(server.stop().await, Default::default()).await;
    let (_socket, welcome) = owner.at(&server).connect().await;
    assert_eq!(welcome.availability, Availability::Invisible);
    server.stop().await;
}

#[actix_web::test]
async fn who_has_no_computer_yet_or_is_not_signed_in_is_told_so() {
    let server = Server::start().await;
    let mut owner = server.owner().await;
    let bare = owner.another_session(&server).await;
    let body = ChooseAvailability { availability: Availability::Busy };
    let moved = MoveDevice { address: None };
    for (refused, expected) in [
        (bare.call::<()>(Method::PUT, "/availability", Some(&body)).await, ErrorCode::Forbidden),
        (bare.call::<()>(Method::PUT, "/device/address", Some(&moved)).await, ErrorCode::Forbidden),
    ] {
        assert_eq!(refused.unwrap_err().1.code, expected);
    }
    assert_eq!(listed(&bare).await.iter().filter(|device| device.current).count(), 0);
    owner.token = "A".repeat(43);
    for refused in [
        owner.get::<serde_json::Value>("/devices").await,
        owner.call(Method::PUT, "/availability", Some(&body)).await,
        owner.call(Method::PUT, "/device/address", Some(&moved)).await,
        owner
            .call(Method::PATCH, &format!("/devices/{}", owner.device()), Some(&RenameDevice { name: "x".into() }))
            .await,
    ] {
        assert_eq!(refused.unwrap_err().1.code, ErrorCode::NotSignedIn);
    }
    server.stop().await;
}
