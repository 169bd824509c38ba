//! Keys of a room: what is learnt, asked for, and handed on.

use super::Room;
use crate::{
    client::{
        Refusal,
        context::Context,
        io::{Alarm, Change},
        keyring::TakenIn,
        records,
    },
    crypto::{epoch::EpochKey, invite::InviteSecret},
    ids::{Epoch, InviteKey},
    protocol::{
        frames::{KeysWanted, Lacking},
        http::RoomKeys,
    },
};

impl Room {
    /// Keeps a key; the change that saves it.
    pub(in crate::client) fn learn(&mut self, epoch: Epoch, key: EpochKey) -> Change {
        let change = records::put_key(self.id, epoch, &key);
        self.keyring.insert(epoch, key);
        self.learnt = true;
        self.shown = false;
        change
    }

    pub(in crate::client) fn keys_wanted(&mut self, wanted: KeysWanted) {
        self.sharing.asked(wanted);
    }

    /// The service says who lacks the current key.
    pub(in crate::client) fn lacking(&mut self, told: Lacking) {
        self.sharing.lacking(told);
        self.shown = false;
    }

    /// Somebody looks at what is lacking: it is asked for once more, and handed on where others lack it.
    pub(in crate::client) fn mend_keys(&mut self) {
        self.keys_added();
        self.sharing.mend();
    }

    pub(in crate::client) fn keys_shared(&mut self, outcome: Result<(), Refusal>, context: &mut Context<'_>) {
        self.sharing.answered(self.id, outcome, context);
    }

    /// There are, or may be, more keys at the service.
    pub(in crate::client) fn keys_added(&mut self) {
        self.keys_seen_for = Epoch(0);
        self.keys_asked = self.keys_asked.map(|_| Epoch(0));
    }

    pub(in crate::client) fn keys_answered(&mut self, answer: Result<RoomKeys, Refusal>, context: &mut Context<'_>) {
        let asked_for = self.keys_asked.take();
        let Some(log) = &self.log else { return };
        match answer {
            Ok(given) => {
                self.keys_backoff.succeeded();
                self.keys_seen_for = asked_for.unwrap_or_default();
                let identity = context.identity;
                let taken = self.keyring.take_in(&given, log, identity.device(), identity.keys());
                self.took_in(&taken, context);
            }
            Err(refusal) => self.keys_backoff.failed(context.now, refusal.retry_after_ms),
        }
    }

    /// Keys were taken in: saves them, and raises what came to light.
    pub(super) fn took_in(&mut self, taken: &TakenIn, context: &mut Context<'_>) {
        let Some(log) = &self.log else { return };
        let learnt = taken.learnt.iter();
        let changes = learnt
            .filter_map(|epoch| Some(records::put_key(self.id, *epoch, self.keyring.get(*epoch, log)?)))
            .collect();
        context.save(changes);
        self.learnt = true;
        self.shown = false;
        if let Some(epoch) = taken.wider {
            self.raise(Alarm::WiderRelease(epoch));
        }
        if let Some(epoch) = taken.second_key {
            self.raise(Alarm::SecondKey(epoch));
        }
    }

    /// Keeps the secret of an invite that was made, with the epoch whose key lies beside it; the change that saves it.
    pub(in crate::client) fn keep_invite(&mut self, secret: InviteSecret, laid: Epoch) -> Change {
        self.shown = false;
        self.invites.keep(self.id, secret, laid)
    }

    pub(in crate::client) fn key_laid(
        &mut self,
        (invite, epoch): (InviteKey, Epoch),
        outcome: Result<(), Refusal>,
        context: &mut Context<'_>,
    ) {
        self.invites.laid(self.id, invite, epoch, outcome, context);
    }
}
