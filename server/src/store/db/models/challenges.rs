//! Codes that were asked for.

use diesel::{OptionalExtension as _, dsl::exists, prelude::*};
use igoon_shared::{
    ids::{AccountId, ChallengeId, InstallationId, InviteKey, RoomId},
    time::Timestamp,
};

use crate::store::{
    Connection, StoreError,
    db::{
        schema::{accounts, challenges},
        values::fixed,
    },
};

/// How long a row is kept after its code is void, in milliseconds.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;

/// The row of a challenge, as long as no other code has taken its code's place.
macro_rules! same_code {
    ($challenge:expr) => {
        challenges::table
            .find($challenge.id.as_bytes().as_slice())
            .filter(challenges::code_hash.eq(&$challenge.code_hash))
    };
}

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The first account.
    SetUp,
    /// An account by invite.
    SignUp,
    /// Signing in from an installation that is not trusted.
    SignIn,
    /// Another password.
    Reset,
    /// Another address.
    ChangeEmail,
}

impl Purpose {
    pub(in crate::store) const fn number(self) -> i64 {
        match self {
            Self::SetUp => 0,
            Self::SignUp => 1,
            Self::SignIn => 2,
            Self::Reset => 3,
            Self::ChangeEmail => 4,
        }
    }

    pub(in crate::store) const fn of(number: i64) -> Result<Self, StoreError> {
        Ok(match number {
            0 => Self::SetUp,
            1 => Self::SignUp,
            2 => Self::SignIn,
            3 => Self::Reset,
            4 => Self::ChangeEmail,
            _ => return Err(StoreError::Damaged("a purpose of a code")),
        })
    }
}

/// A code that was asked for. No Debug: it holds the code's hash.
#[derive(Clone)]
pub struct Challenge {
    /// Which.
    pub id: ChallengeId,
    /// What for.
    pub purpose: Purpose,
    /// Where its mail goes.
    pub email: String,
    /// The address as it is compared.
    pub email_key: String,
    /// Who asked.
    pub installation: InstallationId,
    /// Whom it is for, where there is an account already.
    pub account: Option<AccountId>,
    /// The invite, of a sign-up.
    pub invite: Option<(RoomId, InviteKey)>,
    /// Whether the right code lets anybody in; else it was mailed to nobody.
    pub counts: bool,
    /// Argon2id, as a PHC string.
    pub code_hash: String,
    /// How many more tries there are.
    pub tries_left: u32,
    /// How many mails were sent for it.
    pub mails: u32,
    /// When the last of them was.
    pub sent_at: Timestamp,
    /// From then on the code is void.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

/// Adds a challenge, and clears away those that are long void.
///
/// # Errors
/// When the database fails.
pub fn add(connection: &mut Connection, challenge: &Challenge, now: Timestamp) -> Result<(), StoreError> {
    let long_void = challenges::expires_at.le(now.0.saturating_sub(KEPT_MS));
    let id = challenge.id.as_bytes().as_slice();
    diesel::delete(challenges::table.filter(long_void)).execute(connection)?;
    let (room, invite) = challenge.invite.unzip();
    diesel::insert_into(challenges::table)
        .values((
            challenges::id.eq(id),
            challenges::purpose.eq(challenge.purpose.number()),
            challenges::email.eq(&challenge.email),
            challenges::email_key.eq(&challenge.email_key),
            challenges::installation.eq(challenge.installation.as_bytes().as_slice()),
            challenges::account.eq(challenge.account.as_ref().map(|account| account.as_bytes().as_slice())),
            challenges::room.eq(room.as_ref().map(|room| room.as_bytes().as_slice())),
            challenges::invite.eq(invite.as_ref().map(|invite| invite.as_bytes().as_slice())),
            challenges::counts.eq(challenge.counts),
            challenges::code_hash.eq(&challenge.code_hash),
            challenges::tries_left.eq(i64::from(challenge.tries_left)),
            challenges::mails.eq(i64::from(challenge.mails)),
            challenges::sent_at.eq(challenge.sent_at.0),
            challenges::expires_at.eq(challenge.expires_at.0),
            challenges::used_at.eq(challenge.used_at.map(|at| at.0)),
        ))
        .execute(connection)?;
    Ok(())
}

/// Gives `before` the fresh code of `after`; false when it was used, or got another code, meanwhile.
///
/// # Errors
/// When the database fails.
pub fn renew(connection: &mut Connection, before: &Challenge, after: &Challenge) -> Result<bool, StoreError> {
    let renewed = diesel::update(same_code!(before).filter(challenges::used_at.is_null()))
        .set((
            challenges::code_hash.eq(&after.code_hash),
            challenges::tries_left.eq(i64::from(after.tries_left)),
            challenges::mails.eq(i64::from(after.mails)),
            challenges::sent_at.eq(after.sent_at.0),
            challenges::expires_at.eq(after.expires_at.0),
        ))
        .execute(connection)?;
    Ok(renewed > 0)
}

/// The challenge with this id.
///
/// # Errors
/// When the database fails.
pub fn by_id(connection: &mut Connection, id: ChallengeId) -> Result<Option<Challenge>, StoreError> {
    let row = challenges::table.find(id.as_bytes().as_slice()).select(Row::as_select()).first(connection).optional()?;
    row.map(Challenge::try_from).transpose()
}

/// Takes a try before the code is looked at, so that tries at the same time count as well. How many are left then; `None` when
/// there was none, or another code has taken this one's place.
///
/// # Errors
/// When the database fails.
pub fn take_try(connection: &mut Connection, challenge: &Challenge) -> Result<Option<u32>, StoreError> {
    let open = same_code!(challenge).filter(challenges::tries_left.gt(0));
    let taken = diesel::update(open).set(challenges::tries_left.eq(challenges::tries_left - 1)).execute(connection)?;
    if taken == 0 {
        return Ok(None);
    }
    let left: i64 = same_code!(challenge).select(challenges::tries_left).first(connection)?;
    Ok(Some(count(left)?))
}

/// Gives a try back: the code was right, or was not looked at. Those of a code that has taken its place are not its own.
///
/// # Errors
/// When the database fails.
pub fn give_try_back(connection: &mut Connection, challenge: &Challenge) -> Result<(), StoreError> {
    diesel::update(same_code!(challenge))
        .set(challenges::tries_left.eq(challenges::tries_left + 1))
        .execute(connection)?;
    Ok(())
}

/// Uses the code up; false when it was used, replaced or void meanwhile, or lets somebody into an account that has another
/// address by now. In one job with what the code permits.
///
/// # Errors
/// When the database fails.
pub fn use_up(connection: &mut Connection, challenge: &Challenge, now: Timestamp) -> Result<bool, StoreError> {
    if let (Purpose::SignIn | Purpose::Reset, Some(account)) = (challenge.purpose, challenge.account) {
        let account = accounts::table.find(account.as_bytes().as_slice());
        let has_address = exists(account.filter(accounts::email_key.eq(&challenge.email_key)));
        if !diesel::select(has_address).get_result::<bool>(connection)? {
            return Ok(false);
        }
    }
    let open = same_code!(challenge).filter(challenges::used_at.is_null()).filter(challenges::expires_at.gt(now.0));
    Ok(diesel::update(open).set(challenges::used_at.eq(now.0)).execute(connection)? > 0)
}

fn count(value: i64) -> Result<u32, StoreError> {
    u32::try_from(value).map_err(|_| StoreError::Damaged("a count out of range"))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = challenges)]
struct Row {
    id: Vec<u8>,
    purpose: i64,
    email: String,
    email_key: String,
    installation: Vec<u8>,
    account: Option<Vec<u8>>,
    room: Option<Vec<u8>>,
    invite: Option<Vec<u8>>,
    counts: bool,
    code_hash: String,
    tries_left: i64,
    mails: i64,
    sent_at: i64,
    expires_at: i64,
    used_at: Option<i64>,
}

impl TryFrom<Row> for Challenge {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: fixed(&row.id)?,
            purpose: Purpose::of(row.purpose)?,
            email: row.email,
            email_key: row.email_key,
            installation: fixed(&row.installation)?,
            account: row.account.as_deref().map(fixed).transpose()?,
            invite: match (row.room, row.invite) {
                (Some(room), Some(invite)) => Some((fixed(&room)?, fixed(&invite)?)),
                _ => None,
            },
            counts: row.counts,
            code_hash: row.code_hash,
            tries_left: count(row.tries_left)?,
            mails: count(row.mails)?,
            sent_at: Timestamp(row.sent_at),
            expires_at: Timestamp(row.expires_at),
            used_at: row.used_at.map(Timestamp),
        })
    }
}
