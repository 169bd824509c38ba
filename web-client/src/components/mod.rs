//! The parts that pages are made of. They show what they are given and say what was done; none knows the network.

pub mod avatar;
pub mod code;
pub mod composer;
pub mod dialog;
pub mod focus;
pub mod form;
pub mod go;
pub mod header;
pub mod icon;
pub mod invites;
pub mod language_choice;
pub mod listen;
pub mod message;
pub mod message_state;
pub mod message_text;
pub mod not_approved;
pub mod people;
pub mod presence;
pub mod receipt;
pub mod room_list;
pub mod session;
pub mod sheet;
pub mod status;
pub mod timeline;
