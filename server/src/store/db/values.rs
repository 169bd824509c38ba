//! Between the values of the program and those of a database, which has no unsigned numbers and no arrays.

use crate::store::StoreError;

/// A number for the database; what is too large for it becomes the largest that it has.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A number from the database.
pub(super) fn unsigned(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| StoreError::Damaged("a negative number"))
}

/// An identifier or hash from the database.
pub(super) fn fixed<T: for<'a> TryFrom<&'a [u8]>>(bytes: &[u8]) -> Result<T, StoreError> {
    T::try_from(bytes).map_err(|_| StoreError::Damaged("an identifier or hash of a wrong length"))
}
