//! What can go wrong in the store.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// Why the store did not do what it was asked. Displaying one shows no secret and no address with a password.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Too much is waiting already, or the server is shutting down. Nothing was done: try again in a moment.
    #[error("the database is busy")]
    Busy,
    /// Another account has this handle, or one that looks like it.
    #[error("the handle is taken")]
    HandleTaken,
    /// Another account has this address.
    #[error("the address is taken")]
    EmailTaken,
    /// What was to be added is there already, with other content.
    #[error("it exists already")]
    AlreadyExists,
    /// The row that was to be read or changed does not exist.
    #[error("it does not exist")]
    NotFound,
    /// The connection was lost while the database committed: the write may or may not have happened.
    #[error("the connection to the database was lost; the change may or may not have been made")]
    OutcomeUnknown,
    /// The closure handed to the store panicked. Nothing of it was written.
    #[error("a database job panicked")]
    JobPanicked,
    /// The database was last used by a newer version of the program, and is left alone.
    #[error(
        "this database belongs to a newer version of Igoon (it has the change {newest_change}, which this version does not \
         know). Start that version again, or restore a backup that was made before the upgrade."
    )]
    DatabaseIsNewer {
        /// The newest schema change that this program does not know.
        newest_change: String,
    },
    /// The database cannot be opened or reached.
    #[error("the database cannot be opened: {0}")]
    Unreachable(String),
    /// The schema could not be brought up to date.
    #[error("the database could not be brought up to date: {0}")]
    Migration(Box<dyn std::error::Error + Send + Sync>),
    /// A stored value is not what it should be: another program wrote here, or the disk is failing.
    #[error("the database holds a damaged value: {0}")]
    Damaged(&'static str),
    /// The database refused a statement or failed.
    #[error("the database failed: {0}")]
    Database(DieselError),
}

impl StoreError {
    /// Whether the same work, done again, has a fair chance: the connection was lost, or another node was in the way.
    pub(super) const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Database(
                DieselError::DatabaseError(
                    DatabaseErrorKind::ClosedConnection
                        | DatabaseErrorKind::UnableToSendCommand
                        | DatabaseErrorKind::SerializationFailure
                        | DatabaseErrorKind::Unknown,
                    _
                ) | DieselError::BrokenTransactionManager
                    | DieselError::RollbackErrorOnCommit { .. }
            )
        )
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::AlreadyExists,
            other => Self::Database(other),
        }
    }
}
