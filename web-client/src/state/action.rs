//! What people do on the page, and what becomes of the state by it.

use igoon_shared::ids::{AccountId, RoomId};

use super::{
    AppState, ApprovalAction, Asked, AskedAction, Attempt, Comparing, ExportAction, Invite, Language, Own, OwnAction,
    Place, Preference, Rename, Route, Server, rooms,
};
use crate::messages::{Pending, ToPage, Trouble, WatchedActors};

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
    /// Show the safety numbers with somebody in a room, or none any more.
    Compare(Option<(RoomId, AccountId)>),
    /// Something of recovery was sent.
    Attempted(Attempt),
    /// The code of a kit was looked at.
    KitSeen,
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
    /// A language was chosen (`None`: the browser's): it is spoken once its texts are here.
    LanguageWished(Option<Language>),
    /// The texts of a language that was chosen are here, or did not come.
    LanguageBrought {
        /// As it was chosen.
        choice: Option<Language>,
        /// They are here.
        here: bool,
    },
    /// Into the room that was made just now.
    FoundedSeen,
    /// About a room's export.
    Export(ExportAction),
}

impl AppState {
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
            Action::Attempted(attempt) => self.attempt = Some(attempt),
            Action::KitSeen => self.kit = None,
            Action::Deed(action) => Asked::act(&mut self.asked, action),
            Action::Compare(with) => {
                self.comparing = with.map(|(room, account)| Comparing { room, account, view: None });
            }
            Action::RenameAsked { room, name } => self.rename = Some(Rename { room, name, failed: None }),
            Action::RenameClosed => self.rename = None,
            Action::Noticed(trouble) => self.notice = Some(trouble),
            Action::NoticeClosed => self.notice = None,
            Action::Routed(route) => {
                self.current = route.room().or(self.current);
                if route != self.route {
                    (self.asked, self.attempt, self.comparing, self.log) = (None, None, None, None);
                }
                self.route = route;
                self.preview = None;
                self.problem = None;
                self.own = Own::default();
                self.server = Server::default();
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
            Action::LanguageWished(choice) => self.language_wished = choice,
            // Texts come in whatever order the line brings them: what was chosen last counts.
            Action::LanguageBrought { choice, .. } if choice != self.language_wished => {}
            Action::LanguageBrought { here: false, .. } => self.notice = Some(Trouble::Language),
            Action::LanguageBrought { choice, here: true } => {
                self.preferences.prefer(Preference::Language(choice));
                // One that had not come is there now, or is not wanted any more.
                self.notice.take_if(|notice| *notice == Trouble::Language);
            }
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

    pub(super) fn show(&mut self, room: RoomId) {
        self.current = Some(room);
        self.route = Route::Room(room);
    }
}
