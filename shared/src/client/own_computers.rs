//! The account's own computers, and how each stands in the rooms that this one knows: in how many it is trusted, and who let it
//! in.

use serde::{Deserialize, Serialize};

use super::Client;
use crate::{
    ids::{AccountId, DeviceId},
    sorted::SortedMap,
    time::Timestamp,
};

/// A computer of this account, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnComputer {
    /// Which.
    pub device: DeviceId,
    /// In so many rooms it is trusted.
    pub rooms: usize,
    /// Of so many of the account's, as far as they are known here.
    pub of: usize,
    /// How it was let in last, unless it made its rooms or joined them by itself.
    pub approved: Option<Approval>,
}

/// A computer was let into a room on the word of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// When, by that one's clock.
    pub at: Timestamp,
    /// What that one is called, once known.
    pub by: Option<String>,
}

impl Client {
    /// All computers of the account that a room trusts.
    pub(super) fn own_computers(&self) -> Vec<OwnComputer> {
        let me: AccountId = self.identity.account();
        let rooms = self.rooms.values().filter_map(|room| Some((room, room.known_log()?)));
        let rooms: Vec<_> = rooms.filter(|(_, log)| log.member(me).is_some()).collect();
        let mut computers = SortedMap::<DeviceId, OwnComputer>::new();
        for (room, log) in &rooms {
            for (device, _) in log.entitled_devices().filter(|(_, device)| device.bundle.account() == me) {
                let (device, of) = (*device, rooms.len());
                let computer = computers.entry(device).or_insert(OwnComputer { device, rooms: 0, of, approved: None });
                computer.rooms += 1;
                let approved = computer.approved.take().into_iter().chain(room.approval_of(device));
                computer.approved = approved.max_by_key(|approved| approved.at);
            }
        }
        computers.into_values().collect()
    }
}
