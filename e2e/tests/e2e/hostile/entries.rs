//! Hostile appends to a room's log: replayed, of other authors, off the chain, with keys for the wrong computers.

use igoon_e2e::native::now;
use igoon_shared::{
    client::Identity,
    crypto::{
        envelope::{Envelope, EnvelopeReason},
        epoch::{EpochKey, SealedKey},
        invite::InviteSecret,
        system_rng,
    },
    ids::{DeviceId, EntryHash, Epoch, LogIndex, RoomId},
    log::{
        Action, Author, EntryBody, EpochReason, HistoryRule, Role, SignedEntry,
        action::{Created, EpochStarted, Invited},
    },
    protocol::{
        bytes::Blob,
        error::ErrorCode,
        frames::OpenName,
        http::{Append, Appended, EpochLink},
        limits,
    },
    time::Timestamp,
};
use reqwest::Method;

use super::{
    noise::Noise,
    pack::Value,
    scene::{Mallory, Scene},
};

/// An append and its answer.
#[derive(Debug)]
pub struct Attack {
    pub name: &'static str,
    pub room: RoomId,
    pub append: Append,
    /// Where the entries stood when they were new, or why they are refused.
    expected: Result<LogIndex, ErrorCode>,
}

fn bare(entries: Vec<SignedEntry>) -> Append {
    Append { entries, envelopes: vec![], link: None, names: vec![], invite_key: None }
}

impl Mallory {
    /// The entry that she could append next, but for what `spoil` does to it.
    fn entry(&self, action: Action, spoil: impl FnOnce(&mut EntryBody)) -> SignedEntry {
        let mut body = EntryBody::after(self.log.room(), self.log.head(), now(), self.identity.device(), action);
        spoil(&mut body);
        body.sign(self.identity.keys())
    }

    /// Signs what is no entry body.
    fn signed(&self, entry: Vec<u8>) -> SignedEntry {
        // The signature of other bytes: what cannot be read is refused before anybody verifies it.
        SignedEntry { entry: Blob(entry), signature: self.entry(start(Epoch(0), &self.key), |_| {}).signature }
    }

    /// One envelope for each computer of the room.
    fn envelopes(&self, key: &EpochKey, epoch: Epoch) -> Vec<Envelope> {
        let devices = self.log.entitled_devices();
        devices.map(|(_, device)| self.envelope(key, epoch, &device.bundle, self.identity.device())).collect()
    }

    fn envelope(
        &self,
        key: &EpochKey,
        epoch: Epoch,
        to: &igoon_shared::crypto::bundle::Bundle,
        from: DeviceId,
    ) -> Envelope {
        let (keys, room, reason) = (self.identity.keys(), self.log.room(), EnvelopeReason::EpochStart);
        Envelope::wrap(keys, from, room, epoch, key, to, reason, &mut system_rng()).unwrap()
    }
}

fn start(epoch: Epoch, key: &EpochKey) -> Action {
    Action::EpochStarted(EpochStarted { epoch, key_id: key.key_id(), reason: EpochReason::Age })
}

fn invited(noise: &mut Noise) -> Action {
    let invite = InviteSecret::from_bytes(noise.array()).key(RoomId::from_bytes([1; 32]));
    Action::Invited(Invited { invite, role: Role::Owner, uses: u32::MAX, expires_at: Timestamp(i64::MAX) })
}

/// Draws an append.
pub fn draw(scene: &Scene, noise: &mut Noise) -> Attack {
    match noise.below(3) {
        0 => misshapen(scene, noise),
        1 => off_the_chain(scene, noise),
        _ => badly_keyed(scene, noise),
    }
}

/// Entries that cannot be read, or not by this version.
fn misshapen(scene: &Scene, noise: &mut Noise) -> Attack {
    let (mallory, room) = (&scene.mallory, scene.ours);
    let sound = mallory.entry(start(mallory.log.current_epoch().next(), &mallory.key), |_| {}).entry.0;
    let (name, entries, code) = match noise.below(9) {
        0 => ("no entries", vec![], ErrorCode::Malformed),
        1 => ("too many entries", vec![mallory.entries[0].clone(); limits::APPEND_ENTRIES + 1], ErrorCode::TooLarge),
        2 => {
            let size = limits::LOG_ENTRY + 1 + noise.below(5_000);
            ("an entry too large", vec![mallory.signed(noise.bytes(size))], ErrorCode::TooLarge)
        }
        3 => {
            let entry = sound[..noise.below(sound.len())].to_vec();
            ("an entry cut off", vec![mallory.signed(entry)], ErrorCode::Malformed)
        }
        4 => {
            // The same in another form: every number in nine bytes, every length in five.
            let entry = Value::parse(&sound).write();
            ("an entry in another form", vec![mallory.signed(entry)], ErrorCode::Malformed)
        }
        5 => {
            let entry = [&sound[..1], &b"\xa7unknown\x01"[..], &sound[1..]].concat();
            let entry = [vec![entry[0] + 1], entry[1..].to_vec()].concat();
            ("an entry with an unknown field", vec![mallory.signed(entry)], ErrorCode::UnknownFormat)
        }
        6 => {
            let kind = sound.windows(13).position(|window| window == b"epoch_started").unwrap();
            let mut entry = sound;
            entry[kind..kind + 13].copy_from_slice(b"epoch_stopped");
            ("an entry of an unknown kind", vec![mallory.signed(entry)], ErrorCode::UnknownFormat)
        }
        7 => {
            let Value::Map(mut fields) = Value::parse(&sound) else { unreachable!("an entry is a map") };
            let twice = fields[noise.below(fields.len())].clone();
            fields.push(twice);
            ("an entry with a field twice", vec![mallory.signed(Value::Map(fields).write())], ErrorCode::Malformed)
        }
        _ => {
            let pretended = [&[*noise.pick(&[0xdb, 0xc6, 0xdd, 0xdf])][..], &u32::MAX.to_be_bytes(), &sound].concat();
            ("an entry that declares 4 GiB", vec![mallory.signed(pretended)], ErrorCode::Malformed)
        }
    };
    Attack { name, room, append: bare(entries), expected: Err(code) }
}

/// Well-formed entries where or by whom they must not be.
fn off_the_chain(scene: &Scene, noise: &mut Noise) -> Attack {
    let (mallory, mut room) = (&scene.mallory, scene.ours);
    let action = invited(noise);
    let me = mallory.identity.device();
    let (name, entry, expected) = match noise.below(12) {
        0 | 1 => {
            let mine: Vec<&SignedEntry> = mallory
                .entries
                .iter()
                .filter(|entry| entry.body().is_ok_and(|body| body.author == Author::Device(me)))
                .collect();
            let entry = (*noise.pick(&mine)).clone();
            let index = entry.body().unwrap().index;
            ("an entry replayed", entry, Ok(index))
        }
        2 => {
            let others: Vec<&SignedEntry> = mallory
                .entries
                .iter()
                .filter(|entry| entry.body().is_ok_and(|body| body.author != Author::Device(me)))
                .collect();
            ("somebody else's entry replayed", (*noise.pick(&others)).clone(), Err(ErrorCode::Forbidden))
        }
        3 => {
            let devices: Vec<DeviceId> = mallory.log.entitled_devices().map(|(device, _)| *device).collect();
            let other = *noise.pick(&devices.into_iter().filter(|device| *device != me).collect::<Vec<_>>());
            let author = *noise.pick(&[Author::Device(other), Author::Service]);
            ("an entry as somebody else", mallory.entry(action, |body| body.author = author), Err(ErrorCode::Forbidden))
        }
        4 => {
            let index = LogIndex(*noise.pick(&[0, 1, mallory.log.head().index.0, u64::MAX, u64::MAX - 1]));
            ("an entry at another place", mallory.entry(action, |body| body.index = index), Err(ErrorCode::LogConflict))
        }
        5 => {
            let previous = *noise.pick(&[None, Some(EntryHash::from_bytes([3; 32]))]);
            let entry = mallory.entry(action, |body| body.previous = previous);
            ("an entry after another one", entry, Err(ErrorCode::LogConflict))
        }
        6 => {
            let off = *noise.pick(&[i64::MIN, i64::MAX, now().0 - 301_000, now().0 + 330_000, 0, -1]);
            (
                "an entry of another time",
                mallory.entry(action, |body| body.at = Timestamp(off)),
                Err(ErrorCode::ClockSkew),
            )
        }
        7 => {
            let mut entry = mallory.entry(action, |_| {});
            let place = noise.below(entry.signature.0.len());
            entry.signature.0[place] ^= 1 << noise.below(8);
            ("a signature that does not match", entry, Err(ErrorCode::BadEntry))
        }
        8 => {
            let mut entry = mallory.entry(action, |_| {});
            let length = *noise.pick(&[0, 1, 63, 65, 5_000]);
            entry.signature = Blob(noise.bytes(length));
            ("a signature of another length", entry, Err(ErrorCode::BadEntry))
        }
        9 => {
            let elsewhere = *noise.pick(&[scene.theirs, RoomId::from_bytes([4; 32])]);
            let entry = mallory.entry(action, |body| body.room = Some(elsewhere));
            ("an entry of another room", entry, Err(ErrorCode::BadEntry))
        }
        10 => ("an invite by who may not invite", mallory.entry(action, |_| {}), Err(ErrorCode::BadEntry)),
        _ => {
            let nowhere = RoomId::from_bytes(noise.array());
            room = *noise.pick(&[scene.theirs, nowhere]);
            let code = if room == scene.theirs { ErrorCode::LogConflict } else { ErrorCode::NotFound };
            ("an entry for a foreign room", mallory.entry(action, |_| {}), Err(code))
        }
    };
    Attack { name, room, append: bare(vec![entry]), expected }
}

/// Epoch starts whose keys are not exactly for the room's computers, and things beside entries that do not belong there.
fn badly_keyed(scene: &Scene, noise: &mut Noise) -> Attack {
    let (mallory, room) = (&scene.mallory, scene.ours);
    let key = EpochKey::from_slice(&noise.bytes(32)).unwrap();
    let epoch = mallory.log.current_epoch().next();
    let mut append = bare(vec![mallory.entry(start(epoch, &key), |_| {})]);
    append.envelopes = mallory.envelopes(&key, epoch);
    let count = append.envelopes.len();
    let bundle = |mallory: &Mallory| mallory.identity.bundle().clone();
    let sealed = SealedKey { salt: Blob(vec![0; 16]), ciphertext: Blob(vec![0; 48]) };
    let (name, code) = match noise.below(12) {
        0 => {
            append.envelopes.remove(noise.below(count));
            ("a computer without a key", ErrorCode::BadEnvelopes)
        }
        1 => {
            let twice = append.envelopes[noise.below(count)].clone();
            append.envelopes.push(twice);
            ("a computer with two keys", ErrorCode::BadEnvelopes)
        }
        2 => {
            let place = noise.below(count);
            append.envelopes[place] = append.envelopes[(place + 1) % count].clone();
            ("a key for somebody else instead", ErrorCode::BadEnvelopes)
        }
        3 => {
            let place = noise.below(count);
            append.envelopes[place].signature = Blob(noise.bytes(64));
            ("an envelope whose signature does not match", ErrorCode::BadEnvelopes)
        }
        4 => {
            append.envelopes[noise.below(count)] =
                mallory.envelope(&key, epoch, &bundle(mallory), DeviceId::from_bytes([5; 32]));
            ("an envelope by somebody else", ErrorCode::BadEnvelopes)
        }
        5 => {
            append.envelopes = mallory.envelopes(&key, epoch.next());
            ("envelopes of another epoch", ErrorCode::BadEnvelopes)
        }
        6 => {
            append.envelopes = mallory.envelopes(&mallory.key, epoch);
            ("envelopes of another key", ErrorCode::BadEnvelopes)
        }
        7 => {
            let place = noise.below(count);
            let size = *noise.pick(&[0, 1, 383, 385, 9_000]);
            append.envelopes[place].ciphertext = Blob(noise.bytes(size));
            ("an envelope of another size", ErrorCode::BadEnvelopes)
        }
        8 => {
            let jump = Epoch(*noise.pick(&[0, 1, epoch.0 + 1, u64::MAX]));
            append.entries = vec![mallory.entry(start(jump, &key), |_| {})];
            ("an epoch that is not next", ErrorCode::BadEntry)
        }
        9 => {
            append.envelopes.clear();
            append.link = Some(EpochLink { epoch: mallory.log.current_epoch(), sealed });
            ("no envelopes at all", ErrorCode::BadEnvelopes)
        }
        10 => {
            append.link = Some(EpochLink { epoch: mallory.log.current_epoch(), sealed });
            ("a link where history is not shared", ErrorCode::Invalid)
        }
        _ => {
            append.names = vec![OpenName { random: Blob(noise.bytes(32)), name: "Mallory's".to_owned() }];
            ("a name that stands nowhere", ErrorCode::Invalid)
        }
    };
    Attack { name, room, append, expected: Err(code) }
}

/// Appends and looks at the answer.
pub async fn attack(scene: &Scene, attack: &Attack) -> Result<(), String> {
    let path = format!("/rooms/{}/log", attack.room);
    let answer = scene.mallory.session.call::<Appended>(Method::POST, &path, Some(&attack.append)).await;
    let answer = match answer {
        Ok(appended) => Ok(appended.entries.first().map(|entry| entry.index).ok_or("no places")?),
        Err((_, code)) => Err(code),
    };
    if answer == attack.expected { Ok(()) } else { Err(format!("{answer:?} instead of {:?}", attack.expected)) }
}

/// An append that would make a room, but starts no epoch.
pub fn no_room(author: &Identity) -> Append {
    let name = |text| OpenName::new(text, &mut system_rng()).hash().unwrap();
    let created = Action::Created(Created {
        random: Blob(EpochKey::random(&mut system_rng()).expose().to_vec()),
        account: author.account(),
        bundle: author.bundle().signed().clone(),
        room_name: name("Nowhere"),
        handle: name("ada"),
        device_name: name("computer"),
        history: HistoryRule::AllRetained,
    });
    bare(vec![EntryBody::first(now(), author.device(), created).sign(author.keys())])
}
