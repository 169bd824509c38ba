//! The parts that pages are made of. They show what they are given and say what was done; none knows the network.

pub mod avatar;
pub mod choice;
pub mod code;
pub mod composer;
#[cfg(test)]
mod contrast;
pub mod dialog;
pub mod empty;
pub mod focus;
pub mod footer;
pub mod form;
pub mod go;
pub mod header;
pub mod icon;
pub mod invites;
pub mod language_choice;
pub mod listen;
pub mod media;
pub mod menu;
pub mod message;
pub mod message_state;
pub mod message_text;
pub mod not_approved;
pub mod people;
pub mod presence;
pub mod qr;
pub mod receipt;
pub mod room_list;
pub mod session;
pub mod sheet;
pub mod shortcuts;
pub mod status;
pub mod steps;
mod strength;
pub mod theme_choice;
pub mod timeline;
pub mod update;
