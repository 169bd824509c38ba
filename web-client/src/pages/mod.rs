//! The pages, and which of them is shown.

mod account;
mod admin;
mod app;
mod begin;
mod between;
mod code;
mod entrance;
mod gallery;
mod kit;
mod opening;
mod preferences;
mod privacy;
mod room;
mod room_log;
mod room_recovery;
mod room_settings;
mod server_address;
mod set_up;
mod settings;
mod wordless;

pub use app::open;

use crate::{
    messages::{Connection, Profile, Stage},
    state::{AppState, Route, place::Place},
};

/// A page. Its name is what `data-page` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// `starting`: looking at what is stored here.
    Starting,
    /// `insecure`: this origin cannot have keys.
    Insecure,
    /// `server-address`: the server is asked for.
    ServerAddress,
    /// `elsewhere`: another tab runs Igoon.
    Elsewhere,
    /// `unreachable`: the server does not answer.
    Unreachable,
    /// `stopped`: something must be mended.
    Stopped,
    /// `set-up`: the first account.
    SetUp,
    /// `sign-up`: an account by invite.
    SignUp,
    /// `sign-in`
    SignIn,
    /// `code`: a code by e-mail is entered.
    Code,
    /// `correct`: the code was right, handle or password has to be another one.
    Correct,
    /// `account`: the own account.
    Account,
    /// `admin`: the server, for its owner.
    Admin,
    /// `other-account`: this computer has somebody else's keys.
    OtherAccount,
    /// `keys-lost`: signed in, but what was stored here is gone.
    KeysLost,
    /// `making-keys`
    MakingKeys,
    /// `bad-link`: an invite link that was cut short.
    BadLink,
    /// `join`: signed in, a link was opened.
    Join,
    /// `working`: a room is made, joined or fetched.
    Working,
    /// `name-room`: a new room.
    NameRoom,
    /// `invite-others`: into a room that was made just now.
    InviteOthers,
    /// `components`: every part that pages are made of.
    Components,
    /// `no-room`: in no room, and not permitted to make one.
    NoRoom,
    /// `rooms`: the list of rooms.
    Rooms,
    /// `room`
    Room,
    /// `room-settings`: what is set for a room.
    RoomSettings,
    /// `room-log`: what happened in a room.
    RoomLog,
    /// `room-recovery`: who comes back into a room, and how.
    RoomRecovery,
    /// `kit`: a code that goes on paper.
    Kit,
    /// `settings`: how the app looks and behaves in this browser.
    Settings,
    /// `privacy`: what this server stores.
    Privacy,
    /// `not-found`: nothing is at this address, or nothing for this account.
    NotFound,
}

impl Page {
    /// For `data-page`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Insecure => "insecure",
            Self::ServerAddress => "server-address",
            Self::Elsewhere => "elsewhere",
            Self::Unreachable => "unreachable",
            Self::Stopped => "stopped",
            Self::SetUp => "set-up",
            Self::SignUp => "sign-up",
            Self::SignIn => "sign-in",
            Self::Code => "code",
            Self::Correct => "correct",
            Self::Account => "account",
            Self::Admin => "admin",
            Self::OtherAccount => "other-account",
            Self::KeysLost => "keys-lost",
            Self::MakingKeys => "making-keys",
            Self::BadLink => "bad-link",
            Self::Join => "join",
            Self::Working => "working",
            Self::NameRoom => "name-room",
            Self::InviteOthers => "invite-others",
            Self::Components => "components",
            Self::NoRoom => "no-room",
            Self::Rooms => "rooms",
            Self::Room => "room",
            Self::RoomSettings => "room-settings",
            Self::RoomLog => "room-log",
            Self::RoomRecovery => "room-recovery",
            Self::Kit => "kit",
            Self::Settings => "settings",
            Self::Privacy => "privacy",
            Self::NotFound => "not-found",
        }
    }

    /// The page that this state asks for.
    #[must_use]
    pub fn of(state: &AppState) -> Self {
        if matches!(state.place, Place::Wanted(_)) && state.route != Route::Settings {
            return Self::ServerAddress;
        }
        match (&state.stage, &state.route) {
            // These are about nobody's account, and wait for nothing.
            (_, Route::Privacy) => Self::Privacy,
            (_, Route::Settings) => Self::Settings,
            (Stage::Starting, _) => Self::Starting,
            (_, Route::Components) => Self::Components,
            (Stage::Elsewhere, _) => Self::Elsewhere,
            (Stage::Unreachable, _) => Self::Unreachable,
            (Stage::Stopped(_), _) => Self::Stopped,
            (Stage::KeysLost { .. }, _) => Self::KeysLost,
            (Stage::MakingKeys, _) => Self::MakingKeys,
            (Stage::OtherAccount { .. }, _) => Self::OtherAccount,
            (Stage::SetUp, _) => Self::SetUp,
            (Stage::Code(_), _) => Self::Code,
            (Stage::Correct(_), _) => Self::Correct,
            (Stage::SignedOut { .. } | Stage::Signed(_), Route::BadLink) => Self::BadLink,
            (Stage::SignedOut { .. } | Stage::Signed(_), Route::NotFound) => Self::NotFound,
            (Stage::SignedOut { .. }, Route::Join(_)) => Self::SignUp,
            (Stage::SignedOut { .. }, _) => Self::SignIn,
            (Stage::Signed(profile), route) => Self::signed(state, profile, route),
        }
    }

    fn signed(state: &AppState, profile: &Profile, route: &Route) -> Self {
        match route {
            Route::Account => Self::Account,
            Route::Admin => Self::Admin,
            _ if state.pending.is_some() => Self::Working,
            // It is lost if nobody writes it down.
            _ if state.kit.is_some() => Self::Kit,
            Route::Join(_) => Self::Join,
            Route::NewRoom if profile.may_create_rooms => Self::NameRoom,
            Route::Room(room) if state.founded == Some(*room) && state.rooms.contains_key(room) => Self::InviteOthers,
            Route::Room(room) if state.rooms.contains_key(room) => Self::Room,
            Route::RoomSettings(room) if state.rooms.contains_key(room) => Self::RoomSettings,
            Route::RoomLog(room) if state.rooms.contains_key(room) => Self::RoomLog,
            Route::RoomRecovery(room) if state.rooms.contains_key(room) => Self::RoomRecovery,
            Route::Room(_) | Route::RoomSettings(_) | Route::RoomLog(_) | Route::RoomRecovery(_)
                if !state.rooms.is_empty() =>
            {
                // Without a connection it may be on the way.
                if state.connection == Connection::Online { Self::NotFound } else { Self::Working }
            }
            Route::Rooms if !state.rooms.is_empty() => Self::Rooms,
            _ if !state.rooms.is_empty() => Self::Room,
            _ if profile.in_rooms || state.connection != Connection::Online => Self::Working,
            Route::Room(_) | Route::RoomSettings(_) | Route::RoomLog(_) | Route::RoomRecovery(_) => Self::NotFound,
            _ if profile.may_create_rooms => Self::NameRoom,
            _ => Self::NoRoom,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use igoon_shared::{
        crypto::invite::InviteSecret,
        ids::{AccountId, DeviceId, RoomId},
    };

    use super::*;
    use crate::{
        messages::{InviteLink, Pending},
        state::{Action, RoomData},
    };

    fn state(stage: Stage, route: Route) -> AppState {
        AppState { stage, ..AppState::new(route) }
    }

    fn link() -> Route {
        let secret = InviteSecret::from_bytes([1; 32]);
        Route::Join(InviteLink { room: RoomId::from_bytes([1; 32]), secret: (&secret).into() })
    }

    fn signed(server_owner: bool, in_rooms: bool) -> Stage {
        Stage::Signed(Profile {
            account: AccountId::from_bytes([1; 16]),
            handle: "ada".to_owned(),
            device: DeviceId::from_bytes([1; 32]),
            device_name: "Chrome on Linux".to_owned(),
            server_owner,
            may_create_rooms: server_owner,
            in_rooms,
            pending: None,
        })
    }

    #[test]
    fn without_a_server_it_is_asked_for() {
        let mut visitor = state(Stage::Starting, link());
        visitor.place = Place::Wanted(None);
        assert_eq!(Page::of(&visitor), Page::ServerAddress);
    }

    #[test]
    fn a_visitor() {
        let out = || Stage::SignedOut { handle: None };
        assert_eq!(Page::of(&state(out(), Route::Home)), Page::SignIn);
        assert_eq!(Page::of(&state(out(), link())), Page::SignUp);
        assert_eq!(Page::of(&state(out(), Route::BadLink)), Page::BadLink);
        assert_eq!(Page::of(&state(Stage::SetUp, link())), Page::SetUp);
    }

    #[test]
    fn an_owner_names_a_room_only_when_there_is_surely_none() {
        let mut owner = state(signed(true, false), Route::Home);
        assert_eq!(Page::of(&owner), Page::Working, "not connected: who knows");
        owner.connection = Connection::Online;
        assert_eq!(Page::of(&owner), Page::NameRoom);
        owner.pending = Some(Pending::Room);
        assert_eq!(Page::of(&owner), Page::Working);
        let mut second_computer = state(signed(true, true), Route::Home);
        second_computer.connection = Connection::Online;
        assert_eq!(Page::of(&second_computer), Page::Working, "its room is on the way");
        let mut member = state(signed(false, false), Route::Home);
        member.connection = Connection::Online;
        assert_eq!(Page::of(&member), Page::NoRoom);
    }

    #[test]
    fn a_further_room_is_named_by_whoever_may_make_one() {
        let mut owner = state(signed(true, true), Route::NewRoom);
        assert_eq!(Page::of(&owner), Page::NameRoom);
        owner.pending = Some(Pending::Room);
        assert_eq!(Page::of(&owner), Page::Working);
        let mut member = state(signed(false, false), Route::NewRoom);
        member.connection = Connection::Online;
        assert_eq!(Page::of(&member), Page::NoRoom);
    }

    #[test]
    fn a_rooms_address_shows_it_or_says_that_it_is_not_there() {
        let (room, other) = (RoomId::from_bytes([1; 32]), RoomId::from_bytes([2; 32]));
        let mut member = state(signed(false, true), Route::Room(room));
        assert_eq!(Page::of(&member), Page::Working, "it is on the way");
        member.rooms.insert(other, Rc::new(RoomData::new(other)));
        assert_eq!(Page::of(&member), Page::Working);
        member.connection = Connection::Online;
        assert_eq!(Page::of(&member), Page::NotFound);
        member.rooms.insert(room, Rc::new(RoomData::new(room)));
        assert_eq!(Page::of(&member), Page::Room);
        member.route = Route::RoomSettings(room);
        assert_eq!(Page::of(&member), Page::RoomSettings);
        member.route = Route::RoomLog(room);
        assert_eq!(Page::of(&member), Page::RoomLog);
        member.route = Route::RoomRecovery(room);
        assert_eq!(Page::of(&member), Page::RoomRecovery);
        member.route = Route::Rooms;
        assert_eq!(Page::of(&member), Page::Rooms);
        let mut newcomer = state(signed(true, false), Route::Room(room));
        newcomer.connection = Connection::Online;
        assert_eq!(Page::of(&newcomer), Page::NotFound, "in no room at all");
        assert_eq!(Page::of(&state(Stage::SignedOut { handle: None }, Route::Room(room))), Page::SignIn);
    }

    #[test]
    fn what_is_about_no_account_is_there_for_everybody() {
        let stages =
            [Stage::Starting, Stage::Elsewhere, Stage::SetUp, Stage::SignedOut { handle: None }, signed(true, true)];
        for stage in stages {
            assert_eq!(Page::of(&state(stage.clone(), Route::Privacy)), Page::Privacy, "{stage:?}");
            assert_eq!(Page::of(&state(stage.clone(), Route::Settings)), Page::Settings, "{stage:?}");
        }
    }

    #[test]
    fn a_link_opened_by_somebody_signed_in() {
        let mut member = state(signed(false, true), link());
        assert_eq!(Page::of(&member), Page::Join);
        member.pending = Some(Pending::Joining);
        assert_eq!(Page::of(&member), Page::Working);
    }

    #[test]
    fn a_room_that_was_made_just_now_is_first_shown_with_its_invites() {
        let room = RoomId::from_bytes([1; 32]);
        let mut owner = state(signed(true, true), Route::Room(room));
        owner.rooms.insert(room, Rc::new(RoomData::new(room)));
        owner.founded = Some(room);
        assert_eq!(Page::of(&owner), Page::InviteOthers);
        owner.act(Action::FoundedSeen);
        assert_eq!(Page::of(&owner), Page::Room);
    }

    #[test]
    fn the_parts_are_shown_to_anybody() {
        for stage in [Stage::SetUp, Stage::SignedOut { handle: None }, signed(true, true)] {
            assert_eq!(Page::of(&state(stage, Route::Components)), Page::Components);
        }
    }
}
