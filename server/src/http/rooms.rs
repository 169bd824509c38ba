//! Rooms: making them, appending to their logs, what lies beside the logs.

use actix_web::{HttpResponse, get, post, put, web};
use igoon_shared::{
    ids::RoomId,
    log::Action,
    protocol::{
        error::ErrorCode,
        http::{Append, Appended, InviteSealedKey, RoomKeys, RoomNames},
    },
};

use super::{Service, caller::Caller, large::LargeJson};
use crate::{
    actors::room,
    error::Error,
    store::db::models::{invites, keys, names, rooms},
};

/// Why an append is refused.
const REFUSED_APPENDS: [ErrorCode; 9] = [
    ErrorCode::Forbidden,
    ErrorCode::NotFound,
    ErrorCode::BadEntry,
    ErrorCode::InviteNotValid,
    ErrorCode::LogConflict,
    ErrorCode::ClockSkew,
    ErrorCode::UnknownFormat,
    ErrorCode::BadEnvelopes,
    ErrorCode::Invalid,
];

/// Makes a room.
///
/// For who may make rooms. The first entry is `created`, the last starts epoch 1.
#[utoipa::path(
    operation_id = "make_room",
    tag = "Rooms",
    security(("cookie" = []), ("bearer" = [])),
    request_body = Append,
    responses((status = OK, body = Appended)),
    extensions(("x-refuses" = json!(REFUSED_APPENDS)))
)]
#[post("/rooms")]
pub(super) async fn make(
    service: web::Data<Service>,
    caller: Caller,
    body: LargeJson<Append>,
) -> Result<web::Json<Appended>, Error> {
    let by = by(&caller)?;
    if !service.may_create_rooms(&caller) {
        return Err(ErrorCode::Forbidden.into());
    }
    let LargeJson(append) = body;
    let first = append.entries.first().ok_or(ErrorCode::Malformed)?;
    if !first.body().is_ok_and(|body| matches!(body.action, Action::Created(_))) {
        return Err(ErrorCode::BadEntry.into());
    }
    let room = RoomId::from_first_entry(first.hash());
    Ok(web::Json(service.directory.append(room, by, append).await?))
}

/// Appends to a room's log, by the log's own rules; all or nothing.
///
/// A repeated append is answered as the first time.
#[utoipa::path(
    operation_id = "append",
    tag = "Rooms",
    security(("cookie" = []), ("bearer" = [])),
    params(("room" = RoomId, Path, description = "The room.")),
    request_body = Append,
    responses((status = OK, body = Appended)),
    extensions(("x-refuses" = json!(REFUSED_APPENDS)))
)]
#[post("/rooms/{room}/log")]
pub(super) async fn go_on(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
    body: LargeJson<Append>,
) -> Result<web::Json<Appended>, Error> {
    append(&service, by(&caller)?, &room, body.0).await
}

/// Brings entries that a restored backup lacks, whoever wrote them; else as appending to the log.
#[utoipa::path(
    operation_id = "append_lost",
    tag = "Rooms",
    security(("cookie" = []), ("bearer" = [])),
    params(("room" = RoomId, Path, description = "The room.")),
    request_body = Append,
    responses((status = OK, body = Appended)),
    extensions(("x-refuses" = json!(REFUSED_APPENDS)))
)]
#[post("/rooms/{room}/log/lost")]
pub(super) async fn bring_back(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
    body: LargeJson<Append>,
) -> Result<web::Json<Appended>, Error> {
    append(&service, room::Caller { brings_lost: true, ..by(&caller)? }, &room, body.0).await
}

async fn append(service: &Service, by: room::Caller, room: &str, append: Append) -> Result<web::Json<Appended>, Error> {
    let room = parse(room)?;
    let exists = service.store.read(move |db| Ok(rooms::head(db, room)?.is_some())).await?;
    if !exists {
        return Err(ErrorCode::NotFound.into());
    }
    Ok(web::Json(service.directory.append(room, by, append).await?))
}

/// Who brings an append.
fn by(caller: &Caller) -> Result<room::Caller, Error> {
    Ok(room::Caller {
        device: caller.device()?,
        handle: caller.session.handle.clone(),
        confirmed: false,
        brings_lost: false,
    })
}

/// What the calling device may open: its envelopes, and all links.
#[utoipa::path(
    tag = "Rooms",
    security(("cookie" = []), ("bearer" = [])),
    params(("room" = RoomId, Path, description = "The room.")),
    responses((status = OK, body = RoomKeys)),
    extensions(("x-refuses" = json!([ErrorCode::Forbidden, ErrorCode::NotFound, ErrorCode::NotEntitled])))
)]
#[get("/rooms/{room}/keys")]
pub(super) async fn list_keys(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
) -> Result<web::Json<RoomKeys>, Error> {
    let (room, account, device) = (parse(&room)?, caller.account(), caller.device()?);
    let keys = service.store.read(move |db| {
        if !rooms::is_member(db, room, account)? {
            return Ok(Err(ErrorCode::NotFound));
        }
        if !rooms::is_entitled(db, room, device)? {
            return Ok(Err(ErrorCode::NotEntitled));
        }
        keys::for_device(db, room, device).map(Ok)
    });
    Ok(web::Json(keys.await??))
}

/// The names whose hashes stand in the log.
#[utoipa::path(
    tag = "Rooms",
    security(("cookie" = []), ("bearer" = [])),
    params(("room" = RoomId, Path, description = "The room.")),
    responses((status = OK, body = RoomNames)),
    extensions(("x-refuses" = json!([ErrorCode::NotFound])))
)]
#[get("/rooms/{room}/names")]
pub(super) async fn list_names(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
) -> Result<web::Json<RoomNames>, Error> {
    let (room, account) = (parse(&room)?, caller.account());
    let names = service.store.read(move |db| {
        let member = rooms::is_member(db, room, account)?;
        if member { names::of_room(db, room).map(Some) } else { Ok(None) }
    });
    Ok(web::Json(RoomNames { names: names.await?.ok_or(ErrorCode::NotFound)? }))
}

/// Lays the current key, sealed under an invite's secret, beside the invite.
#[utoipa::path(
    tag = "Rooms",
    security(("cookie" = []), ("bearer" = [])),
    params(("room" = RoomId, Path, description = "The room.")),
    responses((status = NO_CONTENT)),
    extensions(("x-refuses" = json!([
        ErrorCode::Forbidden, ErrorCode::NotFound, ErrorCode::NotEntitled, ErrorCode::Invalid,
        ErrorCode::LogConflict
    ])))
)]
#[put("/rooms/{room}/invite-key")]
pub(super) async fn lay_invite_key(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
    body: web::Json<InviteSealedKey>,
) -> Result<HttpResponse, Error> {
    let (room, device, key) = (parse(&room)?, caller.device()?, body.into_inner());
    service.directory.may_lay_invite_key(caller.account(), room, device, key.clone()).await?;
    let laid = service.store.write(move |db| invites::set_sealed_key(db, room, &key));
    // Another epoch has started meanwhile, or the invite was closed.
    if laid.await? { Ok(HttpResponse::NoContent().finish()) } else { Err(ErrorCode::LogConflict.into()) }
}

pub(super) fn parse(room: &str) -> Result<RoomId, Error> {
    room.parse().map_err(|_| ErrorCode::NotFound.into())
}
