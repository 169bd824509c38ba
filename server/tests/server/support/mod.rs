//! A server of one's own, people with devices, and rooms.

mod acting;
mod person;
mod server;
mod socket;

use std::{process::Child, time::Duration};

use igoon_shared::{
    crypto::invite::InviteSecret,
    ids::{InstallationId, RoomId},
    protocol::{
        bytes::Blob,
        http::{InviteProof, SecretText},
    },
    time::Timestamp,
};

pub(crate) use self::{
    acting::only,
    person::{Person, fresh_keys},
    server::Server,
    socket::Socket,
};

/// How long a test waits for something that must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const PASSWORD: &str = "correct horse";

pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp(i64::try_from(since.as_millis()).unwrap())
}

pub(crate) fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

/// The program itself, ended when dropped.
pub(crate) struct Program(pub(crate) Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks again and again until there is an answer.
pub(crate) async fn settled<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(found) = probe().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}
pub(crate) fn email(handle: &str) -> String {
    format!("{handle}@example.org")
}

pub(crate) fn proof(room: RoomId, link: &InviteSecret, installation: InstallationId) -> InviteProof {
    let signature = Blob(link.sign_use(room, installation).to_vec());
    InviteProof { room, invite: link.key(room), installation, signature }
}
