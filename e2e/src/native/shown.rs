//! What a page would show of a client, for tests to look at.

use std::collections::BTreeMap;

use igoon_shared::{
    client::{
        Event,
        io::{
            ApprovalsView, Body, KitRefusal, LogView, MessageView, OutgoingState, OutgoingView, PositionsView,
            PresenceView, RecoveryView, RoomView, Standing,
        },
    },
    ids::{MessageId, RoomId, Seq},
    presence::Availability,
    protocol::error::ErrorCode,
};

/// What a page would show.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Rooms.
    pub rooms: BTreeMap<RoomId, RoomView>,
    /// The streams' messages.
    pub messages: BTreeMap<(RoomId, Seq), MessageView>,
    /// Messages on their way, and those that were accepted.
    pub outgoing: BTreeMap<MessageId, OutgoingView>,
    /// Who is there, in each room.
    pub presence: BTreeMap<RoomId, PresenceView>,
    /// How far everybody has come, in each room.
    pub positions: BTreeMap<RoomId, PositionsView>,
    /// What the account chose to be.
    pub availability: Option<Availability>,
    /// Rooms that were made or joined here.
    pub entered: Vec<RoomId>,
    /// Invites that were made here.
    pub invites: Vec<(RoomId, [u8; 32])>,
    /// Who asks to be approved.
    pub approvals: ApprovalsView,
    /// Recovery in each room that it looks at.
    pub recoveries: BTreeMap<RoomId, RecoveryView>,
    /// The codes of new kits.
    pub kits: BTreeMap<RoomId, String>,
    /// Why codes did not serve.
    pub kit_refused: Vec<KitRefusal>,
    /// The entries of a room's log, as they were asked for last.
    pub logs: BTreeMap<RoomId, LogView>,
    /// Another computer of the account refused this one.
    pub refused: bool,
    /// What was refused for good.
    pub failures: Vec<ErrorCode>,
}

impl Shown {
    pub(super) fn take(&mut self, event: Event) {
        match event {
            Event::Room(view) => drop(self.rooms.insert(view.room, *view)),
            // It is shown as it was stored.
            Event::Message(_) | Event::Reread(_) | Event::Stored { .. } => {}
            Event::Outgoing(view) => drop(self.outgoing.insert(view.message_id, view)),
            Event::Discarded { message_id, .. } => drop(self.outgoing.remove(&message_id)),
            Event::Presence(view) => drop(self.presence.insert(view.room, view)),
            Event::Positions(view) => drop(self.positions.insert(view.room, view)),
            Event::Availability(chosen) => self.availability = Some(chosen),
            Event::RoomCreated { room } | Event::Joined { room } => self.entered.push(room),
            Event::InviteMade { room, secret } => self.invites.push((room, *secret.secret().unwrap().expose())),
            Event::Log(view) => drop(self.logs.insert(view.room, view)),
            Event::EpochStarted { .. }
            | Event::Changed { .. }
            | Event::People(_)
            | Event::OwnComputers(_)
            | Event::Lines(_)
            | Event::Comparison(_) => {}
            Event::Approvals(view) => self.approvals = view,
            Event::Recovery(view) => drop(self.recoveries.insert(view.room, view)),
            Event::KitMade { room, code } => drop(self.kits.insert(room, code.text().to_string())),
            Event::KitRefused { why, .. } => self.kit_refused.push(why),
            Event::ApprovalRefused => self.refused = true,
            Event::Failed { code, .. } | Event::ServerError { code } => self.failures.push(code),
            Event::BadFrame => self.failures.push(ErrorCode::Malformed),
        }
    }

    pub(super) fn store(&mut self, view: MessageView) {
        self.messages.insert((view.room, view.seq), view);
    }

    /// Whether a room is caught up and can be written in.
    #[must_use]
    pub fn is_ready(&self, room: RoomId) -> bool {
        self.rooms.get(&room).is_some_and(|view| view.standing == Standing::Ready)
    }

    /// How many messages of this client wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.outgoing.values().filter(|view| view.state == OutgoingState::Waiting).count()
    }

    /// The messages of a room by place.
    pub fn in_room(&self, room: RoomId) -> impl Iterator<Item = &MessageView> {
        self.messages.range((room, Seq(0))..=(room, Seq(u64::MAX))).map(|(_, view)| view)
    }

    /// What the messages of a room say, in stream order; of one that cannot be read, why.
    #[must_use]
    pub fn texts(&self, room: RoomId) -> Vec<String> {
        let body = |body: &Body| match body {
            Body::Text(text) => text.clone(),
            Body::Unreadable(why) => format!("{why:?}"),
        };
        self.in_room(room).map(|view| body(&view.body)).collect()
    }
}
