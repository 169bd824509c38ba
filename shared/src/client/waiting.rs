//! What is said of an account's computers, beyond the computer on which it was said. This device leaves what it says at the
//! service, where it waits for rooms that this one does not reach. What others said comes from there ([`frames::Said`]), and from
//! the logs of this device's rooms: a statement holds wherever its signer is entitled, so what one room has heard is carried into
//! the others. Nothing of it is saved: service and logs bring it anew.

use super::{
    Client, Effect, Event, Refusal,
    context::{Backoff, Context, Purpose},
    io::{Change, Method},
    records,
    room::Room,
    vouching::Said,
};
use crate::{
    crypto::bundle::SignedBundle,
    ids::{AccountId, DeviceId, NameHash},
    log::{Action, Applied, Effect as LogEffect, action::SignedStatement},
    protocol::{frames, limits},
    sorted::{SortedMap, SortedSet},
    time::Timestamp,
};

/// How far the service has what this device says.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// Of these devices the service has the last word.
    left: SortedSet<DeviceId>,
    /// Of which device something is on its way, and whether that revokes it.
    under_way: Option<(DeviceId, bool)>,
    backoff: Backoff,
}

impl Waiting {
    pub(super) fn new(left: SortedSet<DeviceId>) -> Self {
        Self { left, ..Self::default() }
    }

    /// There is another word on a device; the change that saves that the service does not have it.
    pub(super) fn said_anew(&mut self, device: DeviceId) -> Change {
        self.left.remove(&device);
        records::delete_left(device)
    }

    pub(super) fn step(&mut self, context: &mut Context<'_>) {
        if self.under_way.is_some() || !context.online || !self.backoff.is_due(context.now) {
            return;
        }
        let (said, me) = (context.said, context.identity.device());
        // What this computer's earlier keys said it carries alone.
        let mut unknown = said.iter().filter(|(device, said)| !self.left.contains(device) && said.by() == Some(me));
        let Some((device, said)) = unknown.next() else { return };
        // A wire type always encodes.
        let Ok(body) = serde_json::to_vec(&said.to_body()) else { return };
        self.under_way = Some((*device, said.revokes()));
        context.request(Purpose::LeaveStatement(*device), Method::Post, "/statements", Some(body));
    }

    /// The service has it, or does not want it: this device carries it in any case.
    pub(super) fn answered(&mut self, device: DeviceId, outcome: Result<(), Refusal>, context: &mut Context<'_>) {
        let sent = self.under_way.take();
        match outcome {
            Err(refusal) if refusal.is_passing() => self.backoff.failed(context.now, refusal.retry_after_ms),
            _ => {
                self.backoff.succeeded();
                let said = context.said.get(&device).map(|said| (device, said.revokes()));
                if said == sent {
                    self.left.insert(device);
                    context.save(vec![records::put_left(device)]);
                }
            }
        }
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.backoff.deadline().filter(|_| self.under_way.is_none())
    }
}

/// What others brought, by device and signer. Whether it counts is each room's to say.
#[derive(Debug, Default)]
pub(super) struct Heard(SortedMap<(DeviceId, DeviceId), Said>);

impl Heard {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Said> {
        self.0.values()
    }

    /// Whether it is new here. No signer takes a revocation back.
    fn take(&mut self, said: Said) -> bool {
        let (Some(device), Some(by)) = (said.device(), said.by()) else { return false };
        let known = self.0.get(&(device, by));
        let is_new = match known {
            Some(known) => *known != said && !known.revokes(),
            None => self.0.len() < limits::HEARD_STATEMENTS,
        };
        if is_new {
            self.0.insert((device, by), said);
        }
        is_new
    }
}

/// What the account says of one of its devices in an entry of a log.
#[derive(Debug)]
pub(super) struct Spoken {
    statement: SignedStatement,
    newcomer: Option<(SignedBundle, NameHash)>,
}

impl Spoken {
    /// What that account says in an entry that had an effect, if it says something.
    pub(super) fn in_entry(applied: &Applied, account: AccountId) -> Option<Self> {
        let (statement, newcomer) = match &applied.body.action {
            Action::DeviceVouched(it) => (it.statement.clone(), Some((it.bundle.clone(), it.device_name))),
            Action::DeviceRevoked(it) => (it.statement.clone()?, None),
            _ => return None,
        };
        let is_own = statement.read().is_ok_and(|said| said.account == account);
        (is_own && applied.effect == LogEffect::Done).then_some(Self { statement, newcomer })
    }

    pub(super) fn is_known(&self, names: &SortedMap<NameHash, String>) -> bool {
        self.newcomer.as_ref().is_none_or(|(_, name)| names.contains_key(name))
    }

    pub(super) fn said(self, names: &SortedMap<NameHash, String>) -> Option<Said> {
        let newcomer = match self.newcomer {
            Some((bundle, name)) => Some((bundle, names.get(&name)?.clone())),
            None => None,
        };
        Some(Said::from_log(self.statement, newcomer))
    }
}

impl Client {
    /// The service hands on what waits there.
    pub(super) fn hear(&mut self, frame: frames::Said, effects: &mut Vec<Effect>) {
        match Said::from_frame(frame) {
            Some(said) => self.take_in(said),
            None => effects.push(Effect::Notify(Event::BadFrame)),
        }
    }

    /// What one room has heard, the others hear.
    pub(super) fn hear_the_rooms(&mut self) {
        let spoken: Vec<Said> = self.rooms.values_mut().flat_map(Room::spoken).collect();
        spoken.into_iter().for_each(|said| self.take_in(said));
    }

    fn take_in(&mut self, said: Said) {
        if self.heard.take(said) {
            self.rooms.values_mut().for_each(Room::something_was_said);
        }
    }
}
