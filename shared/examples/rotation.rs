//! What a rotation costs who starts it and who takes it, in rooms of 100, 500 and 1,000 devices, on this machine:
//!
//! ```text
//! cargo run --release -p igoon-shared --example rotation
//! ```
//!
//! An owner's client core removes a member (`start`: entries, envelopes and what is saved, up to the request), whose `append` has
//! so many bytes; another's core applies the entries (`fold`) and opens its envelope (`take`). All of them do so at once: the sum
//! (`all`) is how long nobody can write, besides what the network and the service's commit take. The members' RSA keys are four that are used again and again, since a thousand
//! would take a quarter of an hour to make; a wrap costs the same.
#![allow(clippy::print_stdout, reason = "figures for whoever runs it")]

use std::time::Instant;

use igoon_shared::{
    client::{
        Answer, Client, Command, Effect, Event, Identity, Input, Request,
        io::{InviteTerms, RecoveryChoice},
        keyring::Keyring,
    },
    crypto::{device::DeviceKeys, invite::InviteSecret, primitives::sha256},
    ids::{AccountId, DeviceId, Incarnation, InstallationId, NameHash, RoomId, Seq},
    log::{Action, EntryBody, HistoryRule, RoomState, SignedEntry, action::Joined},
    presence::Availability,
    protocol::{
        VERSION,
        bytes::Blob,
        codec,
        frames::{CommittedEntry, Item, Page, ServerFrame, StreamContent, StreamItem, Welcome},
        http::{Append, Appended, RoomKeys},
    },
    time::Timestamp,
};

const NOW: Timestamp = Timestamp(1_790_000_000_000);
const LIFE: Incarnation = Incarnation(1);
const RSA: [&[u8]; 4] = [
    include_bytes!("../tests/data/device_1.pk8"),
    include_bytes!("../tests/data/device_2.pk8"),
    include_bytes!("../tests/data/device_3.pk8"),
    include_bytes!("../tests/data/device_4.pk8"),
];

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    println!("devices  start    append      per device  fold     take     all");
    for devices in [100_u16, 500, 1_000] {
        let mut owner = Owner::new()?;
        let last = owner.let_in(devices - 1)?;
        owner.removes(last, devices)?;
    }
    Ok(())
}

fn identity(number: u16) -> Outcome<Identity> {
    let rsa = RSA.get(usize::from(number) % RSA.len()).ok_or("no such key")?;
    let keys = DeviceKeys::from_parts(rsa, &sha256(&number.to_be_bytes()))?;
    let mut id = [0; 16];
    id.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
    let (account, installation) = (AccountId::from_bytes(id), InstallationId::from_bytes(id));
    Ok(Identity::new(account, installation, format!("member{number}"), "computer".to_owned(), keys)?)
}

/// A room's owner, and the log as the service would have it.
struct Owner {
    client: Client,
    room: RoomId,
    log: RoomState,
    committed: u64,
    made: Option<InviteSecret>,
}

impl Owner {
    fn new() -> Outcome<Self> {
        let (mut client, _) = Client::open(identity(0)?, [], NOW)?;
        let device = client.identity().device();
        client.handle(NOW, Input::Connected);
        let welcome =
            Welcome { version: VERSION, time: NOW, device, rooms: vec![], availability: Availability::Available };
        client.handle(NOW, frame(ServerFrame::Welcome(welcome)));
        let (history, recovery) = (HistoryRule::AllRetained, RecoveryChoice::default());
        let wish = Command::CreateRoom { name: "Room".to_owned(), history, recovery };
        let (request, append) = asked(&client.handle(NOW, Input::Command(wish)))?;
        let mut entries = append.entries.iter();
        let (mut log, _) = RoomState::start(entries.next().ok_or("no entry")?)?;
        entries.try_for_each(|entry| log.apply(entry).map(drop))?;
        let mut owner = Self { client, room: log.room(), log, committed: 0, made: None };
        owner.answer(&request, &append)?;
        let items = owner.items(append.entries);
        let page = Page { room: owner.room, incarnation: LIFE, items, more: false, head: Seq(owner.committed) };
        owner.client.handle(NOW, frame(ServerFrame::Page(page)));
        Ok(owner)
    }

    /// Lets so many in; the last one's account.
    fn let_in(&mut self, members: u16) -> Outcome<AccountId> {
        let terms = InviteTerms { uses: u32::from(members), ..InviteTerms::default() };
        let wish = Command::Invite { room: self.room, terms };
        let (request, append) = asked(&self.client.handle(NOW, Input::Command(wish)))?;
        self.answer(&request, &append)?;
        self.commit(append.entries)?;
        let secret = self.made.clone().ok_or("no invite")?;
        let mut account = self.client.identity().account();
        for number in 1..=members {
            let member = identity(number)?;
            account = member.account();
            let joined = Action::Joined(Joined {
                account,
                bundle: member.bundle().signed().clone(),
                invite: secret.key(self.room),
                invite_signature: Blob(secret.sign_join(self.room, account, member.device()).to_vec()),
                handle: NameHash::from_bytes([1; 32]),
                device_name: NameHash::from_bytes([2; 32]),
            });
            let entry = EntryBody::after(self.room, self.log.head(), NOW, member.device(), joined).sign(member.keys());
            self.commit(vec![entry])?;
        }
        Ok(account)
    }

    fn removes(&mut self, account: AccountId, devices: u16) -> Outcome<()> {
        let begun = Instant::now();
        let effects = self.client.handle(NOW, Input::Command(Command::RemoveMember { room: self.room, account }));
        let started = begun.elapsed();
        let (request, append) = asked(&effects)?;
        let bytes = request.body.as_deref().map_or(0, <[u8]>::len);
        let begun = Instant::now();
        let mut after = self.log.clone();
        append.entries.iter().try_for_each(|entry| after.apply(entry).map(drop))?;
        let folded = begun.elapsed();
        let taker = identity(1)?;
        let mine = |device: DeviceId| {
            append.envelopes.iter().find(move |it| it.context().is_ok_and(|context| context.recipient == device))
        };
        let envelopes = mine(taker.device()).cloned().into_iter().collect();
        let begun = Instant::now();
        let taken =
            Keyring::default().take_in(&RoomKeys { envelopes, links: vec![] }, &after, taker.device(), taker.keys());
        let opened = begun.elapsed();
        println!(
            "{devices:>7}  {:>5.3} s  {:>8} B  {:>8} B  {:>4.1} ms  {:>4.1} ms  {:>5.3} s{}",
            started.as_secs_f64(),
            bytes,
            bytes / append.envelopes.len().max(1),
            folded.as_secs_f64() * 1_000.0,
            opened.as_secs_f64() * 1_000.0,
            (started + folded + opened).as_secs_f64(),
            if taken.learnt.is_empty() { "  (not taken!)" } else { "" },
        );
        Ok(())
    }

    fn answer(&mut self, request: &Request, append: &Append) -> Outcome<()> {
        let entries = append.entries.iter().map(|entry| Ok(entry.body()?.index));
        let entries: Outcome<Vec<_>> = entries.collect();
        let committed = |index| CommittedEntry { index, seq: Seq(index_of(index)) };
        let entries = entries?.into_iter().map(committed).collect();
        let body = serde_json::to_vec(&Appended { room: self.room, incarnation: LIFE, entries })?;
        let answer = Answer::Response { status: 200, body };
        for effect in self.client.handle(NOW, Input::Answer { request: request.id, answer }) {
            if let Effect::Notify(Event::InviteMade { secret, .. }) = effect {
                self.made = secret.secret();
            }
        }
        Ok(())
    }

    fn commit(&mut self, entries: Vec<SignedEntry>) -> Outcome<()> {
        entries.iter().try_for_each(|entry| self.log.apply(entry).map(drop))?;
        for item in self.items(entries) {
            let item = Item { room: self.room, incarnation: LIFE, item };
            self.client.handle(NOW, frame(ServerFrame::Item(item)));
        }
        Ok(())
    }

    fn items(&mut self, entries: Vec<SignedEntry>) -> Vec<StreamItem> {
        let items = entries.into_iter().map(|entry| {
            self.committed += 1;
            StreamItem { seq: Seq(self.committed), received_at: NOW, content: StreamContent::Log(entry) }
        });
        items.collect()
    }
}

/// In this room everything in the stream is an entry.
const fn index_of(index: igoon_shared::ids::LogIndex) -> u64 {
    index.0 + 1
}

fn frame(frame: ServerFrame) -> Input {
    Input::Frame(codec::encode(&frame))
}

/// The append that a client asks for.
fn asked(effects: &[Effect]) -> Outcome<(Request, Append)> {
    let request = effects.iter().find_map(|effect| match effect {
        Effect::Request(request) if request.path.ends_with("/rooms") || request.path.ends_with("/log") => Some(request),
        _ => None,
    });
    let request = request.ok_or("it asks for nothing")?.clone();
    let append = serde_json::from_slice(request.body.as_deref().unwrap_or_default())?;
    Ok((request, append))
}
