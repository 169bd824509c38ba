//! Mails that wait to be sent.

use diesel::prelude::*;
use igoon_shared::time::Timestamp;

use super::challenges::Purpose;
use crate::store::{Connection, StoreError, db::schema::outbox};

/// What a mail says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing: there is nobody to tell. The row is there so that asking costs the same.
    Nothing,
    /// A code.
    Code,
    /// That there is an account with the address already.
    AccountExists,
    /// That the account has another address now; to the one before.
    AddressChanged,
}

impl Kind {
    const fn number(self) -> i64 {
        match self {
            Self::Nothing => 0,
            Self::Code => 1,
            Self::AccountExists => 2,
            Self::AddressChanged => 3,
        }
    }

    const fn of(number: i64) -> Result<Self, StoreError> {
        Ok(match number {
            0 => Self::Nothing,
            1 => Self::Code,
            2 => Self::AccountExists,
            3 => Self::AddressChanged,
            _ => return Err(StoreError::Damaged("a kind of mail")),
        })
    }
}

/// See [`add`].
pub struct NewMail<'a> {
    /// What it says.
    pub kind: Kind,
    /// What its code is for.
    pub purpose: Purpose,
    /// Where it goes.
    pub address: &'a str,
    /// The code, encrypted under the master key.
    pub sealed: &'a [u8],
    /// Now.
    pub now: Timestamp,
    /// From then on it is not worth sending.
    pub expires_at: Timestamp,
}

/// A mail that this process sends. No Debug: it names a person.
pub struct Mail {
    /// Which.
    pub number: i64,
    /// What it says.
    pub kind: Kind,
    /// What its code is for.
    pub purpose: Purpose,
    /// Where it goes.
    pub address: String,
    /// The code, encrypted under the master key.
    pub sealed: Vec<u8>,
    /// From then on it is not worth sending.
    pub expires_at: Timestamp,
    /// Which attempt this is, from 1.
    pub attempt: u32,
}

/// How many mails wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Mails.
    pub count: u64,
    /// When the next is due.
    pub next_due: Option<Timestamp>,
}

/// Puts a mail into the outbox. In one job with what it tells of.
///
/// # Errors
/// When the database fails.
pub fn add(connection: &mut Connection, new: &NewMail<'_>) -> Result<(), StoreError> {
    diesel::insert_into(outbox::table)
        .values((
            outbox::kind.eq(new.kind.number()),
            outbox::purpose.eq(new.purpose.number()),
            outbox::address.eq(new.address),
            outbox::sealed.eq(new.sealed),
            outbox::created_at.eq(new.now.0),
            outbox::expires_at.eq(new.expires_at.0),
            outbox::due_at.eq(new.now.0),
            outbox::attempts.eq(0_i64),
        ))
        .execute(connection)?;
    Ok(())
}

/// Takes mails that are due for `lease_ms`: nobody else sends them meanwhile, and should this process end, they are due
/// again then. Clears away those that are not worth sending any more, and says how many.
///
/// # Errors
/// When the database fails.
pub fn claim(
    connection: &mut Connection,
    limit: i64,
    lease_ms: i64,
    now: Timestamp,
) -> Result<(Vec<Mail>, usize), StoreError> {
    let expired = diesel::delete(outbox::table.filter(outbox::expires_at.le(now.0))).execute(connection)?;
    let due: Vec<Row> = outbox::table
        .filter(outbox::due_at.le(now.0))
        .order((outbox::due_at, outbox::number))
        .limit(limit)
        .select(Row::as_select())
        .load(connection)?;
    let mut claimed = Vec::with_capacity(due.len());
    for row in due {
        // Another node may have been faster.
        let mine = outbox::table.find(row.number).filter(outbox::due_at.eq(row.due_at));
        let taken = diesel::update(mine)
            .set((outbox::due_at.eq(now.0.saturating_add(lease_ms)), outbox::attempts.eq(row.attempts + 1)))
            .execute(connection)?;
        if taken > 0 {
            claimed.push(row.try_into()?);
        }
    }
    Ok((claimed, expired))
}

/// A mail was sent, or never will be: it goes, and its code with it.
///
/// # Errors
/// When the database fails.
pub fn erase(connection: &mut Connection, number: i64) -> Result<(), StoreError> {
    diesel::delete(outbox::table.find(number)).execute(connection)?;
    Ok(())
}

/// A mail could not be sent: it is due again at `at`.
///
/// # Errors
/// When the database fails.
pub fn postpone(connection: &mut Connection, number: i64, at: Timestamp) -> Result<(), StoreError> {
    diesel::update(outbox::table.find(number)).set(outbox::due_at.eq(at.0)).execute(connection)?;
    Ok(())
}

/// The master key is lost: mails cannot be opened any more, and go. How many.
///
/// # Errors
/// When the database fails.
pub fn erase_all(connection: &mut Connection) -> Result<usize, StoreError> {
    Ok(diesel::delete(outbox::table).execute(connection)?)
}

/// What waits.
///
/// # Errors
/// When the database fails.
pub fn waiting(connection: &mut Connection) -> Result<Waiting, StoreError> {
    let (count, next): (i64, Option<i64>) =
        outbox::table.select((diesel::dsl::count_star(), diesel::dsl::min(outbox::due_at))).first(connection)?;
    Ok(Waiting { count: u64::try_from(count).unwrap_or(0), next_due: next.map(Timestamp) })
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct Row {
    number: i64,
    kind: i64,
    purpose: i64,
    address: String,
    sealed: Vec<u8>,
    expires_at: i64,
    due_at: i64,
    attempts: i64,
}

impl TryFrom<Row> for Mail {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            number: row.number,
            kind: Kind::of(row.kind)?,
            purpose: Purpose::of(row.purpose)?,
            address: row.address,
            sealed: row.sealed,
            expires_at: Timestamp(row.expires_at),
            attempt: u32::try_from(row.attempts).unwrap_or(u32::MAX).saturating_add(1),
        })
    }
}
