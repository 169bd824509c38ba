//! What was begun to be written and not sent: a record `draft/{room}` each, encrypted at rest beside the core's.

use igoon_shared::{client::io::Change, ids::RoomId};

use super::driver::{Driver, Halt};
use crate::messages::ToPage;

const PREFIX: &str = "draft/";

/// Takes the drafts out of the records, which are the core's otherwise. What cannot be read as one is left out.
pub(super) fn split_off(records: &mut Vec<(String, Vec<u8>)>) -> Vec<ToPage> {
    let drafts = records.extract_if(.., |(key, _)| key.starts_with(PREFIX));
    let read = |(key, value): (String, Vec<u8>)| {
        let room = key.strip_prefix(PREFIX)?.parse().ok()?;
        Some(ToPage::Draft { room, text: String::from_utf8(value).ok()? })
    };
    drafts.filter_map(read).collect()
}

fn change(room: RoomId, text: String) -> Change {
    let key = format!("{PREFIX}{room}");
    if text.is_empty() { Change::Delete { key } } else { Change::Put { key, value: text.into_bytes() } }
}

impl Driver {
    /// Keeps a draft of whoever is signed in.
    pub(super) async fn keep_draft(&mut self, room: RoomId, text: String) -> Result<(), Halt> {
        if self.visit().is_some() {
            self.open_vault().await?.save(vec![change(room, text)]).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_are_not_the_cores() {
        let room = RoomId::from_bytes([7; 32]);
        let Change::Put { key, value } = change(room, "half a sen".to_owned()) else { panic!("nothing is kept") };
        assert!(matches!(change(room, String::new()), Change::Delete { key: other } if other == key));
        let other = ("room/x".to_owned(), vec![1]);
        let mut records = vec![other.clone(), (key, value), ("draft/nowhere".to_owned(), vec![2])];
        assert_eq!(split_off(&mut records), [ToPage::Draft { room, text: "half a sen".to_owned() }]);
        assert_eq!(records, [other]);
    }
}
