//! Handing room keys on to devices that lack them.

use actix_web::{HttpResponse, Resource, guard, web};
use igoon_shared::protocol::http::AddKeys;

use super::{
    Service,
    caller::Caller,
    rooms::{large, parse},
};
use crate::error::Error;

pub(super) fn add() -> Resource {
    web::resource("/rooms/{room}/keys").guard(guard::Post()).app_data(large()).route(web::post().to(add_keys))
}

async fn add_keys(
    service: web::Data<Service>,
    caller: Caller,
    room: web::Path<String>,
    body: web::Json<AddKeys>,
) -> Result<HttpResponse, Error> {
    let (room, device) = (parse(&room)?, caller.device()?);
    service.directory.add_keys(caller.account(), room, device, body.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
