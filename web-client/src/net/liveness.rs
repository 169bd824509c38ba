//! Whether the other side of an open connection is still there. A cable that was pulled or a computer that slept leaves a
//! connection open that carries nothing; a browser does not tell a page of WebSocket's own pings (RFC 6455, section 5.5.2),
//! so after a silence it is asked by a frame of the protocol, and whatever comes then is an answer.

use igoon_shared::time::Timestamp;

/// After so long without a frame the other side is asked, in milliseconds.
const ASK_AFTER_MS: i64 = 25_000;
/// It has so long to answer, in milliseconds.
const ANSWER_WITHIN_MS: i64 = 10_000;
/// It has so long where there is reason to doubt it, in milliseconds.
const IN_DOUBT_MS: i64 = 4_000;
/// A look that comes so much later than it should, in milliseconds: the computer slept, or the browser held the page. What
/// was sent to it meanwhile has yet to be read.
const OVERSLEPT_MS: i64 = 3_000;

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Look again in so many milliseconds.
    Wait(u32),
    /// Ask, and look again in so many milliseconds.
    Ask(u32),
    /// The connection is dead.
    Dead,
}

/// See the module. Times are the browser's clock, which may be set at any time.
#[derive(Clone, Copy, Debug)]
pub struct Liveness {
    heard_at: Timestamp,
    asked: Option<Asked>,
    /// When the next look should come.
    due: Timestamp,
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    at: Timestamp,
    within_ms: i64,
}

impl Liveness {
    /// Of a connection that was opened now.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { heard_at: now, asked: None, due: now.plus_millis(ASK_AFTER_MS) }
    }

    /// A frame came.
    pub fn heard(&mut self, now: Timestamp) {
        self.heard_at = now;
        self.asked = None;
    }

    /// There is reason to doubt: somebody came back to the page, the network was away.
    pub fn doubt(&mut self, now: Timestamp) -> Look {
        match self.asked {
            Some(asked) if asked.within_ms <= IN_DOUBT_MS => self.look(now),
            _ => self.ask(now, IN_DOUBT_MS),
        }
    }

    /// A look at it, when the last one said.
    pub fn look(&mut self, now: Timestamp) -> Look {
        let late = now.millis_since(self.due) >= OVERSLEPT_MS;
        match self.asked {
            Some(asked) => match left(asked.at, asked.within_ms, now) {
                Some(left) => self.wait(now, left),
                None if late => self.ask(now, IN_DOUBT_MS),
                None => Look::Dead,
            },
            None => match left(self.heard_at, ASK_AFTER_MS, now) {
                Some(left) => self.wait(now, left),
                None => self.ask(now, if late { IN_DOUBT_MS } else { ANSWER_WITHIN_MS }),
            },
        }
    }

    fn ask(&mut self, now: Timestamp, within_ms: i64) -> Look {
        self.asked = Some(Asked { at: now, within_ms });
        self.due = now.plus_millis(within_ms);
        Look::Ask(millis(within_ms))
    }

    fn wait(&mut self, now: Timestamp, left: i64) -> Look {
        self.due = now.plus_millis(left);
        Look::Wait(millis(left))
    }
}

/// How much is left of `within_ms` since a moment; nothing, too, where the clock was set back.
fn left(since: Timestamp, within_ms: i64, now: Timestamp) -> Option<i64> {
    let passed = now.millis_since(since);
    (0..within_ms).contains(&passed).then(|| within_ms - passed)
}

fn millis(wait: i64) -> u32 {
    u32::try_from(wait).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_790_000_000_000);

    fn after(millis: i64) -> Timestamp {
        START.plus_millis(millis)
    }

    #[test]
    fn silence_is_asked_about_and_then_is_death_within_35_seconds() {
        let mut alive = Liveness::new(START);
        assert_eq!(alive.look(after(10_000)), Look::Wait(15_000));
        assert_eq!(alive.look(after(25_000)), Look::Ask(10_000));
        assert_eq!(alive.look(after(30_000)), Look::Wait(5_000));
        assert_eq!(alive.look(after(35_000)), Look::Dead);
    }

    #[test]
    fn any_frame_is_a_sign_of_life() {
        let mut alive = Liveness::new(START);
        assert_eq!(alive.look(after(25_000)), Look::Ask(10_000));
        alive.heard(after(34_000));
        assert_eq!(alive.look(after(35_000)), Look::Wait(24_000));
        assert_eq!(alive.look(after(59_000)), Look::Ask(10_000));
    }

    #[test]
    fn whoever_comes_back_knows_within_4_seconds() {
        let mut alive = Liveness::new(START);
        assert_eq!(alive.doubt(after(1_000)), Look::Ask(4_000));
        assert_eq!(alive.doubt(after(2_000)), Look::Wait(3_000), "asked already");
        assert_eq!(alive.look(after(5_000)), Look::Dead);
    }

    #[test]
    fn doubt_shortens_a_wait_that_has_begun() {
        let mut alive = Liveness::new(START);
        assert_eq!(alive.look(after(25_000)), Look::Ask(10_000));
        assert_eq!(alive.doubt(after(26_000)), Look::Ask(4_000));
        assert_eq!(alive.look(after(30_000)), Look::Dead);
    }

    #[test]
    fn a_computer_that_slept_asks_before_it_despairs() {
        let mut alive = Liveness::new(START);
        assert_eq!(alive.look(after(25_000)), Look::Ask(10_000));
        let woken = 3_600_000;
        assert_eq!(alive.look(after(woken)), Look::Ask(4_000), "the answer may lie there unread");
        assert_eq!(alive.look(after(woken + 4_000)), Look::Dead);
    }

    #[test]
    fn a_clock_that_is_set_neither_kills_nor_keeps() {
        let mut alive = Liveness::new(START);
        assert_eq!(alive.look(after(-3_600_000)), Look::Ask(10_000));
        assert_eq!(alive.look(after(-3_590_000)), Look::Dead);
    }
}
