//! How far each sending device has come. The counter rises by one in each (device, epoch, session): lower is a replay, a jump
//! is a gap.

use serde::{Deserialize, Serialize};

use crate::{
    client::io::Unreadable,
    crypto::message::{MessageHeader, SenderPosition},
    ids::{DeviceId, Epoch, SessionTag},
    sorted::SortedMap,
};

/// The last counter of a session in an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Run(Epoch, SessionTag, u64);

/// One device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::client) struct Sender {
    /// Its last message.
    last: SenderPosition,
    /// Its runs in epochs that can still be written in; nothing is taken in others.
    runs: Vec<Run>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Senders(SortedMap<DeviceId, Sender>);

impl Senders {
    pub(super) const fn new(senders: SortedMap<DeviceId, Sender>) -> Self {
        Self(senders)
    }

    pub(super) fn get(&self, device: DeviceId) -> Option<&Sender> {
        self.0.get(&device)
    }

    /// The last message of a device.
    pub(super) fn last(&self, device: DeviceId) -> Option<SenderPosition> {
        self.get(device).map(|sender| sender.last)
    }

    /// Takes the next message of its sender; whether messages right before it are missing.
    ///
    /// # Errors
    /// [`Unreadable::Replayed`].
    pub(super) fn take(&mut self, header: &MessageHeader) -> Result<bool, Unreadable> {
        let position = header.position();
        let Some(sender) = self.0.get_mut(&header.device) else {
            let runs = vec![Run(header.epoch, header.session, header.counter)];
            self.0.insert(header.device, Sender { last: position, runs });
            return Ok(header.counter != 0 || header.previous.is_some());
        };
        let run = sender.runs.iter_mut().rev().find(|run| (run.0, run.1) == (header.epoch, header.session));
        let gap = match run {
            Some(Run(_, _, last)) if header.counter <= *last => return Err(Unreadable::Replayed),
            Some(Run(_, _, last)) => {
                let gap = header.counter != *last + 1;
                *last = header.counter;
                gap
            }
            None => {
                sender.runs.push(Run(header.epoch, header.session, header.counter));
                header.counter != 0 || header.previous.is_some_and(|previous| sender.last != previous)
            }
        };
        sender.last = position;
        Ok(gap)
    }

    /// Forgets the runs of epochs before this one.
    pub(super) fn prune(&mut self, oldest_open: Epoch) {
        for sender in self.0.values_mut() {
            sender.runs.retain(|run| run.0 >= oldest_open);
        }
    }
}
