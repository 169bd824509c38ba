//! Writing a room down as a file, beside everything else that the worker does: portion by portion of what is stored, each read,
//! decrypted and handed to the page before the next. What comes meanwhile (a message to be sent, a signal of the connection)
//! has its turn in between. It reads alone, and so stands outside the driver's one signal at a time.

use std::{cell::Cell, rc::Rc};

use futures_util::future::{AbortHandle, abortable};
use igoon_shared::{
    client::{
        Client,
        io::OutgoingView,
        records::{StoredView, message_place, read_stored},
    },
    ids::{AccountId, RoomId},
    protocol::bytes::Blob,
    sorted::SortedMap,
};
use wasm_bindgen_futures::spawn_local;
use zeroize::Zeroizing;

use super::{
    Host,
    driver::{Driver, Halt},
    history::damaged,
    scope,
    vault::{Vault, VaultError},
};
use crate::{
    export::{Facts, Line, Writer, file_name},
    messages::{ExportFormat, ExportNews, ToPage, Trouble},
};

/// So many messages are read at a time: what comes meanwhile waits for no more.
const PORTION: u32 = 50;

/// What was written down is handed on as soon as it is so much, in bytes, or the share of what is done is another.
const PIECE: usize = 1 << 20;

/// An export under way. It ends when this is dropped.
pub(super) struct Export {
    handle: AbortHandle,
    ended: Rc<Cell<bool>>,
}

impl Drop for Export {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

impl Export {
    fn start(host: Host, vault: Rc<Vault>, job: Job) -> Self {
        let ended = Rc::new(Cell::new(false));
        let ends = Rc::clone(&ended);
        let (writing, handle) = abortable(async move {
            let format = job.format;
            let told = host.clone();
            let (name, at) = (job.facts.name.clone(), job.facts.exported_at);
            let news = match job.write(&vault, |piece| told.show(vec![ToPage::Export(piece)])).await {
                Ok(()) => ExportNews::Whole { file_name: file_name(name.as_deref(), at, format) },
                Err(error) => ExportNews::Failed(trouble(&error)),
            };
            ends.set(true);
            host.show(vec![ToPage::Export(news)]);
        });
        spawn_local(async move {
            // Given up or not: whoever does that says so.
            let _ = writing.await;
        });
        Self { handle, ended }
    }
}

impl Driver {
    /// Begins to write a room down, unless another is being written.
    pub(super) async fn export(&mut self, room: RoomId, format: ExportFormat) -> Result<(), Halt> {
        if self.export.as_ref().is_some_and(|export| !export.ended.get()) {
            return Ok(());
        }
        if let Some(job) = self.client().and_then(|client| Job::of(client, room, format)) {
            let vault = self.open_vault().await?;
            self.export = Some(Export::start(self.host.clone(), vault, job));
        }
        Ok(())
    }

    /// Does not go on with it. One that is whole already is not called back.
    pub(super) fn stop_export(&mut self) {
        if self.export.take().is_some_and(|export| !export.ended.get()) {
            self.host.show(vec![ToPage::Export(ExportNews::Stopped)]);
        }
    }
}

/// What is to be written, as the core knew the room when it was asked for.
struct Job {
    format: ExportFormat,
    /// Without what the storage knows.
    facts: Facts,
    handles: SortedMap<AccountId, String>,
    /// Not in the stream yet.
    waiting: Vec<OutgoingView>,
}

impl Job {
    fn of(client: &Client, room: RoomId, format: ExportFormat) -> Option<Self> {
        let (known, identity) = (client.room(room)?, client.identity());
        let waiting: Vec<OutgoingView> = known.outbox().views().collect();
        let facts = Facts {
            room,
            name: known.name().map(str::to_owned),
            exported_at: scope::now(),
            account: identity.account(),
            handle: identity.handle().to_owned(),
            device: identity.device(),
            range: None,
            messages: 0,
            waiting: count(waiting.len()),
            behind: known.behind(),
        };
        let handles = known.handles().map(|(account, handle)| (account, handle.to_owned())).collect();
        Some(Self { format, facts, handles, waiting })
    }

    /// Writes all of it, and hands on each piece.
    async fn write(mut self, vault: &Vault, hand_on: impl Fn(ExportNews)) -> Result<(), VaultError> {
        let extent = vault.extent(self.facts.room).await?;
        self.facts.range = extent.map(|extent| (extent.first, extent.last));
        self.facts.messages = extent.map_or(0, |extent| extent.count);
        let mut writer = Writer::new(self.format);
        let mut text = String::new();
        writer.begin(&self.facts, &mut text);
        let (of, mut done) = (self.facts.messages + self.facts.waiting, 0);
        let mut progress = Progress::default();
        // What comes meanwhile is after the last one: not in this file.
        let mut next = extent.map(|extent| (extent.first, extent.last));
        while let Some((first, last)) = next {
            let entries = vault.entries(self.facts.room, (first, last), PORTION).await?;
            let portion = stored(self.facts.room, &entries);
            next = portion.last().map(|read| (read.message.seq.next(), last)).filter(|(next, last)| next <= last);
            for stored in portion {
                writer.line(Line::stored(stored, &self.handles), &mut text);
                done += 1;
            }
            if progress.is_due(done, of, text.len()) {
                hand_on(piece(done, of, &mut text));
            }
        }
        for outgoing in std::mem::take(&mut self.waiting) {
            writer.line(Line::outgoing(outgoing, &self.facts), &mut text);
        }
        writer.end(&mut text);
        hand_on(piece(of, of, &mut text));
        Ok(())
    }
}

/// Stored messages as they were read. A damaged one stands right after the one before it.
fn stored(room: RoomId, entries: &[(String, Option<Zeroizing<Vec<u8>>>)]) -> Vec<StoredView> {
    let mut stored: Vec<StoredView> = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let Some((_, seq)) = message_place(key) else { continue };
        let read = value.as_ref().and_then(|value| read_stored(key, value).ok());
        let (shown_at, received_at) =
            stored.last().map(|before| (before.message.shown_at, before.received_at)).unwrap_or_default();
        stored.push(read.unwrap_or_else(|| StoredView {
            message: damaged(room, seq, shown_at),
            sent_at: None,
            received_at,
        }));
    }
    stored
}

/// What the page was told last: what it shows changes a hundred times, however long the room is.
#[derive(Default)]
struct Progress {
    percent: u64,
}

impl Progress {
    fn is_due(&mut self, done: u64, of: u64, size: usize) -> bool {
        let percent = done.saturating_mul(100).checked_div(of).unwrap_or_default();
        let moved = percent != self.percent;
        self.percent = percent;
        moved || size >= PIECE
    }
}

fn piece(done: u64, of: u64, text: &mut String) -> ExportNews {
    ExportNews::Piece { done, of, bytes: Blob(std::mem::take(text).into_bytes()) }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

const fn trouble(error: &VaultError) -> Trouble {
    match error {
        VaultError::Full => Trouble::StorageFull,
        VaultError::Damaged(_) => Trouble::DamagedKeys,
        VaultError::NoStorage | VaultError::Gone | VaultError::NotOwner => Trouble::Storage,
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::{
        client::{
            io::{Body, Unreadable},
            records::message_key,
        },
        ids::Seq,
    };

    use super::*;

    const ROOM: RoomId = RoomId::from_bytes([1; 32]);

    #[test]
    fn damage_has_its_place() {
        let entries = [3, 4, 7].map(|seq| (message_key(ROOM, Seq(seq)), None));
        let stored = stored(ROOM, &entries);
        assert_eq!(stored.iter().map(|stored| stored.message.seq.0).collect::<Vec<_>>(), [3, 4, 7]);
        assert!(stored.iter().all(|stored| stored.message.body == Body::Unreadable(Unreadable::DamagedHere)));
    }

    #[test]
    fn the_page_is_told_when_something_changes_that_it_shows() {
        let mut progress = Progress::default();
        assert!(!progress.is_due(100, 50_000, 10), "less than a percent");
        assert!(progress.is_due(500, 50_000, 10) && !progress.is_due(600, 50_000, 10));
        assert!(progress.is_due(700, 50_000, PIECE), "or the piece is large");
        assert!(!Progress::default().is_due(0, 0, 10), "nothing is in the room");
    }
}
