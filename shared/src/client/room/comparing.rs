//! What is compared with people in a room, and what its log tells between the messages: who comes with other keys than before
//! stands there, and who compares again goes on from there.

use super::Room;
use crate::{
    client::{
        comparing::{ComparisonView, ComputerNumber, Marks, devices_of},
        entries::{EntryView, LinesView},
        identity::Identity,
    },
    crypto::safety,
    ids::{AccountId, DeviceId, Seq},
    sorted::SortedSet,
};

/// So many lines are told at most, the newest of those that are wanted.
const MOST_LINES: usize = 2_000;

impl Room {
    /// The safety numbers with a member.
    pub(in crate::client) fn comparison(
        &self,
        account: AccountId,
        identity: &Identity,
        marks: &Marks,
    ) -> Option<ComparisonView> {
        let log = self.log.as_ref()?;
        let (mine, theirs) = (devices_of(self.me.account, log), devices_of(account, log));
        let can_be = account != self.me.account && !mine.is_empty() && !theirs.is_empty();
        let computers = theirs.iter().filter(|device| **device != self.me.device).filter_map(|id| {
            let device = log.device(*id)?;
            Some(ComputerNumber {
                device: *id,
                name: self.names.get(&device.name).cloned(),
                number: safety::safety_number(identity.bundle(), &device.bundle),
                compared: marks.has(*id),
            })
        });
        Some(ComparisonView {
            room: self.id,
            account,
            number: can_be.then(|| safety::person_safety_number(&mine, &theirs)),
            compared: marks.compared(log).remove(&account).unwrap_or_default(),
            computers: computers.collect(),
        })
    }

    /// What the log tells between the messages from one place of the stream to another, both included.
    pub(in crate::client) fn lines_view(&self, (from, to): (Seq, Seq), marks: &Marks) -> LinesView {
        let told = |entry: &&EntryView| entry.is_line() && entry.seq.is_some_and(|seq| (from..=to).contains(&seq));
        let mut entries: Vec<_> = self.entries.iter().rev().filter(told).take(MOST_LINES).cloned().collect();
        entries.reverse();
        let people: SortedSet<_> = entries.iter().flat_map(EntryView::people).collect();
        let names = self.names_in(&entries, people.into_iter());
        LinesView { room: self.id, compare: self.to_compare(&entries, marks), entries, names }
    }

    /// The computers in these entries that count, are not marked, and are of somebody else with whom numbers were compared.
    fn to_compare(&self, entries: &[EntryView], marks: &Marks) -> SortedSet<DeviceId> {
        let Some(log) = &self.log else { return SortedSet::new() };
        let compared = marks.compared(log);
        let came = entries.iter().filter_map(|entry| entry.new_keys);
        came.filter(|new| compared.contains_key(&new.account) && log.is_entitled(new.device) && !marks.has(new.device))
            .map(|new| new.device)
            .collect()
    }
}
