//! What the address says: the app itself, or an invite link.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use igoon_shared::{crypto::invite::InviteSecret, ids::RoomId};
use zeroize::Zeroizing;

use crate::messages::InviteLink;

const ACCOUNT: &str = "/account";
const ADMIN: &str = "/admin";
const NEW_ROOM: &str = "/new-room";

/// Where the person is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// The app itself; unknown addresses, too.
    Home,
    /// `/account`: the own account.
    Account,
    /// `/admin`: the server, for its owner.
    Admin,
    /// `/new-room`: making a room.
    NewRoom,
    /// `/join/{room}#{secret}`.
    Join(InviteLink),
    /// An invite link that was cut short or changed.
    BadLink,
}

impl Route {
    /// Reads path and fragment (with or without its `#`).
    #[must_use]
    pub fn parse(path: &str, fragment: &str) -> Self {
        match path.trim_end_matches('/') {
            ACCOUNT => return Self::Account,
            ADMIN => return Self::Admin,
            NEW_ROOM => return Self::NewRoom,
            _ => {}
        }
        let Some(room) = path.strip_prefix("/join/") else { return Self::Home };
        let room = room.trim_end_matches('/').parse::<RoomId>().ok();
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
            Self::Home | Self::Account | Self::Admin | Self::NewRoom | Self::BadLink => None,
        }
    }

    /// Its path, where one can go there from within the app.
    #[must_use]
    pub const fn path(&self) -> Option<&'static str> {
        match self {
            Self::Home => Some("/"),
            Self::Account => Some(ACCOUNT),
            Self::Admin => Some(ADMIN),
            Self::NewRoom => Some(NEW_ROOM),
            Self::Join(_) | Self::BadLink => None,
        }
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
        for route in [Route::Home, Route::Account, Route::Admin, Route::NewRoom] {
            assert_eq!(Route::parse(route.path().unwrap(), ""), route);
        }
        assert_eq!(Route::parse("/account/", ""), Route::Account);
        assert_eq!(Route::Join(link()).path(), None);
    }

    #[test]
    fn every_other_address_is_the_app() {
        assert_eq!(Route::parse("/", ""), Route::Home);
        assert_eq!(Route::parse("/rooms/x", "#y"), Route::Home);
        assert_eq!(Route::parse("/accounts", ""), Route::Home);
    }
}
