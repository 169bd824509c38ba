//! What the worker says, and what becomes of the state by it.

use std::rc::Rc;

use igoon_shared::{
    client::io::{Body, MessageView, Standing},
    ids::RoomId,
};

use super::{
    Action, AppState, Approvals, Arrivals, Asked, Attempt, Comparing, Kit, Own, Route, Server, comparing,
    recovery::Attempted, rules,
};
use crate::{
    messages::{InviteLink, Stage, ToPage, Trouble},
    texts::t,
};

/// So many messages that come together are read out; more are counted.
const SPOKEN: usize = 3;

/// So much of a message is read out.
const SPOKEN_CHARS: usize = 300;

impl AppState {
    /// Takes news; what is to be read out of it to those who do not see the page.
    pub(super) fn take(&mut self, news: ToPage) -> Option<String> {
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
            ToPage::ShutOut(why) => self.shut_out = Some(why),
            ToPage::AboutServer(told) => self.about.take(told),
            ToPage::Server(look) => self.server.take(look),
            ToPage::InviteLooked(preview) => self.preview = Some(preview),
            ToPage::KeysMade(millis) => self.key_ms = Some(millis),
            ToPage::Room(view) => {
                let room = view.room;
                self.arrivals.stands(room, view.standing);
                let room = self.room_mut(room);
                let again = comparing::to_compare_again(room.view(), &view);
                room.set_view(view);
                return again.map(|who| t!("announce-compare", name = room.name_of(who)));
            }
            ToPage::Message(message) => return self.message(message),
            ToPage::Export(news) => {
                if let Some(export) = &mut self.export {
                    export.take(news);
                }
            }
            ToPage::History(page) => self.room_mut(page.room).take(page),
            ToPage::Stored { room, up_to } => self.room_mut(room).stored(up_to),
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
            ToPage::Lines(view) => self.room_mut(view.room).set_lines(view),
            ToPage::Comparison(view) => Comparing::take(&mut self.comparing, view),
            ToPage::Recovery(view) => {
                let withdraws = |attempt: &Attempt| attempt.what == Attempted::Withdraw && attempt.room == view.room;
                let withdrawn = self.attempt.as_ref().is_some_and(withdraws);
                Asked::shown(&mut self.asked, &view);
                Attempt::shown(&mut self.attempt, &view);
                self.room_mut(view.room).set_recovery(view, withdrawn);
            }
            ToPage::KitMade { room, code } => self.kit = Some(Rc::new(Kit { room, code })),
            ToPage::Changed(room) => {
                Asked::changed(&mut self.asked, room);
                Attempt::changed(&mut self.attempt, room);
            }
            ToPage::Failed { room, trouble } => self.failed(room, trouble),
            ToPage::Unsaved { room, text } => self.unsaved(room, text),
        }
        None
    }

    /// Puts into the live region what is to be read out.
    pub(super) fn announce(&mut self, heard: Vec<String>) {
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
                self.shut_out = None;
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
                (self.asked, self.attempt, self.comparing, self.log) = (None, None, None, None);
                self.kit = None;
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
        if Asked::failed(&mut self.asked, room, &trouble) || Attempt::failed(&mut self.attempt, room, &trouble) {
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
}

/// Whether the account that was here goes on after this stage, as far as anybody knows.
const fn goes_on(stage: &Stage) -> bool {
    matches!(stage, Stage::Starting | Stage::Elsewhere | Stage::Unreachable | Stage::Stopped(_) | Stage::Signed(_))
}
