//! What the page knows, and how it changes: a reducer without side effects.
//!
//! - [`room`]: a room; [`asked`]: what is to be done in it; [`rooms`]: how they are listed; [`window`]: those of a room's messages that the page holds;
//!   [`timeline`], [`runs`]: how they are laid out; [`reading`], [`visit`]: where its reader is; [`links`]: what of a message is a link;
//!   [`calendar`]: days and times.
//! - [`route`]: what the address says; [`rules`]: what a form must hold; [`code`]: codes by e-mail as people enter them.
//! - [`approvals`]: computers that ask to be approved.
//! - [`place`]: the server; [`export`]: a room's export; [`own`]: the own account; [`server`]: the server, as its owner sees it; [`preferences`]: what
//!   one chose for this browser.

pub mod approvals;
pub mod arrivals;
pub mod asked;
pub mod banner;
pub mod calendar;
pub mod code;
pub mod export;
pub mod links;
pub mod own;
pub mod place;
pub mod preferences;
pub mod reading;
pub mod room;
pub mod rooms;
pub mod route;
pub mod rules;
pub mod runs;
pub mod server;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod visit;
pub mod window;

use std::{collections::BTreeMap, rc::Rc};

use igoon_shared::{
    client::io::{Body, LogView, MessageView, Standing},
    ids::{AccountId, DeviceId, RoomId},
    presence::Availability,
};
use yew::Reducible;

pub use self::{
    approvals::{ApprovalAction, Approvals},
    arrivals::Arrivals,
    asked::{Asked, AskedAction},
    export::{Export, ExportAction},
    own::{Loaded, Own, OwnAction},
    place::Place,
    preferences::{Language, Preference, Preferences},
    room::RoomData,
    route::Route,
    server::Server,
};
use crate::{
    messages::{
        AboutServer, Connection, InviteLink, InvitePreview, Pending, Profile, Stage, ToPage, Trouble, WatchedActors,
    },
    texts::t,
};

/// So many messages that come together are read out; more are counted.
const SPOKEN: usize = 3;

/// So much of a message is read out.
const SPOKEN_CHARS: usize = 300;

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
    pub rooms: BTreeMap<RoomId, Rc<RoomData>>,
    /// The room that is shown, or was shown last.
    pub current: Option<RoomId>,
    /// What was written and not sent when its room was left.
    pub drafts: BTreeMap<RoomId, String>,
    /// Whose drafts.
    pub drafts_of: Option<AccountId>,
    /// The file that is being made of a room, or was made last.
    pub export: Option<Export>,
    /// The own account.
    pub own: Own,
    /// Computers that ask to be approved, this one or others.
    pub approvals: Approvals,
    /// Another computer refused this one, before it was signed out.
    pub refused_here: bool,
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

    fn waits(&self, rooms: &BTreeMap<RoomId, Rc<RoomData>>) -> bool {
        self.failed.is_none() && !rooms.get(&self.room).is_some_and(|room| self.is_done(room))
    }
}

/// What changes the state.
#[derive(Clone, Debug)]
pub enum Action {
    /// The worker says so.
    FromWorker(Vec<ToPage>),
    /// It is known which server this is about.
    Placed(Place),
    /// Another server is to be chosen.
    LeaveServer,
    /// A form was sent.
    Asked,
    /// A form cannot be sent as it is.
    Refused(Trouble),
    /// What went wrong was looked at, or does not matter any more.
    ProblemSeen,
    /// Something was begun that goes on by itself.
    Began(Pending),
    /// Show the invites of this room.
    InviteOpened(RoomId),
    /// An invite was asked for.
    InviteAsked,
    /// The invites were looked at.
    InviteClosed,
    /// Something that is asked before it is done in a room.
    Deed(AskedAction),
    /// A room was given another name.
    RenameAsked {
        /// Which room.
        room: RoomId,
        /// The name.
        name: String,
    },
    /// What came of it was looked at.
    RenameClosed,
    /// Something did not work that belongs to no form.
    Noticed(Trouble),
    /// The notice was looked at.
    NoticeClosed,
    /// The address changed.
    Routed(Route),
    /// Something on the page of the own account.
    Own(OwnAction),
    /// About a computer that asks to be approved.
    Approval(ApprovalAction),
    /// Watch these of the server's actors.
    Watch(WatchedActors),
    /// The server is asked again what it says about itself.
    AskedAboutServer,
    /// What was written in a room that is not shown any more; empty when nothing was.
    Draft(RoomId, String),
    /// Something was chosen for this browser.
    Prefer(Preference),
    /// Into the room that was made just now.
    FoundedSeen,
    /// About a room's export.
    Export(ExportAction),
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
            rooms: BTreeMap::new(),
            drafts: BTreeMap::new(),
            drafts_of: None,
            export: None,
            own: Own::default(),
            approvals: Approvals::default(),
            refused_here: false,
            server: Server::default(),
            about: Loaded::default(),
            preview: None,
            invite: None,
            asked: None,
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

    /// Changes what the page knows.
    pub fn act(&mut self, action: Action) {
        match action {
            Action::FromWorker(news) => {
                let heard: Vec<String> = news.into_iter().filter_map(|news| self.take(news)).collect();
                self.announce(heard);
                self.go_on();
            }
            Action::Asked => {
                self.busy = true;
                self.problem = None;
            }
            Action::Placed(place) => self.place = place,
            Action::LeaveServer => {
                self.place.leave();
                self.problem = None;
            }
            Action::Refused(trouble) => {
                self.busy = false;
                self.problem = Some(trouble);
            }
            Action::ProblemSeen => self.problem = None,
            Action::Began(pending) => {
                self.pending = Some(pending);
                self.problem = None;
            }
            Action::InviteOpened(room) => {
                self.invite = Some(Invite { room, making: false, made: None, failed: None });
            }
            Action::InviteAsked => {
                if let Some(invite) = &mut self.invite {
                    (invite.making, invite.made, invite.failed) = (true, None, None);
                }
            }
            Action::InviteClosed => self.invite = None,
            Action::Deed(action) => Asked::act(&mut self.asked, action),
            Action::RenameAsked { room, name } => self.rename = Some(Rename { room, name, failed: None }),
            Action::RenameClosed => self.rename = None,
            Action::Noticed(trouble) => self.notice = Some(trouble),
            Action::NoticeClosed => self.notice = None,
            Action::Routed(route) => {
                self.current = route.room().or(self.current);
                self.route = route;
                self.preview = None;
                self.problem = None;
                self.own = Own::default();
                self.server = Server::default();
                (self.asked, self.log) = (None, None);
                self.rename = None;
                if self.founded.is_none() {
                    // Those of a page would open over the next one.
                    self.invite = None;
                }
                self.go_on();
            }
            Action::Own(action) => self.own.act(action),
            Action::Approval(action) => self.approvals.act(action),
            Action::Export(action) => self.act_on_export(action),
            Action::Watch(watched) => self.server.watch(watched),
            Action::AskedAboutServer => self.about.look_again(),
            Action::Prefer(preference) => self.preferences.prefer(preference),
            Action::FoundedSeen => {
                (self.founded, self.invite) = (None, None);
                self.setting_up = false;
            }
            Action::Draft(room, text) => {
                // What was written must not stay when somebody signs out.
                if text.is_empty() || self.drafts_of.is_none() {
                    self.drafts.remove(&room);
                } else {
                    self.drafts.insert(room, text);
                }
            }
        }
    }

    /// Whoever opens the app goes on in the room that was shown last; at first, in the one where something was said last.
    fn go_on(&mut self) {
        if self.route != Route::Home || self.pending.is_some() || self.profile().is_none() {
            return;
        }
        let known = self.current.filter(|room| self.rooms.contains_key(room));
        let latest = || rooms::listed(&self.rooms).first().map(|room| room.view().room);
        if let Some(room) = known.or_else(latest) {
            self.show(room);
        }
    }

    fn show(&mut self, room: RoomId) {
        self.current = Some(room);
        self.route = Route::Room(room);
    }

    /// Messages of others, in all rooms, that this account has not looked at.
    #[must_use]
    pub fn unread(&self) -> u32 {
        self.rooms.values().map(|room| room.view().unread.count).sum()
    }

    fn device(&self) -> Option<DeviceId> {
        self.profile().map(|profile| profile.device)
    }

    /// Takes news; what is to be read out of it to those who do not see the page.
    fn take(&mut self, news: ToPage) -> Option<String> {
        match news {
            ToPage::Stage(stage) => self.enter(stage),
            ToPage::Connection(connection) => self.connection = connection,
            // The app sees to it.
            ToPage::Keep(_) => {}
            ToPage::Refused(trouble) => {
                self.busy = false;
                if let Stage::Code(step) = &mut self.stage
                    && rules::voids_code(&trouble)
                {
                    step.void = true;
                }
                self.problem = Some(trouble);
            }
            ToPage::Own(news) => self.own.take(news),
            ToPage::Approvals(view) => self.approvals.view = view,
            ToPage::ApprovalRefused => self.refused_here = true,
            ToPage::AboutServer(told) => self.about.take(told),
            ToPage::Server(look) => self.server.take(look),
            ToPage::InviteLooked(preview) => self.preview = Some(preview),
            ToPage::KeysMade(millis) => self.key_ms = Some(millis),
            ToPage::Room(view) => {
                let room = view.room;
                self.arrivals.stands(room, view.standing);
                self.room_mut(room).set_view(view);
            }
            ToPage::Message(message) => return self.message(message),
            ToPage::Export(news) => {
                if let Some(export) = &mut self.export {
                    export.take(news);
                }
            }
            ToPage::History(page) => self.room_mut(page.room).take(page),
            ToPage::Outgoing(outgoing) => self.room_mut(outgoing.room).put_outgoing(outgoing),
            ToPage::Discarded { room, message_id } => self.room_mut(room).discard(message_id),
            // What is here already was written since.
            ToPage::Draft { room, text } => {
                self.drafts.entry(room).or_insert(text);
            }
            ToPage::Presence(view) => self.room_mut(view.room).set_presence(view),
            ToPage::Positions(view) => {
                self.arrivals.read(view.room, view.read);
                self.room_mut(view.room).set_positions(view);
            }
            ToPage::Availability(chosen) => self.availability = Some(chosen),
            ToPage::RoomCreated(room) => {
                self.entered(room);
                // Next come the others.
                self.founded = Some(room);
                self.act(Action::InviteOpened(room));
            }
            ToPage::Joined(room) => {
                self.entered(room);
                self.preview = None;
            }
            ToPage::InviteMade { room, secret } => {
                if let Some(invite) = self.invite.as_mut().filter(|invite| invite.making && invite.room == room) {
                    (invite.making, invite.made) = (false, Some(InviteLink { room, secret }));
                }
            }
            ToPage::People(view) => self.room_mut(view.room).set_people(view),
            ToPage::Log(view) => self.log = Some(Rc::new(view)),
            ToPage::Changed(room) => Asked::changed(&mut self.asked, room),
            ToPage::Failed { room, trouble } => self.failed(room, trouble),
            ToPage::Unsaved { room, text } => self.unsaved(room, text),
        }
        None
    }

    fn announce(&mut self, heard: Vec<String>) {
        self.announcement = match heard.len() {
            0 => return,
            1..=SPOKEN => heard.join("\n"),
            count => t!("announce-many", count = count),
        };
        self.announced += 1;
    }

    fn enter(&mut self, stage: Stage) {
        let was_signed = self.profile().map(|profile| profile.account);
        self.busy = false;
        match &stage {
            Stage::Signed(profile) => {
                self.refused_here = false;
                if self.drafts_of.replace(profile.account) != Some(profile.account) {
                    self.drafts.clear();
                }
                if was_signed != Some(profile.account) {
                    self.problem = None;
                    self.pending = profile.pending;
                }
            }
            _ => {
                // Nothing of one account stays on the page when another may come.
                self.rooms.clear();
                if !goes_on(&stage) {
                    self.drafts.clear();
                    self.drafts_of = None;
                }
                self.export = None;
                self.own = Own::default();
                self.approvals = Approvals::default();
                self.server = Server::default();
                self.invite = None;
                (self.asked, self.log) = (None, None);
                self.rename = None;
                self.availability = None;
                self.notice = None;
                self.pending = None;
                self.founded = None;
                self.announcement.clear();
                self.arrivals = Arrivals::default();
                if was_signed.is_some() && self.route.is_of_account() && !goes_on(&stage) {
                    self.route = Route::Home;
                }
                self.current = self.route.room();
                if stage != self.stage {
                    self.problem = None;
                }
            }
        }
        match &stage {
            Stage::SetUp => self.setting_up = true,
            Stage::SignedOut { .. } => self.setting_up = false,
            _ => {}
        }
        self.stage = stage;
    }

    /// A room was made or joined.
    fn entered(&mut self, room: RoomId) {
        self.pending = None;
        self.busy = false;
        self.problem = None;
        self.show(room);
    }

    /// What was written goes back to where it was written.
    fn unsaved(&mut self, room: RoomId, text: String) {
        let draft = self.drafts.entry(room).or_default();
        *draft = if draft.is_empty() { text } else { format!("{draft}\n{text}") };
    }

    fn failed(&mut self, room: Option<RoomId>, trouble: Trouble) {
        if Asked::failed(&mut self.asked, room, &trouble) {
            return;
        }
        if self.pending.take().is_some() {
            self.busy = false;
            self.problem = Some(trouble);
        } else if let Some(rename) =
            self.rename.as_mut().filter(|rename| Some(rename.room) == room && rename.waits(&self.rooms))
        {
            rename.failed = Some(trouble);
        } else if let Some(invite) = self.invite.as_mut().filter(|invite| Some(invite.room) == room) {
            (invite.making, invite.failed) = (false, Some(trouble));
        } else {
            self.notice = Some(trouble);
        }
    }

    fn message(&mut self, message: MessageView) -> Option<String> {
        let (room_id, device) = (message.room, self.device());
        if let Some(room) = self.rooms.get(&room_id) {
            let known = room.window().newest().max(room.read());
            self.arrivals.came(&message, &room.author(&message), known);
        }
        let room = self.room_mut(room_id);
        // What comes while catching up is not news.
        let live = room.view().standing == Standing::Ready && !message.mine;
        let text = match &message.body {
            Body::Text(text) if live => {
                let text: String = text.chars().take(SPOKEN_CHARS).collect();
                Some(t!("announce-message", author = room.author(&message), text = text))
            }
            _ => None,
        };
        let new = room.put_message(message, device);
        text.filter(|_| new && self.current == Some(room_id))
    }

    fn room_mut(&mut self, room: RoomId) -> &mut RoomData {
        Rc::make_mut(self.rooms.entry(room).or_insert_with(|| Rc::new(RoomData::new(room))))
    }
}

/// Whether the account that was here goes on after this stage, as far as anybody knows.
const fn goes_on(stage: &Stage) -> bool {
    matches!(stage, Stage::Starting | Stage::Elsewhere | Stage::Unreachable | Stage::Stopped(_) | Stage::Signed(_))
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
