//! Where an invite link leads, before anybody signs up: the room's log, verified against the id in the link, and the room's
//! name, verified against the log. The server cannot put another room in its place.

use igoon_shared::{
    ids::{InstallationId, LogIndex, NameHash},
    log::RoomState,
    protocol::{
        bytes::Blob,
        error::ErrorCode,
        http::{InviteProof, OpenInvite, OpenInviteRequest},
    },
    sorted::SortedMap,
};

use super::account::trouble;
use crate::{
    messages::{InviteLink, InvitePreview, Trouble},
    net::account,
};

/// The link's secret, shown to the service without showing it.
pub(super) fn proof(link: &InviteLink, installation: InstallationId) -> Option<InviteProof> {
    let secret = link.secret.secret()?;
    let signature = Blob(secret.sign_use(link.room, installation).to_vec());
    Some(InviteProof { room: link.room, invite: secret.key(link.room), installation, signature })
}

/// Looks where a link leads.
///
/// # Errors
/// [`Trouble`], also when the log is not that of the link's room.
pub(super) async fn look(link: &InviteLink, installation: InstallationId) -> Result<InvitePreview, Trouble> {
    let mut log: Option<RoomState> = None;
    let mut names = SortedMap::new();
    loop {
        let proof = proof(link, installation).ok_or_else(not_valid)?;
        let from = log.as_ref().map_or(LogIndex(0), |log| log.head().index.next());
        let page = account::open_invite(&OpenInviteRequest { proof, from }).await.map_err(|error| trouble(&error))?;
        let more = page.more && !page.entries.is_empty();
        log = Some(follow(log, page, &mut names).ok_or(Trouble::OtherRoom)?);
        if !more {
            break;
        }
    }
    let log = log.filter(|log| log.room() == link.room).ok_or(Trouble::OtherRoom)?;
    Ok(InvitePreview {
        room: link.room,
        name: names.get(&log.name()).cloned(),
        members: u32::try_from(log.members().count()).unwrap_or(u32::MAX),
    })
}

fn follow(mut log: Option<RoomState>, page: OpenInvite, names: &mut SortedMap<NameHash, String>) -> Option<RoomState> {
    for entry in &page.entries {
        match &mut log {
            Some(log) => drop(log.apply(entry).ok()?),
            None => log = Some(RoomState::start(entry).ok()?.0),
        }
    }
    names.extend(page.names.into_iter().filter_map(|name| Some((name.hash()?, name.name))));
    log
}

pub(super) const fn not_valid() -> Trouble {
    Trouble::Refused { code: ErrorCode::InviteNotValid, field: None, retry_after_ms: None }
}
