//! From an invite link to membership: fetch the room's log with the link's secret, verify it, and join on top of it.

use super::{
    Refusal,
    append::PendingAppend,
    build,
    context::{Backoff, Context, Purpose},
    io::Method,
    rotation::Keys,
};
use crate::{
    crypto::{
        epoch::{EpochKey, SealingSecret},
        invite::InviteSecret,
    },
    ids::{LogIndex, RoomId},
    log::RoomState,
    protocol::{
        bytes::Blob,
        error::ErrorCode,
        http::{InviteProof, InviteSealedKey, OpenInvite, OpenInviteRequest},
    },
    time::Timestamp,
};

/// A joining under way.
#[derive(Debug)]
pub struct Joining {
    room: RoomId,
    secret: InviteSecret,
    log: Option<RoomState>,
    sealed: Option<InviteSealedKey>,
    stage: Stage,
    backoff: Backoff,
    kept: Option<PendingAppend>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Fetch,
    UnderWay,
    Build,
    Built,
}

impl Joining {
    pub(super) fn new(room: RoomId, secret: InviteSecret) -> Self {
        Self { room, secret, log: None, sealed: None, stage: Stage::Fetch, backoff: Backoff::default(), kept: None }
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.backoff.deadline().filter(|_| self.stage == Stage::Fetch)
    }

    /// Another entry came first: fetch the news, then join on top of them.
    pub(super) fn look_again(&mut self) {
        self.stage = Stage::Fetch;
    }

    /// Keeps a beaten append, so that an epoch start in it can keep its key.
    pub(super) fn keep(&mut self, append: PendingAppend) {
        self.kept = Some(append);
    }

    /// The next thing to do; an append when all is known.
    pub(super) fn step(&mut self, context: &mut Context<'_>) -> Option<PendingAppend> {
        match self.stage {
            Stage::Fetch if context.online && self.backoff.is_due(context.now) => {
                self.fetch(context);
                None
            }
            Stage::Build => {
                let append = self.build(context);
                self.stage = if append.is_some() { Stage::Built } else { Stage::Fetch };
                append
            }
            _ => None,
        }
    }

    fn fetch(&mut self, context: &mut Context<'_>) {
        let installation = context.identity.installation();
        let request = OpenInviteRequest {
            proof: InviteProof {
                room: self.room,
                invite: self.secret.key(self.room),
                installation,
                signature: Blob(self.secret.sign_use(self.room, installation).to_vec()),
            },
            from: self.log.as_ref().map_or(LogIndex(0), |log| log.head().index.next()),
        };
        // A wire type always encodes.
        let Ok(body) = serde_json::to_vec(&request) else { return };
        self.stage = Stage::UnderWay;
        context.request(Purpose::OpenInvite(self.room), Method::Post, "/invites/open", Some(body));
    }

    /// A page of the log came. An error ends the joining.
    pub(super) fn opened(
        &mut self,
        answer: Result<OpenInvite, Refusal>,
        context: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        self.stage = Stage::Fetch;
        let opened = match answer {
            Ok(opened) => opened,
            Err(refusal) if refusal.is_passing() => {
                self.backoff.failed(context.now, refusal.retry_after_ms);
                return Ok(());
            }
            Err(refusal) => return Err(refusal.code),
        };
        self.backoff.succeeded();
        for entry in &opened.entries {
            match &mut self.log {
                None => {
                    let (log, _) = RoomState::start(entry).map_err(|_| ErrorCode::BadEntry)?;
                    if log.room() != self.room {
                        return Err(ErrorCode::BadEntry);
                    }
                    self.log = Some(log);
                }
                Some(log) => drop(log.apply(entry).map_err(|_| ErrorCode::BadEntry)?),
            }
        }
        self.sealed = opened.sealed;
        if opened.more && !opened.entries.is_empty() {
            return Ok(());
        }
        let open = self
            .log
            .as_ref()
            .and_then(|log| log.invite(self.secret.key(self.room)))
            .is_some_and(|invite| invite.is_open(context.now));
        if !open {
            return Err(ErrorCode::InviteNotValid);
        }
        self.stage = Stage::Build;
        Ok(())
    }

    fn build(&mut self, context: &Context<'_>) -> Option<PendingAppend> {
        let log = self.log.as_ref()?;
        let kept = self.kept.take().and_then(|append| append.kept_start());
        let current = self.current_key();
        build::join(context, log, &self.secret, Keys { current: current.as_ref(), kept }).ok()
    }

    /// The current epoch's key, from beside the invite.
    fn current_key(&self) -> Option<EpochKey> {
        let log = self.log.as_ref()?;
        let beside = self.sealed.as_ref().filter(|beside| beside.epoch == log.current_epoch())?;
        let pinned = log.epoch(beside.epoch)?;
        let secret = self.secret.sealing_secret(self.room);
        beside.sealed.open(SealingSecret::Invite(&secret), self.room, beside.epoch, pinned.key_id).ok()
    }
}
