//! Opening a WebSocket: with the session's cookie from a page of ours, or with a ticket; the desktop app's page has one.

use actix::Arbiter;
use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use igoon_shared::protocol::{SUBPROTOCOL, TICKET_PREFIX, error::ErrorCode};

use super::{
    Service,
    caller::{self, Caller},
    cors, devices,
};
use crate::{
    actors::{RETRY_AFTER_MS, device::Attach, socket},
    error::Error,
};

/// Opens the WebSocket, by a ticket or by the cookie of a page of the server's.
///
/// The subprotocol is `igoon.v1`; see docs/PROTOCOL.md for what goes over it.
#[utoipa::path(
    operation_id = "open_socket",
    tag = "Devices",
    security(("ticket" = []), ("cookie" = [])),
    responses((status = SWITCHING_PROTOCOLS)),
    extensions(("x-refuses" = json!([
        ErrorCode::UnknownFormat, ErrorCode::Malformed, ErrorCode::BadOrigin, ErrorCode::Forbidden
    ])))
)]
#[get("/socket")]
pub(super) async fn connect(
    service: web::Data<Service>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let caller = caller(&service, &request).await?;
    let device = caller.device()?;
    let arbiter = Arbiter::try_current().ok_or_else(|| Error::internal("no arbiter"))?;
    let lease = service.directory.connect(device, caller.account(), arbiter).await;
    let lease = lease.ok_or(Error::Later(RETRY_AFTER_MS))?;
    let generation = lease.generation();
    socket::upgrade(&request, payload, lease, service.registry.connections(), |backlog| Attach {
        generation,
        socket: None,
        backlog,
        token: caller.token,
    })
}

/// Who opens the socket. Every WebSocket request is a GET that a foreign page can make, cookie included; so its origin is
/// looked at whatever else it brings.
async fn caller(service: &Service, request: &HttpRequest) -> Result<Caller, Error> {
    let origin = request.headers().get(header::ORIGIN);
    if origin.is_some_and(|origin| !service.origins.allow(origin) && !cors::is_app(origin)) {
        return Err(ErrorCode::BadOrigin.into());
    }
    let (speaks_ours, ticket) = offered(request);
    if !speaks_ours {
        return Err(ErrorCode::UnknownFormat.into());
    }
    if let Some(ticket) = ticket {
        return devices::take_ticket(service, &ticket).await;
    }
    if origin.is_none_or(cors::is_app) {
        return Err(ErrorCode::BadOrigin.into());
    }
    let token = caller::by_cookie(request).ok_or(ErrorCode::NotSignedIn)?;
    let session = caller::session(service, token).await?;
    Ok(Caller { token, session })
}

/// Whether the client offers our subprotocol, and the ticket that it offers as another one.
fn offered(request: &HttpRequest) -> (bool, Option<String>) {
    let headers = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let offered = headers.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let mut speaks_ours = false;
    let mut ticket = None;
    for protocol in offered.map(str::trim) {
        speaks_ours |= protocol == SUBPROTOCOL;
        ticket = protocol.strip_prefix(TICKET_PREFIX).map(str::to_owned).or(ticket);
    }
    (speaks_ours, ticket)
}
