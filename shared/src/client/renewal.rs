//! New keys for a computer whose old ones a room has revoked: the same account on the same copy of the app, another device. It
//! goes on from the old one's records. Where the old keys still count they vouch for the new, which carries that in itself, and
//! then takes the old ones out; elsewhere it asks to be approved like any new computer. No digits are compared where nothing but
//! this computer's own storage stands between the two.

use super::{
    Identity,
    io::Change,
    records::{self, RecordError},
    vouching::Said,
};
use crate::time::Timestamp;

/// What a host changes in its records when `new` takes the place of `old`, together with the identity, in one change. Of the
/// records those of messages may be left out. What waited to be sent waits on and is sealed anew; what was being appended to logs
/// is given up, since the old keys signed it.
///
/// # Errors
/// [`RecordError`] when a record is damaged.
pub fn renew(
    old: &Identity,
    new: &Identity,
    saved: &[(String, Vec<u8>)],
    now: Timestamp,
) -> Result<Vec<Change>, RecordError> {
    let vouched = Said::vouch(old, new.bundle(), new.device_name().to_owned(), now);
    let revoked = Said::revoke(new, old.device(), now);
    let mut changes = vec![records::put_said(new.device(), &vouched), records::put_said(old.device(), &revoked)];
    changes.push(records::delete_left(old.device()));
    for (key, value) in saved {
        changes.extend(records::renewed(key, value)?);
    }
    Ok(changes)
}
