//! Messages whose key this device lacks. They are stored like all others; the room knows from where to where in the stream
//! there are some, by epoch. When a key comes, it has them loaded portion by portion, and stores them anew as they read now.

use serde::{Deserialize, Serialize};

use super::{Room, stream::read_body};
use crate::{
    client::{
        context::Context,
        io::{Body, Effect, Event, Unreadable},
        records,
        stored::{self, StoredMessage},
    },
    ids::{Epoch, Seq},
};

/// So many places are loaded at a time.
const PORTION: u64 = 128;

/// From the first to the last message that waits for an epoch's key; others may stand between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::client) struct Locked {
    first: Seq,
    last: Seq,
}

/// Messages that are being opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening {
    epoch: Epoch,
    /// The first place that was not looked at.
    next: Seq,
    last: Seq,
}

impl Room {
    /// Remembers that the message at this place waits for its key.
    pub(super) fn lock(&mut self, seq: Seq, epoch: Epoch) {
        self.locked.entry(epoch).or_insert(Locked { first: seq, last: seq }).last = seq;
        self.unsaved.locked.insert(epoch);
    }

    /// Begins to open what a new key opens.
    pub(super) fn unlock(&mut self, context: &mut Context<'_>) {
        if !self.learnt || self.opening.is_some() {
            return;
        }
        let Some(log) = &self.log else { return };
        let found = self.locked.iter().find(|(epoch, _)| self.keyring.get(**epoch, log).is_some());
        if let Some((epoch, range)) = found {
            let opening = Opening { epoch: *epoch, next: range.first, last: range.last };
            self.load(opening, context);
        } else {
            self.learnt = false;
        }
    }

    fn load(&mut self, opening: Opening, context: &mut Context<'_>) {
        let last = opening.last.min(Seq(opening.next.0.saturating_add(PORTION - 1)));
        self.opening = Some(opening);
        context.effects.push(Effect::Load { room: self.id, first: opening.next, last });
    }

    /// Stored messages that were asked for.
    pub(in crate::client) fn loaded(&mut self, first: Seq, records: &[(String, Vec<u8>)], context: &mut Context<'_>) {
        let Some(opening) = self.opening.take_if(|opening| opening.next == first) else { return };
        let mut changes = Vec::new();
        let mut views = Vec::new();
        for (key, value) in records {
            let place = stored::message_place(key).filter(|(room, _)| *room == self.id);
            if let Some((_, seq)) = place
                && let Some(message) = StoredMessage::read(value)
                && let Some(message) = self.opened(opening.epoch, message)
            {
                changes.push(message.put(self.id, seq));
                views.push(self.shown_message(seq, &message));
            }
        }
        let next = self.lives.at_or_after(Seq(opening.next.0.saturating_add(PORTION)));
        let more = next <= opening.last;
        if !more {
            self.locked.remove(&opening.epoch);
            changes.push(records::delete_locked(self.id, opening.epoch));
        }
        context.save(changes);
        views.into_iter().for_each(|view| context.notify(Event::Reread(view)));
        if more {
            self.load(Opening { next, ..opening }, context);
        }
    }

    /// A message that waited for this epoch's key, as it reads now.
    fn opened(&self, epoch: Epoch, mut message: StoredMessage) -> Option<StoredMessage> {
        if message.body != Body::Unreadable(Unreadable::NoKey(epoch)) {
            return None;
        }
        let key = self.keyring.get(epoch, self.log.as_ref()?)?;
        message.body = read_body(key, &message.sealed, &message.sealed.header().ok()?);
        Some(message)
    }
}
