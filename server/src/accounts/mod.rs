//! The rules about accounts, pure where they can be: what a handle may look like ([`handle`]), how passwords are hashed
//! and what hashing may cost ([`password`]), the secrets that stand for a person afterwards ([`secrets`]), and the
//! one-time code that makes the first account ([`setup_code`]).
//!
//! Deliberately absent: HTTP and SQL.

pub mod handle;
pub mod password;
pub mod secrets;
pub mod setup_code;
