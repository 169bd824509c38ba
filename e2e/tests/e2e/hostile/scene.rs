//! Who is there: an owner and a member who talk honestly, and Mallory, a member with keys of her own and no page.

use igoon_e2e::{
    account::Session,
    database::Kind,
    native::{NativeClient, Records, now},
    server::TestServer,
};
use igoon_shared::{
    client::{
        Client, Command, Identity,
        io::{Body, RecoveryChoice},
    },
    crypto::{
        SUITE,
        device::DeviceKeys,
        epoch::EpochKey,
        invite::InviteSecret,
        message::{Cursor, MessageHeader, MessageKind, SealedMessage},
        system_rng,
    },
    ids::{MessageId, RoomId, SessionTag},
    log::{HistoryRule, RoomState, SignedEntry},
    protocol::codec,
};

use super::noise::Noise;

/// Without limits of pace: what is tested here is what gets past them.
pub const UNPACED: [&str; 8] = [
    "--frames-per-second",
    "1000000",
    "--frames-burst",
    "1000000",
    "--requests-per-minute",
    "10000000",
    "--requests-burst",
    "1000000",
];

pub struct Scene {
    pub server: TestServer,
    pub owner: NativeClient,
    member: NativeClient,
    pub mallory: Mallory,
    /// Where all three are. Only what is written after somebody joined is shown to them, so that earlier epochs are closed.
    pub ours: RoomId,
    /// Where the owner is alone.
    pub theirs: RoomId,
    /// An invite to `ours` that is open.
    pub invite: InviteSecret,
    said: usize,
}

/// A member who uses no client of ours.
pub struct Mallory {
    pub session: Session,
    pub identity: Identity,
    pub key: EpochKey,
    pub log: RoomState,
    /// The room's log, and how far its stream went.
    pub entries: Vec<SignedEntry>,
    pub seen: Cursor,
    counter: u64,
}

impl Scene {
    pub async fn build(kind: Kind, flags: &[&str]) -> Self {
        let server = TestServer::start_with(kind, flags).await;
        let owner = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
        let ours = make_room(&owner, "Ours", HistoryRule::FromJoining).await;
        let theirs = make_room(&owner, "Theirs", HistoryRule::AllRetained).await;
        let invite = owner.invite(ours, 5).await;
        let member = Session::sign_up(&server, ours, &invite, "grace").await.unwrap();
        let member = NativeClient::start(member).await;
        member.join(ours, &invite).await;

        let session = Session::sign_up(&server, ours, &invite, "mallory").await.unwrap();
        // The clients of a process share their keys; who writes as others must have other ones.
        let identity = session.register_keys(DeviceKeys::generate(&mut system_rng()).unwrap()).await;
        let record = identity.to_record().unwrap().to_vec();
        let client = NativeClient::resume(session, record, Records::new());
        client.join(ours, &invite).await;
        owner.until("all three to be there", |shown| shown.rooms[&ours].members.len() == 3).await;
        let (session, record, records) = client.crash().await;
        let mallory = Mallory::new(session, &record, &records, ours);
        Self { server, owner, member, mallory, ours, theirs, invite, said: 0 }
    }

    /// The honest two exchange a message each.
    pub async fn talk(&mut self) {
        self.said += 1;
        let said = self.said;
        for (from, to) in [(&self.owner, &self.member), (&self.member, &self.owner)] {
            let text = format!("honest {said} by {}", from.session().handle);
            from.send(self.ours, &text);
            let arrived = |shown: &igoon_e2e::native::Shown| {
                shown.in_room(self.ours).any(|view| matches!(&view.body, Body::Text(shown) if *shown == text))
            };
            to.until(&text, arrived).await;
        }
        for client in [&self.owner, &self.member] {
            assert_eq!(client.shown().failures, [], "{}", client.session().handle);
        }
    }
}

impl Mallory {
    fn new(session: Session, record: &[u8], records: &Records, room: RoomId) -> Self {
        let identity = Identity::from_record(record).unwrap();
        let (core, _) = Client::open(Identity::from_record(record).unwrap(), records.clone(), now()).unwrap();
        let known = core.room(room).unwrap();
        let log = known.log().unwrap().clone();
        let key = &records[&format!("room/{room}/key/{:020}", log.current_epoch().0)];
        let entries = records.range(format!("room/{room}/entry/")..format!("room/{room}/entry0"));
        let entries = entries.map(|(_, record)| codec::decode(record).unwrap()).collect();
        let (key, seen) = (EpochKey::from_slice(key).unwrap(), known.cursor());
        Self { session, identity, key, log, entries, seen, counter: 0 }
    }

    /// What an honest client would send next, but for what `spoil` does to its header.
    pub fn message(
        &mut self,
        noise: &mut Noise,
        plaintext: usize,
        spoil: impl FnOnce(&mut MessageHeader),
    ) -> SealedMessage {
        let mut header = MessageHeader {
            suite: SUITE,
            room: self.log.room(),
            epoch: self.log.current_epoch(),
            key_id: self.key.key_id(),
            device: self.identity.device(),
            session: SessionTag::from_bytes([7; 16]),
            counter: self.counter,
            message_id: MessageId::from_bytes(noise.array()),
            kind: MessageKind::TEXT,
            target: None,
            sent_at: now(),
            seen: self.seen,
            log_head: self.log.head(),
            previous: None,
        };
        spoil(&mut header);
        self.counter += 1;
        SealedMessage::seal(self.identity.keys(), &self.key, &header, &noise.bytes(plaintext)).unwrap()
    }
}

async fn make_room(owner: &NativeClient, name: &str, history: HistoryRule) -> RoomId {
    let before = owner.shown().entered.len();
    owner.command(Command::CreateRoom { name: name.to_owned(), history, recovery: RecoveryChoice::default() });
    let room = owner.until(name, |shown| shown.entered.len() > before).await.entered[before];
    owner.until("the room to be ready", |shown| shown.is_ready(room)).await;
    room
}
