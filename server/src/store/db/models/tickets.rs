//! Tickets: each lets a client without cookies open one WebSocket. Only their hashes are kept.

use diesel::{OptionalExtension as _, prelude::*};
use igoon_shared::{ids::DeviceId, time::Timestamp};

use super::sessions::TokenHash;
use crate::store::{
    Connection, StoreError,
    db::{schema::tickets, values::fixed},
};

/// What a ticket stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The session that fetched it; ask again whether it still counts.
    pub session: TokenHash,
    /// The device that it is for.
    pub device: DeviceId,
    /// From then on it is void.
    pub expires_at: Timestamp,
}

/// Makes a ticket, and clears away those that expired.
///
/// # Errors
/// When the database fails.
pub fn create(
    connection: &mut Connection,
    ticket_hash: &[u8; 32],
    ticket: &Ticket,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::delete(tickets::table.filter(tickets::expires_at.le(now.0))).execute(connection)?;
    diesel::insert_into(tickets::table)
        .values((
            tickets::ticket_hash.eq(ticket_hash.as_slice()),
            tickets::session.eq(ticket.session.as_slice()),
            tickets::device.eq(ticket.device.as_bytes().as_slice()),
            tickets::expires_at.eq(ticket.expires_at.0),
        ))
        .execute(connection)?;
    Ok(())
}

/// The device is being erased.
///
/// # Errors
/// When the database fails.
pub fn forget_device(connection: &mut Connection, device: DeviceId) -> Result<(), StoreError> {
    diesel::delete(tickets::table.filter(tickets::device.eq(device.as_bytes().as_slice()))).execute(connection)?;
    Ok(())
}

/// Uses a ticket up. `None` when there is none, it expired, or somebody else was first.
///
/// # Errors
/// When the database fails.
pub fn take(connection: &mut Connection, ticket_hash: &[u8; 32], now: Timestamp) -> Result<Option<Ticket>, StoreError> {
    let found: Option<(Vec<u8>, Vec<u8>, i64)> = tickets::table
        .find(ticket_hash.as_slice())
        .select((tickets::session, tickets::device, tickets::expires_at))
        .first(connection)
        .optional()?;
    let Some((session, device, expires_at)) = found else { return Ok(None) };
    let taken = diesel::delete(tickets::table.find(ticket_hash.as_slice())).execute(connection)?;
    let ticket = Ticket { session: fixed(&session)?, device: fixed(&device)?, expires_at: Timestamp(expires_at) };
    Ok((taken > 0 && now < ticket.expires_at).then_some(ticket))
}
