//! Computers of an account that ask each other to be approved. The service carries the question; what counts is what a room's log
//! says.

use actix_web::{HttpResponse, post, web};
use igoon_shared::{
    ids::DeviceId,
    protocol::{
        error::ErrorCode,
        frames::{ApprovalOutcome, ApprovalSettled, ServerFrame},
        http::{AnswerApproval, ApprovalAsked, AskForApproval},
        limits,
    },
};

use super::{Service, caller::Caller, sessions, source::Source};
use crate::{
    error::Error,
    store::db::models::approvals::{self, NewQuestion},
};

/// Asks the account's other computers to approve this one.
///
/// A question that is open stays as it is, unless it is asked again. It is void after a day.
#[utoipa::path(
    operation_id = "ask_for_approval",
    tag = "Devices",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = OK, body = ApprovalAsked)),
    extensions(("x-refuses" = json!([ErrorCode::Forbidden])))
)]
#[post("/approvals")]
pub(super) async fn ask(
    service: web::Data<Service>,
    caller: Caller,
    source: Source,
    body: web::Json<AskForApproval>,
) -> Result<web::Json<ApprovalAsked>, Error> {
    let (account, device, again) = (caller.account(), caller.device()?, body.again);
    let (source, asked_at) = (source.0.to_string(), service.clock.now());
    let expires_at = asked_at.plus_millis(limits::APPROVAL_LIFETIME_MS);
    let asked = service.store.write(move |db| {
        let asked = approvals::ask(db, &NewQuestion { device, account, source: &source, asked_at, expires_at }, again)?;
        let wanted = if asked.is_news { approvals::of_device(db, device)? } else { None };
        Ok((asked, wanted, approvals::judges(db, account)?))
    });
    let (asked, wanted, judges) = asked.await?;
    if let Some(wanted) = wanted {
        let others = judges.into_iter().filter(|judge| *judge != device).collect();
        service.directory.tell(others, &ServerFrame::ApprovalWanted(wanted));
    }
    Ok(web::Json(ApprovalAsked { asked_at: asked.asked_at, expires_at: asked.expires_at }))
}

/// Answers another computer's question.
///
/// Who approves has vouched for it in the rooms' logs, or will; who refuses signs it out.
#[utoipa::path(
    operation_id = "answer_approval",
    tag = "Devices",
    security(("cookie" = []), ("bearer" = [])),
    params(("device" = DeviceId, Path, description = "The device that asks.")),
    responses((status = NO_CONTENT)),
    extensions(("x-refuses" = json!([ErrorCode::Forbidden, ErrorCode::NotFound])))
)]
#[post("/approvals/{device}")]
pub(super) async fn answer(
    service: web::Data<Service>,
    caller: Caller,
    device: web::Path<String>,
    body: web::Json<AnswerApproval>,
) -> Result<HttpResponse, Error> {
    let (account, judge, approved) = (caller.account(), caller.device()?, body.approved);
    let now = service.clock.now();
    let device: Result<DeviceId, _> = device.parse();
    let answered = service.store.write(move |db| {
        let judges = approvals::judges(db, account)?;
        if !judges.contains(&judge) {
            return Ok(Err(ErrorCode::Forbidden));
        }
        // Nobody answers for themselves.
        let Some(device) = device.ok().filter(|device| *device != judge) else { return Ok(Err(ErrorCode::NotFound)) };
        let ended = if approved {
            approvals::settle(db, account, device)?.then(Vec::new)
        } else {
            approvals::refuse(db, account, device, now)?
        };
        Ok(ended.map(|ended| (device, judges, ended)).ok_or(ErrorCode::NotFound))
    });
    let (device, mut concerned, ended) = answered.await??;
    concerned.push(device);
    let outcome = if approved { ApprovalOutcome::Approved } else { ApprovalOutcome::Refused };
    service.directory.tell(concerned, &ServerFrame::ApprovalSettled(ApprovalSettled { device, outcome }));
    sessions::close(&service, ended).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sessions of these devices have ended: who was asked about one on which nobody is signed in any more hears that it is over.
pub(super) async fn withdraw(service: &Service, devices: Vec<DeviceId>) -> Result<(), Error> {
    if devices.is_empty() {
        return Ok(());
    }
    let now = service.clock.now();
    let withdrawn = service.store.write(move |db| {
        let withdrawn = approvals::withdraw(db, &devices, now)?;
        withdrawn.into_iter().map(|(account, device)| Ok((device, approvals::judges(db, account)?))).collect()
    });
    let withdrawn: Vec<(DeviceId, Vec<DeviceId>)> = withdrawn.await?;
    for (device, judges) in withdrawn {
        let settled = ApprovalSettled { device, outcome: ApprovalOutcome::Withdrawn };
        service.directory.tell(judges, &ServerFrame::ApprovalSettled(settled));
    }
    Ok(())
}
