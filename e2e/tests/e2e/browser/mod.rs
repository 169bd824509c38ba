//! What people do with the page, in real browsers. Each has a core for itself: they run one at a time.

mod around;
mod export;
mod keyboard;
mod pages;
mod people;
mod rooms;
mod story;
mod whole_story;
