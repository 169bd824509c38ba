//! What accounts say of their devices, left here for rooms that have not heard it. What counts is what a room's log says; what
//! cannot count anywhere is not kept.

use actix_web::{HttpResponse, post, web};
use igoon_shared::{
    crypto::bundle::Bundle,
    ids::{AccountId, DeviceId},
    log::action::Standing,
    protocol::{
        error::ErrorCode,
        frames::{Said, ServerFrame},
        http::LeaveStatement,
        names,
    },
};

use super::{Service, caller::Caller};
use crate::{
    error::Error,
    store::db::models::{
        approvals, devices,
        statements::{self, NewStatement},
    },
};

/// Leaves what the account says of one of its devices, for its rooms that have not heard it.
///
/// By the device that signed it. It waits for 90 days at most, and no longer than until the last room has heard it; a device may
/// have 64 of them wait.
#[utoipa::path(
    operation_id = "leave_statement",
    tag = "Devices",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = NO_CONTENT)),
    extensions(("x-refuses" = json!([ErrorCode::Forbidden, ErrorCode::Invalid])))
)]
#[post("/statements")]
pub(super) async fn leave(
    service: web::Data<Service>,
    caller: Caller,
    body: web::Json<LeaveStatement>,
) -> Result<HttpResponse, Error> {
    let (account, by, left_at) = (caller.account(), caller.device()?, service.clock.now());
    let signer = service.store.read(move |db| devices::by_id(db, by)).await?;
    let signer = signer.and_then(|device| Bundle::verify(&device.bundle).ok()).ok_or(ErrorCode::Forbidden)?;
    let LeaveStatement { statement, newcomer } = body.into_inner();
    let said = Said { statement, newcomer };
    let device = check(&said, account, &signer).ok_or(ErrorCode::Invalid)?;
    let vouches = said.newcomer.is_some();
    let new = NewStatement { device, by, account, said: said.clone(), left_at };
    let left = service.store.write(move |db| {
        if !approvals::judges(db, account)?.contains(&by) {
            return Ok(Err(ErrorCode::Forbidden));
        }
        Ok(statements::leave(db, &new)?.ok_or(ErrorCode::RateLimited))
    });
    let rooms = left.await??;
    if vouches {
        service.directory.tell(vec![device], &ServerFrame::Said(said));
    }
    service.directory.statement_left(rooms);
    Ok(HttpResponse::NoContent().finish())
}

/// Of which device it is, if it is by this signer and about another device of its account.
fn check(said: &Said, account: AccountId, signer: &Bundle) -> Option<DeviceId> {
    let statement = said.statement.read().ok()?;
    said.statement.verify(signer.signing_key()).ok()?;
    let names_both = statement.account == account && statement.by == signer.device();
    let complete = match (statement.standing, &said.newcomer) {
        (Standing::Revoked, None) => true,
        (Standing::Vouched, Some(newcomer)) => {
            let bundle = Bundle::verify(&newcomer.bundle).ok()?;
            let is_it = bundle.account() == account && bundle.device() == statement.device;
            is_it && statement.device != statement.by && names::is_name(&newcomer.name)
        }
        _ => false,
    };
    (names_both && complete).then_some(statement.device)
}
