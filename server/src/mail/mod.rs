//! Mails: what they say ([`letter`]), how they are sent ([`transport`]), and where to (settings). When they are sent is
//! [`crate::actors::mailer`]'s business.

pub mod letter;
pub mod settings;
pub mod transport;
