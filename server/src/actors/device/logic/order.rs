//! In which order a sender's messages of one room may pass.
//!
//! When a message is refused with "later", those behind it must not overtake it. So the refused one is *held*: until it
//! comes back, all others of that room are refused too. The refusal can come from here (rate, full mailbox) or from the
//! room, which answers later: messages that are already on their way to it carry the number of the attempt, and the room
//! refuses the rest of an attempt of which it refused one. A new attempt begins when the held message returns and
//! nothing of the old attempt is still on its way.

use igoon_shared::ids::MessageId;

/// Which run of messages a message belongs to: those of a later attempt do not follow from a refusal in an earlier one.
/// Ordered over all connections of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attempt {
    /// The connection's generation; rises with each connection to the server.
    pub generation: u64,
    /// Rises within a connection.
    pub number: u64,
}

/// One room's messages from one connection.
#[derive(Clone, Debug)]
pub struct Order {
    attempt: Attempt,
    /// Handed to the room, not answered yet.
    unanswered: usize,
    held: Option<Held>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    message: MessageId,
    /// Refused by the room: then it was sent before anything that was refused here.
    by_room: bool,
}

impl Order {
    /// Messages that may be on their way to a room and unanswered, per device. It bounds what the room's answers can
    /// pile up in the device's mailbox.
    pub const UNANSWERED: usize = 1_024;

    /// For a new connection.
    #[must_use]
    pub const fn new(generation: u64) -> Self {
        Self { attempt: Attempt { generation, number: 0 }, unanswered: 0, held: None }
    }

    /// Whether a message may go to the room now, and as part of which attempt. `None`: refuse it with "later".
    pub fn admit(&mut self, message: MessageId) -> Option<Attempt> {
        match self.held {
            None if self.unanswered < Self::UNANSWERED => {}
            None => {
                self.refused_here(message);
                return None;
            }
            Some(held) if held.message == message && self.unanswered == 0 => {
                self.held = None;
                self.attempt.number = self.attempt.number.saturating_add(1);
            }
            Some(_) => return None,
        }
        Some(self.attempt)
    }

    /// An admitted message was handed to the room.
    pub fn passed(&mut self) {
        self.unanswered = self.unanswered.saturating_add(1);
    }

    /// A message was refused with "later" before it got to the room.
    pub fn refused_here(&mut self, message: MessageId) {
        if self.held.is_none() {
            self.held = Some(Held { message, by_room: false });
        }
    }

    /// The room answered.
    pub fn answered(&mut self, message: MessageId, later: bool) {
        self.unanswered = self.unanswered.saturating_sub(1);
        if later && !self.held.is_some_and(|held| held.by_room) {
            self.held = Some(Held { message, by_room: true });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    fn id(number: u8) -> MessageId {
        MessageId::from_bytes([number; 16])
    }

    #[test]
    fn a_refused_message_holds_those_behind_it_until_it_returns() {
        let mut order = Order::new(1);
        order.refused_here(id(1));
        assert_eq!(order.admit(id(2)), None);
        assert_eq!(order.admit(id(1)), Some(Attempt { generation: 1, number: 1 }));
        order.passed();
        assert!(order.admit(id(2)).is_some());
    }

    #[test]
    fn a_refusal_by_the_room_is_earlier_than_one_from_here() {
        let mut order = Order::new(1);
        assert!(order.admit(id(1)).is_some());
        order.passed();
        order.refused_here(id(2));
        order.answered(id(1), true);
        assert_eq!(order.admit(id(2)), None);
        assert!(order.admit(id(1)).is_some());
    }

    #[test]
    fn nothing_returns_while_the_old_attempt_is_on_its_way() {
        let mut order = Order::new(1);
        for message in [1, 2] {
            order.admit(id(message));
            order.passed();
        }
        order.answered(id(1), true);
        assert_eq!(order.admit(id(1)), None);
        order.answered(id(2), true);
        assert!(order.admit(id(1)).is_some());
    }

    #[test]
    fn what_is_unanswered_is_bounded() {
        let mut order = Order::new(1);
        for _ in 0..Order::UNANSWERED {
            assert!(order.admit(id(1)).is_some());
            order.passed();
        }
        assert_eq!(order.admit(id(2)), None);
        order.answered(id(1), false);
        assert_eq!(order.admit(id(3)), None, "2 has to come first");
    }

    proptest! {
        /// A client that sends again whatever was refused with "later", in its order; a device that refuses at times; a
        /// room that refuses at times, and then the rest of the attempt. What the room takes is in the client's order.
        #[test]
        fn messages_are_taken_in_order(
            choices in proptest::collection::vec((0..4_u8, any::<bool>()), 1..400),
        ) {
            const COUNT: u8 = 12;
            let mut order = Order::new(1);
            // What the client has not been told is accepted; `next` is the place it sends from next.
            let mut outbox: Vec<u8> = (0..COUNT).collect();
            let mut next = 0_usize;
            let mut wire: VecDeque<u8> = VecDeque::new();
            let mut room: VecDeque<(u8, Attempt)> = VecDeque::new();
            let mut refused_attempt: Option<Attempt> = None;
            let mut answers: VecDeque<(u8, bool)> = VecDeque::new();
            let mut taken: Vec<u8> = Vec::new();
            let good = std::iter::repeat_n([(0, false), (1, false), (2, false), (3, false)], 200).flatten();
            for (what, fails) in choices.into_iter().chain(good) {
                match what {
                    0 => if let Some(message) = outbox.get(next) {
                        wire.push_back(*message);
                        next += 1;
                    },
                    1 => if let Some(message) = wire.pop_front() {
                        let admitted = order.admit(id(message));
                        match admitted {
                            Some(attempt) if !fails => {
                                order.passed();
                                room.push_back((message, attempt));
                            }
                            Some(_) => { order.refused_here(id(message)); next = back(&outbox, next, message); }
                            None => next = back(&outbox, next, message),
                        }
                    },
                    2 => if let Some((message, attempt)) = room.pop_front() {
                        let later = fails || refused_attempt.is_some_and(|refused| attempt <= refused);
                        if later {
                            refused_attempt = refused_attempt.max(Some(attempt));
                        } else if !taken.contains(&message) {
                            taken.push(message);
                        }
                        answers.push_back((message, later));
                    },
                    _ => if let Some((message, later)) = answers.pop_front() {
                        order.answered(id(message), later);
                        if later {
                            next = back(&outbox, next, message);
                        } else if let Some(place) = outbox.iter().position(|kept| *kept == message) {
                            outbox.remove(place);
                            next = if place < next { next - 1 } else { next };
                        }
                    },
                }
                prop_assert!(taken.is_sorted(), "{:?}", taken);
            }
            prop_assert_eq!(taken.len(), usize::from(COUNT));
        }
    }

    /// Where the client sends from after this message was refused: from it on.
    fn back(outbox: &[u8], next: usize, message: u8) -> usize {
        outbox.iter().position(|kept| *kept == message).map_or(next, |place| place.min(next))
    }
}
