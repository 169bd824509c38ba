//! What is said about the connection: nothing while all is well, and nothing about what passes in a moment.

use igoon_shared::{
    client::io::{OutgoingState, Progress, Standing},
    time::Timestamp,
};

use super::AppState;
use crate::messages::{Cause, Connection};

/// An outage is not worth a word before it has lasted so long, in milliseconds.
const BLIP_MS: i64 = 2_000;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Banner {
    /// All is well.
    Quiet,
    /// For the first time since the page was opened.
    Connecting,
    /// No connection.
    Lost {
        /// Why.
        cause: Cause,
        /// Since when.
        since: Timestamp,
        /// When it is tried again.
        next: NextTry,
        /// So many messages wait to be sent, in all rooms.
        waiting: usize,
    },
    /// What was missed is being fetched, for the room that is shown.
    CatchingUp(Option<Progress>),
    /// The server was put back to an older copy: until then rooms are not changed.
    Resting(Timestamp),
}

/// When a connection is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextTry {
    /// It is being tried.
    Now,
    /// In so many seconds.
    In(u32),
}

impl Banner {
    /// What is to be said at this moment.
    #[must_use]
    pub fn of(state: &AppState, now: Timestamp) -> Self {
        match state.connection {
            Connection::Connecting => Self::Connecting,
            Connection::Reconnecting(outage) if now.millis_since(outage.since) < BLIP_MS => Self::Quiet,
            Connection::Reconnecting(outage) => Self::Lost {
                cause: outage.cause,
                since: outage.since,
                next: outage.next_try.map_or(NextTry::Now, |at| NextTry::at(at, now)),
                waiting: waiting(state),
            },
            Connection::Online => {
                let catching_up = state.room().filter(|room| room.view().standing == Standing::CatchingUp);
                let resting = state.rooms.values().filter_map(|room| room.view().log_rests_until).max();
                match (catching_up, resting) {
                    (Some(room), _) => Self::CatchingUp(room.view().catching_up),
                    (None, Some(until)) => Self::Resting(until),
                    (None, None) => Self::Quiet,
                }
            }
        }
    }

    /// Whether the same is said, numbers aside: then nobody needs to be told anew.
    #[must_use]
    pub const fn says_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Quiet, Self::Quiet)
            | (Self::Connecting, Self::Connecting)
            | (Self::CatchingUp(_), Self::CatchingUp(_))
            | (Self::Resting(_), Self::Resting(_)) => true,
            (Self::Lost { cause, .. }, Self::Lost { cause: others, .. }) => matches!(
                (cause, others),
                (Cause::Unanswered, Cause::Unanswered)
                    | (Cause::NoNetwork, Cause::NoNetwork)
                    | (Cause::Compressed, Cause::Compressed)
            ),
            _ => false,
        }
    }
}

impl NextTry {
    fn at(at: Timestamp, now: Timestamp) -> Self {
        match u64::try_from(at.millis_since(now)) {
            Ok(left @ 1..) => Self::In(u32::try_from(left.div_ceil(1_000)).unwrap_or(u32::MAX)),
            _ => Self::Now,
        }
    }
}

/// Messages that wait to be sent.
fn waiting(state: &AppState) -> usize {
    let outgoing = state.rooms.values().flat_map(|room| room.outgoing());
    outgoing.filter(|message| message.state == OutgoingState::Waiting).count()
}

#[cfg(test)]
mod tests {
    use igoon_shared::client::io::RoomView;

    use super::*;
    use crate::{
        messages::{Outage, ToPage},
        state::{Action, Route, testing},
    };

    const START: Timestamp = Timestamp(1_790_000_000_000);

    fn state(connection: Connection) -> AppState {
        AppState { connection, ..AppState::new(Route::Home) }
    }

    fn outage(next_try: Option<Timestamp>) -> Connection {
        Connection::Reconnecting(Outage { since: START, cause: Cause::Unanswered, next_try })
    }

    fn after(millis: i64) -> Timestamp {
        START.plus_millis(millis)
    }

    #[test]
    fn a_blip_is_not_worth_a_word() {
        let state = state(outage(None));
        assert_eq!(Banner::of(&state, after(0)), Banner::Quiet);
        assert_eq!(Banner::of(&state, after(1_999)), Banner::Quiet);
        let next = NextTry::Now;
        let lost = Banner::Lost { cause: Cause::Unanswered, since: START, next, waiting: 0 };
        assert_eq!(Banner::of(&state, after(2_000)), lost);
    }

    #[test]
    fn the_next_try_is_counted_down() {
        let state = state(outage(Some(after(10_000))));
        let next = |now| match Banner::of(&state, now) {
            Banner::Lost { next, .. } => next,
            other => panic!("{other:?}"),
        };
        assert_eq!(next(after(2_000)), NextTry::In(8));
        assert_eq!(next(after(2_001)), NextTry::In(8));
        assert_eq!(next(after(9_999)), NextTry::In(1));
        assert_eq!(next(after(10_000)), NextTry::Now);
        assert_eq!(next(after(60_000)), NextTry::Now, "a timer that is late");
    }

    #[test]
    fn what_waits_is_counted_in_all_rooms_and_what_was_refused_does_not_wait() {
        let mut state = state(outage(None));
        for (number, outgoing) in [OutgoingState::Waiting, OutgoingState::Waiting].into_iter().enumerate() {
            let number = u8::try_from(number).unwrap();
            state.act(Action::FromWorker(vec![ToPage::Outgoing(testing::outgoing(number, outgoing))]));
        }
        let Banner::Lost { waiting, .. } = Banner::of(&state, after(5_000)) else { panic!("not lost") };
        assert_eq!(waiting, 2);
    }

    #[test]
    fn catching_up_is_said_of_the_room_that_is_shown() {
        let mut state = state(Connection::Online);
        assert_eq!(Banner::of(&state, START), Banner::Quiet);
        state.act(Action::Routed(Route::Room(testing::ROOM)));
        let progress = Some(Progress { done: 3, of: 9 });
        let view = |standing| RoomView { standing, catching_up: progress, ..testing::room_view() };
        state.act(Action::FromWorker(vec![ToPage::Room(view(Standing::CatchingUp))]));
        assert_eq!(Banner::of(&state, START), Banner::CatchingUp(progress));
        state.act(Action::FromWorker(vec![ToPage::Room(view(Standing::Ready))]));
        assert_eq!(Banner::of(&state, START), Banner::Quiet);
    }

    #[test]
    fn that_rooms_rest_is_said_on_every_page_until_it_is_over() {
        let mut state = state(Connection::Online);
        let view = |log_rests_until| ToPage::Room(RoomView { log_rests_until, ..testing::room_view() });
        state.act(Action::FromWorker(vec![view(Some(after(60_000)))]));
        assert_eq!(Banner::of(&state, START), Banner::Resting(after(60_000)));
        state.act(Action::FromWorker(vec![view(None)]));
        assert_eq!(Banner::of(&state, START), Banner::Quiet);
    }

    #[test]
    fn numbers_alone_are_no_news() {
        let lost = |cause, seconds, waiting| Banner::Lost { cause, since: START, next: NextTry::In(seconds), waiting };
        assert!(lost(Cause::NoNetwork, 4, 1).says_the_same(&lost(Cause::NoNetwork, 3, 2)));
        assert!(!lost(Cause::NoNetwork, 4, 1).says_the_same(&lost(Cause::Unanswered, 4, 1)));
        assert!(!Banner::Quiet.says_the_same(&lost(Cause::NoNetwork, 4, 1)));
    }
}
