//! What the page is told of what the core notices.

use igoon_shared::{
    client::Event,
    protocol::error::{ErrorCode, SessionEnd},
    sorted::SortedSet,
};

use crate::messages::{OwnNews, ToPage, Trouble};

/// What the page is told of an event.
pub(super) fn shown(event: Event) -> Option<ToPage> {
    Some(match event {
        Event::Room(room) => ToPage::Room(*room),
        Event::Message(message) | Event::Reread(message) => ToPage::Message(message),
        Event::Stored { room, up_to } => ToPage::Stored { room, up_to },
        Event::Outgoing(outgoing) => ToPage::Outgoing(outgoing),
        Event::Discarded { room, message_id } => ToPage::Discarded { room, message_id },
        Event::RoomCreated { room } => ToPage::RoomCreated(room),
        Event::Joined { room } => ToPage::Joined(room),
        Event::InviteMade { room, secret } => ToPage::InviteMade { room, secret },
        Event::Failed { room, code } => ToPage::failed(room, code),
        Event::ServerError { code } => ToPage::failed(None, code),
        Event::BadFrame => ToPage::failed(None, ErrorCode::Malformed),
        Event::Presence(presence) => ToPage::Presence(presence),
        Event::Positions(positions) => ToPage::Positions(positions),
        Event::Availability(chosen) => ToPage::Availability(chosen),
        Event::Approvals(view) => ToPage::Approvals(view),
        Event::ApprovalRefused => ToPage::ShutOut(SessionEnd::Refused),
        Event::OwnComputers(computers) => ToPage::Own(OwnNews::Trusted(computers)),
        Event::People(people) => ToPage::People(people),
        Event::Log(log) => ToPage::Log(log),
        Event::Lines(lines) => ToPage::Lines(lines),
        Event::Comparison(comparison) => ToPage::Comparison(comparison),
        Event::Changed { room } => ToPage::Changed(room),
        Event::Recovery(view) => ToPage::Recovery(view),
        Event::KitMade { room, code } => ToPage::KitMade { room, code },
        Event::KitRefused { room, why } => ToPage::Failed { room: Some(room), trouble: Trouble::Kit(why) },
        // Nothing to do for anybody: the room's log tells it.
        Event::EpochStarted { .. } => return None,
    })
}

/// Of several views of a room that wait together, the page needs the last.
pub(super) fn keep_last_views(news: &mut Vec<ToPage>) {
    let mut seen = SortedSet::new();
    let mut kept: Vec<ToPage> = std::mem::take(news).into_iter().rev().collect();
    kept.retain(|news| !matches!(news, ToPage::Room(view) if !seen.insert(view.room)));
    kept.reverse();
    *news = kept;
}

#[cfg(test)]
mod tests {
    use igoon_shared::{client::io::RoomView, ids::RoomId};

    use super::*;

    #[test]
    fn the_last_view_of_each_room_is_kept_in_its_place() {
        let [one, two] = [1, 2].map(|n| RoomView::unknown(RoomId::from_bytes([n; 32])));
        let [one, two, joined] = [ToPage::Room(one), ToPage::Room(two), ToPage::Joined(RoomId::from_bytes([1; 32]))];
        let mut news = vec![one.clone(), two.clone(), one.clone(), joined.clone(), two.clone()];
        keep_last_views(&mut news);
        assert_eq!(news, [one, joined, two]);
    }
}
