//! What accounts say of their devices, as long as a room of the account has not heard it.

use diesel::{OptionalExtension as _, prelude::*};
use igoon_shared::{
    crypto::bundle::SignedBundle,
    ids::{AccountId, DeviceId, RoomId},
    log::action::SignedStatement,
    protocol::{
        bytes::Blob,
        frames::{Newcomer, Said},
        limits,
    },
    time::Timestamp,
};

use super::rooms as room_rows;
use crate::store::{
    Connection, StoreError,
    db::{
        connection::per_backend,
        schema::{members, rooms, statements, unheard_statements as unheard},
        values::fixed,
    },
};

/// A statement that a device leaves.
#[derive(Clone, Debug)]
pub struct NewStatement {
    /// Of which device.
    pub device: DeviceId,
    /// The device that says so.
    pub by: DeviceId,
    /// Whose both are.
    pub account: AccountId,
    /// What is said.
    pub said: Said,
    /// Now.
    pub left_at: Timestamp,
}

/// A statement that a room has not heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unheard {
    /// Of which device.
    pub device: DeviceId,
    /// The device that says so.
    pub by: DeviceId,
    /// What is said.
    pub said: Said,
}

/// Keeps a statement for the rooms of its account, and clears away what has waited for too long. It takes the place of what its
/// signer said of that device before, unless that was a revocation. The rooms that wait for it; `None` when too many of this
/// signer's wait already.
///
/// # Errors
/// When the database fails.
pub fn leave(connection: &mut Connection, new: &NewStatement) -> Result<Option<Vec<RoomId>>, StoreError> {
    let expired = new.left_at.plus_millis(-limits::STATEMENT_LIFETIME_MS);
    let old: Vec<(Vec<u8>, Vec<u8>)> = statements::table
        .filter(statements::left_at.le(expired.0))
        .select((statements::device, statements::said_by))
        .load(connection)?;
    for (device, by) in old {
        erase(connection, fixed(&device)?, fixed(&by)?)?;
    }
    let known: Option<Option<Vec<u8>>> = statements::table
        .find((new.device.as_bytes().as_slice(), new.by.as_bytes().as_slice()))
        .select(statements::bundle)
        .first(connection)
        .optional()?;
    match known {
        // Nobody takes a revocation back.
        Some(None) => return Ok(Some(Vec::new())),
        Some(Some(_)) => erase(connection, new.device, new.by)?,
        None => {
            let waiting: i64 = statements::table
                .filter(statements::said_by.eq(new.by.as_bytes().as_slice()))
                .count()
                .get_result(connection)?;
            if usize::try_from(waiting).unwrap_or(usize::MAX) >= limits::WAITING_STATEMENTS {
                return Ok(None);
            }
        }
    }
    let of_account: Vec<(i64, Vec<u8>)> = members::table
        .inner_join(rooms::table)
        .filter(members::account.eq(new.account.as_bytes().as_slice()))
        .select((rooms::number, rooms::id))
        .load(connection)?;
    if !of_account.is_empty() {
        insert(connection, new, of_account.iter().map(|(room, _)| *room))?;
    }
    of_account.iter().map(|(_, id)| fixed(id)).collect::<Result<_, _>>().map(Some)
}

fn insert(connection: &mut Connection, new: &NewStatement, rooms: impl Iterator<Item = i64>) -> Result<(), StoreError> {
    let newcomer = new.said.newcomer.as_ref();
    let row = (
        statements::device.eq(new.device.as_bytes().as_slice()),
        statements::said_by.eq(new.by.as_bytes().as_slice()),
        statements::account.eq(new.account.as_bytes().as_slice()),
        statements::statement.eq(new.said.statement.statement.0.as_slice()),
        statements::signature.eq(new.said.statement.signature.0.as_slice()),
        statements::bundle.eq(newcomer.map(|newcomer| newcomer.bundle.bundle.0.as_slice())),
        statements::bundle_signature.eq(newcomer.map(|newcomer| newcomer.bundle.signature.0.as_slice())),
        statements::name.eq(newcomer.map(|newcomer| newcomer.name.as_str())),
        statements::left_at.eq(new.left_at.0),
    );
    per_backend!(connection, connection => diesel::insert_into(statements::table).values(row).execute(connection))?;
    for room in rooms {
        let row = (
            unheard::room.eq(room),
            unheard::device.eq(new.device.as_bytes().as_slice()),
            unheard::said_by.eq(new.by.as_bytes().as_slice()),
        );
        per_backend!(connection, connection => diesel::insert_into(unheard::table).values(row).execute(connection))?;
    }
    Ok(())
}

/// What a room has not heard, in the order in which it was left.
///
/// # Errors
/// When the database fails.
pub fn unheard(connection: &mut Connection, room: RoomId) -> Result<Vec<Unheard>, StoreError> {
    let rows: Vec<Row> = unheard::table
        .inner_join(rooms::table)
        .inner_join(
            statements::table.on(statements::device.eq(unheard::device).and(statements::said_by.eq(unheard::said_by))),
        )
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .order((statements::left_at, statements::device))
        .select(COLUMNS)
        .load(connection)?;
    rows.into_iter().map(read).collect()
}

/// What vouches for this device and waits for a room.
///
/// # Errors
/// When the database fails.
pub fn for_newcomer(connection: &mut Connection, device: DeviceId) -> Result<Vec<Said>, StoreError> {
    let rows: Vec<Row> = statements::table
        .filter(statements::device.eq(device.as_bytes().as_slice()))
        .filter(statements::bundle.is_not_null())
        .order(statements::left_at)
        .select(COLUMNS)
        .load(connection)?;
    rows.into_iter().map(|row| read(row).map(|unheard| unheard.said)).collect()
}

/// A room has heard these, or they can count there no more. A statement that no other room waits for is erased.
///
/// # Errors
/// When the database fails.
pub fn heard(connection: &mut Connection, room: RoomId, statements: &[(DeviceId, DeviceId)]) -> Result<(), StoreError> {
    let Some(room) = room_rows::number_of(connection, room)? else { return Ok(()) };
    for (device, by) in statements {
        let key = (room, device.as_bytes().as_slice(), by.as_bytes().as_slice());
        diesel::delete(unheard::table.find(key)).execute(connection)?;
        let left: i64 = of_statement(*device, *by).count().get_result(connection)?;
        if left == 0 {
            erase(connection, *device, *by)?;
        }
    }
    Ok(())
}

fn erase(connection: &mut Connection, device: DeviceId, by: DeviceId) -> Result<(), StoreError> {
    diesel::delete(of_statement(device, by)).execute(connection)?;
    let key = (device.as_bytes().as_slice(), by.as_bytes().as_slice());
    diesel::delete(statements::table.find(key)).execute(connection)?;
    Ok(())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn of_statement(device: DeviceId, by: DeviceId) -> _ {
    let device: Vec<u8> = device.as_bytes().to_vec();
    let by: Vec<u8> = by.as_bytes().to_vec();
    unheard::table.filter(unheard::device.eq(device)).filter(unheard::said_by.eq(by))
}

type Row = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>, Option<String>);

type Columns = (
    statements::device,
    statements::said_by,
    statements::statement,
    statements::signature,
    statements::bundle,
    statements::bundle_signature,
    statements::name,
);

const COLUMNS: Columns = (
    statements::device,
    statements::said_by,
    statements::statement,
    statements::signature,
    statements::bundle,
    statements::bundle_signature,
    statements::name,
);

fn read((device, by, statement, signature, bundle, bundle_signature, name): Row) -> Result<Unheard, StoreError> {
    let newcomer = match (bundle, bundle_signature, name) {
        (Some(bundle), Some(signature), Some(name)) => {
            Some(Newcomer { bundle: SignedBundle { bundle: Blob(bundle), signature: Blob(signature) }, name })
        }
        _ => None,
    };
    let statement = SignedStatement { statement: Blob(statement), signature: Blob(signature) };
    Ok(Unheard { device: fixed(&device)?, by: fixed(&by)?, said: Said { statement, newcomer } })
}
