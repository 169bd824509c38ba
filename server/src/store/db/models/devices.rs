//! Registered devices: the public keys of installations, as their owners signed them.

use diesel::{OptionalExtension as _, prelude::*};
use igoon_shared::{
    crypto::bundle::SignedBundle,
    ids::{AccountId, DeviceId, InstallationId},
    protocol::bytes::Blob,
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
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was last connected.
    pub last_seen: Timestamp,
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
    /// Now.
    pub now: Timestamp,
}

/// Registers a device. The same bundle again changes name and platform and nothing else.
///
/// # Errors
/// [`StoreError::AlreadyExists`] when other bytes are registered under this id.
pub fn register(connection: &mut Connection, new: &NewDevice<'_>) -> Result<(), StoreError> {
    let id = new.id.as_bytes().as_slice();
    let row = (
        devices::id.eq(id),
        devices::account.eq(new.account.as_bytes().as_slice()),
        devices::installation.eq(new.installation.as_bytes().as_slice()),
        devices::bundle.eq(new.bundle.bundle.0.as_slice()),
        devices::bundle_signature.eq(new.bundle.signature.0.as_slice()),
        devices::name.eq(new.name),
        devices::platform.eq(new.platform),
        devices::created_at.eq(new.now.0),
        devices::last_seen.eq(new.now.0),
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
    let renamed = diesel::update(same)
        .set((devices::name.eq(new.name), devices::platform.eq(new.platform)))
        .execute(connection)?;
    if renamed == 0 { Err(StoreError::AlreadyExists) } else { Ok(()) }
}

/// The device with this id.
///
/// # Errors
/// When the database fails.
pub fn by_id(connection: &mut Connection, id: DeviceId) -> Result<Option<Device>, StoreError> {
    let row = devices::table.find(id.as_bytes().as_slice()).select(Row::as_select()).first(connection).optional()?;
    row.map(Device::try_from).transpose()
}

/// Notes that the device is, or just was, connected.
///
/// # Errors
/// When the database fails.
pub fn touch_last_seen(connection: &mut Connection, id: DeviceId, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(devices::table.find(id.as_bytes().as_slice()).filter(devices::last_seen.lt(now.0)))
        .set(devices::last_seen.eq(now.0))
        .execute(connection)?;
    Ok(())
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
    created_at: i64,
    last_seen: i64,
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
            created_at: Timestamp(row.created_at),
            last_seen: Timestamp(row.last_seen),
        })
    }
}
