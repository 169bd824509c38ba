//! What people do with the page, in real browsers. Each has a core for itself: they run one at a time.

mod approving;
mod around;
mod between;
mod builds;
mod export;
mod history;
mod keyboard;
mod languages;
mod lies;
mod marks;
mod members;
mod new_keys;
mod notifications;
mod pages;
mod people;
mod recovery;
mod resting;
mod restored;
mod rooms;
mod scene;
mod storage;
mod story;
mod whole_story;
