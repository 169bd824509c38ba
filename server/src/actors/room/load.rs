//! A room's cache from the store: all entries of its log, verified and folded as every client does it; and what is kept of
//! its people.

use std::collections::HashMap;

use igoon_shared::{
    ids::{DeviceId, Epoch, LogIndex, RoomId, Seq},
    log::{LogError, RoomState},
};

use super::logic::Log;
use crate::store::{
    Store, StoreError,
    db::models::{
        keys,
        presence::{self, Kept},
        rooms,
        statements::{self, Unheard},
    },
};

/// Entries read at a time.
const PAGE: u32 = 1_000;

/// What the store has of a room.
pub(super) struct Loaded {
    /// The log; `None` when there is no such room.
    pub(super) log: Option<Log>,
    pub(super) head: Seq,
    pub(super) people: HashMap<DeviceId, Kept>,
    /// What accounts say of their devices and the room has not heard.
    pub(super) unheard: Vec<Unheard>,
    /// Devices with an envelope of the current epoch, and epochs with a link.
    pub(super) held: (Vec<DeviceId>, Vec<Epoch>),
}

/// Why a room cannot be had from the store.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is stored is no log that this server would have taken.
    #[error("the stored log does not verify: {0}")]
    Log(#[from] LogError),
    /// The folding was ended.
    #[error("the log was not folded")]
    Ended,
}

/// Reads and folds a room's log.
pub(super) async fn load(store: Store, room: RoomId) -> Result<Loaded, LoadError> {
    let (head, rows, people, held, unheard) = store
        .read(move |db| {
            let mut rows = Vec::new();
            loop {
                let from = LogIndex(u64::try_from(rows.len()).unwrap_or(u64::MAX));
                let page = rooms::log_entries(db, room, from, PAGE)?;
                let more = page.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
                rows.extend(page);
                if !more {
                    break;
                }
            }
            let head = rooms::head(db, room)?.map_or(Seq(0), |(_, head)| head.seq);
            Ok((head, rows, presence::of_room(db, room)?, keys::held(db, room)?, statements::unheard(db, room)?))
        })
        .await?;
    // Signatures take a blocking thread, not a reader's connection.
    let log = tokio::task::spawn_blocking(move || fold(&rows)).await.map_err(|_| LoadError::Ended)??;
    Ok(Loaded { log, head, people, held, unheard })
}

fn fold(rows: &[rooms::LoggedEntry]) -> Result<Option<Log>, LogError> {
    let Some((first, rest)) = rows.split_first() else { return Ok(None) };
    let (mut state, applied) = RoomState::start(&first.entry)?;
    let mut committed = vec![(applied.hash, first.seq)];
    for row in rest {
        committed.push((state.apply(&row.entry)?.hash, row.seq));
    }
    Ok(Some(Log { state, committed }))
}
