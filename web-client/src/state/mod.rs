//! What the page knows, and how it changes: a reducer without side effects.
//!
//! - [`action`]: what people do; `news`: what the worker says.
//! - [`room`]: a room; [`asked`]: what is to be done in it; [`comparing`]: safety numbers; [`rooms`]: how they are listed;
//!   [`window`]: those of a room's messages that the page holds; [`content`]: what one says; [`timeline`], [`runs`], [`lines`]: how they are laid out, and
//!   what stands between them; [`reading`], [`visit`]: where its reader is; [`links`]: what of a message is a link; [`calendar`]: days and times; [`arrivals`]: what was not looked at.
//! - [`route`]: what the address says; [`rules`]: what a form must hold; [`code`]: codes by e-mail as people enter them.
//! - [`approvals`]: computers that ask to be approved; [`recovery`]: whoever lost every computer.
//! - [`place`]: the server; [`banner`]: the connection; [`export`]: a room's export; [`own`]: the own account; [`server`]: the
//!   server, as its owner sees it; [`preferences`]: what one chose for this browser.

pub mod action;
pub mod approvals;
pub mod arrivals;
pub mod asked;
pub mod banner;
pub mod calendar;
pub mod code;
pub mod comparing;
pub mod content;
pub mod export;
pub mod lines;
pub mod links;
mod news;
pub mod own;
pub mod place;
pub mod preferences;
pub mod reading;
pub mod recovery;
pub mod room;
pub mod rooms;
pub mod route;
pub mod rules;
pub mod runs;
pub mod server;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod visit;
pub mod window;

use std::rc::Rc;

use igoon_shared::{
    client::io::LogView,
    ids::{AccountId, DeviceId, RoomId},
    presence::Availability,
    protocol::error::SessionEnd,
    sorted::SortedMap,
};
use yew::Reducible;

pub use self::{
    action::Action,
    approvals::{ApprovalAction, Approvals},
    arrivals::Arrivals,
    asked::{Asked, AskedAction},
    comparing::Comparing,
    export::{Export, ExportAction},
    own::{Loaded, Own, OwnAction},
    place::Place,
    preferences::{Language, Preference, Preferences},
    recovery::{Attempt, Kit},
    room::RoomData,
    route::Route,
    server::Server,
};
use crate::messages::{AboutServer, Connection, InviteLink, InvitePreview, Pending, Profile, Stage, Trouble};

/// What the page knows.
#[derive(Clone, Debug, PartialEq)]
pub struct AppState {
    /// Where this computer stands.
    pub stage: Stage,
    /// How the connection is.
    pub connection: Connection,
    /// Which server this is about.
    pub place: Place,
    /// What the address says.
    pub route: Route,
    /// A form was sent and is not answered.
    pub busy: bool,
    /// Why the last form did not work.
    pub problem: Option<Trouble>,
    /// What was begun and goes on by itself.
    pub pending: Option<Pending>,
    /// The rooms.
    pub rooms: SortedMap<RoomId, Rc<RoomData>>,
    /// The room that is shown, or was shown last.
    pub current: Option<RoomId>,
    /// What was written and not sent when its room was left.
    pub drafts: SortedMap<RoomId, String>,
    /// Whose drafts.
    pub drafts_of: Option<AccountId>,
    /// The file that is being made of a room, or was made last.
    pub export: Option<Export>,
    /// The own account.
    pub own: Own,
    /// Computers that ask to be approved, this one or others.
    pub approvals: Approvals,
    /// Why this computer was signed out, where somebody else did it.
    pub shut_out: Option<SessionEnd>,
    /// The server, as its owner sees it.
    pub server: Server,
    /// What the server says about itself to anybody.
    pub about: Loaded<AboutServer>,
    /// Where the opened link leads, once known.
    pub preview: Option<Result<InvitePreview, Trouble>>,
    /// The invites that are shown.
    pub invite: Option<Invite>,
    /// What is to be done in a room, as long as it is asked or being done.
    pub asked: Option<Asked>,
    /// Whose safety numbers are shown.
    pub comparing: Option<Comparing>,
    /// Something of recovery that was sent and is not done yet.
    pub attempt: Option<Attempt>,
    /// The code of a kit, until it is on paper or put off.
    pub kit: Option<Rc<Kit>>,
    /// The part of a room's log that is shown.
    pub log: Option<Rc<LogView>>,
    /// The room that is being renamed.
    pub rename: Option<Rename>,
    /// What this account chose to be to others, once known.
    pub availability: Option<Availability>,
    /// Something refused that belongs to no form.
    pub notice: Option<Trouble>,
    /// For the live region.
    pub announcement: String,
    /// How often something was put there: the same text may be news again.
    pub announced: u32,
    /// What came and was not looked at.
    pub arrivals: Arrivals,
    /// How long making the keys took, in milliseconds.
    pub key_ms: Option<u32>,
    /// This page made, or is making, the server's first account: the pages up to the first invite are steps of one way.
    pub setting_up: bool,
    /// The room that was made just now, until the person goes into it.
    pub founded: Option<RoomId>,
    /// What was chosen for this browser.
    pub preferences: Preferences,
    /// The language that was chosen last, whether or not its texts are here; `None`: the browser's, or nothing was chosen yet.
    pub language_wished: Option<Language>,
    /// The language that the browser asks for, of those that Igoon speaks.
    pub browser_language: Language,
}

/// The sheet with a room's invites.
#[derive(Clone, Debug, PartialEq)]
pub struct Invite {
    /// Where to.
    pub room: RoomId,
    /// One was asked for.
    pub making: bool,
    /// The one that was made last.
    pub made: Option<InviteLink>,
    /// Why the last wish was refused.
    pub failed: Option<Trouble>,
}

/// A room's new name, from sending it until it is looked at what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// Which room.
    pub room: RoomId,
    /// The name that was sent: it is the room's own as soon as the room's view has it.
    pub name: String,
    /// Why it was refused.
    pub failed: Option<Trouble>,
}

impl Rename {
    /// The room has the new name.
    #[must_use]
    pub fn is_done(&self, room: &RoomData) -> bool {
        self.failed.is_none() && room.view().name.as_ref() == Some(&self.name)
    }

    fn waits(&self, rooms: &SortedMap<RoomId, Rc<RoomData>>) -> bool {
        self.failed.is_none() && !rooms.get(&self.room).is_some_and(|room| self.is_done(room))
    }
}

impl AppState {
    /// Before the worker has said anything.
    #[must_use]
    pub fn new(route: Route) -> Self {
        Self {
            stage: Stage::Starting,
            connection: Connection::Connecting,
            place: Place::default(),
            current: route.room(),
            route,
            busy: false,
            problem: None,
            pending: None,
            rooms: SortedMap::new(),
            drafts: SortedMap::new(),
            drafts_of: None,
            export: None,
            own: Own::default(),
            approvals: Approvals::default(),
            shut_out: None,
            server: Server::default(),
            about: Loaded::default(),
            preview: None,
            invite: None,
            asked: None,
            comparing: None,
            attempt: None,
            kit: None,
            log: None,
            rename: None,
            availability: None,
            notice: None,
            announcement: String::new(),
            announced: 0,
            arrivals: Arrivals::default(),
            key_ms: None,
            setting_up: false,
            founded: None,
            preferences: Preferences::default(),
            language_wished: None,
            browser_language: Language::English,
        }
    }

    /// Who is signed in.
    #[must_use]
    pub const fn profile(&self) -> Option<&Profile> {
        match &self.stage {
            Stage::Signed(profile) => Some(profile),
            _ => None,
        }
    }

    /// The language of the texts.
    #[must_use]
    pub fn language(&self) -> Language {
        self.preferences.language.unwrap_or(self.browser_language)
    }

    /// The room that is shown, or was shown last.
    #[must_use]
    pub fn room(&self) -> Option<&Rc<RoomData>> {
        self.route.room().or(self.current).and_then(|room| self.rooms.get(&room))
    }

    /// Messages of others, in all rooms, that this account has not looked at.
    #[must_use]
    pub fn unread(&self) -> u32 {
        self.rooms.values().map(|room| room.view().unread.count).sum()
    }

    fn device(&self) -> Option<DeviceId> {
        self.profile().map(|profile| profile.device)
    }

    fn room_mut(&mut self, room: RoomId) -> &mut RoomData {
        Rc::make_mut(self.rooms.entry(room).or_insert_with(|| Rc::new(RoomData::new(room))))
    }
}

/// The state as the page holds it: whoever has a copy keeps what was when it was made.
#[derive(Clone, Debug)]
pub struct Shared(pub Rc<AppState>);

impl Reducible for Shared {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = AppState::clone(&self.0);
        next.act(action);
        Rc::new(Self(Rc::new(next)))
    }
}
