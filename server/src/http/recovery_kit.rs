//! Recovery kits: private halves that owners have encrypted under what they printed. The service keeps them and cannot read
//! them.

use actix_web::{HttpResponse, get, put, web};
use igoon_shared::{
    ids::{AccountId, RoomId},
    log::{Role, RoomState, action::RecoveryMode},
    protocol::{
        error::ErrorCode,
        http::{RecoveryKit, RecoveryKits},
        limits,
    },
};

use super::{Service, caller::Caller, rooms::parse};
use crate::{
    error::Error,
    store::db::models::{keys, recovery_kits},
};

/// Keeps a kit, for an owner's device that is in the room: before the policy that pins it, or anew.
///
/// Kept are that of the present policy and this one.
#[utoipa::path(
    operation_id = "keep_recovery_kit",
    tag = "Recovery",
    security(("cookie" = []), ("bearer" = [])),
    params(("room" = RoomId, Path, description = "The room.")),
    responses((status = NO_CONTENT)),
    extensions(("x-refuses" = json!([
        ErrorCode::Forbidden, ErrorCode::NotFound, ErrorCode::NotEntitled, ErrorCode::Invalid
    ])))
)]
#[put("/rooms/{room}/recovery-kit")]
pub(super) async fn keep(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
    body: web::Json<RecoveryKit>,
) -> Result<HttpResponse, Error> {
    let (room, account, device, kit) = (parse(&room)?, caller.account(), caller.device()?, body.into_inner());
    let log = service.directory.log_of(account, room).await?;
    is_owner(&log.state, account)?;
    if !log.state.is_entitled(device) {
        return Err(ErrorCode::NotEntitled.into());
    }
    if kit.signing_key.0.len() != 32 {
        return Err(Error::invalid("signing_key", "A kit's signing key has 32 bytes"));
    }
    if kit.sealed.0.is_empty() || kit.sealed.0.len() > limits::RECOVERY_KIT {
        return Err(Error::invalid("sealed", "A kit has at least one byte, and at most 8 KiB"));
    }
    let (pinned, now) = (log.state.pinned_key(), service.clock.now());
    service.store.write(move |db| recovery_kits::keep(db, room, &kit, pinned.as_ref(), now)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The kits that are kept, for a device of an owner, also one that is not in the room.
///
/// Once the kit's approval has let the device in, also what was wrapped for the kit.
#[utoipa::path(
    operation_id = "list_recovery_kits",
    tag = "Recovery",
    security(("cookie" = []), ("bearer" = [])),
    params(("room" = RoomId, Path, description = "The room.")),
    responses((status = OK, body = RecoveryKits)),
    extensions(("x-refuses" = json!([ErrorCode::Forbidden, ErrorCode::NotFound])))
)]
#[get("/rooms/{room}/recovery-kit")]
pub(super) async fn list(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
) -> Result<web::Json<RecoveryKits>, Error> {
    let (room, account, device) = (parse(&room)?, caller.account(), caller.device()?);
    let log = service.directory.log_of(account, room).await?;
    is_owner(&log.state, account)?;
    let holder = log.state.holder().filter(|_| log.state.recovery_mode() == RecoveryMode::Kit);
    let holder = holder.filter(|_| log.state.is_entitled(device)).map(|holder| holder.id());
    let kits = service.store.read(move |db| {
        let kits = recovery_kits::of_room(db, room)?;
        let envelopes = match holder {
            Some(holder) => keys::for_device(db, room, holder)?.envelopes,
            None => Vec::new(),
        };
        Ok(RecoveryKits { kits, envelopes })
    });
    Ok(web::Json(kits.await?))
}

fn is_owner(log: &RoomState, account: AccountId) -> Result<(), ErrorCode> {
    let owner = log.member(account).is_some_and(|member| member.role == Role::Owner);
    if owner { Ok(()) } else { Err(ErrorCode::Forbidden) }
}
