//! What somebody who holds an invite link is shown before joining.

use actix_web::{post, web};
use igoon_shared::protocol::{
    error::ErrorCode,
    http::{OpenInvite, OpenInviteRequest},
};

use super::{Service, sign_up::check_proof};
use crate::{
    error::Error,
    store::db::models::{names, rooms},
};

/// Entries in one answer; the largest are 8 KiB.
const ENTRIES: usize = 100;

/// What a newcomer needs in order to join, for who holds the invite link: a page of the room's log, the names.
#[utoipa::path(
    operation_id = "open_invite",
    tag = "Invites",
    security(()),
    responses((status = OK, body = OpenInvite)),
    extensions(("x-refuses" = json!([ErrorCode::InviteNotValid])))
)]
#[post("/invites/open")]
pub(super) async fn open(
    service: web::Data<Service>,
    body: web::Json<OpenInviteRequest>,
) -> Result<web::Json<OpenInvite>, Error> {
    let OpenInviteRequest { proof, from } = body.into_inner();
    let invite = check_proof(&service, &proof).await?;
    let room = proof.room;
    let found = service.store.read(move |db| {
        let one_more = u32::try_from(ENTRIES + 1).unwrap_or(u32::MAX);
        Ok((rooms::head(db, room)?, rooms::log_entries(db, room, from, one_more)?, names::of_room(db, room)?))
    });
    let (head, mut entries, names) = found.await?;
    let (_, head) = head.ok_or(ErrorCode::InviteNotValid)?;
    let more = entries.len() > ENTRIES;
    entries.truncate(ENTRIES);
    let entries = entries.into_iter().map(|row| row.entry).collect();
    Ok(web::Json(OpenInvite { entries, more, head, names, sealed: invite.sealed }))
}
