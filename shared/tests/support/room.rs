//! Real logs: entries made and signed as a client would.

use igoon_shared::{
    crypto::{SUITE, invite::InviteSecret},
    ids::{Epoch, KeyId, NameHash, RoomId},
    log::{
        Action, Applied, EntryBody, EpochReason, HistoryRule, LogError, Role, RoomState, SignedEntry,
        action::{Created, DeviceStatement, DeviceVouched, EpochStarted, Invited, Joined, SignedStatement, Standing},
    },
    protocol::bytes::Blob,
    time::Timestamp,
};

use super::TestDevice;

/// When everything happens, unless a test says otherwise.
pub const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// A room as one replica has it.
#[derive(Clone)]
pub struct TestRoom {
    pub entries: Vec<SignedEntry>,
    pub state: RoomState,
}

impl TestRoom {
    /// A room that `creator` just made; no epoch has started.
    pub fn new(creator: &TestDevice, history: HistoryRule) -> Self {
        let first = EntryBody::first(NOW, creator.id(), created(creator, history)).sign(&creator.keys);
        let (state, _) = RoomState::start(&first).unwrap();
        Self { entries: vec![first], state }
    }

    pub fn id(&self) -> RoomId {
        self.state.room()
    }

    /// The body of the next entry, by `author`.
    pub fn body(&self, author: &TestDevice, action: Action) -> EntryBody {
        EntryBody::after(self.id(), self.state.head(), NOW, author.id(), action)
    }

    /// The next entry, signed by `author`.
    pub fn entry(&self, author: &TestDevice, action: Action) -> SignedEntry {
        self.body(author, action).sign(&author.keys)
    }

    /// Applies an entry, and keeps it if the log takes it.
    pub fn apply(&mut self, entry: &SignedEntry) -> Result<Applied, LogError> {
        let applied = self.state.apply(entry)?;
        self.entries.push(entry.clone());
        Ok(applied)
    }

    /// Makes the next entry and applies it.
    pub fn append(&mut self, author: &TestDevice, action: Action) -> Result<Applied, LogError> {
        let entry = self.entry(author, action);
        self.apply(&entry)
    }
}

/// The state that these entries fold to.
pub fn replay(entries: &[SignedEntry]) -> RoomState {
    let (first, rest) = entries.split_first().unwrap();
    let (mut state, _) = RoomState::start(first).unwrap();
    for entry in rest {
        state.apply(entry).unwrap();
    }
    state
}

/// The whole of a state as text, to compare two by.
pub fn shown(state: &RoomState) -> String {
    format!("{state:#?}")
}

pub fn created(creator: &TestDevice, history: HistoryRule) -> Action {
    Action::Created(Created {
        random: Blob(vec![0x5a; 32]),
        account: creator.account,
        bundle: creator.bundle.signed().clone(),
        room_name: NameHash::from_bytes([1; 32]),
        handle: NameHash::from_bytes([2; 32]),
        device_name: NameHash::from_bytes([3; 32]),
        history,
    })
}

/// Starts `epoch`, whose key id is its number repeated.
pub fn epoch_started(epoch: u8, reason: EpochReason) -> Action {
    let key_id = KeyId::from_bytes([epoch; 32]);
    Action::EpochStarted(EpochStarted { epoch: Epoch(u64::from(epoch)), key_id, reason })
}

/// An invite for `uses` people, which expires a minute after [`NOW`].
pub fn invited(room: RoomId, secret: &InviteSecret, role: Role, uses: u32) -> Action {
    let expires_at = NOW.plus_millis(60_000);
    Action::Invited(Invited { invite: secret.key(room), role, uses, expires_at })
}

/// `device` joins with its account, by the link with `secret`.
pub fn joining(room: RoomId, secret: &InviteSecret, device: &TestDevice) -> Joined {
    Joined {
        account: device.account,
        bundle: device.bundle.signed().clone(),
        invite: secret.key(room),
        invite_signature: Blob(secret.sign_join(room, device.account, device.id()).to_vec()),
        handle: NameHash::from_bytes([4; 32]),
        device_name: NameHash::from_bytes([5; 32]),
    }
}

/// What `by` says of `device` when its person has compared the digits.
pub fn vouching(by: &TestDevice, device: &TestDevice) -> DeviceStatement {
    DeviceStatement {
        suite: SUITE,
        account: by.account,
        device: device.id(),
        standing: Standing::Vouched,
        by: by.id(),
        at: NOW,
    }
}

/// The entry that brings in `device` by this statement.
pub fn vouched(statement: SignedStatement, device: &TestDevice) -> Action {
    Action::DeviceVouched(DeviceVouched {
        statement,
        bundle: device.bundle.signed().clone(),
        device_name: NameHash::from_bytes([6; 32]),
    })
}
