//! One room as the page knows it: its view, the messages of its stream, and those on their way.

use std::{collections::BTreeMap, rc::Rc};

use igoon_shared::{
    client::io::{MemberView, MessageView, OutgoingState, OutgoingView, RoomView, Standing},
    ids::{AccountId, DeviceId, MessageId, RoomId, Seq},
    log::Role,
    time::Timestamp,
};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomData {
    view: Rc<RoomView>,
    messages: BTreeMap<(Timestamp, Seq), Rc<MessageView>>,
    /// Where each place of the stream stands in `messages`.
    places: BTreeMap<Seq, Timestamp>,
    /// In the order in which they were written.
    outgoing: Vec<Rc<OutgoingView>>,
}

impl RoomData {
    /// A room of which nothing is known yet.
    #[must_use]
    pub fn new(room: RoomId) -> Self {
        let view = RoomView::unknown(room);
        Self { view: Rc::new(view), messages: BTreeMap::new(), places: BTreeMap::new(), outgoing: Vec::new() }
    }

    /// The room.
    #[must_use]
    pub fn view(&self) -> &RoomView {
        &self.view
    }

    /// What people call it.
    #[must_use]
    pub fn title(&self) -> &str {
        self.view.name.as_deref().unwrap_or("Room")
    }

    /// The messages of the stream, in the order of the timeline.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Rc<MessageView>> {
        self.messages.values()
    }

    /// How many messages of the stream there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.messages.len()
    }

    /// The messages on their way, oldest first.
    #[must_use]
    pub fn outgoing(&self) -> &[Rc<OutgoingView>] {
        &self.outgoing
    }

    /// The newest place of the stream among the messages.
    #[must_use]
    pub fn newest(&self) -> Option<Seq> {
        self.places.last_key_value().map(|(seq, _)| *seq)
    }

    /// A member.
    #[must_use]
    pub fn member(&self, account: AccountId) -> Option<&MemberView> {
        self.view.members.iter().find(|member| member.account == account)
    }

    /// What to call whoever wrote a message.
    #[must_use]
    pub fn author<'a>(&'a self, message: &'a MessageView) -> &'a str {
        let known =
            message.account.and_then(|account| self.member(account)).and_then(|member| member.handle.as_deref());
        known.or(message.handle.as_deref()).unwrap_or("Somebody")
    }

    /// Whether this account may make invites.
    #[must_use]
    pub fn may_invite(&self) -> bool {
        matches!(self.view.standing, Standing::Ready | Standing::CatchingUp)
            && self.view.members.iter().any(|member| member.me && member.role >= Role::Admin)
    }

    /// Takes news of the room itself.
    pub fn set_view(&mut self, view: RoomView) {
        self.view = Rc::new(view);
    }

    /// Takes a message of the stream; `device` is this computer's. Returns whether it was not there before.
    pub fn put_message(&mut self, message: MessageView, device: Option<DeviceId>) -> bool {
        if message.device.is_some() && message.device == device {
            self.outgoing.retain(|outgoing| Some(outgoing.message_id) != message.message_id);
        }
        let before = self.places.insert(message.seq, message.shown_at);
        if let Some(before) = before {
            self.messages.remove(&(before, message.seq));
        }
        self.messages.insert((message.shown_at, message.seq), Rc::new(message));
        before.is_none()
    }

    /// Takes a message on its way. One that stands in the stream already is not on its way any more.
    pub fn put_outgoing(&mut self, outgoing: OutgoingView) {
        if let OutgoingState::Accepted(seq) = outgoing.state
            && self.has(seq, outgoing.message_id)
        {
            self.outgoing.retain(|other| other.message_id != outgoing.message_id);
            return;
        }
        let outgoing = Rc::new(outgoing);
        match self.outgoing.iter_mut().find(|other| other.message_id == outgoing.message_id) {
            Some(place) => *place = outgoing,
            None => self.outgoing.push(outgoing),
        }
    }

    fn has(&self, seq: Seq, id: MessageId) -> bool {
        let place = self.places.get(&seq).and_then(|at| self.messages.get(&(*at, seq)));
        place.is_some_and(|message| message.message_id == Some(id))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    #[test]
    fn a_message_leaves_the_outbox_when_it_comes_in_the_stream() {
        let mut room = RoomData::new(testing::ROOM);
        room.put_outgoing(testing::outgoing(1, OutgoingState::Waiting));
        room.put_outgoing(testing::outgoing(1, OutgoingState::Accepted(Seq(5))));
        assert_eq!(room.outgoing().len(), 1, "shown until the stream has it");
        assert!(room.put_message(testing::mine(5, 1), Some(testing::ME_DEVICE)));
        assert!(room.outgoing().is_empty());
        // The acceptance may also come after the stream's item.
        room.put_outgoing(testing::outgoing(1, OutgoingState::Accepted(Seq(5))));
        assert!(room.outgoing().is_empty());
    }

    #[test]
    fn another_sender_cannot_take_a_message_out_of_the_outbox() {
        let mut room = RoomData::new(testing::ROOM);
        room.put_outgoing(testing::outgoing(1, OutgoingState::Waiting));
        room.put_message(testing::theirs(5, 1, 10), Some(testing::ME_DEVICE));
        assert_eq!(room.outgoing().len(), 1);
    }

    #[test]
    fn the_timeline_goes_by_time_then_place() {
        let mut room = RoomData::new(testing::ROOM);
        for (seq, at) in [(1, 30), (2, 10), (3, 10)] {
            room.put_message(testing::theirs(seq, 1, at), None);
        }
        let order = |room: &RoomData| room.messages().map(|message| message.seq.0).collect::<Vec<_>>();
        assert_eq!(order(&room), [2, 3, 1]);
        assert_eq!(room.newest(), Some(Seq(3)));
        // The same place again replaces what was there, also at another time.
        assert!(!room.put_message(testing::theirs(2, 1, 40), None));
        assert_eq!(order(&room), [3, 1, 2]);
        assert_eq!(room.count(), 3);
    }

    #[test]
    fn names_come_from_the_member_list_first() {
        let mut room = RoomData::new(testing::ROOM);
        let mut message = testing::theirs(1, 1, 10);
        message.handle = None;
        assert_eq!(room.author(&message), "Somebody");
        room.set_view(testing::room_view());
        assert_eq!(room.author(&message), "bea");
    }
}
