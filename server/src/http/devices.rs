//! A session's device: registering its keys, and the ticket that lets it open a socket without a cookie. The account's
//! devices: listing and renaming them.

use std::collections::{HashMap, HashSet};

use actix_web::{HttpResponse, get, patch, post, put, web};
use igoon_shared::{
    crypto::bundle::Bundle,
    ids::DeviceId,
    protocol::{
        error::ErrorCode,
        http::{
            DeviceInfo, DeviceRegistered, Devices, MoveDevice, RegisterDevice, RenameDevice, RoomPosition, SocketTicket,
        },
        names,
    },
};

use super::{Service, caller::Caller};
use crate::{
    accounts::secrets,
    error::Error,
    store::{
        StoreError,
        db::models::{devices, positions, sessions, tickets},
    },
};

/// How long a ticket is good for.
const TICKET_MS: i64 = 30_000;

/// Registers the keys of the session's installation.
#[utoipa::path(
    operation_id = "register_device",
    tag = "Devices",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = OK, body = DeviceRegistered)),
    extensions(("x-refuses" = json!([ErrorCode::Invalid])))
)]
#[put("/device")]
pub(super) async fn register(
    service: web::Data<Service>,
    caller: Caller,
    body: web::Json<RegisterDevice>,
) -> Result<web::Json<DeviceRegistered>, Error> {
    let RegisterDevice { bundle, name, platform, address } = body.into_inner();
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
            address,
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

/// Says where the session's device listens on its own network now.
#[utoipa::path(
    operation_id = "move_device",
    tag = "Devices",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = NO_CONTENT)),
    extensions(("x-refuses" = json!([ErrorCode::Forbidden])))
)]
#[put("/device/address")]
pub(super) async fn set_address(
    service: web::Data<Service>,
    caller: Caller,
    body: web::Json<MoveDevice>,
) -> Result<HttpResponse, Error> {
    let (device, address) = (caller.device()?, body.into_inner().address);
    service.store.write(move |db| devices::set_address(db, device, address)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// All that is kept about the devices of the account.
#[utoipa::path(
    operation_id = "list_devices",
    tag = "Devices",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = OK, body = Devices))
)]
#[get("/devices")]
pub(super) async fn list(service: web::Data<Service>, caller: Caller) -> Result<web::Json<Devices>, Error> {
    let (account, now) = (caller.account(), service.clock.now());
    let found = service.store.read(move |db| {
        let devices = devices::of_account(db, account)?;
        let mut stand = HashMap::new();
        for device in &devices {
            stand.insert(device.id, positions::of_device(db, device.id)?);
        }
        let sessions = sessions::of_account(db, account, now)?;
        let signed_in: HashSet<DeviceId> = sessions.iter().filter_map(|listed| listed.session.device).collect();
        Ok((devices, stand, signed_in))
    });
    let (devices, mut stand, signed_in) = found.await?;
    // The store has it to the minute; the connected ones know better.
    let connected = service.directory.look_in(account).await;
    let devices = devices.into_iter().map(|row| {
        let glance = connected.get(&row.id);
        let positions = stand.remove(&row.id).unwrap_or_default();
        let positions =
            positions.into_iter().map(|row| RoomPosition { room: row.room, delivered: row.delivered, read: row.read });
        DeviceInfo {
            device: row.id,
            installation: row.installation,
            name: row.name,
            platform: row.platform,
            address: row.address,
            registered_at: row.created_at,
            last_activity: glance.map_or(row.last_activity, |glance| glance.last_activity),
            last_seen: glance.map_or(row.last_seen, |glance| glance.last_seen),
            availability: row.availability,
            connected: glance.is_some(),
            current: caller.session.device == Some(row.id),
            signed_in: signed_in.contains(&row.id),
            positions: positions.collect(),
        }
    });
    Ok(web::Json(Devices { devices: devices.collect() }))
}

/// Renames a device of the account.
#[utoipa::path(
    operation_id = "rename_device",
    tag = "Devices",
    security(("cookie" = []), ("bearer" = [])),
    params(("device" = DeviceId, Path, description = "The device.")),
    responses((status = NO_CONTENT)),
    extensions(("x-refuses" = json!([ErrorCode::Invalid, ErrorCode::NotFound])))
)]
#[patch("/devices/{device}")]
pub(super) async fn rename(
    service: web::Data<Service>,
    caller: Caller,
    device: web::Path<String>,
    body: web::Json<RenameDevice>,
) -> Result<HttpResponse, Error> {
    let device: DeviceId = device.parse().map_err(|_| ErrorCode::NotFound)?;
    let RenameDevice { name } = body.into_inner();
    check_name("name", &name)?;
    let account = caller.account();
    match service.store.write(move |db| devices::rename(db, account, device, &name)).await {
        Err(StoreError::NotFound) => Err(ErrorCode::NotFound.into()),
        renamed => {
            renamed?;
            Ok(HttpResponse::NoContent().finish())
        }
    }
}

fn check_name(field: &'static str, name: &str) -> Result<(), Error> {
    if names::is_name(name) { Ok(()) } else { Err(Error::invalid(field, "A name has 1 to 64 characters")) }
}

/// A ticket that opens one WebSocket within 30 seconds, for clients without cookies.
#[utoipa::path(
    tag = "Devices",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = OK, body = SocketTicket)),
    extensions(("x-refuses" = json!([ErrorCode::Forbidden])))
)]
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
    let session = super::caller::session(service, token).await?;
    if session.device == Some(ticket.device) {
        Ok(Caller { token, session })
    } else {
        Err(ErrorCode::NotSignedIn.into())
    }
}
