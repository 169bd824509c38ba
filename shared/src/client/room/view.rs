//! A room as it is shown.

use std::collections::BTreeMap;

use super::{CatchUp, Room, Stream};
use crate::{
    client::{
        context::Context,
        io::{MemberView, MessageView, Progress, RoomView, Standing},
        stored::StoredMessage,
    },
    ids::{AccountId, DeviceId, Epoch, Seq},
    log::RoomState,
};

impl Room {
    fn standing(&self, me: DeviceId) -> Standing {
        if let Some(alarm) = self.alarm {
            return Standing::Alarm(alarm);
        }
        let entitled = self.log.as_ref().is_some_and(|log| log.is_entitled(me));
        match self.stream {
            _ if self.refused_by_service => Standing::NotApproved,
            Stream::Live if entitled => Standing::Ready,
            Stream::Live => Standing::NotApproved,
            _ => Standing::CatchingUp,
        }
    }

    /// A message as it is shown.
    pub(super) fn shown_message(&self, seq: Seq, message: &StoredMessage) -> MessageView {
        let handle = message.account.and_then(|account| self.handle(account)).map(ToOwned::to_owned);
        MessageView { handle, ..message.view(self.id, seq) }
    }

    pub(super) fn view(&self, context: &Context<'_>) -> RoomView {
        let log = self.known_log();
        let me = log.and_then(|log| log.member(context.identity.account()));
        let may_act = self.log.as_ref().is_some_and(|log| log.is_entitled(context.identity.device()));
        // Counted once: a room may have a thousand members.
        let mut devices = BTreeMap::<AccountId, usize>::new();
        for (_, device) in log.into_iter().flat_map(RoomState::entitled_devices) {
            *devices.entry(device.bundle.account()).or_default() += 1;
        }
        let members = log.into_iter().flat_map(|log| {
            log.members().map(|(account, member)| MemberView {
                account: *account,
                handle: self.names.get(&member.handle).cloned(),
                role: member.role,
                devices: devices.get(account).copied().unwrap_or_default(),
                me: *account == context.identity.account(),
            })
        });
        let epoch = log.map_or(Epoch(0), RoomState::current_epoch);
        RoomView {
            room: self.id,
            name: self.name().map(ToOwned::to_owned),
            standing: self.standing(context.identity.device()),
            history: log.map(RoomState::history),
            members: members.collect(),
            role: me.map(|me| me.role),
            may_invite: may_act && log.zip(me).is_some_and(|(log, me)| log.may_invite(me.role)),
            member_invites: log.is_some_and(RoomState::member_invites),
            invites: log.map(|log| self.invites.views(log, may_act, context)).unwrap_or_default(),
            epoch,
            has_key: log.is_some_and(|log| self.keyring.get(epoch, log).is_some()),
            unread: self.places.unread(self.read_anywhere(context)),
            last_activity: self.last_activity,
            catching_up: self.catching_up.map(|CatchUp { from, head }| Progress {
                done: self.cursor.seq.0.saturating_sub(from.0),
                of: head.0.saturating_sub(from.0),
            }),
        }
    }
}
