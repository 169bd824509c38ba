//! The people of a room as the service tells of them: who is there, and how far they have come. Nothing of it is signed or
//! saved: it is the service's word. Whose a device is and who is in the room says the log.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AccountId, DeviceId, RoomId, Seq},
    log::RoomState,
    presence::Presence,
    protocol::frames::{DevicePresence, RoomPositions, RoomPresence},
    sorted::SortedMap,
    time::Timestamp,
};

/// Who is there, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceView {
    /// Where.
    pub room: RoomId,
    /// The members of whom the service says something, also this account as others see it. Empty without a connection.
    pub people: Vec<PersonPresence>,
}

/// A member's presence, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonPresence {
    /// Who.
    pub account: AccountId,
    /// How they are.
    pub state: Presence,
    /// When they were last connected and visible, of somebody who is offline.
    pub last_seen: Option<Timestamp>,
    /// Their devices of which something is known.
    pub devices: Vec<DeviceShown>,
}

/// A device's presence, for showing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceShown {
    /// Which.
    pub device: DeviceId,
    /// What it shows.
    pub state: Presence,
    /// When it was last connected and visible; while it is, nothing.
    pub last_seen: Option<Timestamp>,
}

/// How far everybody has come, for showing. What is shown at a message is worked out from it when that is shown
/// ([`PositionsView::receipt`]): one view for a timeline of any length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionsView {
    /// Where.
    pub room: RoomId,
    /// Up to here this account has looked at the room, on this device or another.
    pub read: Seq,
    /// All members, by account.
    pub people: Vec<PersonPosition>,
}

/// How far a member has come, on the device that has come furthest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonPosition {
    /// Who.
    pub account: AccountId,
    /// Up to here everything is stored.
    pub delivered: Seq,
    /// Up to here they have looked at it.
    pub read: Seq,
}

/// Where a message stands: delivered to `delivered` of `of`, read by `read` of `of`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The members other than its author.
    pub of: usize,
    /// How many of them have it.
    pub delivered: usize,
    /// How many of them have looked at it.
    pub read: usize,
}

impl PositionsView {
    /// Where the message at `seq` by `author` stands.
    #[must_use]
    pub fn receipt(&self, author: AccountId, seq: Seq) -> Receipt {
        self.others(author).fold(Receipt::default(), |counted, person| Receipt {
            of: counted.of + 1,
            delivered: counted.delivered + usize::from(person.delivered >= seq),
            read: counted.read + usize::from(person.read >= seq),
        })
    }

    /// The members other than `author`: with their positions it is clear who has a message and who has read it.
    pub fn others(&self, author: AccountId) -> impl Iterator<Item = &PersonPosition> {
        self.people.iter().filter(move |person| person.account != author)
    }
}

/// What the service has told of a room's people.
#[derive(Debug)]
pub(super) struct People {
    presence: SortedMap<DeviceId, DevicePresence>,
    positions: SortedMap<DeviceId, (Seq, Seq)>,
    /// The views of them were not shown yet as they are.
    presence_changed: bool,
    positions_changed: bool,
}

impl People {
    pub(super) const fn new() -> Self {
        Self {
            presence: SortedMap::new(),
            positions: SortedMap::new(),
            presence_changed: false,
            positions_changed: true,
        }
    }

    pub(super) fn presence(&mut self, told: RoomPresence) {
        if told.whole {
            self.presence.clear();
        }
        self.presence.extend(told.changes.into_iter().map(|change| (change.device, change)));
        self.presence_changed = true;
    }

    pub(super) fn positions(&mut self, told: RoomPositions) {
        for change in told.changes {
            let (delivered, read) = self.positions.entry(change.device).or_default();
            (*delivered, *read) = (change.delivered.max(*delivered), change.read.max(*read));
        }
        self.positions_changed = true;
    }

    /// Who is there is not known any more.
    pub(super) fn disconnected(&mut self) {
        self.presence_changed |= !self.presence.is_empty();
        self.presence.clear();
    }

    /// The log has changed: other people may be in the room.
    pub(super) const fn members_changed(&mut self) {
        (self.presence_changed, self.positions_changed) = (true, true);
    }

    /// This account has looked at something here.
    pub(super) const fn looked(&mut self) {
        self.positions_changed = true;
    }

    /// How far `account` has looked at the room, on the device where it has come furthest.
    pub(super) fn read_by(&self, account: AccountId, log: &RoomState) -> Seq {
        let devices = self.positions.iter().filter(|(device, _)| owner(log, **device) == Some(account));
        devices.map(|(_, (_, read))| *read).max().unwrap_or_default()
    }

    /// Who is there, if that has changed since it was asked last.
    pub(super) fn presence_news(&mut self, log: &RoomState) -> Option<PresenceView> {
        std::mem::take(&mut self.presence_changed).then(|| self.presence_view(log))
    }

    /// How far everybody has come, if that has changed since it was asked last. `read` is how far this device's account has.
    pub(super) fn positions_news(&mut self, log: &RoomState, read: Seq) -> Option<PositionsView> {
        std::mem::take(&mut self.positions_changed).then(|| self.positions_view(log, read))
    }

    fn presence_view(&self, log: &RoomState) -> PresenceView {
        let mut devices: SortedMap<AccountId, Vec<DeviceShown>> = SortedMap::new();
        for (device, DevicePresence { state, last_seen, .. }) in self.presence.iter() {
            if let Some(account) = owner(log, *device) {
                let shown = DeviceShown { device: *device, state: *state, last_seen: *last_seen };
                devices.entry(account).or_default().push(shown);
            }
        }
        let people = devices.into_iter().map(|(account, devices)| {
            let state = Presence::of_person(devices.iter().map(|device| device.state));
            let last_seen = devices.iter().filter_map(|device| device.last_seen).max();
            let last_seen = last_seen.filter(|_| state == Presence::Offline);
            PersonPresence { account, state, last_seen, devices }
        });
        PresenceView { room: log.room(), people: people.collect() }
    }

    fn positions_view(&self, log: &RoomState, read: Seq) -> PositionsView {
        let mut people: SortedMap<AccountId, (Seq, Seq)> =
            log.members().map(|(account, _)| (*account, Default::default())).collect();
        for (device, (delivered, read)) in self.positions.iter() {
            if let Some(furthest) = owner(log, *device).and_then(|account| people.get_mut(&account)) {
                *furthest = (furthest.0.max(*delivered), furthest.1.max(*read));
            }
        }
        let people = people.into_iter().map(|(account, (delivered, read))| PersonPosition { account, delivered, read });
        PositionsView { room: log.room(), read, people: people.collect() }
    }
}

/// Whose an entitled device is.
fn owner(log: &RoomState, device: DeviceId) -> Option<AccountId> {
    log.device(device).filter(|device| device.entitled).map(|device| device.bundle.account())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(people: &[(u8, u64, u64)]) -> PositionsView {
        let people = people.iter().map(|(n, delivered, read)| PersonPosition {
            account: AccountId::from_bytes([*n; 16]),
            delivered: Seq(*delivered),
            read: Seq(*read),
        });
        PositionsView { room: RoomId::from_bytes([9; 32]), read: Seq(0), people: people.collect() }
    }

    #[test]
    fn a_receipt_counts_everybody_but_the_author() {
        let view = view(&[(1, 7, 7), (2, 7, 5), (3, 4, 4), (4, 0, 0)]);
        let author = AccountId::from_bytes([1; 16]);
        for (seq, delivered, read) in [(4, 2, 2), (5, 1, 1), (6, 1, 0), (7, 1, 0), (8, 0, 0)] {
            assert_eq!(view.receipt(author, Seq(seq)), Receipt { of: 3, delivered, read }, "at {seq}");
        }
        let absent = AccountId::from_bytes([8; 16]);
        assert_eq!(view.receipt(absent, Seq(7)), Receipt { of: 4, delivered: 2, read: 1 }, "the author has left");
        let names: Vec<_> =
            view.others(author).filter(|person| person.delivered >= Seq(7)).map(|p| p.account).collect();
        assert_eq!(names, [AccountId::from_bytes([2; 16])]);
    }
}
