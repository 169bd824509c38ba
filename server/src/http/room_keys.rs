//! Handing room keys on to devices that lack them.

use actix_web::{HttpResponse, post, web};
use igoon_shared::{
    ids::RoomId,
    protocol::{error::ErrorCode, http::AddKeys},
};

use super::{Service, caller::Caller, large::LargeJson, rooms::parse};
use crate::error::Error;

/// Hands on keys that others lack; all or nothing.
///
/// What is there already stays, so that a repetition is answered as the first time.
#[utoipa::path(
    operation_id = "add_keys",
    tag = "Rooms",
    security(("cookie" = []), ("bearer" = [])),
    params(("room" = RoomId, Path, description = "The room.")),
    request_body = AddKeys,
    responses((status = NO_CONTENT)),
    extensions(("x-refuses" = json!([
        ErrorCode::Forbidden, ErrorCode::NotFound, ErrorCode::NotEntitled, ErrorCode::BadEnvelopes, ErrorCode::Invalid
    ])))
)]
#[post("/rooms/{room}/keys")]
pub(super) async fn add(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
    body: LargeJson<AddKeys>,
) -> Result<HttpResponse, Error> {
    let (room, device) = (parse(&room)?, caller.device()?);
    service.directory.add_keys(caller.account(), room, device, body.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
