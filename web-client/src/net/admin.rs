//! The calls of the server's owner.

use super::requests::{CallError, look_at};
use crate::messages::{ActorLook, Overview, ServerLook, WatchedActors};

/// The answer of `GET /admin/actors`.
#[derive(serde::Deserialize)]
struct Actors {
    total: usize,
    actors: Vec<ActorLook>,
}

/// `GET /admin/overview` and `GET /admin/actors`.
///
/// # Errors
/// [`CallError`].
pub async fn look(watched: WatchedActors) -> Result<ServerLook, CallError> {
    let overview: Overview = look_at("/admin/overview").await?;
    let kind = watched.kind.as_ref().map_or_else(String::new, |kind| format!("&kind={kind}"));
    let (limit, offset) = (WatchedActors::PORTION, watched.offset);
    let Actors { total, actors } = look_at(&format!("/admin/actors?limit={limit}&offset={offset}{kind}")).await?;
    Ok(ServerLook { watched, overview, total, actors })
}
