//! Rooms: whose they are, where their stream and log stand, and what is in them.

use diesel::{OptionalExtension as _, dsl::exists, prelude::*};
use igoon_shared::{
    crypto::message::LogHead,
    ids::{AccountId, DeviceId, Epoch, Incarnation, LogIndex, RoomId, Seq},
    log::SignedEntry,
    protocol::frames::{RoomHead, StreamItem},
    time::Timestamp,
};

use super::{setup, stream};
use crate::store::{
    Connection, StoreError,
    db::{
        connection::per_backend,
        schema::{members, room_devices, rooms},
        values::{fixed, number, unsigned},
    },
};

/// The rooms that an account is in.
///
/// # Errors
/// When the database fails.
pub fn of_account(connection: &mut Connection, account: AccountId) -> Result<Vec<RoomId>, StoreError> {
    let ids: Vec<Vec<u8>> = members::table
        .inner_join(rooms::table)
        .filter(members::account.eq(account.as_bytes().as_slice()))
        .select(rooms::id)
        .order(rooms::number)
        .load(connection)?;
    ids.iter().map(|id| fixed(id)).collect()
}

/// Whether an account is in a room.
///
/// # Errors
/// When the database fails.
pub fn is_member(connection: &mut Connection, room: RoomId, account: AccountId) -> Result<bool, StoreError> {
    let member = members::table
        .inner_join(rooms::table)
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .filter(members::account.eq(account.as_bytes().as_slice()));
    Ok(diesel::select(exists(member)).get_result(connection)?)
}

/// The devices of an account that a room's log names, entitled or formerly so.
///
/// # Errors
/// When the database fails.
pub fn devices_of(connection: &mut Connection, room: RoomId, account: AccountId) -> Result<Vec<DeviceId>, StoreError> {
    let ids: Vec<Vec<u8>> = room_devices::table
        .inner_join(rooms::table)
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .filter(room_devices::account.eq(account.as_bytes().as_slice()))
        .select(room_devices::device)
        .load(connection)?;
    ids.iter().map(|id| fixed(id)).collect()
}

/// Whether the room's log entitles a device.
///
/// # Errors
/// When the database fails.
pub fn is_entitled(connection: &mut Connection, room: RoomId, device: DeviceId) -> Result<bool, StoreError> {
    let entitled = room_devices::table
        .inner_join(rooms::table)
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .filter(room_devices::device.eq(device.as_bytes().as_slice()))
        .filter(room_devices::entitled);
    Ok(diesel::select(exists(entitled)).get_result(connection)?)
}

/// A room's newest log entry and place; `None` when there is no such room.
///
/// # Errors
/// When the database fails.
pub fn head(connection: &mut Connection, room: RoomId) -> Result<Option<(Incarnation, RoomHead)>, StoreError> {
    let row = rooms::table
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((setup::incarnation(connection)?, Room::try_from(row)?.head())))
}

/// An entry of a room's log, and where it stands in the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedEntry {
    /// Place in the log.
    pub index: LogIndex,
    /// Place in the stream.
    pub seq: Seq,
    /// The service's clock when it took the entry.
    pub received_at: Timestamp,
    /// The entry.
    pub entry: SignedEntry,
}

/// At most `limit` entries of a room's log, in order; none when there is no such room.
///
/// # Errors
/// When the database fails.
pub fn log_entries(
    connection: &mut Connection,
    room: RoomId,
    from: LogIndex,
    limit: u32,
) -> Result<Vec<LoggedEntry>, StoreError> {
    let Some(room) = number_of(connection, room)? else { return Ok(Vec::new()) };
    stream::log_entries(connection, room, number(from.0), limit)
}

/// Part of a room's stream, in order and without gap after `after`, and the newest place when it was read. No more than
/// `max_items` items, and `max_bytes` of what people and devices wrote; but at least one, if there is one.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such room.
pub fn page(
    connection: &mut Connection,
    room: RoomId,
    after: Seq,
    max_items: u32,
    max_bytes: usize,
) -> Result<(Vec<StreamItem>, Seq), StoreError> {
    let (room, head): (i64, i64) = rooms::table
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .select((rooms::number, rooms::head_seq))
        .first(connection)?;
    let items = stream::page(connection, room, number(after.0), max_items, max_bytes)?;
    Ok((items, Seq(unsigned(head)?)))
}

/// The last place of a room's stream up to this one; 0 when there is none.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such room.
pub fn last_up_to(connection: &mut Connection, room: RoomId, seq: Seq) -> Result<Seq, StoreError> {
    let number = number_of(connection, room)?.ok_or(StoreError::NotFound)?;
    stream::last_up_to(connection, number, seq)
}

/// A room's number inside the database. It never changes.
pub(super) fn number_of(connection: &mut Connection, room: RoomId) -> Result<Option<i64>, StoreError> {
    let room = rooms::table.filter(rooms::id.eq(room.as_bytes().as_slice()));
    Ok(room.select(rooms::number).first(connection).optional()?)
}

/// A room's row, as the writer holds it.
pub(in crate::store) struct Room {
    /// Its number inside the database.
    pub(in crate::store) number: i64,
    /// The newest place in its stream.
    pub(in crate::store) head_seq: Seq,
    /// The newest entry of its log.
    pub(in crate::store) log: LogHead,
    /// The newest epoch.
    pub(in crate::store) current_epoch: Epoch,
    /// Messages of earlier epochs are refused.
    pub(in crate::store) oldest_open_epoch: Epoch,
}

impl Room {
    /// What others see of it.
    pub(in crate::store) const fn head(&self) -> RoomHead {
        RoomHead { log: self.log, seq: self.head_seq }
    }
}

/// Locks a room's row until the end of the transaction: whoever holds it is alone in allotting places.
pub(in crate::store) fn lock(connection: &mut Connection, room: RoomId) -> Result<Option<Room>, StoreError> {
    let row = rooms::table.filter(rooms::id.eq(room.as_bytes().as_slice()));
    let row = match connection {
        // A writing transaction is alone in the whole database.
        Connection::Sqlite(sqlite) => row.select(Row::as_select()).get_result(sqlite).optional()?,
        Connection::Postgres(postgres) => {
            row.select(Row::as_select()).for_no_key_update().get_result(postgres).optional()?
        }
    };
    row.map(Room::try_from).transpose()
}

/// Makes a room's row with nothing in its stream; does nothing when it exists. [`lock`] it next.
pub(in crate::store) fn create(
    connection: &mut Connection,
    room: RoomId,
    log: LogHead,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = (
        rooms::id.eq(room.as_bytes().as_slice()),
        rooms::head_seq.eq(0_i64),
        rooms::log_index.eq(number(log.index.0)),
        rooms::log_hash.eq(log.hash.as_bytes().as_slice()),
        rooms::current_epoch.eq(0_i64),
        rooms::oldest_open_epoch.eq(0_i64),
        rooms::created_at.eq(now.0),
    );
    // When another node makes the same room, this waits until that is committed or rolled back.
    let made = per_backend!(connection, connection => diesel::insert_into(rooms::table)
        .values(row)
        .on_conflict(rooms::id)
        .do_nothing()
        .execute(connection))?;
    Ok(made > 0)
}

/// Writes a locked room's row.
pub(in crate::store) fn write_back(connection: &mut Connection, room: &Room) -> Result<(), StoreError> {
    diesel::update(rooms::table.find(room.number))
        .set((
            rooms::head_seq.eq(number(room.head_seq.0)),
            rooms::log_index.eq(number(room.log.index.0)),
            rooms::log_hash.eq(room.log.hash.as_bytes().as_slice()),
            rooms::current_epoch.eq(number(room.current_epoch.0)),
            rooms::oldest_open_epoch.eq(number(room.oldest_open_epoch.0)),
        ))
        .execute(connection)?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = rooms)]
struct Row {
    number: i64,
    head_seq: i64,
    log_index: i64,
    log_hash: Vec<u8>,
    current_epoch: i64,
    oldest_open_epoch: i64,
}

impl TryFrom<Row> for Room {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            number: row.number,
            head_seq: Seq(unsigned(row.head_seq)?),
            log: LogHead { index: LogIndex(unsigned(row.log_index)?), hash: fixed(&row.log_hash)? },
            current_epoch: Epoch(unsigned(row.current_epoch)?),
            oldest_open_epoch: Epoch(unsigned(row.oldest_open_epoch)?),
        })
    }
}
