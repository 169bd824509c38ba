//! What people do with the page, in real browsers. Each has a core for itself: they run one at a time.

mod around;
mod people;
mod rooms;
mod story;
