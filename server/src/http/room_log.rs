//! A room's log, page by page: for who holds an invite, and for computers that are signed in but not approved.

use actix_web::{get, web};
use igoon_shared::{
    ids::{LogIndex, RoomId},
    log::SignedEntry,
    protocol::{error::ErrorCode, http::LogPage},
};
use serde::Deserialize;

use super::{Service, caller::Caller, rooms::parse};
use crate::{
    error::Error,
    store::{Connection, StoreError, db::models::rooms},
};

/// Entries in one page; the largest are 8 KiB.
const ENTRIES: usize = 100;

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    /// The first entry's index; absent: 0.
    #[serde(default)]
    from: LogIndex,
}

#[get("/rooms/{room}/log")]
pub(super) async fn read(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
    query: web::Query<From>,
) -> Result<web::Json<LogPage>, Error> {
    let (room, account, from) = (parse(&room)?, caller.account(), query.from);
    let entries = service.store.read(move |db| {
        let member = rooms::is_member(db, room, account)?;
        if member { page(db, room, from).map(Some) } else { Ok(None) }
    });
    let (entries, more) = entries.await?.ok_or(ErrorCode::NotFound)?;
    Ok(web::Json(LogPage { entries, more }))
}

/// Entries of a room's log from an index on, and whether there are more.
pub(super) fn page(db: &mut Connection, room: RoomId, from: LogIndex) -> Result<(Vec<SignedEntry>, bool), StoreError> {
    let one_more = u32::try_from(ENTRIES + 1).unwrap_or(u32::MAX);
    let mut entries = rooms::log_entries(db, room, from, one_more)?;
    let more = entries.len() > ENTRIES;
    entries.truncate(ENTRIES);
    Ok((entries.into_iter().map(|row| row.entry).collect(), more))
}
