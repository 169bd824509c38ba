//! Envelopes and links: epoch keys, wrapped to devices and sealed under one another.

use std::collections::HashMap;

use diesel::prelude::*;
use igoon_shared::{
    crypto::{envelope::Envelope, epoch::SealedKey, holder::Holder},
    ids::{DeviceId, Epoch, RoomId},
    protocol::{
        bytes::Blob,
        http::{EpochLink, RoomKeys},
    },
};

use super::members;
use crate::store::{
    Connection, StoreError,
    db::{
        connection::per_backend,
        schema::{envelopes, epoch_links, room_devices, rooms},
        values::{fixed, number, unsigned},
    },
};

/// All that a device may open of a room's keys, oldest epoch first.
///
/// # Errors
/// When the database fails.
pub fn for_device(connection: &mut Connection, room: RoomId, device: DeviceId) -> Result<RoomKeys, StoreError> {
    let envelopes: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = envelopes::table
        .inner_join(room_devices::table.inner_join(rooms::table))
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .filter(room_devices::device.eq(device.as_bytes().as_slice()))
        .select((envelopes::context, envelopes::ciphertext, envelopes::signature))
        .order((envelopes::epoch, envelopes::wrapper))
        .load(connection)?;
    let links: Vec<(i64, Vec<u8>, Vec<u8>)> = epoch_links::table
        .inner_join(rooms::table)
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .select((epoch_links::epoch, epoch_links::salt, epoch_links::ciphertext))
        .order(epoch_links::epoch)
        .load(connection)?;
    Ok(RoomKeys {
        envelopes: envelopes.into_iter().map(envelope).collect(),
        links: links
            .into_iter()
            .map(|(epoch, salt, ciphertext)| {
                let sealed = SealedKey { salt: Blob(salt), ciphertext: Blob(ciphertext) };
                Ok(EpochLink { epoch: Epoch(unsigned(epoch)?), sealed })
            })
            .collect::<Result<_, StoreError>>()?,
    })
}

/// All that was wrapped for who holds a room's recovery keys, oldest epoch first.
///
/// # Errors
/// When the database fails.
pub fn escrowed(connection: &mut Connection, room: RoomId) -> Result<Vec<Envelope>, StoreError> {
    let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = envelopes::table
        .inner_join(room_devices::table.inner_join(rooms::table))
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .filter(room_devices::account.eq(Holder::ACCOUNT.as_bytes().as_slice()))
        .select((envelopes::context, envelopes::ciphertext, envelopes::signature))
        .order((envelopes::epoch, envelopes::wrapper))
        .load(connection)?;
    Ok(rows.into_iter().map(envelope).collect())
}

fn envelope((context, ciphertext, signature): (Vec<u8>, Vec<u8>, Vec<u8>)) -> Envelope {
    Envelope { context: Blob(context), ciphertext: Blob(ciphertext), signature: Blob(signature) }
}

/// Which devices have an envelope of a room's current epoch, and which epochs have a link.
///
/// # Errors
/// When the database fails.
pub fn held(connection: &mut Connection, room: RoomId) -> Result<(Vec<DeviceId>, Vec<Epoch>), StoreError> {
    let devices: Vec<Vec<u8>> = envelopes::table
        .inner_join(room_devices::table.inner_join(rooms::table))
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .filter(envelopes::epoch.eq(rooms::current_epoch))
        .select(room_devices::device)
        .distinct()
        .load(connection)?;
    let links: Vec<i64> = epoch_links::table
        .inner_join(rooms::table)
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .select(epoch_links::epoch)
        .load(connection)?;
    Ok((
        devices.iter().map(|device| fixed(device)).collect::<Result<_, _>>()?,
        links.into_iter().map(|epoch| unsigned(epoch).map(Epoch)).collect::<Result<_, _>>()?,
    ))
}

/// Adds envelopes, each with the device and epoch that it is for. The first of a (recipient, epoch, wrapping device) stays.
/// Both devices must be in the room's log, at the latest by the append that this belongs to.
pub(in crate::store) fn add_envelopes(
    connection: &mut Connection,
    room: i64,
    envelopes: &[(DeviceId, Epoch, Envelope)],
) -> Result<(), StoreError> {
    let mut parties = Vec::with_capacity(envelopes.len());
    for (recipient, epoch, envelope) in envelopes {
        let wrapper = envelope.context().map_err(|_| StoreError::Damaged("an envelope's context"))?.wrapper;
        parties.push((*recipient, wrapper, *epoch, envelope));
    }
    let mut devices: Vec<_> = parties.iter().flat_map(|(recipient, wrapper, ..)| [*recipient, *wrapper]).collect();
    devices.sort_unstable();
    devices.dedup();
    let known = members::devices(connection, room, &devices)?;
    let rows = parties
        .into_iter()
        .map(|(recipient, wrapper, epoch, envelope)| NewRow::new(&known, recipient, wrapper, epoch, envelope))
        .collect::<Result<Vec<_>, _>>()?;
    match connection {
        Connection::Sqlite(sqlite) => {
            for row in &rows {
                diesel::insert_into(envelopes::table).values(row).on_conflict_do_nothing().execute(sqlite)?;
            }
        }
        Connection::Postgres(postgres) => {
            // A statement takes 65,535 parameters.
            for rows in rows.chunks(5_000) {
                diesel::insert_into(envelopes::table).values(rows).on_conflict_do_nothing().execute(postgres)?;
            }
        }
    }
    Ok(())
}

/// Adds a link; the first of an epoch stays.
pub(in crate::store) fn add_link(connection: &mut Connection, room: i64, link: &EpochLink) -> Result<(), StoreError> {
    let row = (
        epoch_links::room.eq(room),
        epoch_links::epoch.eq(number(link.epoch.0)),
        epoch_links::salt.eq(link.sealed.salt.0.as_slice()),
        epoch_links::ciphertext.eq(link.sealed.ciphertext.0.as_slice()),
    );
    per_backend!(connection, connection => diesel::insert_into(epoch_links::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(connection))?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = envelopes)]
struct NewRow<'a> {
    recipient: i64,
    epoch: i64,
    wrapper: i64,
    context: &'a [u8],
    ciphertext: &'a [u8],
    signature: &'a [u8],
}

impl<'a> NewRow<'a> {
    fn new(
        known: &HashMap<DeviceId, members::RoomDevice>,
        recipient: DeviceId,
        wrapper: DeviceId,
        epoch: Epoch,
        envelope: &'a Envelope,
    ) -> Result<Self, StoreError> {
        let number_of = |device| known.get(&device).map(|device| device.number).ok_or(StoreError::NotFound);
        Ok(Self {
            recipient: number_of(recipient)?,
            epoch: number(epoch.0),
            wrapper: number_of(wrapper)?,
            context: &envelope.context.0,
            ciphertext: &envelope.ciphertext.0,
            signature: &envelope.signature.0,
        })
    }
}
