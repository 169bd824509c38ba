mod people;
pub(in crate::actors::room) mod recovery;

use std::sync::LazyLock;

use igoon_shared::{
    crypto::{
        bundle::Bundle,
        device::DeviceKeys,
        envelope::{Envelope, EnvelopeReason},
        epoch::{EpochKey, SealedKey, SealingSecret},
        invite::InviteSecret,
        system_rng,
    },
    ids::{AccountId, InstallationId, NameHash},
    log::{
        HistoryRule, Role,
        action::{Created, Invited, Joined, Renamed},
    },
    protocol::{bytes::Blob, frames::OpenName, http::EpochLink},
};
use rand_core::Rng as _;

use super::*;

pub(in crate::actors::room) const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// Making an RSA pair takes a second; the devices differ in their Ed25519 keys.
static RSA: LazyLock<Vec<u8>> =
    LazyLock::new(|| DeviceKeys::generate(&mut system_rng()).unwrap().to_parts().unwrap().0.to_vec());

/// No backup was ever restored.
impl From<Timestamp> for Times {
    fn from(now: Timestamp) -> Self {
        Self { now, restored_at: None }
    }
}

struct Person {
    keys: DeviceKeys,
    bundle: Bundle,
}

impl Person {
    fn new() -> Self {
        let mut seed = [0; 32];
        system_rng().fill_bytes(&mut seed);
        let keys = DeviceKeys::from_parts(&RSA, &seed).unwrap();
        let (account, installation) = (AccountId::random(&mut system_rng()), InstallationId::random(&mut system_rng()));
        let bundle = Bundle::verify(&keys.bundle(account, installation).unwrap()).unwrap();
        Self { keys, bundle }
    }

    fn device(&self) -> DeviceId {
        self.bundle.device()
    }

    fn caller(&self) -> Caller {
        Caller { device: self.device(), handle: HANDLE.to_owned(), confirmed: true, brings_lost: false }
    }

    fn entry(&self, state: &RoomState, at: Timestamp, action: Action) -> SignedEntry {
        EntryBody::after(state.room(), state.head(), at, self.device(), action).sign(&self.keys)
    }

    fn wrap(&self, state: &RoomState, epoch: Epoch, key: &EpochKey, to: &Bundle) -> Envelope {
        let reason = EnvelopeReason::EpochStart;
        Envelope::wrap(&self.keys, self.device(), state.room(), epoch, key, to, reason, &mut system_rng()).unwrap()
    }

    /// Adds the start of the next epoch to an append; gives its key.
    fn start_epoch(&self, state: &mut RoomState, append: &mut Append, reason: EpochReason) -> EpochKey {
        let (key, epoch) = (EpochKey::random(&mut system_rng()), state.current_epoch().next());
        let entry = self.entry(state, NOW, Action::EpochStarted(EpochStarted { epoch, key_id: key.key_id(), reason }));
        state.apply(&entry).unwrap();
        append.entries.push(entry);
        let envelopes = state.entitled_devices().map(|(_, device)| self.wrap(state, epoch, &key, &device.bundle));
        append.envelopes = envelopes.collect();
        if let Some(holder) = state.holder() {
            let (room, by, mut rng) = (state.room(), self.device(), system_rng());
            let escrow = Envelope::escrow(&self.keys, by, room, epoch, &key, &holder, &mut rng);
            append.envelopes.push(escrow.unwrap());
        }
        key
    }

    fn make_room(&self, history: HistoryRule) -> (RoomState, Append, OpenName) {
        let room_name = OpenName::new("room", &mut system_rng());
        let created = Created {
            random: Blob(vec![1; 32]),
            account: self.bundle.account(),
            bundle: self.bundle.signed().clone(),
            room_name: room_name.hash().unwrap(),
            handle: open_handle().hash().unwrap(),
            device_name: name(),
            history,
        };
        let first = EntryBody::first(NOW, self.device(), Action::Created(created)).sign(&self.keys);
        let (mut state, _) = RoomState::start(&first).unwrap();
        let mut append = empty();
        append.names.push(open_handle());
        append.entries.push(first);
        self.start_epoch(&mut state, &mut append, EpochReason::RoomCreated);
        (state, append, room_name)
    }

    fn joining(&self, state: &RoomState, link: &InviteSecret) -> SignedEntry {
        let account = self.bundle.account();
        let joined = Joined {
            account,
            bundle: self.bundle.signed().clone(),
            invite: link.key(state.room()),
            invite_signature: Blob(link.sign_join(state.room(), account, self.device()).to_vec()),
            handle: open_handle().hash().unwrap(),
            device_name: name(),
        };
        self.entry(state, NOW, Action::Joined(joined))
    }
}

const HANDLE: &str = "ada";

/// The handle of everybody here, as it lies beside a log.
fn open_handle() -> OpenName {
    OpenName { random: Blob(vec![9; 32]), name: HANDLE.to_owned() }
}

fn name() -> NameHash {
    NameHash::random(&mut system_rng())
}

fn empty() -> Append {
    Append { entries: Vec::new(), envelopes: Vec::new(), link: None, names: Vec::new(), invite_key: None }
}

/// The append of a joining alone.
fn joins(entry: SignedEntry) -> Append {
    Append { entries: vec![entry], names: vec![open_handle()], ..empty() }
}

/// Judges, and commits what is new.
fn commit(log: &mut Option<Log>, by: &Person, append: Append) -> Box<Accepted> {
    let Ok(Judged::New(accepted)) = judge(log.as_ref(), &by.caller(), append, NOW.into()) else {
        panic!("not accepted")
    };
    let mut committed = log.take().map_or_else(Vec::new, |log| log.committed);
    for entry in &accepted.append.entries {
        committed.push((entry.hash, Seq(committed.len() as u64 + 1)));
    }
    *log = Some(Log { state: accepted.after.clone(), committed });
    accepted
}

fn refusal(log: &Log, by: &Person, append: &Append) -> ErrorCode {
    match judge(Some(log), &by.caller(), append.clone(), NOW.into()) {
        Err(refusal) => refusal.code,
        Ok(_) => panic!("accepted"),
    }
}

fn refused(judged: Result<Judged, Refusal>) -> Option<ErrorCode> {
    judged.err().map(|refusal| refusal.code)
}

/// A room with its log, its owner and an open invite of two uses.
fn room(history: HistoryRule) -> (Person, Log, InviteSecret) {
    let owner = Person::new();
    let mut log = None;
    let (mut state, append, _) = owner.make_room(history);
    commit(&mut log, &owner, append);
    let link = InviteSecret::random(&mut system_rng());
    let invited =
        Invited { invite: link.key(state.room()), role: Role::Member, uses: 2, expires_at: NOW.plus_millis(1_000) };
    let entry = owner.entry(&state, NOW, Action::Invited(invited));
    state.apply(&entry).unwrap();
    commit(&mut log, &owner, Append { entries: vec![entry], ..empty() });
    (owner, log.unwrap(), link)
}

#[test]
fn a_new_room_has_its_owner_one_device_and_one_envelope() {
    let owner = Person::new();
    let (state, mut append, room_name) = owner.make_room(HistoryRule::AllRetained);
    append.names.push(room_name);
    let mut log = None;
    let accepted = commit(&mut log, &owner, append);
    assert_eq!(accepted.room, state.room());
    let new = &accepted.append;
    assert_eq!((new.after, new.entries.len(), new.envelopes.len(), new.names.len()), (None, 2, 1, 2));
    assert_eq!((new.current_epoch, new.oldest_open_epoch), (Epoch(1), Epoch(1)));
    assert_eq!(
        new.members.iter().map(|row| (row.account, row.role)).collect::<Vec<_>>(),
        [(owner.bundle.account(), Some(Role::Owner))]
    );
    assert!(new.devices.iter().all(|row| row.device == owner.device() && row.entitled));
}

#[test]
fn a_room_begins_with_created_and_the_first_epoch() {
    let owner = Person::new();
    let (_, append, _) = owner.make_room(HistoryRule::AllRetained);
    let judged = |append: Append| refused(judge(None, &owner.caller(), append, NOW.into()));
    let alone = Append { entries: append.entries[..1].to_vec(), ..empty() };
    assert_eq!(judged(alone), Some(ErrorCode::BadEntry));
    let second = Append { entries: append.entries[1..].to_vec(), ..append.clone() };
    assert_eq!(judged(second), Some(ErrorCode::NotFound));
    assert_eq!(judged(empty()), Some(ErrorCode::Malformed));
    assert_eq!(judged(Append { entries: vec![append.entries[0].clone(); 17], ..append }), Some(ErrorCode::TooLarge));
}

#[test]
fn a_joining_changes_members_devices_and_the_invite() {
    let (_, log, link) = room(HistoryRule::AllRetained);
    let newcomer = Person::new();
    let append = joins(newcomer.joining(&log.state, &link));
    let accepted = commit(&mut Some(log.clone()), &newcomer, append);
    let new = &accepted.append;
    assert_eq!(new.after, Some(log.state.head()));
    assert_eq!(new.members.iter().map(|row| row.account).collect::<Vec<_>>(), [newcomer.bundle.account()]);
    assert_eq!(new.devices.iter().map(|row| row.device).collect::<Vec<_>>(), [newcomer.device()]);
    assert_eq!(new.invites.iter().map(|row| row.uses_left).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_repeated_append_is_answered_before_its_time_is_looked_at() {
    let (owner, log, _) = room(HistoryRule::AllRetained);
    let mut append = empty();
    owner.start_epoch(&mut log.state.clone(), &mut append, EpochReason::Age);
    let mut after = Some(log);
    commit(&mut after, &owner, append.clone());
    let much_later = NOW.plus_millis(1_000_000_000);
    let Ok(Judged::Repeated(places)) = judge(after.as_ref(), &owner.caller(), append.clone(), much_later.into()) else {
        panic!("not known again")
    };
    assert_eq!(places, [CommittedEntry { index: LogIndex(3), seq: Seq(4) }]);
    // Only by the device that made it.
    assert_eq!(
        refused(judge(after.as_ref(), &Person::new().caller(), append, much_later.into())),
        Some(ErrorCode::Forbidden)
    );
}

#[test]
fn what_continues_another_head_conflicts() {
    let (owner, log, _) = room(HistoryRule::AllRetained);
    let mut append = empty();
    owner.start_epoch(&mut log.state.clone(), &mut append, EpochReason::Age);
    let mut other = empty();
    owner.start_epoch(&mut log.state.clone(), &mut other, EpochReason::Age);
    let mut after = Some(log);
    commit(&mut after, &owner, append);
    assert_eq!(refusal(&after.unwrap(), &owner, &other), ErrorCode::LogConflict);
}

#[test]
fn after_a_restore_a_room_takes_what_it_lacks_from_whoever_has_it_and_for_ten_minutes_nothing_else() {
    let (owner, log, link) = room(HistoryRule::AllRetained);
    let newcomer = Person::new();
    let lost = joins(newcomer.joining(&log.state, &link));
    let judged = |by: &Person, brings_lost: bool, after_ms: i64, restored_at: Option<Timestamp>| {
        let caller = Caller { brings_lost, handle: "another".to_owned(), ..by.caller() };
        judge(Some(&log), &caller, lost.clone(), Times { now: NOW.plus_millis(after_ms), restored_at }).err()
    };
    let (hour, restored) = (3_600_000, Some(NOW.plus_millis(60_000)));
    assert_eq!(judged(&owner, true, hour, restored), None, "an entry of somebody else, an hour old");
    assert_eq!(judged(&owner, true, hour, None), Some(ErrorCode::Forbidden.into()), "nothing was restored");
    assert_eq!(
        judged(&Person::new(), true, hour, restored),
        Some(ErrorCode::Forbidden.into()),
        "not in the room after it"
    );
    let long_before = Some(NOW.plus_millis(-hour));
    assert_eq!(judged(&owner, true, 0, long_before), Some(ErrorCode::ClockSkew.into()), "made after the restoring");
    let last_ms = 60_000 + 10 * 60_000 - 1;
    assert_eq!(judged(&newcomer, false, 120_000, restored), Some(Refusal::later(9 * 60_000)), "what is new waits");
    assert_eq!(judged(&newcomer, false, last_ms, restored), Some(Refusal::later(1)), "a moment is left");
    let after = judged(&newcomer, false, last_ms + 1, restored).unwrap();
    assert_ne!(after.code, ErrorCode::RetryLater, "it is over");
}

#[test]
fn clocks_may_be_five_minutes_off() {
    let (owner, log, _) = room(HistoryRule::AllRetained);
    let judged = |off: i64| {
        let mut state = log.state.clone();
        let mut append = empty();
        let key = owner.start_epoch(&mut state, &mut append, EpochReason::Age);
        let started = EpochStarted { epoch: Epoch(2), key_id: key.key_id(), reason: EpochReason::Age };
        append.entries = vec![owner.entry(&log.state, NOW.plus_millis(off), Action::EpochStarted(started))];
        refused(judge(Some(&log), &owner.caller(), append, NOW.into()))
    };
    for good in [0, 300_000, -300_000] {
        assert_eq!(judged(good), None);
    }
    for bad in [300_001, -300_001, i64::MAX, i64::MIN] {
        assert_eq!(judged(bad), Some(ErrorCode::ClockSkew));
    }
}

#[test]
fn who_is_not_permitted_is_refused() {
    let (_, log, link) = room(HistoryRule::AllRetained);
    let stranger = Person::new();
    let started = |by: &Person| {
        let key_id = EpochKey::random(&mut system_rng()).key_id();
        let action = Action::EpochStarted(EpochStarted { epoch: Epoch(2), key_id, reason: EpochReason::Age });
        Append { entries: vec![by.entry(&log.state, NOW, action)], ..empty() }
    };
    assert_eq!(refusal(&log, &stranger, &started(&stranger)), ErrorCode::BadEntry);
    // A link of another room.
    let other = InviteSecret::random(&mut system_rng());
    let append = joins(stranger.joining(&log.state, &other));
    assert_eq!(refusal(&log, &stranger, &append), ErrorCode::InviteNotValid);
    // Joining with a signature for somebody else.
    let mut append = joins(stranger.joining(&log.state, &link));
    append.entries[0].signature = stranger.joining(&log.state, &other).signature;
    assert_eq!(refusal(&log, &stranger, &append), ErrorCode::BadEntry);
}

#[test]
fn envelopes_are_exactly_one_for_each_entitled_device() {
    let (owner, log, link) = room(HistoryRule::AllRetained);
    let newcomer = Person::new();
    let mut log = Some(log);
    let joining = newcomer.joining(&log.as_ref().unwrap().state, &link);
    commit(&mut log, &newcomer, joins(joining));
    let log = log.unwrap();
    let mut state = log.state.clone();
    let mut append = empty();
    let key = owner.start_epoch(&mut state, &mut append, EpochReason::Age);
    assert!(judge(Some(&log), &owner.caller(), append.clone(), NOW.into()).is_ok());

    type Change<'a> = &'a dyn Fn(&mut Vec<Envelope>);
    let with = |change: Change<'_>| {
        let mut append = append.clone();
        change(&mut append.envelopes);
        refusal(&log, &owner, &append)
    };
    let other_key = EpochKey::random(&mut system_rng());
    let stranger = Person::new();
    let cases: [(&str, Change<'_>); 9] = [
        ("none", &|all| all.clear()),
        ("one too few", &|all| drop(all.pop())),
        ("one twice", &|all| all[0] = all[1].clone()),
        ("one too many", &|all| all.push(all[0].clone())),
        ("for a stranger", &|all| all[0] = owner.wrap(&state, Epoch(2), &key, &stranger.bundle)),
        ("another epoch", &|all| all[0] = owner.wrap(&state, Epoch(3), &key, &owner.bundle)),
        ("another key", &|all| all[0] = owner.wrap(&state, Epoch(2), &other_key, &owner.bundle)),
        ("another wrapper", &|all| {
            all.clear();
            all.extend([&owner, &newcomer].map(|to| newcomer.wrap(&state, Epoch(2), &key, &to.bundle)));
        }),
        ("a damaged ciphertext", &|all| all[0].ciphertext.0[9] ^= 1),
    ];
    for (what, change) in cases {
        assert_eq!(with(change), ErrorCode::BadEnvelopes, "{what}");
    }
    // Without an epoch there are none.
    let stray = Append { envelopes: append.envelopes, ..joins(stranger.joining(&log.state, &link)) };
    assert_eq!(refusal(&log, &stranger, &stray), ErrorCode::BadEnvelopes);
}

#[test]
fn two_epochs_need_two_appends() {
    let (owner, log, _) = room(HistoryRule::AllRetained);
    let mut state = log.state.clone();
    let mut append = empty();
    owner.start_epoch(&mut state, &mut append, EpochReason::Age);
    owner.start_epoch(&mut state, &mut append, EpochReason::Age);
    assert_eq!(refusal(&log, &owner, &append), ErrorCode::BadEnvelopes);
}

#[test]
fn a_link_leads_from_the_new_epoch_to_the_one_before_where_history_is_shared() {
    let judged = |history, link_epoch| {
        let (owner, log, _) = room(history);
        let mut state = log.state.clone();
        let mut append = empty();
        let key = owner.start_epoch(&mut state, &mut append, EpochReason::Age);
        let before = EpochKey::random(&mut system_rng());
        let secret = SealingSecret::NextEpoch(&key);
        let sealed = SealedKey::seal(secret, state.room(), link_epoch, &before, &mut system_rng()).unwrap();
        append.link = Some(EpochLink { epoch: link_epoch, sealed });
        refused(judge(Some(&log), &owner.caller(), append, NOW.into()))
    };
    assert_eq!(judged(HistoryRule::AllRetained, Epoch(1)), None);
    assert_eq!(judged(HistoryRule::AllRetained, Epoch(2)), Some(ErrorCode::Invalid));
    assert_eq!(judged(HistoryRule::AllRetained, Epoch(0)), Some(ErrorCode::Invalid));
    assert_eq!(judged(HistoryRule::FromJoining, Epoch(1)), Some(ErrorCode::Invalid));
}

#[test]
fn a_key_beside_an_invite_belongs_to_it_and_is_the_current_one() {
    let (owner, log, _) = room(HistoryRule::AllRetained);
    let link = InviteSecret::random(&mut system_rng());
    let invite = link.key(log.state.room());
    let invited = Invited { invite, role: Role::Member, uses: 1, expires_at: NOW.plus_millis(1_000) };
    let entry = owner.entry(&log.state, NOW, Action::Invited(invited));
    let judged = |invite, epoch, salt: usize| {
        let sealed = SealedKey { salt: Blob(vec![0; salt]), ciphertext: Blob(vec![0; 48]) };
        let invite_key = Some(InviteSealedKey { invite, epoch, sealed });
        let append = Append { entries: vec![entry.clone()], invite_key, ..empty() };
        refused(judge(Some(&log), &owner.caller(), append, NOW.into()))
    };
    assert_eq!(judged(invite, Epoch(1), 16), None);
    assert_eq!(judged(invite, Epoch(2), 16), Some(ErrorCode::Invalid));
    assert_eq!(judged(invite, Epoch(1), 15), Some(ErrorCode::Invalid));
    let elsewhere = *log.state.invites().next().unwrap().0;
    assert_eq!(judged(elsewhere, Epoch(1), 16), Some(ErrorCode::Invalid));
}

#[test]
fn names_are_those_whose_hashes_the_entries_hold() {
    let owner = Person::new();
    let (_, append, room_name) = owner.make_room(HistoryRule::AllRetained);
    let judged = |name: OpenName| {
        let names = vec![open_handle(), name];
        refused(judge(None, &owner.caller(), Append { names, ..append.clone() }, NOW.into()))
    };
    assert_eq!(judged(room_name.clone()), None);
    assert_eq!(judged(OpenName { name: "other".to_owned(), ..room_name }), Some(ErrorCode::Invalid));
    assert_eq!(judged(OpenName::new("room", &mut system_rng())), Some(ErrorCode::Invalid));
}

#[test]
fn a_handle_in_an_entry_is_its_accounts() {
    let (_, log, link) = room(HistoryRule::AllRetained);
    let newcomer = Person::new();
    let joining = joins(newcomer.joining(&log.state, &link));
    let named = |log: &Log, by: &Person, append: &Append, handle: &str| {
        let caller = Caller { handle: handle.to_owned(), ..by.caller() };
        refused(judge(Some(log), &caller, append.clone(), NOW.into()))
    };
    assert_eq!(named(&log, &newcomer, &joining, "bob"), Some(ErrorCode::BadEntry));
    let unnamed = Append { names: Vec::new(), ..joining.clone() };
    assert_eq!(named(&log, &newcomer, &unnamed, HANDLE), Some(ErrorCode::BadEntry));
    let mut log = Some(log);
    commit(&mut log, &newcomer, joining);
    let log = log.unwrap();

    let open = OpenName::new("grace", &mut system_rng());
    let rename = |what| {
        let action = Action::Renamed(Renamed { what, name: open.hash().unwrap() });
        Append { entries: vec![newcomer.entry(&log.state, NOW, action)], names: vec![open.clone()], ..empty() }
    };
    assert_eq!(named(&log, &newcomer, &rename(Renameable::Handle), HANDLE), Some(ErrorCode::BadEntry));
    assert_eq!(named(&log, &newcomer, &rename(Renameable::Handle), "grace"), None);
    // A computer is called as its owner likes; a room as its owners like.
    assert_eq!(named(&log, &newcomer, &rename(Renameable::Device), HANDLE), None);
    assert_eq!(named(&log, &newcomer, &rename(Renameable::Room), HANDLE), Some(ErrorCode::BadEntry));
    let (_, room, _) = newcomer.make_room(HistoryRule::AllRetained);
    let caller = Caller { handle: "bob".to_owned(), ..newcomer.caller() };
    assert_eq!(refused(judge(None, &caller, room, NOW.into())), Some(ErrorCode::BadEntry));
}
