//! Where the pieces of a file come together, on the page: in memory of the browser's own, never as one text.

use std::{cell::RefCell, rc::Rc};

use igoon_shared::wrapper::WrapperError;
use js_sys::{Array, Uint8Array};
use wasm_bindgen_futures::spawn_local;
use yew::UseReducerDispatcher;

use crate::{
    messages::{ExportNews, Stage, ToPage},
    platform::{Download, Platform},
    state::{Action, ExportAction, Shared, export::SavedFile},
};

/// See the module.
#[derive(Clone)]
pub struct Collector {
    platform: Platform,
    dispatcher: UseReducerDispatcher<Shared>,
    pieces: Rc<RefCell<Pieces>>,
    /// The last file, as long as it is offered once more.
    offered: Rc<RefCell<Option<Download>>>,
}

#[derive(Default)]
struct Pieces {
    /// Of [`Uint8Array`].
    bytes: Array,
    size: u64,
}

impl core::fmt::Debug for Collector {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Collector")
    }
}

impl Collector {
    /// An empty one; it tells the page what became of a file.
    #[must_use]
    pub fn new(platform: Platform, dispatcher: UseReducerDispatcher<Shared>) -> Self {
        Self { platform, dispatcher, pieces: Rc::default(), offered: Rc::default() }
    }

    /// Takes what of the worker's news is the file's. The page needs the rest alone.
    pub fn take(&self, news: &mut ToPage) {
        match news {
            ToPage::Export(ExportNews::Piece { bytes, .. }) => {
                let bytes = std::mem::take(&mut bytes.0);
                let mut pieces = self.pieces.borrow_mut();
                pieces.size += u64::try_from(bytes.len()).unwrap_or_default();
                pieces.bytes.push(&Uint8Array::from(bytes.as_slice()));
            }
            ToPage::Export(ExportNews::Whole { file_name }) => {
                let (collector, name, pieces) = (self.clone(), file_name.clone(), self.pieces.take());
                spawn_local(async move {
                    let saved = collector.save(name, pieces).await;
                    collector.dispatcher.dispatch(Action::Export(ExportAction::Saved(saved)));
                });
            }
            ToPage::Export(ExportNews::Stopped | ExportNews::Failed(_)) => drop(self.pieces.take()),
            // Nothing of one account stays when another may come.
            ToPage::Stage(stage) if !matches!(stage, Stage::Signed(_)) => {
                self.pieces.take();
                self.offered.take();
            }
            _ => {}
        }
    }

    async fn save(&self, name: String, pieces: Pieces) -> Result<SavedFile, WrapperError> {
        // The one before is not offered any more.
        self.offered.take();
        let saved = self.platform.save(&name, &pieces.bytes).await?;
        let place = saved.place();
        *self.offered.borrow_mut() = Some(saved);
        Ok(SavedFile { name, size: pieces.size, place })
    }
}
