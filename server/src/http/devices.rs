//! A session's device: registering its keys, and the ticket that lets it open a socket without a cookie.

use actix_web::{post, put, web};
use igoon_shared::{
    crypto::bundle::Bundle,
    protocol::{
        error::ErrorCode,
        http::{DeviceRegistered, RegisterDevice, SocketTicket},
        names,
    },
};

use super::{Service, caller::Caller};
use crate::{
    accounts::secrets,
    error::Error,
    store::{
        StoreError,
        db::models::{devices, sessions, tickets},
    },
};

/// How long a ticket is good for.
const TICKET_MS: i64 = 30_000;

#[put("/device")]
pub(super) async fn register(
    service: web::Data<Service>,
    caller: Caller,
    body: web::Json<RegisterDevice>,
) -> Result<web::Json<DeviceRegistered>, Error> {
    let RegisterDevice { bundle, name, platform } = body.into_inner();
    check_name("name", &name)?;
    check_name("platform", &platform)?;
    let checked = Bundle::verify(&bundle)
        .map_err(|_| Error::invalid("bundle", "The computer's keys or their signature are not valid"))?;
    if checked.account() != caller.account() || checked.installation() != caller.session.installation {
        return Err(Error::invalid("bundle", "The keys belong to another account or installation"));
    }
    let (device, account, installation) = (checked.device(), checked.account(), checked.installation());
    let (token, now) = (caller.token, service.clock.now());
    let registered = service.store.write(move |db| {
        let new = devices::NewDevice {
            id: device,
            account,
            installation,
            bundle: &bundle,
            name: &name,
            platform: &platform,
            now,
        };
        devices::register(db, &new)?;
        sessions::bind_device(db, &token.0, device)
    });
    match registered.await {
        Err(StoreError::AlreadyExists) => {
            return Err(Error::invalid("bundle", "Another signature is known for these keys"));
        }
        other => other?,
    }
    if let Some(before) = caller.session.device.filter(|before| *before != device) {
        // The session speaks for another device now; a socket of the one before ends.
        service.directory.signed_out(before, token);
    }
    Ok(web::Json(DeviceRegistered { device }))
}

fn check_name(field: &'static str, name: &str) -> Result<(), Error> {
    if names::is_name(name) { Ok(()) } else { Err(Error::invalid(field, "A name has 1 to 64 characters")) }
}

#[post("/socket-ticket")]
pub(super) async fn socket_ticket(
    service: web::Data<Service>,
    caller: Caller,
) -> Result<web::Json<SocketTicket>, Error> {
    let device = caller.device()?;
    let (ticket, hash) = secrets::fresh();
    let now = service.clock.now();
    let row = tickets::Ticket { session: caller.token.0, device, expires_at: now.plus_millis(TICKET_MS) };
    service.store.write(move |db| tickets::create(db, &hash.0, &row, now)).await?;
    Ok(web::Json(SocketTicket { ticket }))
}

/// The session and device behind a ticket, which is used up by this.
pub(super) async fn take_ticket(service: &Service, ticket: &str) -> Result<Caller, Error> {
    let ticket = secrets::recognise(ticket).ok_or(ErrorCode::NotSignedIn)?;
    let now = service.clock.now();
    let ticket = service.store.write(move |db| tickets::take(db, &ticket.0, now)).await?;
    let ticket = ticket.ok_or(ErrorCode::NotSignedIn)?;
    let token = secrets::SecretHash(ticket.session);
    let session = super::caller::session(service, token).await?.ok_or(ErrorCode::NotSignedIn)?;
    if session.device == Some(ticket.device) {
        Ok(Caller { token, session })
    } else {
        Err(ErrorCode::NotSignedIn.into())
    }
}
