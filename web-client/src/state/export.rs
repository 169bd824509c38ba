//! A room's export as the page knows it: one at a time, and it goes on while its person is elsewhere on the page.

use igoon_shared::{ids::RoomId, wrapper::WrapperError};

use super::AppState;
use crate::{
    messages::{ExportFormat, ExportNews, Trouble},
    state::Route,
    texts::t,
};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Which room's.
    pub room: RoomId,
    /// As what.
    pub format: ExportFormat,
    /// How far it has come.
    pub step: ExportStep,
}

/// How far an export has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportStep {
    /// The file is being written down.
    Working {
        /// So many messages are in it.
        done: u64,
        /// Of so many; 0 until that is known.
        of: u64,
    },
    /// It is to end, and has not yet.
    Stopping,
    /// It is whole, and is being saved.
    Saving,
    /// It is there.
    Saved(SavedFile),
    /// It was stopped; there is no file.
    Stopped,
    /// It did not work; there is no file.
    Failed(Trouble),
}

/// A file that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFile {
    /// What it is called.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// Where it is.
    pub place: Place,
}

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Wherever the browser keeps downloads, if its person let it. It can be had once more.
    Browser {
        /// Under this address.
        url: String,
    },
    /// On this computer, under this path.
    Path(String),
}

/// What is done about an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportAction {
    /// It was asked for.
    Began(RoomId, ExportFormat),
    /// It is not wanted any more.
    Stopping,
    /// The file was saved, or could not be.
    Saved(Result<SavedFile, WrapperError>),
}

impl ExportStep {
    /// For `data-step`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Working { .. } => "working",
            Self::Stopping => "stopping",
            Self::Saving => "saving",
            Self::Saved(_) => "saved",
            Self::Stopped => "stopped",
            Self::Failed(_) => "failed",
        }
    }

    /// Whether it goes on.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        matches!(self, Self::Working { .. } | Self::Stopping | Self::Saving)
    }
}

impl Export {
    /// One that was just asked for.
    #[must_use]
    pub const fn begin(room: RoomId, format: ExportFormat) -> Self {
        Self { room, format, step: ExportStep::Working { done: 0, of: 0 } }
    }

    /// Takes the worker's news.
    pub(super) fn take(&mut self, news: ExportNews) {
        self.step = match (news, &self.step) {
            (ExportNews::Piece { .. }, ExportStep::Stopping) => return,
            (ExportNews::Piece { done, of, .. }, _) => ExportStep::Working { done, of },
            // Also where it was to end: it was whole before that was heard.
            (ExportNews::Whole { .. }, _) => ExportStep::Saving,
            (ExportNews::Stopped, _) => ExportStep::Stopped,
            (ExportNews::Failed(trouble), _) => ExportStep::Failed(trouble),
        };
    }
}

impl AppState {
    pub(super) fn act_on_export(&mut self, action: ExportAction) {
        match (action, &mut self.export) {
            (ExportAction::Began(..), Some(export)) if export.step.is_under_way() => {}
            (ExportAction::Began(room, format), _) => self.export = Some(Export::begin(room, format)),
            (ExportAction::Stopping, Some(export)) if matches!(export.step, ExportStep::Working { .. }) => {
                export.step = ExportStep::Stopping;
            }
            (ExportAction::Saved(saved), Some(export)) if export.step == ExportStep::Saving => {
                export.step = match saved {
                    Ok(file) => ExportStep::Saved(file),
                    Err(error) => ExportStep::Failed(Trouble::App(error)),
                };
                self.tell_of_export();
            }
            (ExportAction::Stopping | ExportAction::Saved(_), _) => {}
        }
    }

    /// Read out to whoever is elsewhere; the room's settings say it themselves.
    fn tell_of_export(&mut self) {
        let Some(export) = self.export.as_ref().filter(|export| self.route != Route::RoomSettings(export.room)) else {
            return;
        };
        let told = match &export.step {
            ExportStep::Saved(file) => t!("export-told", file = file.name.as_str()),
            _ => t!("export-told-failed"),
        };
        self.announce(vec![told]);
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::protocol::bytes::Blob;

    use super::{super::testing, *};
    use crate::{
        messages::{Profile, Stage, ToPage},
        state::Action,
    };

    fn begun() -> AppState {
        let mut state = AppState::new(Route::RoomSettings(testing::ROOM));
        let profile = Profile {
            account: testing::ME,
            handle: "ada".to_owned(),
            device: testing::ME_DEVICE,
            device_name: "Chromium on Linux".to_owned(),
            server_owner: false,
            may_create_rooms: false,
            in_rooms: true,
            pending: None,
        };
        state.act(Action::FromWorker(vec![ToPage::Stage(Stage::Signed(profile)), ToPage::Room(testing::room_view())]));
        state.act(Action::Export(ExportAction::Began(testing::ROOM, ExportFormat::Lines)));
        state
    }

    fn told(state: &mut AppState, news: ExportNews) -> ExportStep {
        state.act(Action::FromWorker(vec![ToPage::Export(news)]));
        state.export.as_ref().unwrap().step.clone()
    }

    fn piece(done: u64) -> ExportNews {
        ExportNews::Piece { done, of: 500, bytes: Blob(Vec::new()) }
    }

    fn whole() -> ExportNews {
        ExportNews::Whole { file_name: "x.jsonl".to_owned() }
    }

    fn saved(state: &mut AppState, saved: Result<SavedFile, WrapperError>) -> ExportStep {
        state.act(Action::Export(ExportAction::Saved(saved)));
        state.export.as_ref().unwrap().step.clone()
    }

    fn file() -> SavedFile {
        SavedFile { name: "x.jsonl".to_owned(), size: 10, place: Place::Path("/home/ada/x.jsonl".to_owned()) }
    }

    #[test]
    fn an_export_comes_to_its_file() {
        let mut state = begun();
        assert_eq!(told(&mut state, piece(100)), ExportStep::Working { done: 100, of: 500 });
        assert_eq!(told(&mut state, whole()), ExportStep::Saving);
        assert_eq!(saved(&mut state, Ok(file())), ExportStep::Saved(file()));
        assert_eq!(state.announcement, "", "the page that shows it says so itself");
    }

    #[test]
    fn a_second_one_waits_until_the_first_is_there() {
        let mut state = begun();
        let other = RoomId::from_bytes([9; 32]);
        state.act(Action::Export(ExportAction::Began(other, ExportFormat::Lines)));
        assert_eq!(state.export.as_ref().map(|export| export.room), Some(testing::ROOM));
        told(&mut state, whole());
        saved(&mut state, Err(WrapperError::DiskFull));
        assert_eq!(state.export.as_ref().unwrap().step, ExportStep::Failed(Trouble::App(WrapperError::DiskFull)));
        state.act(Action::Export(ExportAction::Began(other, ExportFormat::Lines)));
        assert_eq!(state.export.map(|export| export.room), Some(other));
    }

    #[test]
    fn what_is_stopped_leaves_nothing_unless_it_was_whole_before() {
        let mut state = begun();
        state.act(Action::Export(ExportAction::Stopping));
        assert_eq!(told(&mut state, piece(100)), ExportStep::Stopping, "it was on its way");
        assert_eq!(told(&mut state, ExportNews::Stopped), ExportStep::Stopped);
        assert_eq!(saved(&mut state, Ok(file())), ExportStep::Stopped, "of another export");

        let mut state = begun();
        state.act(Action::Export(ExportAction::Stopping));
        told(&mut state, whole());
        assert_eq!(saved(&mut state, Ok(file())), ExportStep::Saved(file()));
    }

    #[test]
    fn whoever_is_elsewhere_hears_of_it_and_whoever_comes_next_does_not() {
        let mut state = begun();
        state.act(Action::Routed(Route::Room(testing::ROOM)));
        told(&mut state, whole());
        saved(&mut state, Ok(file()));
        assert!(state.announcement.contains("x.jsonl"), "{}", state.announcement);
        state.act(Action::FromWorker(vec![ToPage::Stage(Stage::SignedOut { handle: None })]));
        assert_eq!(state.export, None);
    }
}
