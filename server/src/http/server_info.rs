//! What a page needs before anybody is signed in.

use actix_web::{get, web};
use igoon_shared::protocol::http::ServerInfo;

use super::Service;
use crate::{error::Error, store::db::models::accounts};

/// What a page needs before anybody is signed in.
#[utoipa::path(tag = "Server", security(()), responses((status = OK, body = ServerInfo)))]
#[get("/server")]
pub(super) async fn server(service: web::Data<Service>) -> Result<web::Json<ServerInfo>, Error> {
    let needs_setup = !service.store.read(accounts::any_exists).await?;
    Ok(web::Json(ServerInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        needs_setup,
        mail_to_folder: service.config.mail.is_none(),
        time: service.clock.now(),
        session_days: service.config.session_days,
        contact: service.config.contact.as_ref().map(ToString::to_string),
    }))
}
