//! Invites, as the log has them, with what only the service counts.

use diesel::{OptionalExtension as _, prelude::*};
use igoon_shared::{
    crypto::epoch::SealedKey,
    ids::{Epoch, InviteKey, RoomId},
    protocol::{bytes::Blob, http::InviteSealedKey},
    time::Timestamp,
};

use super::rooms::number_of;
use crate::store::{
    Connection, StoreError,
    db::{
        connection::per_backend,
        schema::{invites, rooms},
        values::{number, unsigned},
    },
    ops::InviteRow,
};

/// An invite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// How many more may join by it.
    pub uses_left: u32,
    /// Until when.
    pub expires_at: Timestamp,
    /// Accounts that were made with it.
    pub accounts_made: u32,
    /// The key beside it.
    pub sealed: Option<InviteSealedKey>,
}

impl Invite {
    /// Whether somebody may still join by it.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.uses_left > 0 && now < self.expires_at
    }
}

/// An invite, also one that is closed: ask [`Invite::is_open`].
///
/// # Errors
/// When the database fails.
pub fn get(connection: &mut Connection, room: RoomId, invite: InviteKey) -> Result<Option<Invite>, StoreError> {
    let row = invites::table
        .inner_join(rooms::table)
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .filter(invites::invite.eq(invite.as_bytes().as_slice()))
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    row.map(|row| row.into_invite(invite)).transpose()
}

/// Counts an account that is made with an invite; false, and nothing counted, when the invite is closed or has made as
/// many accounts as it had uses. In one job with [`super::accounts::create`].
///
/// # Errors
/// When the database fails.
pub fn count_account_made(
    connection: &mut Connection,
    room: RoomId,
    invite: InviteKey,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(room) = number_of(connection, room)? else { return Ok(false) };
    let open = invites::table
        .find((room, invite.as_bytes().as_slice()))
        .filter(invites::uses_left.gt(0))
        .filter(invites::expires_at.gt(now.0))
        .filter(invites::accounts_made.lt(invites::uses));
    let counted =
        diesel::update(open).set(invites::accounts_made.eq(invites::accounts_made + 1)).execute(connection)?;
    Ok(counted > 0)
}

/// Lays the current epoch's key beside an invite, in the place of the one before; false, and nothing laid, when the key is
/// another epoch's by now or the invite is used up, closed or unknown.
///
/// # Errors
/// When the database fails.
pub fn set_sealed_key(connection: &mut Connection, room: RoomId, key: &InviteSealedKey) -> Result<bool, StoreError> {
    let room = invites::table
        .inner_join(rooms::table)
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .filter(rooms::current_epoch.eq(number(key.epoch.0)))
        .filter(invites::invite.eq(key.invite.as_bytes().as_slice()))
        .filter(invites::uses_left.gt(0))
        .select(rooms::number)
        .first::<i64>(connection)
        .optional()?;
    room.map_or(Ok(false), |room| put_sealed_key(connection, room, key).map(|()| true))
}

pub(in crate::store) fn put_sealed_key(
    connection: &mut Connection,
    room: i64,
    key: &InviteSealedKey,
) -> Result<(), StoreError> {
    let laid = diesel::update(invites::table.find((room, key.invite.as_bytes().as_slice())))
        .set((
            invites::sealed_epoch.eq(number(key.epoch.0)),
            invites::sealed_salt.eq(key.sealed.salt.0.as_slice()),
            invites::sealed_ciphertext.eq(key.sealed.ciphertext.0.as_slice()),
        ))
        .execute(connection)?;
    if laid == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Takes the keys away from beside invites that have expired.
pub(in crate::store) fn erase_expired_keys(
    connection: &mut Connection,
    room: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let expired = invites::table.filter(invites::room.eq(room)).filter(invites::expires_at.le(now.0));
    let lain_beside = expired.filter(invites::sealed_epoch.is_not_null());
    diesel::update(lain_beside).set(NO_KEY).execute(connection)?;
    Ok(())
}

/// Takes the keys away from beside all of a room's invites.
pub(in crate::store) fn erase_keys(connection: &mut Connection, room: i64) -> Result<(), StoreError> {
    let lain_beside = invites::table.filter(invites::room.eq(room)).filter(invites::sealed_epoch.is_not_null());
    diesel::update(lain_beside).set(NO_KEY).execute(connection)?;
    Ok(())
}

/// Adds an invite or changes what the log says of it. With its last use, or its closing, the key beside it goes.
pub(in crate::store) fn put(connection: &mut Connection, room: i64, invite: &InviteRow) -> Result<(), StoreError> {
    let uses_left = i64::from(invite.uses_left);
    let row = (
        invites::room.eq(room),
        invites::invite.eq(invite.invite.as_bytes().as_slice()),
        invites::uses.eq(uses_left),
        invites::uses_left.eq(uses_left),
        invites::expires_at.eq(invite.expires_at.0),
    );
    per_backend!(connection, connection => diesel::insert_into(invites::table)
        .values(row)
        .on_conflict((invites::room, invites::invite))
        .do_update()
        .set((invites::uses_left.eq(uses_left), invites::expires_at.eq(invite.expires_at.0)))
        .execute(connection))?;
    if uses_left == 0 {
        let this = invites::table.find((room, invite.invite.as_bytes().as_slice()));
        diesel::update(this).set(NO_KEY).execute(connection)?;
    }
    Ok(())
}

/// The columns of the key beside an invite.
#[derive(AsChangeset)]
#[diesel(table_name = invites, treat_none_as_null = true)]
struct SealedColumns {
    sealed_epoch: Option<i64>,
    sealed_salt: Option<Vec<u8>>,
    sealed_ciphertext: Option<Vec<u8>>,
}

const NO_KEY: SealedColumns = SealedColumns { sealed_epoch: None, sealed_salt: None, sealed_ciphertext: None };

#[derive(Queryable, Selectable)]
#[diesel(table_name = invites)]
struct Row {
    uses_left: i64,
    expires_at: i64,
    accounts_made: i64,
    sealed_epoch: Option<i64>,
    sealed_salt: Option<Vec<u8>>,
    sealed_ciphertext: Option<Vec<u8>>,
}

impl Row {
    fn into_invite(self, invite: InviteKey) -> Result<Invite, StoreError> {
        let count = |value| u32::try_from(value).map_err(|_| StoreError::Damaged("a count out of range"));
        let sealed = match (self.sealed_epoch, self.sealed_salt, self.sealed_ciphertext) {
            (Some(epoch), Some(salt), Some(ciphertext)) => Some(InviteSealedKey {
                invite,
                epoch: Epoch(unsigned(epoch)?),
                sealed: SealedKey { salt: Blob(salt), ciphertext: Blob(ciphertext) },
            }),
            _ => None,
        };
        Ok(Invite {
            uses_left: count(self.uses_left)?,
            expires_at: Timestamp(self.expires_at),
            accounts_made: count(self.accounts_made)?,
            sealed,
        })
    }
}
