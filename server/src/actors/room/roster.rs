//! The people of a room as others are told of them: how each device is, how far it has come, and which of it the
//! subscribers have not heard yet. Pure: it knows no actors and no clock.
//!
//! What changes is noted, however often it does, and told together: what a change costs does not depend on how many devices
//! there are, and what a telling says is what has changed since the one before.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use igoon_shared::{
    ids::{AccountId, DeviceId, Seq},
    presence::Presence,
    protocol::frames::{DevicePosition, DevicePresence},
    time::Timestamp,
};

use crate::store::db::models::presence::Kept;

/// Between two tellings in a room with few subscribers.
const TICK_MS: u64 = 1_000;
/// With so many subscribers the time between tellings doubles, with twice as many it is three times as long, and so on: in a
/// busy room each of them has something to tell all the time, so that what is told grows with the square.
const MANY: u64 = 250;

/// How long to wait before the next telling, when the one before was at `told_at`; steady clock, milliseconds.
#[must_use]
pub fn pause(told_at: Option<u64>, now: u64, subscribers: usize) -> Duration {
    let subscribers = u64::try_from(subscribers).unwrap_or(u64::MAX);
    let tick = TICK_MS.saturating_mul(1 + subscribers / MANY);
    let due = told_at.map_or(0, |told_at| told_at.saturating_add(tick));
    Duration::from_millis(due.saturating_sub(now))
}

/// A device's own word on how it is and how far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    /// How it is, as others may know it.
    pub presence: Presence,
    /// Stored on it.
    pub delivered: Seq,
    /// Looked at.
    pub read: Seq,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Roster {
    devices: HashMap<DeviceId, Known>,
    /// Their presence was not told yet.
    seen_anew: BTreeSet<DeviceId>,
    /// Their position was not told yet.
    moved: BTreeSet<DeviceId>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    presence: Presence,
    last_seen: Option<Timestamp>,
    position: (Seq, Seq),
}

impl Default for Known {
    fn default() -> Self {
        Self { presence: Presence::Offline, last_seen: None, position: Default::default() }
    }
}

impl Roster {
    /// Takes in what the store has. What is known already is newer.
    pub fn remember(&mut self, kept: HashMap<DeviceId, Kept>) {
        for (device, kept) in kept {
            self.devices.entry(device).or_insert(Known {
                presence: Presence::Offline,
                last_seen: kept.last_seen,
                position: (kept.delivered, kept.read),
            });
        }
    }

    /// A device is new in the room: it was there when it joined.
    pub fn joined(&mut self, device: DeviceId, at: Timestamp) {
        let known = self.devices.entry(device).or_default();
        if known.presence == Presence::Offline {
            known.last_seen = Some(at);
            self.seen_anew.insert(device);
        }
    }

    /// A device that is connected says how it stands; whether that is news.
    pub fn stands(&mut self, device: DeviceId, stand: Stand, now: Timestamp) -> bool {
        let known = self.devices.entry(device).or_default();
        let seen_anew = known.presence != stand.presence;
        if seen_anew {
            known.presence = stand.presence;
            // Whoever becomes invisible is seen no more.
            known.last_seen = (stand.presence == Presence::Offline).then_some(now);
            self.seen_anew.insert(device);
        }
        let position = (stand.delivered.max(known.position.0), stand.read.max(known.position.1));
        let moved = position != known.position;
        if moved {
            known.position = position;
            self.moved.insert(device);
        }
        seen_anew || moved
    }

    /// A device is connected no more; whether that is news. `seen` is when it was last.
    pub fn gone(&mut self, device: DeviceId, seen: Timestamp) -> bool {
        let Some(known) = self.devices.get_mut(&device).filter(|known| known.presence != Presence::Offline) else {
            return false;
        };
        (known.presence, known.last_seen) = (Presence::Offline, Some(seen));
        self.seen_anew.insert(device)
    }

    /// The log no longer entitles a device.
    pub fn forget(&mut self, device: DeviceId) {
        self.devices.remove(&device);
        self.seen_anew.remove(&device);
        self.moved.remove(&device);
    }

    /// What has changed since it was asked last.
    pub fn news(&mut self) -> (Vec<DevicePresence>, Vec<DevicePosition>) {
        let (seen_anew, moved) = (std::mem::take(&mut self.seen_anew), std::mem::take(&mut self.moved));
        let known = |device: DeviceId| Some((device, self.devices.get(&device)?));
        let presence = seen_anew.into_iter().filter_map(known).map(|(device, known)| known.shown(device));
        let positions = moved.into_iter().filter_map(known).map(|(device, known)| known.stands_at(device));
        (presence.collect(), positions.collect())
    }

    /// Everything of these devices and their accounts, for somebody who knows nothing: the devices that are there, of each
    /// person without one the device that was seen last, and how far all have come.
    #[must_use]
    pub fn whole(
        &self,
        entitled: impl IntoIterator<Item = (DeviceId, AccountId)>,
    ) -> (Vec<DevicePresence>, Vec<DevicePosition>) {
        let mut there = Vec::new();
        let mut away: HashMap<AccountId, DevicePresence> = HashMap::new();
        let mut positions = Vec::new();
        for (device, account) in entitled {
            let Some(known) = self.devices.get(&device) else { continue };
            let shown = known.shown(device);
            if known.presence == Presence::Offline && known.last_seen.is_some() {
                let last = away.entry(account).or_insert(shown);
                if shown.last_seen > last.last_seen {
                    *last = shown;
                }
            } else if known.presence != Presence::Offline {
                there.push((account, shown));
            }
            if known.position != Default::default() {
                positions.push(known.stands_at(device));
            }
        }
        for (account, _) in &there {
            away.remove(account);
        }
        let presence = there.into_iter().map(|(_, shown)| shown).chain(away.into_values());
        (presence.collect(), positions)
    }
}

impl Known {
    fn shown(&self, device: DeviceId) -> DevicePresence {
        let last_seen = self.last_seen.filter(|_| self.presence == Presence::Offline);
        DevicePresence { device, state: self.presence, last_seen }
    }

    const fn stands_at(&self, device: DeviceId) -> DevicePosition {
        let (delivered, read) = self.position;
        DevicePosition { device, delivered, read }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(10_000);

    fn device(n: u8) -> DeviceId {
        DeviceId::from_bytes([n; 32])
    }

    fn stand(presence: Presence, delivered: u64, read: u64) -> Stand {
        Stand { presence, delivered: Seq(delivered), read: Seq(read) }
    }

    fn shown(n: u8, state: Presence, last_seen: Option<i64>) -> DevicePresence {
        DevicePresence { device: device(n), state, last_seen: last_seen.map(Timestamp) }
    }

    #[test]
    fn what_changes_often_is_told_once_as_it_is_in_the_end() {
        let mut roster = Roster::default();
        for delivered in 1..=50 {
            assert!(roster.stands(device(1), stand(Presence::Online, delivered, delivered / 2), NOW));
        }
        assert!(roster.stands(device(1), stand(Presence::Idle, 50, 25), NOW));
        assert!(roster.stands(device(2), stand(Presence::Busy, 0, 0), NOW));
        let (presence, positions) = roster.news();
        assert_eq!(presence, [shown(1, Presence::Idle, None), shown(2, Presence::Busy, None)]);
        assert_eq!(positions, [DevicePosition { device: device(1), delivered: Seq(50), read: Seq(25) }]);
        assert_eq!(roster.news(), (vec![], vec![]), "told");
        assert!(!roster.stands(device(1), stand(Presence::Idle, 49, 25), NOW), "positions never go back");
        assert_eq!(roster.news(), (vec![], vec![]));
    }

    #[test]
    fn a_device_that_goes_was_seen_last_when_it_went_and_one_that_was_invisible_before_that() {
        let mut roster = Roster::default();
        roster.stands(device(1), stand(Presence::Online, 0, 0), NOW);
        roster.stands(device(2), stand(Presence::Online, 0, 0), NOW);
        roster.stands(device(2), stand(Presence::Offline, 0, 0), Timestamp(20_000));
        let (presence, _) = roster.news();
        assert_eq!(presence, [shown(1, Presence::Online, None), shown(2, Presence::Offline, Some(20_000))]);
        assert!(roster.gone(device(1), Timestamp(30_000)));
        assert!(!roster.gone(device(2), Timestamp(30_000)), "others knew it as offline");
        assert_eq!(roster.news().0, [shown(1, Presence::Offline, Some(30_000))]);
        // Connected again, still invisible: nothing to tell.
        assert!(!roster.stands(device(2), stand(Presence::Offline, 0, 0), Timestamp(40_000)));
    }

    #[test]
    fn whoever_joins_was_there() {
        let mut roster = Roster::default();
        roster.joined(device(1), NOW);
        assert_eq!(roster.news().0, [shown(1, Presence::Offline, Some(10_000))]);
        roster.stands(device(1), stand(Presence::Online, 0, 0), NOW);
        roster.joined(device(1), NOW);
        assert_eq!(roster.news().0, [shown(1, Presence::Online, None)]);
    }

    #[test]
    fn what_the_store_remembers_is_older_than_what_is_known() {
        let mut roster = Roster::default();
        roster.stands(device(1), stand(Presence::Online, 7, 6), NOW);
        let kept = Kept { last_seen: Some(Timestamp(5)), delivered: Seq(3), read: Seq(2) };
        roster.remember(HashMap::from([(device(1), kept), (device(2), kept)]));
        let (presence, positions) = roster.news();
        assert_eq!(presence, [shown(1, Presence::Online, None)], "what is remembered is no news");
        assert_eq!(positions, [DevicePosition { device: device(1), delivered: Seq(7), read: Seq(6) }]);
        assert!(!roster.stands(device(2), stand(Presence::Offline, 3, 0), NOW));
    }

    #[test]
    fn whoever_knows_nothing_is_told_of_those_who_are_there_and_once_of_each_who_is_not() {
        let kept = |seen| Kept { last_seen: Some(Timestamp(seen)), delivered: Seq(2), read: Seq(1) };
        let mut roster = Roster::default();
        roster.remember(HashMap::from([(device(1), kept(3)), (device(2), kept(5)), (device(3), kept(4))]));
        roster.remember(HashMap::from([(device(4), Kept::default()), (device(5), kept(6)), (device(6), kept(7))]));
        roster.stands(device(3), stand(Presence::Idle, 2, 2), NOW);
        // 1, 2: one person, away. 3, 5: one person, there. 4: never seen. 6: no longer in the room.
        let account = |n| AccountId::from_bytes([n; 16]);
        let entitled = [(1, 1), (2, 1), (3, 2), (5, 2), (4, 3), (9, 9)].map(|(n, of)| (device(n), account(of)));
        let (presence, positions) = roster.whole(entitled);
        assert_eq!(presence, [shown(3, Presence::Idle, None), shown(2, Presence::Offline, Some(5))]);
        let stands: Vec<_> = positions.iter().map(|position| (position.device, position.read.0)).collect();
        assert_eq!(stands, [(device(1), 1), (device(2), 1), (device(3), 2), (device(5), 1)]);
    }

    #[test]
    fn what_is_forgotten_is_not_told() {
        let mut roster = Roster::default();
        roster.stands(device(1), stand(Presence::Online, 7, 6), NOW);
        roster.forget(device(1));
        assert_eq!(roster.news(), (vec![], vec![]));
    }

    #[test]
    fn the_first_change_is_told_at_once_and_the_next_a_second_later() {
        assert_eq!(pause(None, 5_000, 3), Duration::ZERO);
        assert_eq!(pause(Some(4_000), 5_000, 3), Duration::ZERO);
        assert_eq!(pause(Some(4_900), 5_000, 3), Duration::from_millis(900));
        assert_eq!(pause(Some(5_000), 5_000, 249), Duration::from_millis(1_000));
        assert_eq!(pause(Some(5_000), 5_000, 2_000), Duration::from_millis(9_000));
    }
}
