//! One room as the page knows it: its view, the window of its messages, and those on their way.

use std::rc::Rc;

use igoon_shared::{
    client::io::{
        Body, LinesView, MemberView, MessageView, OutgoingState, OutgoingView, PeopleView, PersonPosition,
        PersonPresence, PersonView, PositionsView, PresenceView, Receipt, RecoveryView, RoomView, Standing, Unreadable,
    },
    ids::{AccountId, DeviceId, MessageId, RoomId, Seq},
    log::Role,
    presence::Presence,
    sorted::SortedSet,
};

use super::window::Window;
use crate::{messages::HistoryPage, texts::t};

/// See the module. A copy costs as much as the list of its waiting messages: all else is shared until it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomData {
    view: Rc<RoomView>,
    window: Rc<Window>,
    /// In the order in which they were written.
    outgoing: Vec<Rc<OutgoingView>>,
    presence: Rc<PresenceView>,
    positions: Rc<PositionsView>,
    people: Option<Rc<PeopleView>>,
    lines: Rc<LinesView>,
    recovery: Option<Rc<RecoveryView>>,
    /// This computer asked to be let in, and the request is gone without its doing.
    request_gone: bool,
}

impl RoomData {
    /// A room of which nothing is known yet.
    #[must_use]
    pub fn new(room: RoomId) -> Self {
        let view = RoomView::unknown(room);
        Self {
            view: Rc::new(view),
            window: Rc::default(),
            outgoing: Vec::new(),
            presence: Rc::new(PresenceView { room, people: Vec::new() }),
            positions: Rc::new(PositionsView { room, read: Seq(0), people: Vec::new() }),
            people: None,
            lines: Rc::new(LinesView::none(room)),
            recovery: None,
            request_gone: false,
        }
    }

    /// The room.
    #[must_use]
    pub fn view(&self) -> &RoomView {
        &self.view
    }

    /// What people call it.
    #[must_use]
    pub fn title(&self) -> String {
        self.view.name.clone().unwrap_or_else(|| t!("room-unnamed"))
    }

    /// The messages of the stream that the page holds.
    #[must_use]
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// The messages on their way, oldest first.
    #[must_use]
    pub fn outgoing(&self) -> &[Rc<OutgoingView>] {
        &self.outgoing
    }

    /// A member.
    #[must_use]
    pub fn member(&self, account: AccountId) -> Option<&MemberView> {
        self.view.members.iter().find(|member| member.account == account)
    }

    /// What to call whoever wrote a message.
    #[must_use]
    pub fn author(&self, message: &MessageView) -> String {
        let known =
            message.account.and_then(|account| self.member(account)).and_then(|member| member.handle.as_deref());
        known.or(message.handle.as_deref()).map_or_else(|| t!("somebody"), str::to_owned)
    }

    /// Whether this account may make invites.
    #[must_use]
    pub fn may_invite(&self) -> bool {
        matches!(self.view.standing, Standing::Ready | Standing::CatchingUp)
            && self.view.members.iter().any(|member| member.me && member.role >= Role::Admin)
    }

    /// What to call a member.
    #[must_use]
    pub fn name_of(&self, account: AccountId) -> String {
        self.member(account).and_then(|member| member.handle.clone()).unwrap_or_else(|| t!("somebody"))
    }

    /// What this account may do in the room and to whom, once it was asked for.
    #[must_use]
    pub fn people(&self) -> Option<&PeopleView> {
        self.people.as_deref()
    }

    /// What may be done to a member, once it was asked for.
    #[must_use]
    pub fn person(&self, account: AccountId) -> Option<&PersonView> {
        self.people.as_ref()?.people.iter().find(|person| person.account == account)
    }

    /// Recovery in the room, once it was asked for.
    #[must_use]
    pub fn recovery(&self) -> Option<&Rc<RecoveryView>> {
        self.recovery.as_ref()
    }

    /// Whether this computer's request to be let in was turned down or ran out while the page was open.
    #[must_use]
    pub const fn request_gone(&self) -> bool {
        self.request_gone
    }

    /// Whether a member is there; `None` while it is not known.
    #[must_use]
    pub fn presence(&self, account: AccountId) -> Option<&PersonPresence> {
        self.presence.people.iter().find(|person| person.account == account)
    }

    /// The members who are not offline, as far as it is known.
    #[must_use]
    pub fn who_is_there(&self) -> SortedSet<AccountId> {
        let there = self.presence.people.iter().filter(|person| person.state != Presence::Offline);
        there.map(|person| person.account).collect()
    }

    /// Whether the server lost what stood at this place when it was put back to an older copy.
    #[must_use]
    pub fn is_lost(&self, seq: Seq) -> bool {
        self.view.lost.iter().any(|(first, last)| (*first..=*last).contains(&seq))
    }

    /// Where an own message stands; `None` while nobody's position is known.
    #[must_use]
    pub fn receipt(&self, message: &MessageView) -> Option<Receipt> {
        let author = message.account.filter(|_| message.mine && !self.positions.people.is_empty())?;
        Some(self.positions.receipt(author, message.seq))
    }

    /// How far everybody but `author` has come, by name.
    pub fn positions_of_others(&self, author: AccountId) -> impl Iterator<Item = (String, PersonPosition)> {
        self.positions.others(author).map(|position| (self.name_of(position.account), *position))
    }

    /// The last place that this account has looked at, on whichever computer.
    #[must_use]
    pub fn read(&self) -> Seq {
        self.positions.read
    }

    /// What the log says between the messages, for what of the stream the page held when it was asked for.
    #[must_use]
    pub fn lines(&self) -> &LinesView {
        &self.lines
    }

    /// Takes what the log says between the messages.
    pub fn set_lines(&mut self, lines: LinesView) {
        self.lines = Rc::new(lines);
    }

    /// Takes news of who is there.
    pub fn set_presence(&mut self, presence: PresenceView) {
        self.presence = Rc::new(presence);
    }

    /// Takes what may be done to whom.
    pub fn set_people(&mut self, people: PeopleView) {
        self.people = Some(Rc::new(people));
    }

    /// Takes news of recovery; `withdrawn`: this computer's person takes its request back.
    pub fn set_recovery(&mut self, recovery: RecoveryView, withdrawn: bool) {
        let asks = |view: &RecoveryView| view.requests.iter().any(|request| request.this_device);
        let asked = self.request_gone || self.recovery.as_deref().is_some_and(asks);
        self.request_gone = asked && !asks(&recovery) && !withdrawn;
        self.recovery = Some(Rc::new(recovery));
    }

    /// Takes news of how far everybody has come.
    pub fn set_positions(&mut self, positions: PositionsView) {
        self.positions = Rc::new(positions);
    }

    /// Takes news of the room itself.
    pub fn set_view(&mut self, view: RoomView) {
        self.view = Rc::new(view);
    }

    /// Takes a message of the stream; `device` is this computer's. Returns whether it is new. What only says that it is this
    /// computer's takes nothing out of the outbox.
    pub fn put_message(&mut self, message: MessageView, device: Option<DeviceId>) -> bool {
        if message.device.is_some() && message.device == device && counts(&message.body) {
            self.outgoing.retain(|outgoing| Some(outgoing.message_id) != message.message_id);
        }
        Rc::make_mut(&mut self.window).put(message)
    }

    /// There are stored messages up to this one: what was accepted by then is among them.
    pub fn stored(&mut self, up_to: Seq) {
        self.outgoing.retain(|outgoing| !matches!(outgoing.state, OutgoingState::Accepted(seq) if seq <= up_to));
        Rc::make_mut(&mut self.window).stored(up_to);
    }

    /// Takes a portion of the stored messages.
    pub fn take(&mut self, page: HistoryPage) {
        Rc::make_mut(&mut self.window).take(page);
    }

    /// Takes a message on its way. One that came in the stream already is not on its way any more.
    pub fn put_outgoing(&mut self, outgoing: OutgoingView) {
        if let OutgoingState::Accepted(seq) = outgoing.state
            && seq <= self.window.newest()
        {
            self.discard(outgoing.message_id);
            return;
        }
        let outgoing = Rc::new(outgoing);
        match self.outgoing.iter_mut().find(|other| other.message_id == outgoing.message_id) {
            Some(place) => *place = outgoing,
            None => self.outgoing.push(outgoing),
        }
    }

    /// A message is not on its way any more.
    pub fn discard(&mut self, message_id: MessageId) {
        self.outgoing.retain(|outgoing| outgoing.message_id != message_id);
    }
}

/// Whether a message was taken for one of the device that it names, be it readable or not.
const fn counts(body: &Body) -> bool {
    !matches!(body, Body::Unreadable(Unreadable::BadSignature | Unreadable::NotPermitted | Unreadable::Replayed))
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
        // While much is fetched, no message is told of by itself.
        for (id, state) in [(2, OutgoingState::Accepted(Seq(7))), (3, OutgoingState::Waiting), (4, OutgoingState::Lost)]
        {
            room.put_outgoing(testing::outgoing(id, state));
        }
        room.stored(Seq(9));
        assert_eq!(room.outgoing().len(), 2);
    }

    #[test]
    fn another_sender_cannot_take_a_message_out_of_the_outbox() {
        let mut room = RoomData::new(testing::ROOM);
        room.put_outgoing(testing::outgoing(1, OutgoingState::Waiting));
        room.put_message(testing::theirs(5, 1, 10), Some(testing::ME_DEVICE));
        assert_eq!(room.outgoing().len(), 1);
        for (seq, why) in [(6, Unreadable::BadSignature), (7, Unreadable::NotPermitted), (8, Unreadable::Replayed)] {
            let body = Body::Unreadable(why);
            room.put_message(MessageView { body, ..testing::mine(seq, 1) }, Some(testing::ME_DEVICE));
            assert_eq!(room.outgoing().len(), 1, "in this computer's name: {why:?}");
        }
    }

    #[test]
    fn the_timeline_goes_by_time_then_place() {
        let mut room = testing::opened_room();
        for (seq, at) in [(1, 30), (2, 10), (3, 10)] {
            room.put_message(testing::theirs(seq, 1, at), None);
        }
        let order = |room: &RoomData| room.window().messages().map(|message| message.seq.0).collect::<Vec<_>>();
        assert_eq!(order(&room), [2, 3, 1]);
        // The same place again replaces what was there, also at another time.
        assert!(!room.put_message(testing::theirs(2, 1, 40), None));
        assert_eq!(order(&room), [3, 1, 2]);
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
    fn names_come_from_the_member_list_first() {
        let mut room = RoomData::new(testing::ROOM);
        let mut message = testing::theirs(1, 1, 10);
        message.handle = None;
        assert_eq!(room.author(&message), "Somebody");
        room.set_view(testing::room_view());
        assert_eq!(room.author(&message), "bea");
    }
}
