//! Whose computers were found to be theirs: two people compared their safety number, which the service could not make alike if it
//! had put a computer between them, and one of them said here that it matches.
//!
//! Such a mark is of a computer's keys, so it holds in every room. It is a note of this computer, kept among its records and told
//! to nobody: neither to the service nor to the account's other computers. Somebody is verified while all their computers that
//! count in a room are marked; one that comes later is not, and says so in the room's timeline.

use serde::{Deserialize, Serialize};

use super::{Client, Effect, io::Event, records};
use crate::{
    ids::{AccountId, DeviceId, RoomId},
    log::RoomState,
    sorted::{SortedMap, SortedSet},
    time::Timestamp,
};

/// Whether safety numbers were compared with somebody, as far as their computers in a room go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Compared {
    /// With none of them.
    #[default]
    Not,
    /// Not with all that count now: others came since.
    Partly,
    /// With all.
    Wholly,
}

/// Safety numbers, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonView {
    /// In which room.
    pub room: RoomId,
    /// With whom.
    pub account: AccountId,
    /// 60 digits in twelve groups, the same on that person's screens; absent where there is nothing to compare: for this
    /// account itself, and where somebody has no computer that counts.
    pub number: Option<String>,
    /// Whether it was compared.
    pub compared: Compared,
    /// Their computers that count, without this one.
    pub computers: Vec<ComputerNumber>,
}

/// The safety number of one computer with this one, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComputerNumber {
    /// Which.
    pub device: DeviceId,
    /// What its owner calls it, once known.
    pub name: Option<String>,
    /// 60 digits in twelve groups.
    pub number: String,
    /// It is marked.
    pub compared: bool,
}

/// A computer's keys were compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// Whose computer it is.
    pub(super) account: AccountId,
    /// When that was said here.
    pub(super) at: Timestamp,
}

/// The computers that are marked.
#[derive(Debug, Default)]
pub(super) struct Marks(SortedMap<DeviceId, Mark>);

impl Marks {
    pub(super) const fn new(saved: SortedMap<DeviceId, Mark>) -> Self {
        Self(saved)
    }

    pub(super) fn has(&self, device: DeviceId) -> bool {
        self.0.contains_key(&device)
    }

    /// Those of whom a computer is marked, by what that says of all that count in a room.
    pub(super) fn compared(&self, log: &RoomState) -> SortedMap<AccountId, Compared> {
        let mut accounts: SortedMap<_, _> = self.0.values().map(|mark| (mark.account, Compared::Partly)).collect();
        for (account, compared) in accounts.iter_mut() {
            let devices = devices_of(*account, log);
            if !devices.is_empty() && devices.iter().all(|device| self.has(*device)) {
                *compared = Compared::Wholly;
            }
        }
        accounts
    }
}

/// The computers of somebody that count in a room.
pub(super) fn devices_of(account: AccountId, log: &RoomState) -> SortedSet<DeviceId> {
    let devices = log.entitled_devices().filter(|(_, device)| device.bundle.account() == account);
    devices.map(|(id, _)| *id).collect()
}

impl Client {
    /// Marks the computers of somebody that the number was made of; none if it is another one by now.
    pub(super) fn mark(
        &mut self,
        room: RoomId,
        account: AccountId,
        number: &str,
        at: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let view = self.comparison(room, account).filter(|view| view.number.as_deref() == Some(number));
        let Some(view) = view else { return };
        let mark = Mark { account, at };
        let marked: Vec<_> = view.computers.iter().map(|computer| (computer.device, mark)).collect();
        effects.push(Effect::Save(marked.iter().map(|(device, mark)| records::put_mark(*device, mark)).collect()));
        self.marks.0.extend(marked);
        self.marks_changed();
    }

    /// Takes the marks from all computers of somebody.
    pub(super) fn unmark(&mut self, account: AccountId, effects: &mut Vec<Effect>) {
        let theirs = self.marks.0.extract_if(|_, mark| mark.account == account);
        effects.push(Effect::Save(theirs.map(|(device, _)| records::delete_mark(device)).collect()));
        self.marks_changed();
    }

    pub(super) fn show_comparison(&self, room: RoomId, account: AccountId, effects: &mut Vec<Effect>) {
        effects.extend(self.comparison(room, account).map(|view| Effect::Notify(Event::Comparison(view))));
    }

    fn comparison(&self, room: RoomId, account: AccountId) -> Option<ComparisonView> {
        self.rooms.get(&room)?.comparison(account, &self.identity, &self.marks)
    }

    fn marks_changed(&mut self) {
        self.rooms.values_mut().for_each(super::room::Room::log_reads_otherwise);
    }
}
