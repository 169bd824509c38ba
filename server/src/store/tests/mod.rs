//! The store on real databases: the same suite on SQLite, in a temporary folder, and on PostgreSQL, in a database of its own
//! on the server that `IGOON_TEST_POSTGRES` names.

mod appends;
mod approvals;
mod batches;
mod databases;
mod messages;
mod nodes;
mod opening;
mod outage;
mod people;
mod positions;
mod presence;
mod proxy;
mod reading;
mod recovery;
mod samples;
mod statements;

use databases::TestDatabase;

/// Makes a test of each function, on each backend.
macro_rules! on_both_backends {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test] async fn $name() { super::$name(super::super::TestDatabase::sqlite()).await; })+
        }
        mod on_postgres {
            $(#[tokio::test] async fn $name() { super::$name(super::super::TestDatabase::postgres()).await; })+
        }
    };
}
use on_both_backends;
