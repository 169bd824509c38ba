//! What the end-to-end tests and the load generator are made of: a real server process ([`server`]), native clients on
//! the client core ([`native`]) with what they send ([`sent`]), people without a client ([`stranger`]), real browsers ([`browser`]), the desktop app
//! ([`desktop`]) and what people do in them ([`person`]), the system around them ([`system`]), a way to the server that can be
//! cut ([`proxy`]), one on which lies are told ([`liar`]), every page in a lifelike state ([`tour`]), a check for those who cannot see or point ([`axe`]), mails
//! ([`mail`]) and a real mail server ([`smtp`]), real databases ([`database`]), a clock that can be moved ([`clock`]), what
//! the operating system says of a process ([`process`]), a search for secrets in all of it ([`sweep`]), what a thief of the database
//! has ([`columns`]), and one of the master key besides ([`custody`]).
//!
//! Everything waits for conditions with a deadline ([`wait`]), never for time to pass.

pub mod account;
pub mod axe;
pub mod browser;
pub mod clock;
pub mod columns;
pub mod custody;
pub mod database;
pub mod desktop;
pub mod liar;
pub mod mail;
pub mod native;
pub mod person;
pub mod process;
pub mod proxy;
pub mod sent;
pub mod server;
pub mod smtp;
pub mod stranger;
pub mod sweep;
pub mod system;
pub mod tour;
pub mod wait;

/// Whether the full counts that issues state are asked for (`cargo xtask soak`).
#[must_use]
pub fn soak() -> bool {
    std::env::var_os("IGOON_SOAK").is_some()
}
