//! What the address says: which page, which room, or an invite link.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use igoon_shared::{crypto::invite::InviteSecret, ids::RoomId};
use zeroize::Zeroizing;

use crate::messages::InviteLink;

/// Where the person is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `/`: wherever somebody who opens the app goes on.
    Home,
    /// `/rooms`: the list of rooms.
    Rooms,
    /// `/room/{room}`: a room.
    Room(RoomId),
    /// `/room/{room}/settings`: what is set for a room.
    RoomSettings(RoomId),
    /// `/room/{room}/log`: what happened in a room.
    RoomLog(RoomId),
    /// `/room/{room}/recovery`: who comes back into a room, and how.
    RoomRecovery(RoomId),
    /// `/new-room`: making a room.
    NewRoom,
    /// `/account`: the own account.
    Account,
    /// `/settings`: how the app looks and behaves on this computer.
    Settings,
    /// `/privacy`: what this server stores; for anybody.
    Privacy,
    /// `/components`: every part that pages are made of.
    Components,
    /// `/admin`: the server, for its owner.
    Admin,
    /// `/join/{room}#{secret}`.
    Join(InviteLink),
    /// An invite link that was cut short or changed.
    BadLink,
    /// Every other address.
    NotFound,
}

impl Route {
    /// Reads path and fragment (with or without its `#`).
    #[must_use]
    pub fn parse(path: &str, fragment: &str) -> Self {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let room = |text: &str| text.parse::<RoomId>().ok();
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (None, ..) => Self::Home,
            (Some("rooms"), None, ..) => Self::Rooms,
            (Some("new-room"), None, ..) => Self::NewRoom,
            (Some("account"), None, ..) => Self::Account,
            (Some("settings"), None, ..) => Self::Settings,
            (Some("privacy"), None, ..) => Self::Privacy,
            (Some("components"), None, ..) => Self::Components,
            (Some("admin"), None, ..) => Self::Admin,
            (Some("room"), Some(id), None, _) => room(id).map_or(Self::NotFound, Self::Room),
            (Some("room"), Some(id), Some("settings"), None) => room(id).map_or(Self::NotFound, Self::RoomSettings),
            (Some("room"), Some(id), Some("log"), None) => room(id).map_or(Self::NotFound, Self::RoomLog),
            (Some("room"), Some(id), Some("recovery"), None) => room(id).map_or(Self::NotFound, Self::RoomRecovery),
            (Some("join"), id, None, _) => Self::join(id.and_then(room), fragment),
            _ => Self::NotFound,
        }
    }

    fn join(room: Option<RoomId>, fragment: &str) -> Self {
        let secret = URL_SAFE_NO_PAD.decode(fragment.trim_start_matches('#')).ok().map(Zeroizing::new);
        let secret: Option<[u8; 32]> = secret.and_then(|bytes| bytes.as_slice().try_into().ok());
        match (room, secret) {
            (Some(room), Some(secret)) => {
                Self::Join(InviteLink { room, secret: (&InviteSecret::from_bytes(secret)).into() })
            }
            _ => Self::BadLink,
        }
    }

    /// The link that was opened, if any.
    #[must_use]
    pub const fn link(&self) -> Option<&InviteLink> {
        match self {
            Self::Join(link) => Some(link),
            _ => None,
        }
    }

    /// The room that it shows, or shows something of.
    #[must_use]
    pub const fn room(&self) -> Option<RoomId> {
        match self {
            Self::Room(room) | Self::RoomSettings(room) | Self::RoomLog(room) | Self::RoomRecovery(room) => Some(*room),
            _ => None,
        }
    }

    /// Whether it shows something of an account: whoever signs in next did not ask for it.
    #[must_use]
    pub const fn is_of_account(&self) -> bool {
        match self {
            Self::Rooms
            | Self::Room(_)
            | Self::RoomSettings(_)
            | Self::RoomLog(_)
            | Self::RoomRecovery(_)
            | Self::NewRoom
            | Self::Account
            | Self::Admin => true,
            Self::Home
            | Self::Settings
            | Self::Privacy
            | Self::Components
            | Self::Join(_)
            | Self::BadLink
            | Self::NotFound => false,
        }
    }

    /// Its path, where one can go there from within the app.
    #[must_use]
    pub fn path(&self) -> Option<String> {
        let path = match self {
            Self::Home => "/",
            Self::Rooms => "/rooms",
            Self::Room(room) => return Some(format!("/room/{room}")),
            Self::RoomSettings(room) => return Some(format!("/room/{room}/settings")),
            Self::RoomLog(room) => return Some(format!("/room/{room}/log")),
            Self::RoomRecovery(room) => return Some(format!("/room/{room}/recovery")),
            Self::NewRoom => "/new-room",
            Self::Account => "/account",
            Self::Settings => "/settings",
            Self::Privacy => "/privacy",
            Self::Components => "/components",
            Self::Admin => "/admin",
            Self::Join(_) | Self::BadLink | Self::NotFound => return None,
        };
        Some(path.to_owned())
    }
}

/// The address of an invite link on the server at `origin`; `None` if the secret is damaged.
#[must_use]
pub fn invite_address(origin: &str, link: &InviteLink) -> Option<String> {
    let secret = link.secret.secret()?;
    Some(format!("{origin}/join/{}#{}", link.room, URL_SAFE_NO_PAD.encode(secret.expose())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> InviteLink {
        let secret = InviteSecret::from_bytes([9; 32]);
        InviteLink { room: RoomId::from_bytes([3; 32]), secret: (&secret).into() }
    }

    #[test]
    fn a_link_leads_back_to_what_it_was_made_from() {
        let address = invite_address("https://chat.example", &link()).unwrap();
        let (rest, fragment) = address.split_once('#').unwrap();
        let path = rest.strip_prefix("https://chat.example").unwrap();
        assert_eq!(Route::parse(path, &format!("#{fragment}")), Route::Join(link()));
        assert_eq!(Route::parse(&format!("{path}/"), fragment), Route::Join(link()));
    }

    #[test]
    fn damaged_links_say_so() {
        let room = link().room;
        assert_eq!(Route::parse(&format!("/join/{room}"), ""), Route::BadLink);
        assert_eq!(Route::parse(&format!("/join/{room}"), "#c2hvcnQ"), Route::BadLink);
        assert_eq!(Route::parse("/join/short", &"A".repeat(43)), Route::BadLink);
    }

    #[test]
    fn paths_lead_back() {
        let room = link().room;
        let fixed = [
            Route::Home,
            Route::Rooms,
            Route::NewRoom,
            Route::Account,
            Route::Settings,
            Route::Privacy,
            Route::Components,
            Route::Admin,
        ];
        let of_room = [Route::Room, Route::RoomSettings, Route::RoomLog, Route::RoomRecovery].map(|route| route(room));
        for route in fixed.into_iter().chain(of_room) {
            let path = route.path().unwrap();
            assert_eq!(Route::parse(&path, ""), route);
            assert_eq!(Route::parse(&format!("{path}/"), ""), route, "{path}/");
        }
        assert_eq!(Route::Join(link()).path(), None);
    }

    #[test]
    fn every_other_address_is_not_found() {
        let room = link().room;
        let more = format!("/room/{room}/settings/x");
        for path in
            ["/rooms/x", "/accounts", "/account/x", "/room", "/room/short", "/room/short/settings", more.as_str()]
        {
            assert_eq!(Route::parse(path, "#y"), Route::NotFound, "{path}");
        }
        assert_eq!(Route::parse("/join", ""), Route::BadLink);
    }
}
