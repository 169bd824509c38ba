//! Rooms' streams: log entries and messages, one row each.

use std::collections::HashMap;

use diesel::{OptionalExtension as _, prelude::*, sql_types};
use igoon_shared::{
    crypto::message::SealedMessage,
    ids::{EntryHash, LogIndex, MessageId, Seq},
    log::SignedEntry,
    protocol::{
        bytes::Blob,
        frames::{CommittedEntry, StreamContent, StreamItem},
    },
    time::Timestamp,
};

use super::rooms::LoggedEntry;
use crate::store::{
    Connection, StoreError,
    db::{
        schema::stream,
        values::{fixed, number, unsigned},
    },
    ops::{NewEntry, NewMessage},
};

/// A row that is about to be written. What is in it belongs to whoever asked.
#[derive(Insertable)]
#[diesel(table_name = stream, treat_none_as_default_value = false)]
pub(in crate::store) struct NewItem<'a> {
    room: i64,
    seq: i64,
    received_at: i64,
    log_index: Option<i64>,
    sender: Option<i64>,
    message_id: Option<&'a [u8]>,
    hash: &'a [u8],
    signature: &'a [u8],
    signed: &'a [u8],
    ciphertext: Option<&'a [u8]>,
}

impl<'a> NewItem<'a> {
    /// A message by the device with this number.
    pub(in crate::store) fn message(room: i64, seq: Seq, sender: i64, new: &'a NewMessage) -> Self {
        Self {
            room,
            seq: number(seq.0),
            received_at: new.received_at.0,
            log_index: None,
            sender: Some(sender),
            message_id: Some(new.message_id.as_bytes()),
            hash: &new.content_hash,
            signature: &new.message.signature.0,
            signed: &new.message.header.0,
            ciphertext: Some(&new.message.ciphertext.0),
        }
    }

    /// An entry of the log.
    pub(in crate::store) fn entry(room: i64, seq: Seq, new: &'a NewEntry, received_at: Timestamp) -> Self {
        Self {
            room,
            seq: number(seq.0),
            received_at: received_at.0,
            log_index: Some(number(new.index.0)),
            sender: None,
            message_id: None,
            hash: new.hash.as_bytes(),
            signature: &new.entry.signature.0,
            signed: &new.entry.entry.0,
            ciphertext: None,
        }
    }
}

/// Puts rows into a locked room's stream.
pub(in crate::store) fn insert(connection: &mut Connection, items: &[NewItem<'_>]) -> Result<(), StoreError> {
    match connection {
        Connection::Sqlite(sqlite) => {
            for item in items {
                diesel::insert_into(stream::table).values(item).execute(sqlite)?;
            }
        }
        // Prepared once and for all, where a statement for several is made anew each time.
        Connection::Postgres(postgres) if items.len() == 1 => {
            for item in items {
                diesel::insert_into(stream::table).values(item).execute(postgres)?;
            }
        }
        Connection::Postgres(postgres) => {
            // A statement takes 65,535 parameters.
            for items in items.chunks(5_000) {
                diesel::insert_into(stream::table).values(items).execute(postgres)?;
            }
        }
    }
    Ok(())
}

/// What stands under a message's name.
#[derive(Clone, Copy)]
pub(in crate::store) struct Named {
    /// Its place.
    pub(in crate::store) seq: Seq,
    /// Its content hash.
    pub(in crate::store) hash: [u8; 32],
}

/// Which of a sender's message ids stand in its room's stream.
pub(in crate::store) fn named(
    connection: &mut Connection,
    sender: i64,
    ids: &[MessageId],
) -> Result<HashMap<MessageId, Named>, StoreError> {
    let of_sender = stream::table.filter(stream::sender.eq(sender)).select((
        stream::message_id.assume_not_null(),
        stream::seq,
        stream::hash,
    ));
    let rows: Vec<(Vec<u8>, i64, Vec<u8>)> = match connection {
        // One prepared statement, run again and again, is the fastest here; there, what costs is each round trip.
        Connection::Sqlite(sqlite) => {
            let mut rows = Vec::new();
            for id in ids {
                let row = of_sender.filter(stream::message_id.eq(id.as_bytes().as_slice()));
                rows.extend(row.first(sqlite).optional()?);
            }
            rows
        }
        Connection::Postgres(postgres) => {
            let ids: Vec<&[u8]> = ids.iter().map(|id| id.as_bytes().as_slice()).collect();
            of_sender.filter(stream::message_id.eq_any(ids)).load(postgres)?
        }
    };
    rows.into_iter()
        .map(|(id, seq, hash)| Ok((fixed(&id)?, Named { seq: Seq(unsigned(seq)?), hash: fixed(&hash)? })))
        .collect()
}

/// Where these very entries stand, if they stand in the log.
pub(in crate::store) fn committed(
    connection: &mut Connection,
    room: i64,
    entries: &[NewEntry],
) -> Result<Option<Vec<CommittedEntry>>, StoreError> {
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(None) };
    let rows: Vec<(Option<i64>, i64, Vec<u8>)> = stream::table
        .filter(stream::room.eq(room))
        .filter(stream::log_index.ge(number(first.index.0)))
        .filter(stream::log_index.le(number(last.index.0)))
        .order(stream::log_index)
        .select((stream::log_index, stream::seq, stream::hash))
        .load(connection)?;
    if rows.len() != entries.len() {
        return Ok(None);
    }
    let mut committed = Vec::with_capacity(rows.len());
    for ((index, seq, hash), entry) in rows.into_iter().zip(entries) {
        let index = LogIndex(unsigned(index.unwrap_or(-1))?);
        if index != entry.index || fixed::<[u8; 32]>(&hash).map(EntryHash::from_bytes)? != entry.hash {
            return Ok(None);
        }
        committed.push(CommittedEntry { index, seq: Seq(unsigned(seq)?) });
    }
    Ok(Some(committed))
}

/// See [`super::rooms::log_entries`].
pub(super) fn log_entries(
    connection: &mut Connection,
    room: i64,
    from: i64,
    limit: u32,
) -> Result<Vec<LoggedEntry>, StoreError> {
    let rows = stream::table
        .filter(stream::room.eq(room))
        .filter(stream::log_index.ge(from))
        .order(stream::log_index)
        .limit(i64::from(limit))
        .select(Row::as_select())
        .load(connection)?;
    rows.into_iter()
        .map(|row| {
            Ok(LoggedEntry {
                index: LogIndex(unsigned(row.log_index.unwrap_or(-1))?),
                seq: Seq(unsigned(row.seq)?),
                received_at: Timestamp(row.received_at),
                entry: SignedEntry { entry: Blob(row.signed), signature: Blob(row.signature) },
            })
        })
        .collect()
}

diesel::define_sql_function! {
    /// Length in bytes. Neither backend reads the value for it.
    fn octet_length(value: sql_types::Nullable<sql_types::Binary>) -> sql_types::Nullable<sql_types::Integer>;
}

/// See [`super::rooms::last_up_to`].
pub(super) fn last_up_to(connection: &mut Connection, room: i64, seq: Seq) -> Result<Seq, StoreError> {
    let upto = stream::table.filter(stream::room.eq(room)).filter(stream::seq.le(number(seq.0)));
    let last: Option<i64> = upto.order(stream::seq.desc()).select(stream::seq).first(connection).optional()?;
    last.map_or(Ok(Seq(0)), |last| Ok(Seq(unsigned(last)?)))
}

/// See [`super::rooms::page`].
pub(super) fn page(
    connection: &mut Connection,
    room: i64,
    after: i64,
    max_items: u32,
    max_bytes: usize,
) -> Result<Vec<StreamItem>, StoreError> {
    let sizes: Vec<(i64, Option<i32>, Option<i32>)> = stream::table
        .filter(stream::room.eq(room))
        .filter(stream::seq.gt(after))
        .order(stream::seq)
        .limit(i64::from(max_items))
        .select((stream::seq, octet_length(stream::signed.nullable()), octet_length(stream::ciphertext)))
        .load(connection)?;
    let mut last = None;
    let mut bytes = 0_usize;
    for (seq, signed, ciphertext) in sizes {
        for part in [signed, ciphertext] {
            bytes = bytes.saturating_add(usize::try_from(part.unwrap_or(0)).unwrap_or(0));
        }
        if last.is_some() && bytes > max_bytes {
            break;
        }
        last = Some(seq);
    }
    let Some(last) = last else { return Ok(Vec::new()) };
    let rows = stream::table
        .filter(stream::room.eq(room))
        .filter(stream::seq.gt(after))
        .filter(stream::seq.le(last))
        .order(stream::seq)
        .select(Row::as_select())
        .load(connection)?;
    rows.into_iter().map(StreamItem::try_from).collect()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = stream)]
struct Row {
    seq: i64,
    received_at: i64,
    log_index: Option<i64>,
    signature: Vec<u8>,
    signed: Vec<u8>,
    ciphertext: Option<Vec<u8>>,
}

impl TryFrom<Row> for StreamItem {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let (signed, signature) = (Blob(row.signed), Blob(row.signature));
        let content = match (row.log_index, row.ciphertext) {
            (Some(_), _) => StreamContent::Log(SignedEntry { entry: signed, signature }),
            (None, ciphertext) => StreamContent::Message(SealedMessage {
                header: signed,
                // Gone by retention: what is left still says who wrote when.
                ciphertext: Blob(ciphertext.unwrap_or_default()),
                signature,
            }),
        };
        Ok(Self { seq: Seq(unsigned(row.seq)?), received_at: Timestamp(row.received_at), content })
    }
}
