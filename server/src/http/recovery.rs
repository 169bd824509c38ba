//! Recovery: the service's public keys, and the requests of computers that ask for their access back.

use actix_web::{HttpResponse, delete, get, post, web};
use igoon_shared::{
    crypto::bundle::Bundle,
    ids::{DeviceId, RoomId},
    protocol::{
        bytes::Blob,
        error::ErrorCode,
        http::{
            Appended, ApproveRecovery, AskRecovery, RecoveryAsked, RecoveryKey, RecoveryRequestInfo, RecoveryRequests,
        },
        limits,
    },
};

use super::{Service, caller::Caller, large::LargeJson, me::check_password, rooms::parse};
use crate::{
    actors::room,
    error::Error,
    recovery::inbox,
    store::db::models::{
        devices,
        recovery_requests::{self, NewRequest},
    },
};

/// The public keys that owners pin in a recovery policy that counts on the service.
///
/// They change when the operator makes others; a policy pins the present ones.
#[utoipa::path(
    tag = "Recovery",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = OK, body = RecoveryKey))
)]
#[get("/recovery-key")]
pub(super) async fn recovery_key(service: web::Data<Service>, _: Caller) -> Result<web::Json<RecoveryKey>, Error> {
    let holder = service.custody.current().await.map_err(Error::internal)?;
    Ok(web::Json(RecoveryKey {
        recovery_key: Blob(holder.recovery_key().to_vec()),
        signing_key: Blob(holder.signing_key().to_vec()),
    }))
}

/// Asks a room for access back, for a member's device that it does not entitle.
///
/// It is shown to those who may approve it, for seven days, and takes the place of what this device asked before.
#[utoipa::path(
    operation_id = "ask_recovery",
    tag = "Recovery",
    security(("cookie" = []), ("bearer" = [])),
    params(("room" = RoomId, Path, description = "The room.")),
    responses((status = OK, body = RecoveryAsked)),
    extensions(("x-refuses" = json!([
        ErrorCode::Forbidden, ErrorCode::NotFound, ErrorCode::Invalid, ErrorCode::ClockSkew
    ])))
)]
#[post("/rooms/{room}/recovery-requests")]
pub(super) async fn ask(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
    body: web::Json<AskRecovery>,
) -> Result<web::Json<RecoveryAsked>, Error> {
    let (room, account, device, ask) = (parse(&room)?, caller.account(), caller.device()?, body.into_inner());
    let log = service.directory.log_of(account, room).await?;
    let registered = service.store.read(move |db| devices::by_id(db, device)).await?.ok_or(ErrorCode::Forbidden)?;
    let bundle = Bundle::verify(&registered.bundle).map_err(Error::internal)?;
    let now = service.clock.now();
    inbox::check(&log.state, &bundle, &ask, now)?;
    service.account_limits.recovery(account, room)?;
    let expires_at = now.plus_millis(limits::RECOVERY_REQUEST_MS);
    let entered = service.store.write(move |db| {
        let AskRecovery { request, name, announce } = &ask;
        let (asked_at, announce) = (now, *announce);
        recovery_requests::ask(
            db,
            room,
            &NewRequest { device, account, request, name, asked_at, expires_at, announce },
        )?;
        Ok(announce)
    });
    let announce = entered.await?;
    service.directory.recovery_news(room, inbox::concerned(&log.state, account));
    if announce {
        service.directory.look_at_recoveries(room).await;
    }
    Ok(web::Json(RecoveryAsked { expires_at }))
}

/// The requests of the own account and, at a device that is in the room, those that the account may approve.
#[utoipa::path(
    operation_id = "list_recovery_requests",
    tag = "Recovery",
    security(("cookie" = []), ("bearer" = [])),
    params(("room" = RoomId, Path, description = "The room.")),
    responses((status = OK, body = RecoveryRequests)),
    extensions(("x-refuses" = json!([ErrorCode::NotFound])))
)]
#[get("/rooms/{room}/recovery-requests")]
pub(super) async fn list(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
) -> Result<web::Json<RecoveryRequests>, Error> {
    let (room, account, device) = (parse(&room)?, caller.account(), caller.session.device);
    let log = service.directory.log_of(account, room).await?;
    let now = service.clock.now();
    let open = service.store.read(move |db| recovery_requests::of_room(db, room, now)).await?;
    let shown = open.into_iter().filter(|open| inbox::is_shown(&log.state, account, device, open.account));
    let requests = shown.map(|open| RecoveryRequestInfo {
        progress: inbox::progress(&log.state, open.device, now),
        request: open.request,
        bundle: open.bundle,
        name: open.name,
        platform: open.platform,
        asked_at: open.asked_at,
        expires_at: open.expires_at,
    });
    Ok(web::Json(RecoveryRequests { requests: requests.collect() }))
}

/// Takes a request back, or turns it down: for the account itself, and for who may approve it.
#[utoipa::path(
    operation_id = "withdraw_recovery_request",
    tag = "Recovery",
    security(("cookie" = []), ("bearer" = [])),
    params(
        ("room" = RoomId, Path, description = "The room."),
        ("device" = DeviceId, Path, description = "The device that asks.")
    ),
    responses((status = NO_CONTENT)),
    extensions(("x-refuses" = json!([ErrorCode::NotFound])))
)]
#[delete("/rooms/{room}/recovery-requests/{device}")]
pub(super) async fn withdraw(
    service: web::Data<Service>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Error> {
    let (room, asks) = path.into_inner();
    let asks: DeviceId = asks.parse().map_err(|_| ErrorCode::NotFound)?;
    let (room, account, device) = (parse(&room)?, caller.account(), caller.session.device);
    let log = service.directory.log_of(account, room).await?;
    let now = service.clock.now();
    let open = service.store.read(move |db| recovery_requests::of_room(db, room, now)).await?;
    let found = open.into_iter().find(|open| open.device == asks);
    let found = found.filter(|open| inbox::is_shown(&log.state, account, device, open.account));
    let asked_by = found.ok_or(ErrorCode::NotFound)?.account;
    service.store.write(move |db| recovery_requests::withdraw(db, room, asks)).await?;
    service.directory.recovery_news(room, inbox::concerned(&log.state, asked_by));
    Ok(HttpResponse::NoContent().finish())
}

/// Appends what approves a recovery, with the password shown once more.
///
/// As `POST /rooms/{room}/log`, which does not take such entries of a device.
#[utoipa::path(
    operation_id = "approve_recovery",
    tag = "Recovery",
    security(("cookie" = []), ("bearer" = [])),
    params(("room" = RoomId, Path, description = "The room.")),
    request_body = ApproveRecovery,
    responses((status = OK, body = Appended)),
    extensions(("x-refuses" = json!([
        ErrorCode::Forbidden, ErrorCode::NotFound, ErrorCode::BadCredentials, ErrorCode::BadEntry,
        ErrorCode::InviteNotValid, ErrorCode::LogConflict, ErrorCode::ClockSkew, ErrorCode::UnknownFormat,
        ErrorCode::BadEnvelopes, ErrorCode::Invalid
    ])))
)]
#[post("/rooms/{room}/recovery-approvals")]
pub(super) async fn approve(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
    body: LargeJson<ApproveRecovery>,
) -> Result<web::Json<Appended>, Error> {
    let (room, device, account) = (parse(&room)?, caller.device()?, caller.account());
    let LargeJson(ApproveRecovery { current, append }) = body;
    // Before the password: nobody tries one at a room that is not theirs.
    service.directory.log_of(account, room).await?;
    check_password(&service, &caller, current).await?;
    let by = room::Caller { device, handle: caller.session.handle.clone(), confirmed: true, brings_lost: false };
    Ok(web::Json(service.directory.append(room, by, append).await?))
}
