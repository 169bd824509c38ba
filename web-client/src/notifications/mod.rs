//! Telling the person of messages, and of who asks to come back, while they look elsewhere: by the browser when the page is hidden, in the page otherwise.
//! Here: what is told, and where. [`show`], [`close`], [`permission`] and [`ask`] are the browser's part; the desktop app's is
//! in [`crate::platform`].

mod browser;

use igoon_shared::{
    ids::{RoomId, Seq},
    sorted::SortedMap,
};

pub use self::browser::{ask, close, on_chosen, permission, show};
use crate::{
    state::{arrivals::Arrival, preferences::Notifications},
    texts::t,
};

/// A notification shows so many characters of a message at most.
const LONGEST: usize = 160;

/// Whether this browser lets the page notify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It cannot.
    Unsupported,
    /// It was not asked.
    NotAsked,
    /// It does.
    Granted,
    /// It was told not to; the page cannot ask again.
    Denied,
}

/// Where the person is looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looking {
    /// The page can be seen.
    pub visible: bool,
    /// The room that it shows.
    pub room: Option<RoomId>,
}

/// Where something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Nowhere: it is in front of the person, or nothing is wanted.
    None,
    /// In the page.
    Toast,
    /// By the browser.
    Browser,
}

/// What is told of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The room; also what makes a later announcement take the place of an earlier one.
    pub room: RoomId,
    /// In bold.
    pub title: String,
    /// Below.
    pub body: String,
}

/// Where news of a room are told.
#[must_use]
pub fn way(room: RoomId, looking: Looking, choice: Notifications, permission: Permission) -> Way {
    match (looking.visible, choice, permission) {
        (true, ..) if looking.room == Some(room) => Way::None,
        (true, ..) => Way::Toast,
        (false, Notifications::WithContent | Notifications::WithoutContent, Permission::Granted) => Way::Browser,
        (false, ..) => Way::None,
    }
}

/// The rooms with news since `told`, and those whose news were looked at.
#[must_use]
pub fn changes(told: &SortedMap<RoomId, Seq>, news: &SortedMap<RoomId, Arrival>) -> (Vec<RoomId>, Vec<RoomId>) {
    let is_new = |room: &RoomId, arrival: &Arrival| told.get(room).is_none_or(|seq| *seq < arrival.seq);
    let new = news.iter().filter(|(room, arrival)| is_new(room, arrival)).map(|(room, _)| *room).collect();
    let over = told.keys().filter(|room| !news.contains_key(room)).copied().collect();
    (new, over)
}

/// The rooms in which more people ask to come back than when it was told last, and those in which nobody asks any more.
#[must_use]
pub fn asking(told: &SortedMap<RoomId, u32>, wanted: &SortedMap<RoomId, u32>) -> (Vec<RoomId>, Vec<RoomId>) {
    let more = |room: &RoomId, count: u32| told.get(room).is_none_or(|told| *told < count);
    let new = wanted.iter().filter(|(room, count)| more(room, **count)).map(|(room, _)| *room).collect();
    let over = told.keys().filter(|room| !wanted.contains_key(room)).copied().collect();
    (new, over)
}

/// What is told of so many who ask to come back, with the room's name or without.
#[must_use]
pub fn request(room: RoomId, title: &str, count: u32, content: bool) -> Announcement {
    let title = if content { title } else { "Igoon" };
    Announcement { room, title: title.to_owned(), body: t!("asks-mark", count = count) }
}

/// What is told, with content or without.
#[must_use]
pub fn announcement(room: RoomId, title: &str, arrival: &Arrival, content: bool) -> Announcement {
    let count = arrival.count;
    match &arrival.text {
        Some(text) if content => {
            let title = if count > 1 { format!("{title} ({count})") } else { title.to_owned() };
            Announcement { room, title, body: format!("{}: {}", arrival.author, shortened(text)) }
        }
        _ if content => Announcement { room, title: title.to_owned(), body: t!("notification-new", count = count) },
        _ => Announcement { room, title: "Igoon".to_owned(), body: t!("notification-new", count = count) },
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: RoomId = RoomId::from_bytes([1; 32]);
    const OTHER: RoomId = RoomId::from_bytes([2; 32]);

    fn arrival(seq: u64, count: u32, text: &str) -> Arrival {
        Arrival { seq: Seq(seq), count, author: "bea".to_owned(), text: Some(text.to_owned()) }
    }

    #[test]
    fn what_is_in_front_of_the_person_is_not_told() {
        let looking = Looking { visible: true, room: Some(ROOM) };
        let way = |room| super::way(room, looking, Notifications::WithContent, Permission::Granted);
        assert_eq!(way(ROOM), Way::None);
        assert_eq!(way(OTHER), Way::Toast);
    }

    #[test]
    fn the_browser_tells_only_what_is_wanted_and_permitted_and_not_seen() {
        let hidden = Looking { visible: false, room: Some(ROOM) };
        let way = |choice, permission| super::way(ROOM, hidden, choice, permission);
        assert_eq!(way(Notifications::WithContent, Permission::Granted), Way::Browser);
        assert_eq!(way(Notifications::WithoutContent, Permission::Granted), Way::Browser);
        assert_eq!(way(Notifications::Off, Permission::Granted), Way::None);
        for permission in [Permission::Unsupported, Permission::NotAsked, Permission::Denied] {
            assert_eq!(way(Notifications::WithContent, permission), Way::None);
        }
    }

    #[test]
    fn each_message_is_told_once_and_what_was_read_is_taken_back() {
        let told = SortedMap::from([(ROOM, Seq(3)), (OTHER, Seq(5))]);
        let news = SortedMap::from([(ROOM, arrival(3, 1, ""))]);
        assert_eq!(changes(&told, &news), (vec![], vec![OTHER]));
        let news = SortedMap::from([(ROOM, arrival(4, 2, "")), (OTHER, arrival(5, 1, ""))]);
        assert_eq!(changes(&told, &news), (vec![ROOM], vec![]));
    }

    #[test]
    fn without_content_neither_room_nor_author_nor_text_is_said() {
        let arrival = arrival(4, 2, "the code is 1234");
        let told = announcement(ROOM, "Rowing club", &arrival, false);
        for secret in ["Rowing", "bea", "1234"] {
            assert!(!told.title.contains(secret) && !told.body.contains(secret), "{told:?}");
        }
        let told = announcement(ROOM, "Rowing club", &arrival, true);
        assert_eq!((told.title.as_str(), told.body.as_str()), ("Rowing club (2)", "bea: the code is 1234"));
    }

    #[test]
    fn who_asks_to_come_back_is_told_of_once_and_taken_back_when_nobody_does() {
        let told = SortedMap::from([(ROOM, 1)]);
        assert_eq!(asking(&SortedMap::new(), &told), (vec![ROOM], vec![]));
        assert_eq!(asking(&told, &told), (vec![], vec![]));
        assert_eq!(asking(&told, &SortedMap::from([(ROOM, 2), (OTHER, 1)])), (vec![ROOM, OTHER], vec![]));
        assert_eq!(asking(&SortedMap::from([(ROOM, 2)]), &told), (vec![], vec![]), "one was answered");
        assert_eq!(asking(&told, &SortedMap::new()), (vec![], vec![ROOM]));
        assert_eq!(request(ROOM, "Rowing club", 1, false).title, "Igoon");
        let whole = request(ROOM, "Rowing club", 1, true);
        assert_eq!((whole.title.as_str(), whole.body.as_str()), ("Rowing club", "Somebody asks to come back"));
    }

    #[test]
    fn a_long_message_is_shortened_between_characters() {
        let told = announcement(ROOM, "Rowing club", &arrival(1, 1, &"ä".repeat(500)), true);
        assert_eq!(told.body.chars().count(), "bea: ".len() + LONGEST + 1);
    }
}
