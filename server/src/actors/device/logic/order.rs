//! In which order a sender's messages of one room may pass.
//!
//! When a message is refused with "later", those behind it must not overtake it. So a client numbers its attempts: each
//! begins with the first message that it has no answer for, and once one of an attempt was refused, the rest of it is
//! too. The refusal can come from here (rate, full mailbox) or from the room; both keep the last attempt that they refused
//! something of, and take nothing of it or of one before it any more.

/// Which run of messages a message belongs to. Ordered over all connections of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attempt {
    /// The connection's generation; rises with each connection to the server.
    pub generation: u64,
    /// The client's number; rises within a connection.
    pub number: u64,
}

/// The last attempt of which a message was refused with "later".
#[derive(Clone, Copy, Debug, Default)]
pub struct Broken(Option<Attempt>);

impl Broken {
    /// Whether a message of this attempt could overtake one that was refused.
    #[must_use]
    pub fn covers(self, attempt: Attempt) -> bool {
        self.0.is_some_and(|broken| attempt <= broken)
    }

    /// A message of this attempt was refused.
    pub fn refuse(&mut self, attempt: Attempt) {
        self.0 = self.0.max(Some(attempt));
    }
}

/// One room's messages from one connection.
#[derive(Clone, Debug, Default)]
pub struct Order {
    broken: Broken,
    /// Handed to the room, not answered yet.
    unanswered: usize,
}

impl Order {
    /// Messages that may be on their way to a room and unanswered, per device. It bounds what the room's answers can
    /// pile up in the device's mailbox.
    pub const UNANSWERED: usize = 1_024;

    /// Whether a message of this attempt may go to the room now; else refuse it with "later".
    pub fn admit(&mut self, attempt: Attempt) -> bool {
        if self.broken.covers(attempt) || self.unanswered >= Self::UNANSWERED {
            self.broken.refuse(attempt);
            return false;
        }
        self.unanswered += 1;
        true
    }

    /// A message of this attempt was refused with "later" before it got to the room.
    pub fn refused(&mut self, attempt: Attempt) {
        self.broken.refuse(attempt);
    }

    /// Whether an answer is outstanding.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.unanswered > 0
    }

    /// An admitted message was answered, or did not get to the room.
    pub fn answered(&mut self) {
        self.unanswered = self.unanswered.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    const fn attempt(number: u64) -> Attempt {
        Attempt { generation: 1, number }
    }

    #[test]
    fn the_rest_of_a_refused_attempt_is_refused_and_the_next_is_not() {
        let mut order = Order::default();
        assert!(order.admit(attempt(0)));
        order.refused(attempt(0));
        assert!(!order.admit(attempt(0)));
        assert!(order.admit(attempt(1)));
        assert!(!order.admit(attempt(0)), "a late one");
    }

    #[test]
    fn a_new_connection_begins_anew() {
        let mut broken = Broken::default();
        broken.refuse(attempt(9));
        assert!(!broken.covers(Attempt { generation: 2, number: 0 }));
    }

    #[test]
    fn what_is_unanswered_is_bounded() {
        let mut order = Order::default();
        for _ in 0..Order::UNANSWERED {
            assert!(order.admit(attempt(0)));
        }
        assert!(!order.admit(attempt(0)));
        order.answered();
        assert!(!order.admit(attempt(0)), "it would overtake");
        assert!(order.admit(attempt(1)));
    }

    /// A client as the protocol has it: it begins again with the first unanswered message when one is refused.
    struct Client {
        unanswered: Vec<u8>,
        next: usize,
        attempt: u64,
        wire: VecDeque<(u8, Attempt)>,
        heard: VecDeque<(u8, bool)>,
    }

    impl Client {
        fn send_one(&mut self) {
            if let Some(message) = self.unanswered.get(self.next) {
                self.wire.push_back((*message, attempt(self.attempt)));
                self.next += 1;
            }
        }

        fn hear_one(&mut self) {
            let Some((message, later)) = self.heard.pop_front() else { return };
            let Some(place) = self.unanswered.iter().position(|kept| *kept == message) else { return };
            if !later {
                self.unanswered.remove(place);
                self.next -= usize::from(place < self.next);
            } else if place < self.next {
                (self.next, self.attempt) = (0, self.attempt + 1);
            }
        }
    }

    proptest! {
        /// A device that refuses at times; a room that refuses at times; and the client. Whatever comes when, the room
        /// takes messages in the client's order, and in the end all of them.
        #[test]
        fn messages_are_taken_in_order(choices in proptest::collection::vec((0..5_u8, any::<bool>()), 1..400)) {
            const COUNT: u8 = 12;
            let (mut order, mut broken) = (Order::default(), Broken::default());
            let (wire, heard) = (VecDeque::new(), VecDeque::new());
            let mut client = Client { unanswered: (0..COUNT).collect(), next: 0, attempt: 0, wire, heard };
            let mut room: VecDeque<(u8, Attempt)> = VecDeque::new();
            let mut answers: VecDeque<(u8, bool)> = VecDeque::new();
            let mut taken: Vec<u8> = Vec::new();
            let calm = (0..1_000).flat_map(|_| (0..5).map(|what| (what, false)));
            for (what, fails) in choices.into_iter().chain(calm) {
                match what {
                    0 => client.send_one(),
                    1 => if let Some((message, attempt)) = client.wire.pop_front() {
                        if fails {
                            order.refused(attempt);
                            client.heard.push_back((message, true));
                        } else if order.admit(attempt) {
                            room.push_back((message, attempt));
                        } else {
                            client.heard.push_back((message, true));
                        }
                    },
                    2 => if let Some((message, attempt)) = room.pop_front() {
                        let later = fails || broken.covers(attempt);
                        if later {
                            broken.refuse(attempt);
                        } else if !taken.contains(&message) {
                            taken.push(message);
                        }
                        answers.push_back((message, later));
                    },
                    3 => if let Some(answer) = answers.pop_front() {
                        order.answered();
                        client.heard.push_back(answer);
                    },
                    _ => client.hear_one(),
                }
            }
            prop_assert_eq!(taken, (0..COUNT).collect::<Vec<_>>());
        }
    }
}
