//! The open invites that this device made. It keeps their secrets, so that a link can be copied again; and where history is
//! shared it lays the current room key beside each of them, anew whenever the epoch changes, so that who joins reads at once.

use serde::{Deserialize, Serialize};

use super::{
    Refusal,
    context::{Backoff, Context, Purpose},
    io::{Change, InviteView, Method},
    records,
};
use crate::{
    crypto::{
        CryptoError,
        epoch::{EpochKey, SealedKey, SealingSecret},
        invite::InviteSecret,
        system_rng,
    },
    ids::{Epoch, InviteKey, RoomId},
    log::{Role, RoomState},
    protocol::http::InviteSealedKey,
    sorted::SortedMap,
    time::Timestamp,
};

/// An invite that this device made, as it is saved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct KeptInvite {
    #[serde(with = "records::invite_secret")]
    secret: InviteSecret,
    /// The epoch whose key lies beside it; 0 for none.
    laid: Epoch,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Invites {
    kept: SortedMap<InviteKey, KeptInvite>,
    laying: bool,
    backoff: Backoff,
}

impl Invites {
    pub(super) fn restore(&mut self, kept: SortedMap<InviteKey, KeptInvite>) {
        self.kept = kept;
    }

    /// Keeps a new invite, beside which lies the key of `laid`; the change that saves it.
    pub(super) fn keep(&mut self, room: RoomId, secret: InviteSecret, laid: Epoch) -> Change {
        let invite = secret.key(room);
        let kept = KeptInvite { secret, laid };
        let change = records::put_invite(room, invite, &kept);
        self.kept.insert(invite, kept);
        change
    }

    /// Forgets those by which nobody can join any more. One that the log does not have yet is on its way.
    pub(super) fn forget_closed(&mut self, log: &RoomState, context: &mut Context<'_>) {
        let now = context.now;
        let closed = self.kept.extract_if(|invite, _| log.invite(*invite).is_some_and(|known| !known.is_open(now)));
        let changes = closed.map(|(invite, _)| records::delete_invite(log.room(), invite)).collect();
        context.save(changes);
    }

    /// Lays the current key beside the next invite that lacks it, if that is due.
    pub(super) fn lay(&mut self, log: &RoomState, current: Option<&EpochKey>, context: &mut Context<'_>) {
        if self.laying || !context.online || !self.backoff.is_due(context.now) {
            return;
        }
        let (Some(key), epoch) = (current.filter(|_| log.newcomers_read_current()), log.current_epoch()) else {
            return;
        };
        let lacks = |(invite, kept): &(&InviteKey, &KeptInvite)| kept.laid != epoch && log.invite(**invite).is_some();
        let Some((invite, kept)) = self.kept.iter().find(lacks) else { return };
        let Ok(sealed) = seal(&kept.secret, log, key) else { return };
        // A wire type always encodes.
        let Ok(body) = serde_json::to_vec(&sealed) else { return };
        self.laying = true;
        let purpose = Purpose::InviteKey(log.room(), *invite, epoch);
        context.request(purpose, Method::Put, &format!("/rooms/{}/invite-key", log.room()), Some(body));
    }

    /// The service has laid the key of `epoch` beside an invite, or has not. It does not while the log goes on meanwhile.
    pub(super) fn laid(
        &mut self,
        room: RoomId,
        invite: InviteKey,
        epoch: Epoch,
        outcome: Result<(), Refusal>,
        context: &mut Context<'_>,
    ) {
        self.laying = false;
        match outcome {
            Ok(()) => {
                self.backoff.succeeded();
                if let Some(kept) = self.kept.get_mut(&invite) {
                    kept.laid = epoch;
                    context.save(vec![records::put_invite(room, invite, kept)]);
                }
            }
            Err(refusal) => self.backoff.failed(context.now, refusal.retry_after_ms),
        }
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.backoff.deadline().filter(|_| !self.laying)
    }

    /// The room's open invites, for showing to a device that may act in it or not.
    pub(super) fn views(&self, log: &RoomState, may_act: bool, context: &Context<'_>) -> Vec<InviteView> {
        let me = context.identity.account();
        let closes_all = log.member(me).is_some_and(|member| member.role >= Role::Admin);
        let open = log.invites().filter(|(_, invite)| invite.is_open(context.now));
        open.map(|(key, invite)| InviteView {
            invite: *key,
            role: invite.role,
            uses_left: invite.uses_left,
            expires_at: invite.expires_at,
            made_by: invite.made_by,
            may_close: may_act && (closes_all || invite.made_by == me),
            secret: self.kept.get(key).map(|kept| (&kept.secret).into()),
        })
        .collect()
    }
}

/// The current epoch's key, sealed under an invite's secret.
pub(super) fn seal(secret: &InviteSecret, log: &RoomState, key: &EpochKey) -> Result<InviteSealedKey, CryptoError> {
    let (room, epoch) = (log.room(), log.current_epoch());
    let sealing = secret.sealing_secret(room);
    let sealed = SealedKey::seal(SealingSecret::Invite(&sealing), room, epoch, key, &mut system_rng())?;
    Ok(InviteSealedKey { invite: secret.key(room), epoch, sealed })
}
