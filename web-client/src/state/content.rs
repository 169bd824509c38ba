//! A message on the page, wherever it comes from: what it says, and how it stands.

use std::rc::Rc;

use igoon_shared::{
    client::io::{Body, MessageView, OutgoingState, OutgoingView},
    ids::Seq,
    protocol::error::ErrorCode,
};

/// Where a message comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The stream.
    Message(Rc<MessageView>),
    /// This computer's outbox.
    Outgoing(Rc<OutgoingView>),
}

/// How a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// In the outbox.
    Waiting,
    /// Own, and committed at the server.
    Sent,
    /// Own, and refused.
    Failed(ErrorCode),
    /// Own, and the server had it and has lost it.
    Lost,
    /// Somebody else's.
    Received,
    /// Cannot be read.
    Unreadable,
}

impl State {
    /// For `data-state`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed(_) => "failed",
            Self::Lost => "lost",
            Self::Received => "received",
            Self::Unreadable => "unreadable",
        }
    }
}

/// How a message of the stream stands.
#[must_use]
pub const fn state_of(message: &MessageView) -> State {
    match (&message.body, message.mine) {
        (Body::Unreadable(_), _) => State::Unreadable,
        (Body::Text(_), true) => State::Sent,
        (Body::Text(_), false) => State::Received,
    }
}

/// How a message stands that is not in the stream yet.
#[must_use]
pub const fn state_of_outgoing(outgoing: &OutgoingView) -> State {
    match outgoing.state {
        OutgoingState::Waiting => State::Waiting,
        OutgoingState::Accepted(_) => State::Sent,
        OutgoingState::Failed(code) => State::Failed(code),
        OutgoingState::Lost => State::Lost,
    }
}

impl Content {
    /// How it stands.
    #[must_use]
    pub fn state(&self) -> State {
        match self {
            Self::Message(message) => state_of(message),
            Self::Outgoing(outgoing) => state_of_outgoing(outgoing),
        }
    }

    /// What was written, where it can be read.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Message(message) => match &message.body {
                Body::Text(text) => Some(text),
                Body::Unreadable(_) => None,
            },
            Self::Outgoing(outgoing) => Some(&outgoing.text),
        }
    }

    /// Its place in the stream, if it has one.
    #[must_use]
    pub fn seq(&self) -> Option<Seq> {
        match self {
            Self::Message(message) => Some(message.seq),
            Self::Outgoing(_) => None,
        }
    }

    /// Unique on the page, and the same before and after the message was accepted.
    pub(super) fn key(&self) -> String {
        match self {
            // Only a readable message of one's own is the one that was in the outbox; ids of others may repeat.
            Self::Message(message) => match (message.message_id, self.state()) {
                (Some(id), State::Sent) => format!("own-{id}"),
                _ => format!("seq-{}", message.seq),
            },
            Self::Outgoing(outgoing) => format!("own-{}", outgoing.message_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::client::io::Unreadable;

    use super::{super::testing, *};

    #[test]
    fn a_message_keeps_its_key_when_it_is_accepted() {
        let waiting = Content::Outgoing(Rc::new(testing::outgoing(1, OutgoingState::Waiting)));
        let accepted = Content::Outgoing(Rc::new(testing::outgoing(1, OutgoingState::Accepted(Seq(5)))));
        let stream = Content::Message(Rc::new(testing::mine(5, 1)));
        assert_eq!(waiting.key(), stream.key());
        assert_eq!([waiting.state(), accepted.state(), stream.state()], [State::Waiting, State::Sent, State::Sent]);
    }

    #[test]
    fn repeated_ids_get_different_keys() {
        let mut copy = testing::mine(6, 1);
        copy.body = Body::Unreadable(Unreadable::Replayed);
        let (one, copy) = (Content::Message(Rc::new(testing::mine(5, 1))), Content::Message(Rc::new(copy)));
        assert_ne!(one.key(), copy.key());
        let others = [testing::theirs(7, 1, 0), testing::theirs(8, 1, 0)].map(|m| Content::Message(Rc::new(m)).key());
        assert_ne!(others[0], others[1]);
    }
}
