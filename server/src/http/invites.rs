//! What somebody who holds an invite link is shown before joining.

use actix_web::{post, web};
use igoon_shared::protocol::{
    error::ErrorCode,
    http::{OpenInvite, OpenInviteRequest},
};

use super::{Service, room_log, sign_up::check_proof};
use crate::{
    error::Error,
    store::db::models::{names, rooms},
};

#[post("/invites/open")]
pub(super) async fn open(
    service: web::Data<Service>,
    body: web::Json<OpenInviteRequest>,
) -> Result<web::Json<OpenInvite>, Error> {
    let OpenInviteRequest { proof, from } = body.into_inner();
    let invite = check_proof(&service, &proof).await?;
    let room = proof.room;
    let found = service
        .store
        .read(move |db| Ok((rooms::head(db, room)?, room_log::page(db, room, from)?, names::of_room(db, room)?)));
    let (head, (entries, more), names) = found.await?;
    let (_, head) = head.ok_or(ErrorCode::InviteNotValid)?;
    Ok(web::Json(OpenInvite { entries, more, head, names, sealed: invite.sealed }))
}
