//! Portions of a room's stored messages for the page.

use igoon_shared::{
    client::{
        io::{Body, MessageView, Unreadable},
        records::{RecordError, message_place},
    },
    ids::{RoomId, Seq},
    sorted::SortedMap,
    time::Timestamp,
};
use zeroize::Zeroizing;

use crate::messages::{HistoryPage, HistoryWish};

/// Records of messages as they were read from storage.
pub(super) struct Portion {
    /// By place; none where one is damaged.
    pub(super) entries: Vec<(String, Option<Zeroizing<Vec<u8>>>)>,
    /// There are messages before them.
    pub(super) earlier: bool,
    /// There are messages after them.
    pub(super) later: bool,
}

impl Portion {
    /// What the page is shown of it. `read` reads a record.
    pub(super) fn page(
        self,
        room: RoomId,
        wish: HistoryWish,
        read: impl Fn(&str, &[u8]) -> Result<MessageView, RecordError>,
    ) -> HistoryPage {
        let mut messages: Vec<MessageView> = Vec::with_capacity(self.entries.len());
        for (key, value) in &self.entries {
            let Some((_, seq)) = message_place(key) else { continue };
            let message = value.as_ref().and_then(|value| read(key, value).ok());
            // A damaged one stands right after the one before it.
            let at = messages.last().map(|before| before.shown_at).unwrap_or_default();
            messages.push(message.unwrap_or_else(|| damaged(room, seq, at)));
        }
        HistoryPage { room, wish, messages, earlier: self.earlier, later: self.later }
    }
}

pub(super) fn damaged(room: RoomId, seq: Seq, shown_at: Timestamp) -> MessageView {
    MessageView {
        room,
        seq,
        device: None,
        message_id: None,
        account: None,
        handle: None,
        mine: false,
        shown_at,
        gap: false,
        body: Body::Unreadable(Unreadable::DamagedHere),
    }
}

/// From where to where the page was given each room's messages, in portions or as they came: what changes elsewhere is no news
/// for it.
#[derive(Default)]
pub(super) struct Given(SortedMap<RoomId, (Seq, Seq)>);

impl Given {
    pub(super) fn note(&mut self, page: &HistoryPage) {
        if let (Some(first), Some(last)) = (page.messages.first(), page.messages.last()) {
            self.widen(page.room, first.seq, last.seq);
        }
    }

    /// The page is told of a message that just came.
    pub(super) fn came(&mut self, message: &MessageView) {
        self.widen(message.room, message.seq, message.seq);
    }

    fn widen(&mut self, room: RoomId, first: Seq, last: Seq) {
        let range = self.0.entry(room).or_insert((first, last));
        *range = (range.0.min(first), range.1.max(last));
    }

    pub(super) fn has(&self, message: &MessageView) -> bool {
        self.0.get(&message.room).is_some_and(|(first, last)| (*first..=*last).contains(&message.seq))
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::client::records::message_key;

    use super::*;

    const ROOM: RoomId = RoomId::from_bytes([1; 32]);

    fn view(seq: u64) -> MessageView {
        let at = Timestamp(i64::try_from(seq * 10).unwrap());
        MessageView { body: Body::Text(format!("message {seq}")), ..damaged(ROOM, Seq(seq), at) }
    }

    fn page(seqs: &[u64], damaged_ones: &[u64], wish: HistoryWish) -> HistoryPage {
        let entries = seqs.iter().map(|seq| {
            let value = (!damaged_ones.contains(seq)).then(|| Zeroizing::new(vec![u8::try_from(*seq).unwrap()]));
            (message_key(ROOM, Seq(*seq)), value)
        });
        let portion = Portion { entries: entries.collect(), earlier: true, later: false };
        portion.page(ROOM, wish, |_, value| match value {
            [13] => Err(RecordError("13".to_owned())),
            value => Ok(view(value[0].into())),
        })
    }

    #[test]
    fn a_damaged_message_stands_in_its_place_and_says_so() {
        let page = page(&[10, 11, 13, 15], &[11], HistoryWish::Latest);
        let shown = page.messages.iter().map(|message| (message.seq.0, message.shown_at.0, &message.body));
        let here = Body::Unreadable(Unreadable::DamagedHere);
        let [ten, fifteen] = [10, 15].map(|seq| Body::Text(format!("message {seq}")));
        assert!(shown.eq([(10, 100, &ten), (11, 100, &here), (13, 100, &here), (15, 150, &fifteen)]));
        assert!(page.earlier && !page.later);
    }

    #[test]
    fn only_what_the_page_was_given_is_news_when_it_changes() {
        let mut given = Given::default();
        assert!(!given.has(&view(10)));
        given.note(&page(&[10, 11, 12], &[], HistoryWish::Latest));
        given.note(&page(&[5, 6], &[], HistoryWish::Before(Seq(10))));
        given.note(&page(&[], &[], HistoryWish::Before(Seq(5))));
        assert_eq!([4, 5, 8, 12, 13].map(|seq| given.has(&view(seq))), [false, true, true, true, false]);
    }

    #[test]
    fn what_the_page_has_is_shown_anew_however_it_came() {
        let mut given = Given::default();
        given.came(&view(5));
        assert!(given.has(&view(5)) && !given.has(&view(4)));
        given.note(&page(&[2, 3], &[], HistoryWish::Latest));
        assert!((2..=5).all(|seq| given.has(&view(seq))), "and what is between them");
        assert!(!given.has(&view(1)) && !given.has(&view(6)));
    }
}
