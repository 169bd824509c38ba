//! Accounts.

use diesel::{OptionalExtension as _, dsl::exists, prelude::*};
use igoon_shared::{ids::AccountId, time::Timestamp};

use crate::store::{
    Connection, StoreError,
    db::{connection::per_backend, schema::accounts, values::fixed},
};

/// An account. No Debug: it holds the password's hash.
pub struct Account {
    /// Which.
    pub id: AccountId,
    /// What others see and mention.
    pub handle: String,
    /// Argon2id, as a PHC string.
    pub password_hash: String,
    /// It was made with the set-up code.
    pub server_owner: bool,
    /// When.
    pub created_at: Timestamp,
}

/// See [`create`].
pub struct NewAccount<'a> {
    /// A fresh one.
    pub id: AccountId,
    /// As it was typed.
    pub handle: &'a str,
    /// As it is compared: folded, so that no two look alike.
    pub handle_key: &'a str,
    /// Argon2id, as a PHC string.
    pub password_hash: &'a str,
    /// It is made with the set-up code.
    pub server_owner: bool,
    /// Now.
    pub created_at: Timestamp,
}

/// Whether anybody has an account.
///
/// # Errors
/// When the database fails.
pub fn any_exists(connection: &mut Connection) -> Result<bool, StoreError> {
    Ok(diesel::select(exists(accounts::table.select(accounts::id))).get_result(connection)?)
}

/// Makes an account.
///
/// # Errors
/// [`StoreError::HandleTaken`].
pub fn create(connection: &mut Connection, new: &NewAccount<'_>) -> Result<(), StoreError> {
    let row = (
        accounts::id.eq(new.id.as_bytes().as_slice()),
        accounts::handle.eq(new.handle),
        accounts::handle_key.eq(new.handle_key),
        accounts::password_hash.eq(new.password_hash),
        accounts::server_owner.eq(new.server_owner),
        accounts::created_at.eq(new.created_at.0),
    );
    // Not by the error of a plain INSERT: on PostgreSQL that would spoil the rest of the job's transaction.
    let made = per_backend!(connection, connection => diesel::insert_into(accounts::table)
        .values(row)
        .on_conflict(accounts::handle_key)
        .do_nothing()
        .execute(connection))?;
    if made == 0 { Err(StoreError::HandleTaken) } else { Ok(()) }
}

/// The account with this folded handle.
///
/// # Errors
/// When the database fails.
pub fn by_handle_key(connection: &mut Connection, handle_key: &str) -> Result<Option<Account>, StoreError> {
    let row = accounts::table
        .filter(accounts::handle_key.eq(handle_key))
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    row.map(Account::try_from).transpose()
}

/// The account with this id.
///
/// # Errors
/// When the database fails.
pub fn by_id(connection: &mut Connection, id: AccountId) -> Result<Option<Account>, StoreError> {
    let row = accounts::table.find(id.as_bytes().as_slice()).select(Row::as_select()).first(connection).optional()?;
    row.map(Account::try_from).transpose()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct Row {
    id: Vec<u8>,
    handle: String,
    password_hash: String,
    server_owner: bool,
    created_at: i64,
}

impl TryFrom<Row> for Account {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: fixed(&row.id)?,
            handle: row.handle,
            password_hash: row.password_hash,
            server_owner: row.server_owner,
            created_at: Timestamp(row.created_at),
        })
    }
}
