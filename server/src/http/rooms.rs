//! Rooms: making them, appending to their logs, what lies beside the logs.

use actix_web::{HttpResponse, Resource, get, put, web};
use igoon_shared::{
    ids::RoomId,
    log::Action,
    protocol::{
        error::ErrorCode,
        http::{Append, Appended, InviteSealedKey, RoomKeys, RoomNames},
        limits,
    },
};

use super::{Service, caller::Caller};
use crate::{
    actors::room,
    error::Error,
    store::db::models::{invites, keys, names, rooms},
};

pub(super) fn create() -> Resource {
    web::resource("/rooms").app_data(large()).route(web::post().to(make))
}

pub(super) fn append() -> Resource {
    web::resource("/rooms/{room}/log").app_data(large()).route(web::post().to(go_on))
}

pub(super) fn large() -> web::JsonConfig {
    web::JsonConfig::default().limit(limits::APPEND_BODY)
}

async fn make(
    service: web::Data<Service>,
    caller: Caller,
    body: web::Json<Append>,
) -> Result<web::Json<Appended>, Error> {
    let by = by(&caller)?;
    if !service.may_create_rooms(&caller) {
        return Err(ErrorCode::Forbidden.into());
    }
    let append = body.into_inner();
    let first = append.entries.first().ok_or(ErrorCode::Malformed)?;
    if !first.body().is_ok_and(|body| matches!(body.action, Action::Created(_))) {
        return Err(ErrorCode::BadEntry.into());
    }
    let room = RoomId::from_first_entry(first.hash());
    Ok(web::Json(service.directory.append(room, by, append).await?))
}

async fn go_on(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
    body: web::Json<Append>,
) -> Result<web::Json<Appended>, Error> {
    let (by, room) = (by(&caller)?, parse(&room)?);
    let exists = service.store.read(move |db| Ok(rooms::head(db, room)?.is_some())).await?;
    if !exists {
        return Err(ErrorCode::NotFound.into());
    }
    Ok(web::Json(service.directory.append(room, by, body.into_inner()).await?))
}

/// Who brings an append.
fn by(caller: &Caller) -> Result<room::Caller, Error> {
    Ok(room::Caller { device: caller.device()?, handle: caller.session.handle.clone() })
}

#[get("/rooms/{room}/keys")]
pub(super) async fn list_keys(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
) -> Result<web::Json<RoomKeys>, Error> {
    let (room, account, device) = (parse(&room)?, caller.account(), caller.device()?);
    let keys = service.store.read(move |db| {
        let member = rooms::is_member(db, room, account)?;
        if member { keys::for_device(db, room, device).map(Some) } else { Ok(None) }
    });
    Ok(web::Json(keys.await?.ok_or(ErrorCode::NotFound)?))
}

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
