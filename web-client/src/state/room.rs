//! One room as the page knows it: its view, the messages of its stream, and those on their way.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    rc::Rc,
};

use igoon_shared::{
    client::io::{
        MemberView, MessageView, OutgoingState, OutgoingView, PersonPosition, PersonPresence, PositionsView,
        PresenceView, Receipt, RoomView, Standing,
    },
    ids::{AccountId, DeviceId, MessageId, RoomId, Seq},
    log::Role,
    presence::Presence,
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
    presence: Rc<PresenceView>,
    positions: Rc<PositionsView>,
}

impl RoomData {
    /// A room of which nothing is known yet.
    #[must_use]
    pub fn new(room: RoomId) -> Self {
        let view = RoomView::unknown(room);
        Self {
            view: Rc::new(view),
            messages: BTreeMap::new(),
            places: BTreeMap::new(),
            outgoing: Vec::new(),
            presence: Rc::new(PresenceView { room, people: Vec::new() }),
            positions: Rc::new(PositionsView { room, read: Seq(0), people: Vec::new() }),
        }
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

    /// What to call a member.
    #[must_use]
    pub fn name_of(&self, account: AccountId) -> &str {
        self.member(account).and_then(|member| member.handle.as_deref()).unwrap_or("Somebody")
    }

    /// Whether a member is there; `None` while it is not known.
    #[must_use]
    pub fn presence(&self, account: AccountId) -> Option<&PersonPresence> {
        self.presence.people.iter().find(|person| person.account == account)
    }

    /// The members who are not offline, as far as it is known.
    #[must_use]
    pub fn who_is_there(&self) -> BTreeSet<AccountId> {
        let there = self.presence.people.iter().filter(|person| person.state != Presence::Offline);
        there.map(|person| person.account).collect()
    }

    /// Where an own message stands; `None` while nobody's position is known.
    #[must_use]
    pub fn receipt(&self, message: &MessageView) -> Option<Receipt> {
        let author = message.account.filter(|_| message.mine && !self.positions.people.is_empty())?;
        Some(self.positions.receipt(author, message.seq))
    }

    /// How far everybody but `author` has come, by name.
    pub fn positions_of_others(&self, author: AccountId) -> impl Iterator<Item = (String, PersonPosition)> {
        self.positions.others(author).map(|position| (self.name_of(position.account).to_owned(), *position))
    }

    /// The last place that this account has looked at, on whichever computer.
    #[must_use]
    pub fn read(&self) -> Seq {
        self.positions.read
    }

    /// Messages of others that were not looked at.
    #[must_use]
    pub fn unread(&self) -> usize {
        let after = (Bound::Excluded(self.positions.read), Bound::Unbounded);
        let unread = self.places.range(after).filter_map(|(seq, at)| self.messages.get(&(*at, *seq)));
        unread.filter(|message| !message.mine).count()
    }

    /// Takes news of who is there.
    pub fn set_presence(&mut self, presence: PresenceView) {
        self.presence = Rc::new(presence);
    }

    /// Takes news of how far everybody has come.
    pub fn set_positions(&mut self, positions: PositionsView) {
        self.positions = Rc::new(positions);
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

    fn position(account: AccountId, delivered: u64, read: u64) -> PersonPosition {
        PersonPosition { account, delivered: Seq(delivered), read: Seq(read) }
    }

    #[test]
    fn own_messages_stand_where_others_have_come() {
        let mut room = RoomData::new(testing::ROOM);
        room.set_view(testing::room_view());
        assert_eq!(room.receipt(&testing::mine(5, 1)), None, "nothing is known yet");
        let people = vec![position(testing::ME, 5, 5), position(testing::BEA, 5, 4)];
        room.set_positions(PositionsView { room: testing::ROOM, read: Seq(5), people });
        assert_eq!(room.receipt(&testing::mine(5, 1)), Some(Receipt { of: 1, delivered: 1, read: 0 }));
        assert_eq!(room.receipt(&testing::theirs(5, 1, 0)), None, "of others nothing is told");
        let others: Vec<_> = room.positions_of_others(testing::ME).map(|(name, _)| name).collect();
        assert_eq!(others, ["bea"]);
    }

    #[test]
    fn messages_of_others_are_new_until_they_are_looked_at() {
        let mut room = RoomData::new(testing::ROOM);
        for message in
            [testing::theirs(1, 1, 1), testing::theirs(2, 2, 2), testing::mine(3, 3), testing::theirs(4, 4, 1)]
        {
            room.put_message(message, None);
        }
        assert_eq!(room.unread(), 3);
        room.set_positions(PositionsView { room: testing::ROOM, read: Seq(2), people: Vec::new() });
        assert_eq!(room.unread(), 1);
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
