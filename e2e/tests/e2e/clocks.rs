//! The server's clock is put right while its clients are connected.

use std::time::Duration;

use igoon_e2e::{
    account::Session,
    clock::Clock,
    database::Kind,
    native::NativeClient,
    server::{Settings, TestServer},
};
use igoon_shared::client::Command;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rooms_are_changed_over_a_connection_that_is_older_than_the_servers_time() {
    let (mut clock, mut settings) = (Clock::new(), Settings::default());
    clock.give_to(&mut settings);
    let server = TestServer::start_as(Kind::Sqlite, settings).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = ada.create_room("Machine room").await;
    clock.advance(Duration::from_secs(2 * 60 * 60));
    ada.command(Command::RenameRoom { room, name: "Another name".to_owned() });
    ada.sees(room, "the name", |view| view.name.as_deref() == Some("Another name")).await;
    let failures = ada.shown().failures;
    assert!(failures.is_empty(), "{failures:?}");
}
