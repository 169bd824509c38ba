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
    /// Its address; empty for one that was made before accounts had one.
    pub email: String,
    /// What others see and mention.
    pub handle: String,
    /// Argon2id, as a PHC string.
    pub password_hash: String,
    /// It was made with the set-up code.
    pub server_owner: bool,
    /// When.
    pub created_at: Timestamp,
    /// When its password was last set.
    pub password_changed_at: Timestamp,
    /// When somebody last signed in to it.
    pub last_sign_in_at: Timestamp,
}

/// See [`create`].
pub struct NewAccount<'a> {
    /// A fresh one.
    pub id: AccountId,
    /// As it was typed.
    pub email: &'a str,
    /// As it is compared.
    pub email_key: &'a str,
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
/// [`StoreError::HandleTaken`], [`StoreError::EmailTaken`].
pub fn create(connection: &mut Connection, new: &NewAccount<'_>) -> Result<(), StoreError> {
    if by_email_key(connection, new.email_key)?.is_some() {
        return Err(StoreError::EmailTaken);
    }
    let row = (
        accounts::id.eq(new.id.as_bytes().as_slice()),
        accounts::email.eq(new.email),
        accounts::email_key.eq(new.email_key),
        accounts::handle.eq(new.handle),
        accounts::handle_key.eq(new.handle_key),
        accounts::password_hash.eq(new.password_hash),
        accounts::server_owner.eq(new.server_owner),
        accounts::created_at.eq(new.created_at.0),
        accounts::password_changed_at.eq(new.created_at.0),
        accounts::last_sign_in_at.eq(new.created_at.0),
    );
    // Not by the error of a plain INSERT: on PostgreSQL that would spoil the rest of the job's transaction.
    let made = per_backend!(connection, connection => diesel::insert_into(accounts::table)
        .values(row)
        .on_conflict(accounts::handle_key)
        .do_nothing()
        .execute(connection))?;
    if made == 0 { Err(StoreError::HandleTaken) } else { Ok(()) }
}

/// Another password.
///
/// # Errors
/// When the database fails.
pub fn set_password(connection: &mut Connection, id: AccountId, hash: &str, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(id.as_bytes().as_slice()))
        .set((accounts::password_hash.eq(hash), accounts::password_changed_at.eq(now.0)))
        .execute(connection)?;
    Ok(())
}

/// Another handle.
///
/// # Errors
/// [`StoreError::HandleTaken`].
pub fn set_handle(connection: &mut Connection, id: AccountId, handle: &str, key: &str) -> Result<(), StoreError> {
    let taken = accounts::table
        .filter(accounts::handle_key.eq(key))
        .filter(accounts::id.ne(id.as_bytes().as_slice()))
        .select(accounts::id)
        .first::<Vec<u8>>(connection)
        .optional()?;
    if taken.is_some() {
        return Err(StoreError::HandleTaken);
    }
    diesel::update(accounts::table.find(id.as_bytes().as_slice()))
        .set((accounts::handle.eq(handle), accounts::handle_key.eq(key)))
        .execute(connection)?;
    Ok(())
}

/// Another address.
///
/// # Errors
/// [`StoreError::EmailTaken`].
pub fn set_email(connection: &mut Connection, id: AccountId, email: &str, key: &str) -> Result<(), StoreError> {
    if by_email_key(connection, key)?.is_some_and(|other| other.id != id) {
        return Err(StoreError::EmailTaken);
    }
    diesel::update(accounts::table.find(id.as_bytes().as_slice()))
        .set((accounts::email.eq(email), accounts::email_key.eq(key)))
        .execute(connection)?;
    Ok(())
}

/// Somebody signed in.
///
/// # Errors
/// When the database fails.
pub fn note_sign_in(connection: &mut Connection, id: AccountId, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(id.as_bytes().as_slice()))
        .set(accounts::last_sign_in_at.eq(now.0))
        .execute(connection)?;
    Ok(())
}

/// The account with this address, as it is compared.
///
/// # Errors
/// When the database fails.
pub fn by_email_key(connection: &mut Connection, email_key: &str) -> Result<Option<Account>, StoreError> {
    let row = accounts::table
        .filter(accounts::email_key.eq(email_key))
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    row.map(Account::try_from).transpose()
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
    email: String,
    handle: String,
    password_hash: String,
    server_owner: bool,
    created_at: i64,
    password_changed_at: i64,
    last_sign_in_at: i64,
}

impl TryFrom<Row> for Account {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: fixed(&row.id)?,
            email: row.email,
            handle: row.handle,
            password_hash: row.password_hash,
            server_owner: row.server_owner,
            created_at: Timestamp(row.created_at),
            password_changed_at: Timestamp(row.password_changed_at),
            last_sign_in_at: Timestamp(row.last_sign_in_at),
        })
    }
}
