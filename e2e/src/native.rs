//! A native client: the client core driven over a real socket and real requests, its records in memory, so that a test can
//! stop it anywhere and start it again from them.
//!
//! `driver`: carries out what the core wants; `shown`: what a page would show of it.

mod driver;
mod shown;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use igoon_shared::{
    client::{
        Command, Identity,
        io::{InviteTerms, RecoveryChoice, RoomView},
    },
    crypto::{device::DeviceKeys, invite::InviteSecret},
    ids::RoomId,
    log::HistoryRule,
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

use self::driver::Driver;
pub use self::{
    driver::{Socket, connect, now},
    shown::Shown,
};
use crate::{
    account::{Session, process_keys},
    wait::DEADLINE,
};

/// The records of a client: what a host would save.
pub type Records = BTreeMap<String, Vec<u8>>;

/// A running client.
#[derive(Debug)]
pub struct NativeClient {
    session: Session,
    identity: Vec<u8>,
    records: Arc<Mutex<Records>>,
    commands: mpsc::UnboundedSender<Command>,
    shown: watch::Receiver<Shown>,
    fuse: Arc<Mutex<Fuse>>,
    ahead_ms: Arc<AtomicI64>,
    task: JoinHandle<()>,
}

/// Whether a client is to end by itself, and has begun to.
#[derive(Debug, Default)]
struct Fuse {
    /// So many steps are left.
    left: Option<usize>,
    burnt: bool,
}

impl NativeClient {
    /// Registers a device for the session and starts a client without records.
    pub async fn start(session: Session) -> Self {
        Self::start_with(session, process_keys()).await
    }

    /// Registers a device with these keys for the session and starts a client without records.
    pub async fn start_with(session: Session, keys: DeviceKeys) -> Self {
        let identity = session.register_keys(keys).await;
        Self::resume(session, identity.to_record().unwrap().to_vec(), Records::new())
    }

    /// Starts a client from its saved identity and records.
    #[must_use]
    pub fn resume(session: Session, identity: Vec<u8>, records: Records) -> Self {
        let records = Arc::new(Mutex::new(records));
        let (commands, inbox) = mpsc::unbounded_channel();
        let (show, shown) = watch::channel(Shown::default());
        let known = Identity::from_record(&identity).unwrap();
        let fuse = Arc::<Mutex<Fuse>>::default();
        let ahead_ms = Arc::<AtomicI64>::default();
        let clock = Arc::clone(&ahead_ms);
        let driver = Driver::new(session.clone(), known, Arc::clone(&records), show, Arc::clone(&fuse), clock);
        let task = tokio::spawn(driver.run(inbox));
        Self { session, identity, records, commands, shown, fuse, ahead_ms, task }
    }

    /// Moves the clock of the computer that it runs on.
    pub fn advance(&self, by: Duration) {
        self.ahead_ms.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
    }

    /// From now on it carries out so many steps (of what it saves, asks for and transmits), and ends before the next one, as by a
    /// crash, once the server has answered what it had asked for by then: nobody hears the answers. `None`: it goes on for ever.
    pub fn end_after(&self, steps: Option<usize>) {
        self.fuse.lock().unwrap().left = steps;
    }

    /// Whether it has ended by itself ([`Self::end_after`]).
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.fuse.lock().unwrap().burnt
    }

    /// Ends it at once, as a crash would; what it had saved.
    pub async fn crash(mut self) -> (Session, Vec<u8>, Records) {
        if !self.has_ended() {
            self.task.abort();
        }
        // Until then it may still do something, and save it.
        let _ = (&mut self.task).await;
        let records = self.records.lock().unwrap().clone();
        (self.session.clone(), self.identity.clone(), records)
    }

    /// Its session.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Its identity.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity::from_record(&self.identity).unwrap()
    }

    /// A copy of what it has saved so far.
    #[must_use]
    pub fn records(&self) -> Records {
        self.records.lock().unwrap().clone()
    }

    /// Gives it a command.
    pub fn command(&self, command: Command) {
        self.commands.send(command).expect("the client runs");
    }

    /// Writes a message.
    pub fn send(&self, room: RoomId, text: impl Into<String>) {
        self.command(Command::Send { room, text: text.into() });
    }

    /// What it shows now.
    #[must_use]
    pub fn shown(&self) -> Shown {
        self.shown.borrow().clone()
    }

    /// Waits until it shows what is asked for.
    ///
    /// # Panics
    /// After the deadline, with what it shows instead.
    pub async fn until(&self, what: &str, condition: impl FnMut(&Shown) -> bool) -> Shown {
        self.until_or_ended(what, condition).await.expect("the client runs")
    }

    /// Waits until it shows what is asked for, or has ended by itself ([`Self::end_after`]): then there is nothing.
    ///
    /// # Panics
    /// After the deadline, with what it shows instead.
    pub async fn until_or_ended(&self, what: &str, mut condition: impl FnMut(&Shown) -> bool) -> Option<Shown> {
        let mut shown = self.shown.clone();
        let found = tokio::time::timeout(DEADLINE, shown.wait_for(|shown| condition(shown))).await;
        match found {
            Ok(shown) => shown.ok().map(|shown| shown.clone()),
            Err(_) => {
                let shown = self.shown();
                panic!(
                    "{}: waited in vain for {what}; rooms {:?}, {} messages, {} waiting, failures {:?}",
                    self.session.handle,
                    shown.rooms.values().map(|view| (view.standing, view.epoch, view.has_key)).collect::<Vec<_>>(),
                    shown.messages.len(),
                    shown.waiting(),
                    shown.failures
                )
            }
        }
    }

    /// Waits until exactly these messages are shown in a room.
    ///
    /// # Panics
    /// As [`Self::until`].
    pub async fn shows(&self, room: RoomId, expected: &[&str]) {
        self.until(&format!("{expected:?}"), |shown| shown.texts(room) == expected).await;
    }

    /// Waits until the view of a room is as asked.
    ///
    /// # Panics
    /// As [`Self::until`].
    pub async fn sees(&self, room: RoomId, what: &str, such: impl Fn(&RoomView) -> bool) {
        self.until(what, |shown| shown.rooms.get(&room).is_some_and(&such)).await;
    }

    /// Makes a room that shows all history and waits until it can be written in.
    pub async fn create_room(&self, name: &str) -> RoomId {
        self.create_room_with(name, HistoryRule::AllRetained).await
    }

    /// Makes a room and waits until it can be written in.
    pub async fn create_room_with(&self, name: &str, history: HistoryRule) -> RoomId {
        self.create_room_for(name, history, RecoveryChoice::default()).await
    }

    /// Makes a room with this choice of recovery and waits until it can be written in.
    pub async fn create_room_for(&self, name: &str, history: HistoryRule, recovery: RecoveryChoice) -> RoomId {
        let before = self.shown().entered.len();
        self.command(Command::CreateRoom { name: name.to_owned(), history, recovery });
        let shown = self.until("the new room", |shown| shown.entered.len() > before).await;
        let room = shown.entered[before];
        self.until("the new room to be ready", |shown| shown.is_ready(room)).await;
        room
    }

    /// Makes an invite for plain members.
    pub async fn invite(&self, room: RoomId, uses: u32) -> InviteSecret {
        self.invite_with(room, InviteTerms { uses, ..InviteTerms::default() }).await
    }

    /// Makes an invite.
    pub async fn invite_with(&self, room: RoomId, terms: InviteTerms) -> InviteSecret {
        let before = self.shown().invites.len();
        self.command(Command::Invite { room, terms });
        let shown = self.until("an invite", |shown| shown.invites.len() > before).await;
        InviteSecret::from_bytes(shown.invites[before].1)
    }

    /// Joins by an invite and waits until the room can be written in.
    pub async fn join(&self, room: RoomId, secret: &InviteSecret) {
        self.command(Command::Join { room, secret: secret.clone() });
        self.until("the joined room to be ready", |shown| shown.is_ready(room)).await;
    }
}

impl Drop for NativeClient {
    fn drop(&mut self) {
        self.task.abort();
    }
}
