//! What the client core makes of the service's word on people: who is there, how far they have come, what one chose to be.

use igoon_shared::{
    client::{
        Client, Command, Effect, Event, Identity, Input,
        io::{PersonPosition, PositionsView, PresenceView, Receipt},
    },
    crypto::{device::DeviceKeys, invite::InviteSecret},
    ids::{AccountId, DeviceId, Incarnation, InstallationId, Seq},
    log::{Action, EpochReason, HistoryRule, Role},
    presence::{Availability, Presence},
    protocol::{
        VERSION, codec,
        frames::{
            AvailabilityChosen, ClientFrame, DevicePosition, DevicePresence, Page, RoomPositions, RoomPresence,
            ServerFrame, StreamContent, StreamItem, Welcome,
        },
    },
    time::Timestamp,
};

use crate::support::{
    TestDevice,
    message_pack::{Value, text},
    room::{NOW, TestRoom, epoch_started, invited, joining, vouched, vouching},
    rsa_pkcs8, signing_seed,
};

/// Devices 1 and 3 of one person, device 2 of another and 4 of a third, all in one room.
fn room() -> TestRoom {
    let [one, two, three, four] = TestDevice::all();
    let mut room = TestRoom::new(one, HistoryRule::AllRetained);
    room.append(one, epoch_started(1, EpochReason::RoomCreated)).unwrap();
    let secret = InviteSecret::from_bytes([7; 32]);
    room.append(one, invited(room.id(), &secret, Role::Member, 2)).unwrap();
    for device in [two, four] {
        room.append(device, Action::Joined(joining(room.id(), &secret, device))).unwrap();
    }
    let statement = vouching(one, three).sign(&one.keys);
    room.append(one, vouched(statement, three)).unwrap();
    room
}

/// Device 1's client, and what it last showed.
struct Shown {
    client: Client,
    room: TestRoom,
    presence: Option<PresenceView>,
    positions: Option<PositionsView>,
    availability: Vec<Availability>,
    others: Vec<Event>,
    activities: Vec<Timestamp>,
    views: usize,
}

impl Shown {
    fn offline() -> Self {
        let keys = DeviceKeys::from_parts(rsa_pkcs8(1), &signing_seed(1)).unwrap();
        let one = &TestDevice::all()[0];
        let installation = InstallationId::from_bytes([0x11; 16]);
        let identity = Identity::new(one.account, installation, "ada".into(), "study".into(), keys).unwrap();
        assert_eq!(identity.device(), one.id());
        Self {
            client: Client::open(identity, [], NOW).unwrap().0,
            room: room(),
            presence: None,
            positions: None,
            availability: Vec::new(),
            others: Vec::new(),
            activities: Vec::new(),
            views: 0,
        }
    }

    fn online() -> Self {
        let mut shown = Self::offline();
        shown.connect();
        let items = shown.room.entries.iter().zip(1..).map(|(entry, seq)| StreamItem {
            seq: Seq(seq),
            received_at: NOW,
            content: StreamContent::Log(entry.clone()),
        });
        let items: Vec<_> = items.collect();
        let (room, head) = (shown.room.id(), items.last().unwrap().seq);
        shown.frame(&ServerFrame::Page(Page { room, incarnation: Incarnation(1), items, more: false, head }));
        shown
    }

    fn connect(&mut self) {
        self.input(NOW, Input::Connected);
        let (device, rooms, availability) =
            (self.client.identity().device(), vec![self.room.id()], Availability::Available);
        self.frame(&ServerFrame::Welcome(Welcome { version: VERSION, time: NOW, device, rooms, availability }));
    }

    fn frame(&mut self, frame: &ServerFrame) {
        self.input(NOW, Input::Frame(codec::encode(frame)));
    }

    fn input(&mut self, now: Timestamp, input: Input) {
        for effect in self.client.handle(now, input) {
            match effect {
                Effect::Notify(Event::Presence(view)) => {
                    self.views += 1;
                    self.presence = Some(view);
                }
                Effect::Notify(Event::Positions(view)) => {
                    self.views += 1;
                    self.positions = Some(view);
                }
                Effect::Notify(Event::Availability(chosen)) => self.availability.push(chosen),
                Effect::Notify(Event::Room(_)) => {}
                Effect::Notify(event) => self.others.push(event),
                Effect::Transmit(frame) => {
                    if let ClientFrame::Activity(_) = codec::decode(&frame).unwrap() {
                        self.activities.push(now);
                    }
                }
                Effect::Save(changes) => {
                    for change in changes {
                        let text = format!("{change:?}");
                        assert!(
                            ["entry", "message", "cursor", "places", "sender", "read", "outbox"]
                                .iter()
                                .any(|kind| text.contains(kind)),
                            "{text}"
                        );
                    }
                }
                Effect::Request(_) | Effect::Load { .. } | Effect::MakeRsaPair => {}
            }
        }
    }

    fn presence(&mut self, whole: bool, changes: &[(usize, Presence, Option<i64>)]) {
        let changes = changes.iter().map(|(number, state, last_seen)| DevicePresence {
            device: device(*number),
            state: *state,
            last_seen: last_seen.map(Timestamp),
        });
        let (room, changes) = (self.room.id(), changes.collect());
        self.frame(&ServerFrame::Presence(RoomPresence { room, whole, changes }));
    }

    fn positions(&mut self, changes: &[(usize, u64, u64)]) {
        let changes = changes.iter().map(|(number, delivered, read)| DevicePosition {
            device: device(*number),
            delivered: Seq(*delivered),
            read: Seq(*read),
        });
        let (room, changes) = (self.room.id(), changes.collect());
        self.frame(&ServerFrame::Positions(RoomPositions { room, changes }));
    }

    /// Account, state and last seen of everybody of whom something is shown.
    fn people(&self) -> Vec<(AccountId, Presence, Option<i64>)> {
        let people = &self.presence.as_ref().unwrap().people;
        people.iter().map(|person| (person.account, person.state, person.last_seen.map(|seen| seen.0))).collect()
    }
}

fn device(number: usize) -> DeviceId {
    TestDevice::all()[number - 1].id()
}

fn account(number: usize) -> AccountId {
    TestDevice::all()[number - 1].account
}

#[test]
fn a_person_is_shown_as_the_log_has_their_devices() {
    let mut shown = Shown::online();
    let stranger =
        DevicePresence { device: DeviceId::from_bytes([0xee; 32]), state: Presence::Online, last_seen: None };
    let room = shown.room.id();
    shown.frame(&ServerFrame::Presence(RoomPresence { room, whole: true, changes: vec![stranger] }));
    assert_eq!(shown.people(), []);
    shown.presence(
        true,
        &[
            (1, Presence::Online, None),
            (3, Presence::Idle, None),
            (2, Presence::Offline, Some(5)),
            (4, Presence::Busy, None),
        ],
    );
    let all = [
        (account(1), Presence::Online, None),
        (account(2), Presence::Offline, Some(5)),
        (account(4), Presence::Busy, None),
    ];
    assert_eq!(shown.people(), all);
    assert_eq!(shown.presence.as_ref().unwrap().people[0].devices.len(), 2);
    // Changes change what they name; a whole replaces everything.
    shown.presence(false, &[(1, Presence::Offline, Some(8)), (2, Presence::Away, None)]);
    let all =
        [(account(1), Presence::Idle, None), (account(2), Presence::Away, None), (account(4), Presence::Busy, None)];
    assert_eq!(shown.people(), all);
    shown.presence(false, &[(3, Presence::Offline, Some(7))]);
    assert_eq!(shown.people()[0], (account(1), Presence::Offline, Some(8)), "seen last on the other one");
    shown.presence(true, &[(2, Presence::Online, None)]);
    assert_eq!(shown.people(), [(account(2), Presence::Online, None)]);
    // Without a connection nobody knows.
    shown.input(NOW, Input::Disconnected);
    assert_eq!(shown.people(), []);
}

#[test]
fn receipts_count_people_and_not_devices() {
    let mut shown = Shown::online();
    let view = shown.positions.clone().unwrap();
    let nowhere = |number| PersonPosition { account: account(number), delivered: Seq(0), read: Seq(0) };
    assert_eq!(view.people, [nowhere(1), nowhere(2), nowhere(4)], "all members, before anything is told of them");
    shown.positions(&[(1, 5, 1), (3, 3, 3), (2, 4, 2)]);
    shown.positions(&[(4, 5, 5), (2, 3, 1), (3, 4, 3)]);
    let view = shown.positions.clone().unwrap();
    let reach = |number, delivered, read| PersonPosition {
        account: account(number),
        delivered: Seq(delivered),
        read: Seq(read),
    };
    assert_eq!(view.people, [reach(1, 5, 3), reach(2, 4, 2), reach(4, 5, 5)], "they never go back");
    assert_eq!(view.receipt(account(2), Seq(3)), Receipt { of: 2, delivered: 2, read: 2 });
    assert_eq!(view.receipt(account(2), Seq(4)), Receipt { of: 2, delivered: 2, read: 1 });
    assert_eq!(view.receipt(account(1), Seq(5)), Receipt { of: 2, delivered: 1, read: 1 });
}

#[test]
fn what_was_read_on_another_computer_is_read() {
    let mut shown = Shown::online();
    let read = |shown: &Shown| shown.positions.as_ref().unwrap().read;
    assert_eq!(read(&shown), Seq(0));
    let room = shown.room.id();
    shown.input(NOW, Input::Command(Command::Read { room, seq: Seq(2) }));
    assert_eq!(read(&shown), Seq(2));
    shown.positions(&[(2, 5, 5), (1, 5, 2)]);
    assert_eq!(read(&shown), Seq(2), "what somebody else has read is not read");
    shown.positions(&[(3, 5, 4)]);
    assert_eq!(read(&shown), Seq(4));
}

#[test]
fn one_view_is_shown_for_one_frame_however_long_the_timeline_is() {
    let mut shown = Shown::online();
    shown.views = 0;
    shown.positions(&[(2, 5, 5), (4, 5, 5), (1, 5, 5)]);
    assert_eq!(shown.views, 1);
    shown.presence(false, &[(2, Presence::Idle, None), (4, Presence::Idle, None)]);
    assert_eq!(shown.views, 2);
    shown.input(NOW, Input::Tick);
    assert_eq!(shown.views, 2);
}

#[test]
fn what_one_chose_is_shown_when_it_changes() {
    let mut shown = Shown::online();
    let chosen = |availability| ServerFrame::Availability(AvailabilityChosen { availability });
    for availability in [Availability::Busy, Availability::Busy, Availability::Invisible] {
        shown.frame(&chosen(availability));
    }
    assert_eq!(shown.availability, [Availability::Available, Availability::Busy, Availability::Invisible]);
}

#[test]
fn the_service_hears_of_input_at_most_every_half_minute_and_only_online() {
    let mut shown = Shown::online();
    let at = |seconds: i64| NOW.plus_millis(seconds * 1_000);
    let room = shown.room.id();
    for second in 0..70 {
        shown.input(at(second), Input::Command(Command::Active));
        shown.input(at(second), Input::Tick);
        // A page reads what comes by itself: that is no input.
        shown.input(at(second + 1_000), Input::Command(Command::Read { room, seq: Seq(2) }));
    }
    assert_eq!(shown.activities, [at(0), at(30), at(60)]);
    shown.input(at(2_000), Input::Command(Command::Send { room, text: "hello".into() }));
    assert_eq!(shown.activities.pop(), Some(at(2_000)));
    // Input before there was a connection.
    let mut shown = Shown::offline();
    shown.input(at(0), Input::Command(Command::Active));
    assert_eq!(shown.activities, []);
    shown.input(at(20), Input::Connected);
    assert_eq!(shown.activities, [at(20)]);
}

#[test]
fn kinds_of_a_newer_service_are_passed_over() {
    let mut shown = Shown::online();
    let newer = Value::Map(vec![(text("from_the_future"), Value::Map(vec![]))]).shortest();
    shown.input(NOW, Input::Frame(newer));
    assert_eq!(shown.others, []);
    let damaged = Value::Map(vec![(text("item"), Value::Map(vec![]))]).shortest();
    shown.input(NOW, Input::Frame(damaged));
    assert_eq!(shown.others, [Event::BadFrame]);
}
