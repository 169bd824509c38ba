//! A room's log, page by page: for who holds an invite, for computers that are signed in but not approved, and for who was in
//! the room, up to the entry by which they no longer are. So a computer that was away is told that by whoever did it.

use actix_web::{get, web};
use igoon_shared::{
    ids::{AccountId, DeviceId, LogIndex, RoomId},
    log::{Action, Author, SignedEntry},
    protocol::{error::ErrorCode, http::LogPage},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Service, caller::Caller, rooms::parse};
use crate::{
    error::Error,
    store::{Connection, StoreError, db::models::rooms},
};

/// Entries in one page; the largest are 8 KiB.
const ENTRIES: usize = 100;

/// Entries that are looked through at a time.
const SCANNED: u32 = 500;

/// What is asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct From {
    /// The first entry's index; absent: 0.
    #[serde(default)]
    from: LogIndex,
}

/// A page of the room's log, for a member's computer whether or not it is entitled.
///
/// Who was a member reads it up to the entry that put them out.
#[utoipa::path(
    operation_id = "read_log",
    tag = "Rooms",
    security(("cookie" = []), ("bearer" = [])),
    params(("room" = RoomId, Path, description = "The room."), From),
    responses((status = OK, body = LogPage)),
    extensions(("x-refuses" = json!([ErrorCode::NotFound])))
)]
#[get("/rooms/{room}/log")]
pub(super) async fn read(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
    query: web::Query<From>,
) -> Result<web::Json<LogPage>, Error> {
    let (room, account, from) = (parse(&room)?, caller.account(), query.from);
    let entries = service.store.read(move |db| {
        if rooms::is_member(db, room, account)? {
            return page(db, room, from).map(Some);
        }
        let Some(last) = last_shown(db, room, account)? else { return Ok(None) };
        let (mut entries, more) = page(db, room, from)?;
        let left = usize::try_from((last.0 + 1).saturating_sub(from.0)).unwrap_or(usize::MAX);
        let more = more && left > entries.len();
        entries.truncate(left);
        Ok(Some((entries, more)))
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

/// The last entry that is shown to an account that was in the room and is not any more: the one that put it out.
fn last_shown(db: &mut Connection, room: RoomId, account: AccountId) -> Result<Option<LogIndex>, StoreError> {
    let devices = rooms::devices_of(db, room, account)?;
    if devices.is_empty() {
        return Ok(None);
    }
    let (mut from, mut last) = (LogIndex(0), None);
    loop {
        let entries = rooms::log_entries(db, room, from, SCANNED)?;
        let Some(newest) = entries.last() else { return Ok(last) };
        from = newest.index.next();
        let puts_out = entries.iter().rev().find(|row| puts_out(&row.entry, account, &devices));
        last = puts_out.map(|row| row.index).or(last);
    }
}

/// Whether by this entry an account with these devices is out of the room.
fn puts_out(entry: &SignedEntry, account: AccountId, devices: &[DeviceId]) -> bool {
    let Ok(body) = entry.body() else { return false };
    match (&body.action, body.author) {
        (Action::MemberRemoved(removed), _) => removed.account == account,
        (Action::Left(_), Author::Device(author)) => devices.contains(&author),
        _ => false,
    }
}
