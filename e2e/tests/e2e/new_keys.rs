//! A computer whose keys an owner revoked in one room makes new ones in place: in its own room the old ones vouch for the new, and
//! are taken out; in the other it is approved by its account's other computer. By native clients, on both databases.

use igoon_e2e::{account::Session, database::Kind, native::NativeClient, server::TestServer};
use igoon_shared::{
    client::{
        Change, Command, Identity,
        io::{Ended, Ending, Standing},
        records::message_place,
        renewal::renew,
    },
    crypto::device::DeviceKeys,
    protocol::http::{DeviceRegistered, RegisterDevice},
};
use reqwest::Method;

/// As a host does it: what it has saved changes together with its keys, and the service hears of those.
async fn with_new_keys(client: NativeClient) -> NativeClient {
    let (session, record, mut records) = client.crash().await;
    let old = Identity::from_record(&record).unwrap();
    let (rsa, _) = old.keys().to_parts().unwrap();
    let keys = DeviceKeys::from_parts(&rsa, &[7; 32]).unwrap();
    let (handle, name) = (old.handle().to_owned(), old.device_name().to_owned());
    let new = Identity::new(old.account(), old.installation(), handle, name.clone(), keys).unwrap();
    let saved: Vec<_> = records.clone().into_iter().filter(|(key, _)| message_place(key).is_none()).collect();
    for change in renew(&old, &new, &saved, igoon_e2e::native::now()).unwrap() {
        match change {
            Change::Put { key, value } => drop(records.insert(key, value)),
            Change::Delete { key } => drop(records.remove(&key)),
        }
    }
    let bundle = new.bundle().signed().clone();
    let body = RegisterDevice { bundle, name, platform: "native test client".to_owned(), address: None };
    let registered: DeviceRegistered = session.call(Method::PUT, "/device", Some(&body)).await.unwrap();
    assert_eq!(registered.device, new.device());
    NativeClient::resume(session, new.to_record().unwrap().to_vec(), records)
}

async fn new_keys_in_place(kind: Kind) {
    let server = TestServer::start_with(kind, &["--anyone-may-create-rooms", "true"]).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let adas = ada.create_room("ada's").await;
    let secret = ada.invite(adas, 1).await;
    let bob = NativeClient::start(Session::sign_up(&server, adas, &secret, "bob").await.unwrap()).await;
    bob.join(adas, &secret).await;
    let own = bob.create_room("bob's own").await;
    let other = NativeClient::start(Session::another(&server, "bob").await.unwrap()).await;
    bob.until("the question", |shown| !shown.approvals.asked.is_empty()).await;
    bob.command(Command::Approve { device: other.identity().device() });
    other.until("both rooms", |shown| shown.is_ready(adas) && shown.is_ready(own)).await;
    for room in [adas, own] {
        bob.send(room, "before");
        other.shows(room, &["before"]).await;
    }
    let old = bob.identity().device();
    ada.shows(adas, &["before"]).await;
    ada.command(Command::RevokeDevice { room: adas, device: old });
    let revoked = |standing| matches!(standing, Standing::Ended(Ending { how: Ended::Revoked, .. }));
    bob.until("its end", |shown| revoked(shown.rooms[&adas].standing)).await;

    let other = other.crash().await;
    let bob = with_new_keys(bob).await;
    // Alone it goes on where the old keys count.
    bob.until("its own room", |shown| shown.is_ready(own)).await;
    bob.send(own, "with new keys");
    bob.shows(own, &["before", "with new keys"]).await;
    bob.send(adas, "it waits");
    let other = NativeClient::resume(other.0, other.1, other.2);
    let device = bob.identity().device();
    other.until("its question", |shown| shown.approvals.asked.iter().any(|asked| asked.device == device)).await;
    assert_eq!(bob.shown().rooms[&adas].standing, Standing::NotApproved);
    other.command(Command::Approve { device });
    for client in [&ada, &other, &bob] {
        client.shows(adas, &["before", "it waits"]).await;
    }
    other.shows(own, &["before", "with new keys"]).await;
    assert!(bob.shown().failures.is_empty() && other.shown().failures.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_keys_in_place_on_sqlite() {
    new_keys_in_place(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_keys_in_place_on_postgres() {
    new_keys_in_place(Kind::Postgres).await;
}
