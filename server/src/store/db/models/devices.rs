//! Registered devices: the public keys of installations, as their owners signed them, and what is known of the computers.

use std::num::NonZeroU16;

use diesel::{OptionalExtension as _, prelude::*};
use igoon_shared::{
    crypto::bundle::SignedBundle,
    ids::{AccountId, DeviceId, InstallationId},
    presence::Availability,
    protocol::{bytes::Blob, http::LocalAddress},
    time::Timestamp,
};

use crate::store::{
    Connection, StoreError,
    db::{connection::per_backend, schema::devices, values::fixed},
};

/// A registered device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Which.
    pub id: DeviceId,
    /// Whose.
    pub account: AccountId,
    /// On which copy of the app.
    pub installation: InstallationId,
    /// Its public keys.
    pub bundle: SignedBundle,
    /// What its owner calls the computer.
    pub name: String,
    /// Operating system and browser or app.
    pub platform: String,
    /// Where it listens on its own network.
    pub address: Option<LocalAddress>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was last connected; to the minute while it is.
    pub last_seen: Timestamp,
    /// When there was real input the last time; to the minute while it is connected.
    pub last_activity: Timestamp,
    /// What its owner chose.
    pub availability: Availability,
}

/// See [`register`].
pub struct NewDevice<'a> {
    /// What the checked bundle says.
    pub id: DeviceId,
    /// What the checked bundle says.
    pub account: AccountId,
    /// What the checked bundle says.
    pub installation: InstallationId,
    /// The bundle as it came.
    pub bundle: &'a SignedBundle,
    /// What its owner calls the computer.
    pub name: &'a str,
    /// Operating system and browser or app.
    pub platform: &'a str,
    /// Where it listens on its own network.
    pub address: Option<LocalAddress>,
    /// Now.
    pub now: Timestamp,
}

/// Registers a device, with what the account chose to be. The same bundle again changes platform and address and nothing
/// else.
///
/// # Errors
/// [`StoreError::AlreadyExists`] when other bytes are registered under this id.
pub fn register(connection: &mut Connection, new: &NewDevice<'_>) -> Result<(), StoreError> {
    let id = new.id.as_bytes().as_slice();
    let account = new.account.as_bytes().as_slice();
    let chosen: Option<i64> = devices::table
        .filter(devices::account.eq(account))
        .select(devices::availability)
        .first(connection)
        .optional()?;
    let chosen = chosen.unwrap_or(availability_number(Availability::Available));
    let invisible = chosen == availability_number(Availability::Invisible);
    let row = (
        devices::id.eq(id),
        devices::account.eq(account),
        devices::installation.eq(new.installation.as_bytes().as_slice()),
        devices::bundle.eq(new.bundle.bundle.0.as_slice()),
        devices::bundle_signature.eq(new.bundle.signature.0.as_slice()),
        devices::name.eq(new.name),
        devices::platform.eq(new.platform),
        devices::created_at.eq(new.now.0),
        devices::last_seen.eq(new.now.0),
        devices::shown_last_seen.eq(if invisible { 0 } else { new.now.0 }),
        devices::last_activity.eq(new.now.0),
        devices::availability.eq(chosen),
        address_columns(new.address),
    );
    let made = per_backend!(connection, connection => diesel::insert_into(devices::table)
        .values(row)
        .on_conflict(devices::id)
        .do_nothing()
        .execute(connection))?;
    if made > 0 {
        return Ok(());
    }
    let same = devices::table
        .find(id)
        .filter(devices::bundle.eq(new.bundle.bundle.0.as_slice()))
        .filter(devices::bundle_signature.eq(new.bundle.signature.0.as_slice()));
    let found = diesel::update(same)
        .set((devices::platform.eq(new.platform), address_columns(new.address)))
        .execute(connection)?;
    if found == 0 { Err(StoreError::AlreadyExists) } else { Ok(()) }
}

/// The device with this id.
///
/// # Errors
/// When the database fails.
pub fn by_id(connection: &mut Connection, id: DeviceId) -> Result<Option<Device>, StoreError> {
    let row = devices::table.find(id.as_bytes().as_slice()).select(Row::as_select()).first(connection).optional()?;
    row.map(Device::try_from).transpose()
}

/// The account's devices, in the order in which they were registered.
///
/// # Errors
/// When the database fails.
pub fn of_account(connection: &mut Connection, account: AccountId) -> Result<Vec<Device>, StoreError> {
    let rows: Vec<Row> = devices::table
        .filter(devices::account.eq(account.as_bytes().as_slice()))
        .order((devices::created_at, devices::id))
        .select(Row::as_select())
        .load(connection)?;
    rows.into_iter().map(Device::try_from).collect()
}

/// Renames a device of the account.
///
/// # Errors
/// [`StoreError::NotFound`] when it has none with this id.
pub fn rename(connection: &mut Connection, account: AccountId, id: DeviceId, name: &str) -> Result<(), StoreError> {
    let renamed = diesel::update(
        devices::table.find(id.as_bytes().as_slice()).filter(devices::account.eq(account.as_bytes().as_slice())),
    )
    .set(devices::name.eq(name))
    .execute(connection)?;
    if renamed == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Erases a device, of which nothing else speaks any more.
///
/// # Errors
/// When the database fails.
pub fn forget(connection: &mut Connection, id: DeviceId) -> Result<(), StoreError> {
    diesel::delete(devices::table.find(id.as_bytes().as_slice())).execute(connection)?;
    Ok(())
}

/// Notes where the device listens on its own network.
///
/// # Errors
/// When the database fails.
pub fn set_address(connection: &mut Connection, id: DeviceId, address: Option<LocalAddress>) -> Result<(), StoreError> {
    diesel::update(devices::table.find(id.as_bytes().as_slice())).set(address_columns(address)).execute(connection)?;
    Ok(())
}

/// Notes what the account chose to be, on all its devices.
///
/// # Errors
/// When the database fails.
pub fn choose(connection: &mut Connection, account: AccountId, availability: Availability) -> Result<(), StoreError> {
    diesel::update(devices::table.filter(devices::account.eq(account.as_bytes().as_slice())))
        .set(devices::availability.eq(availability_number(availability)))
        .execute(connection)?;
    Ok(())
}

/// A device is, or just was, connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sign {
    /// When.
    pub at: Timestamp,
    /// When there was real input the last time.
    pub last_activity: Timestamp,
    /// Others may know.
    pub visible: bool,
}

/// Notes a sign of life; one that is older than what is known changes nothing.
///
/// # Errors
/// When the database fails.
pub fn touch(connection: &mut Connection, id: DeviceId, sign: Sign) -> Result<(), StoreError> {
    let device = devices::table.find(id.as_bytes().as_slice());
    diesel::update(device.filter(devices::last_seen.le(sign.at.0)))
        .set((devices::last_seen.eq(sign.at.0), devices::last_activity.eq(sign.last_activity.0)))
        .execute(connection)?;
    if sign.visible {
        diesel::update(device.filter(devices::shown_last_seen.lt(sign.at.0)))
            .set(devices::shown_last_seen.eq(sign.at.0))
            .execute(connection)?;
    }
    Ok(())
}

type AddressColumns =
    (diesel::dsl::Eq<devices::local_ip, Option<String>>, diesel::dsl::Eq<devices::listener_port, Option<i64>>);

fn address_columns(address: Option<LocalAddress>) -> AddressColumns {
    let (ip, port) = address.map(|address| (address.ip.to_string(), i64::from(address.port.get()))).unzip();
    (devices::local_ip.eq(ip), devices::listener_port.eq(port))
}

fn address(ip: Option<String>, port: Option<i64>) -> Result<Option<LocalAddress>, StoreError> {
    let Some((ip, port)) = ip.zip(port) else { return Ok(None) };
    let ip = ip.parse().map_err(|_| StoreError::Damaged("a local address"))?;
    let port = u16::try_from(port).ok().and_then(NonZeroU16::new).ok_or(StoreError::Damaged("a port"))?;
    Ok(Some(LocalAddress { ip, port }))
}

const fn availability_number(availability: Availability) -> i64 {
    match availability {
        // Nobody can choose what is not known.
        Availability::Available | Availability::Unknown => 0,
        Availability::Away => 1,
        Availability::Busy => 2,
        Availability::Invisible => 3,
    }
}

fn availability(number: i64) -> Result<Availability, StoreError> {
    match number {
        0 => Ok(Availability::Available),
        1 => Ok(Availability::Away),
        2 => Ok(Availability::Busy),
        3 => Ok(Availability::Invisible),
        _ => Err(StoreError::Damaged("an availability")),
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = devices)]
struct Row {
    id: Vec<u8>,
    account: Vec<u8>,
    installation: Vec<u8>,
    bundle: Vec<u8>,
    bundle_signature: Vec<u8>,
    name: String,
    platform: String,
    local_ip: Option<String>,
    listener_port: Option<i64>,
    created_at: i64,
    last_seen: i64,
    last_activity: i64,
    availability: i64,
}

impl TryFrom<Row> for Device {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: fixed(&row.id)?,
            account: fixed(&row.account)?,
            installation: fixed(&row.installation)?,
            bundle: SignedBundle { bundle: Blob(row.bundle), signature: Blob(row.bundle_signature) },
            name: row.name,
            platform: row.platform,
            address: address(row.local_ip, row.listener_port)?,
            created_at: Timestamp(row.created_at),
            last_seen: Timestamp(row.last_seen),
            last_activity: Timestamp(row.last_activity),
            availability: availability(row.availability)?,
        })
    }
}
