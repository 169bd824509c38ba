//! The rules about accounts, pure where they can be: what an address ([`email`]), a handle ([`handle`]) and a password
//! ([`password`]) may look like, codes by e-mail ([`code`]), what hashing may cost ([`hashing`]), how often
//! somebody may try ([`limits`]), the secrets that stand for a person afterwards
//! ([`secrets`]), the one-time code that makes the first account ([`setup_code`]), and the token of those who watch the
//! server ([`admin_token`]).
//!
//! Deliberately absent: HTTP, SQL and SMTP.

pub mod admin_token;
pub mod code;
pub mod email;
pub mod handle;
pub mod hashing;
pub mod limits;
pub mod password;
pub mod secrets;
pub mod setup_code;
