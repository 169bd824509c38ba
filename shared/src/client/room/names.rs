//! What people, computers and the room are called: kept, asked for, looked up.

use super::{Room, Stream};
use crate::{
    client::{
        Refusal,
        context::{Context, Purpose},
        io::{Change, Method},
        records,
    },
    ids::AccountId,
    protocol::{frames::OpenName, http::RoomNames},
};

impl Room {
    /// Keeps names; the changes that save them.
    pub(in crate::client) fn learn_names(&mut self, names: &[OpenName]) -> Vec<Change> {
        let mut changes = Vec::new();
        for name in names {
            if let Some(hash) = name.hash() {
                self.wanted_names.remove(&hash);
                self.names.insert(hash, name.name.clone());
                self.open_names.insert(hash, name.clone());
                changes.push(records::put_name(self.id, hash, name));
            }
        }
        self.log_reads_otherwise();
        changes
    }

    pub(in crate::client) fn names_answered(&mut self, answer: Result<RoomNames, Refusal>, context: &mut Context<'_>) {
        self.names_asked = false;
        match answer {
            Ok(given) => {
                self.names_backoff.succeeded();
                let wanted: Vec<OpenName> = given
                    .names
                    .into_iter()
                    .filter(|name| name.hash().is_some_and(|hash| self.wanted_names.contains(&hash)))
                    .collect();
                let changes = self.learn_names(&wanted);
                context.save(changes);
                // What the service does not have was erased: it is not asked for again until the log changes.
                self.wanted_names.clear();
            }
            Err(refusal) => self.names_backoff.failed(context.now, refusal.retry_after_ms),
        }
    }

    /// What somebody is called who is or was a member.
    pub(in crate::client) fn handle(&self, account: AccountId) -> Option<&str> {
        self.names.get(self.handles.get(&account)?).map(String::as_str)
    }

    pub(super) fn want_names(&mut self) {
        let Some(log) = self.known_log() else { return };
        let handles = log.members().map(|(_, member)| member.handle).chain(self.handles.values().copied());
        let devices = log.devices().map(|(_, device)| device.name);
        let asking = log.recoveries().map(|(_, recovery)| recovery.device_name);
        let hashes = handles.chain(devices).chain(asking).chain(self.names_given.iter().copied()).chain([log.name()]);
        self.wanted_names = hashes.filter(|hash| !self.names.contains_key(hash)).collect();
    }

    pub(super) fn ask_for_names(&mut self, context: &mut Context<'_>) {
        let reachable = self.stream == Stream::Live || self.glimpse.log().is_some();
        let due = context.online && reachable && self.names_backoff.is_due(context.now);
        if due && !self.wanted_names.is_empty() && !self.names_asked {
            self.names_asked = true;
            context.request(Purpose::Names(self.id), Method::Get, &format!("/rooms/{}/names", self.id), None);
        }
    }
}
