//! From what an owner chooses to the policy in the log: first come the public keys that it pins, the service's or those of a new
//! kit. Until they are there nothing is promised and nothing saved; that they cannot be had is told at once.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::{RecoveryChoice, choice::Needs, kits::NewKit};
use crate::{
    client::{
        Client, Refusal,
        act::Act,
        append::Intent,
        build,
        context::Purpose,
        io::{Effect, Event, Method},
    },
    crypto::{CryptoError, device::DeviceKeys, holder::Holder, system_rng},
    ids::RoomId,
    log::HistoryRule,
    protocol::{error::ErrorCode, http::RecoveryKey},
    time::Timestamp,
};

/// What waits for keys, the oldest first.
#[derive(Debug, Default)]
pub(in crate::client) struct Settling(VecDeque<Wish>);

#[derive(Debug)]
struct Wish {
    target: Target,
    choice: RecoveryChoice,
}

/// Where a choice is to hold.
#[derive(Clone, Debug)]
pub(in crate::client) enum Target {
    /// In a room that is to be made.
    New {
        /// Its name.
        name: String,
        /// What newcomers can read.
        history: HistoryRule,
    },
    /// In this room.
    Room(RoomId),
}

impl Target {
    const fn room(&self) -> Option<RoomId> {
        match self {
            Self::New { .. } => None,
            Self::Room(room) => Some(*room),
        }
    }
}

impl Settling {
    /// The oldest wish that needs such keys: they serve whichever.
    fn take(&mut self, needs: Needs) -> Option<Wish> {
        let place = self.0.iter().position(|wish| wish.choice.needs() == needs)?;
        self.0.remove(place)
    }
}

impl Client {
    /// Somebody has chosen.
    pub(in crate::client) fn settle(
        &mut self,
        now: Timestamp,
        target: Target,
        choice: RecoveryChoice,
        effects: &mut Vec<Effect>,
    ) {
        let needs = choice.needs();
        match needs {
            Needs::Nothing => return self.settled(now, &target, choice, Keys::None, effects),
            Needs::Service => self.with_context(now, effects, |context| {
                context.request(Purpose::RecoveryKey, Method::Get, "/recovery-key", None);
            }),
            Needs::Kit => effects.push(Effect::MakeRsaPair),
        }
        self.settling.0.push_back(Wish { target, choice });
    }

    /// The service's public keys are here, or not.
    pub(in crate::client) fn recovery_key(
        &mut self,
        now: Timestamp,
        answer: Result<RecoveryKey, Refusal>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(Wish { target, choice }) = self.settling.take(Needs::Service) else { return };
        let holder = answer.map_err(|refusal| refusal.code).and_then(|keys| {
            let signing_key = keys.signing_key.0.as_slice().try_into().map_err(|_| ErrorCode::Unknown)?;
            Holder::new(&keys.recovery_key.0, signing_key).map_err(|_| ErrorCode::Unknown)
        });
        match holder {
            Ok(holder) => self.settled(now, &target, choice, Keys::Service(&holder), effects),
            Err(code) => effects.push(Effect::Notify(Event::Failed { room: target.room(), code })),
        }
    }

    /// The RSA pair of a new kit is here, or could not be made.
    pub(in crate::client) fn rsa_pair(
        &mut self,
        now: Timestamp,
        pkcs8: Option<&Zeroizing<Vec<u8>>>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(Wish { target, choice }) = self.settling.take(Needs::Kit) else { return };
        let keys = pkcs8.and_then(|pkcs8| {
            let mut seed = Zeroizing::new([0; 32]);
            rand_core::Rng::fill_bytes(&mut system_rng(), seed.as_mut_slice());
            DeviceKeys::from_parts(pkcs8, &seed).ok()
        });
        match keys {
            Some(keys) => self.settled(now, &target, choice, Keys::Kit(&keys), effects),
            None => effects.push(failed(&target, ErrorCode::Internal)),
        }
    }

    /// All that the choice needs is here: it goes on its way to the log.
    fn settled(
        &mut self,
        now: Timestamp,
        target: &Target,
        choice: RecoveryChoice,
        keys: Keys<'_>,
        effects: &mut Vec<Effect>,
    ) {
        let holder = match keys {
            Keys::None => Ok(None),
            Keys::Service(holder) => Ok(Some(holder.clone())),
            Keys::Kit(keys) => keys.holder().map(Some),
        };
        let policy = holder.ok().and_then(|holder| choice.policy(holder.as_ref()));
        let Some(policy) = policy else { return effects.push(failed(target, ErrorCode::Invalid)) };
        let made = match target {
            Target::New { name, history } => self.with_context(now, effects, |context| {
                // What holds where nothing was chosen need not be said.
                let policy = Some(policy).filter(|_| choice != RecoveryChoice::default());
                build::create_room(context, name, *history, policy).ok()
            }),
            Target::Room(room) => {
                let act = Intent::Act(Act::SetRecovery(policy));
                return match self.kept(now, *room, keys, effects) {
                    Ok(()) => self.on_room(now, *room, effects, |room, _| room.want(act)),
                    Err(_) => effects.push(failed(target, ErrorCode::Internal)),
                };
            }
        };
        let Some((room, append)) = made else { return effects.push(failed(target, ErrorCode::Internal)) };
        if self.kept(now, room, keys, effects).is_err() {
            return effects.push(failed(target, ErrorCode::Internal));
        }
        self.with_context(now, effects, |context| append.save(room, context));
        self.appends.insert(room, append);
    }

    /// What is to be kept of a kit is saved, before the policy that pins it goes out.
    fn kept(
        &mut self,
        now: Timestamp,
        room: RoomId,
        keys: Keys<'_>,
        effects: &mut Vec<Effect>,
    ) -> Result<(), CryptoError> {
        if let Keys::Kit(keys) = keys {
            let kit = NewKit::seal(room, keys)?;
            self.with_context(now, effects, |context| kit.save(room, context));
            self.kits.insert(room, kit);
        }
        Ok(())
    }
}

/// The keys that a policy pins.
#[derive(Clone, Copy)]
enum Keys<'a> {
    None,
    Service(&'a Holder),
    Kit(&'a DeviceKeys),
}

const fn failed(target: &Target, code: ErrorCode) -> Effect {
    Effect::Notify(Event::Failed { room: target.room(), code })
}
