//! Installations on which a code was entered.

use diesel::{OptionalExtension as _, dsl::exists, prelude::*};
use igoon_shared::{
    ids::{AccountId, InstallationId, SessionId},
    time::Timestamp,
};

use crate::store::{
    Connection, StoreError,
    db::{
        connection::per_backend,
        schema::{sessions, trusted_installations},
        values::fixed,
    },
};

/// Whether the installation that shows this entered a code of the account before.
///
/// # Errors
/// When the database fails.
pub fn is_trusted(
    connection: &mut Connection,
    account: AccountId,
    trust_hash: &[u8; 32],
    installation: InstallationId,
) -> Result<bool, StoreError> {
    let found = trusted_installations::table
        .find((account.as_bytes().as_slice(), trust_hash.as_slice()))
        .filter(trusted_installations::installation.eq(installation.as_bytes().as_slice()));
    Ok(diesel::select(exists(found)).get_result(connection)?)
}

/// A code of the account was entered there. An installation that was emptied, and so is another one, may still show what
/// the one before got.
///
/// # Errors
/// When the database fails.
pub fn trust(
    connection: &mut Connection,
    account: AccountId,
    trust_hash: &[u8; 32],
    installation: InstallationId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = (
        trusted_installations::account.eq(account.as_bytes().as_slice()),
        trusted_installations::trust_hash.eq(trust_hash.as_slice()),
        trusted_installations::installation.eq(installation.as_bytes().as_slice()),
        trusted_installations::created_at.eq(now.0),
    );
    per_backend!(connection, connection => diesel::insert_into(trusted_installations::table)
        .values(row)
        .on_conflict((trusted_installations::account, trusted_installations::trust_hash))
        .do_update()
        .set((
            trusted_installations::installation.eq(installation.as_bytes().as_slice()),
            trusted_installations::created_at.eq(now.0),
        ))
        .execute(connection))?;
    Ok(())
}

/// The installation of a session is not trusted any more.
///
/// # Errors
/// When the database fails.
pub fn forget_session(connection: &mut Connection, account: AccountId, session: SessionId) -> Result<(), StoreError> {
    let of_session = sessions::table.filter(sessions::id.eq(session.as_bytes().as_slice()));
    let installation: Option<Vec<u8>> = of_session.select(sessions::installation).first(connection).optional()?;
    match installation {
        Some(installation) => forget_installation(connection, account, fixed(&installation)?),
        None => Ok(()),
    }
}

/// An installation is not trusted any more.
///
/// # Errors
/// When the database fails.
pub fn forget_installation(
    connection: &mut Connection,
    account: AccountId,
    installation: InstallationId,
) -> Result<(), StoreError> {
    let of_account = trusted_installations::account.eq(account.as_bytes().as_slice());
    let there = of_account.and(trusted_installations::installation.eq(installation.as_bytes().as_slice()));
    diesel::delete(trusted_installations::table.filter(there)).execute(connection)?;
    Ok(())
}

/// None is trusted any more.
///
/// # Errors
/// When the database fails.
pub fn forget_all(connection: &mut Connection, account: AccountId) -> Result<(), StoreError> {
    let of_account = trusted_installations::account.eq(account.as_bytes().as_slice());
    diesel::delete(trusted_installations::table.filter(of_account)).execute(connection)?;
    Ok(())
}
