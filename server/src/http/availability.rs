//! What an account wants to be to others.

use actix_web::{HttpResponse, put, web};
use igoon_shared::{
    presence::Availability,
    protocol::{error::ErrorCode, http::ChooseAvailability},
};

use super::{Service, caller::Caller};
use crate::{error::Error, store::db::models::devices};

/// Chooses what the account wants to be to others, on all its devices.
#[utoipa::path(
    operation_id = "choose_availability",
    tag = "Devices",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = NO_CONTENT)),
    extensions(("x-refuses" = json!([ErrorCode::Invalid, ErrorCode::Forbidden])))
)]
#[put("/availability")]
pub(super) async fn choose(
    service: web::Data<Service>,
    caller: Caller,
    body: web::Json<ChooseAvailability>,
) -> Result<HttpResponse, Error> {
    let availability = body.into_inner().availability;
    if availability == Availability::Unknown {
        return Err(Error::invalid("availability", "It is available, away, busy or invisible"));
    }
    // It stands with the account's devices: without one there is nobody to be seen.
    caller.device()?;
    let account = caller.account();
    service.store.write(move |db| devices::choose(db, account, availability)).await?;
    service.directory.chosen(account);
    Ok(HttpResponse::NoContent().finish())
}
