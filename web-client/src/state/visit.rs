//! One stay in a room: which message was the first new one, and when its reader is taken there.

use igoon_shared::ids::Seq;

/// How a room stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// All that there is has come.
    pub ready: bool,
    /// The first message of others that was not looked at.
    pub unread: Option<Seq>,
    /// Somebody can see the page.
    pub visible: bool,
    /// The reader is at the end.
    pub at_end: bool,
}

/// See the module. The first new message stays the same until the room is left, unless everything was read and more came
/// while nobody looked.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    new: Option<Seq>,
    begun: bool,
    /// The room was ready once.
    ready: bool,
    unread: Option<Seq>,
    /// New ones came while nobody looked, and nobody has looked since.
    away: bool,
}

impl Visit {
    /// The first message that was new.
    #[must_use]
    pub const fn first_new(&self) -> Option<Seq> {
        self.new
    }

    /// Takes how the room stands; whether its reader is to be taken to the first new message.
    pub fn look(&mut self, now: Moment) -> bool {
        let before = self.clone();
        self.begun = true;
        self.ready |= now.ready;
        self.unread = now.unread;
        self.away &= !now.visible;
        let caught_up = self.ready && !before.ready && before.new.is_none() && now.at_end;
        let missed = self.ready && !now.visible && before.unread.is_none();
        if now.unread.is_some() && (!before.begun || caught_up || missed) {
            self.new = now.unread;
            self.away = !now.visible;
            return true;
        }
        self.away
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Moment = Moment { ready: true, unread: None, visible: true, at_end: true };

    fn unread(seq: u64, moment: Moment) -> Moment {
        Moment { unread: Some(Seq(seq)), ..moment }
    }

    #[test]
    fn what_was_new_at_first_stays_so() {
        let mut visit = Visit::default();
        assert!(visit.look(unread(5, OPEN)));
        assert!(!visit.look(unread(7, OPEN)) && !visit.look(OPEN) && !visit.look(unread(9, OPEN)));
        assert_eq!(visit.first_new(), Some(Seq(5)));
        let mut visit = Visit::default();
        assert!(!visit.look(OPEN) && !visit.look(unread(9, OPEN)), "it is seen coming");
        assert_eq!(visit.first_new(), None);
    }

    #[test]
    fn what_came_while_the_page_was_closed_is_new_when_it_has_come() {
        let coming = Moment { ready: false, ..OPEN };
        let mut visit = Visit::default();
        assert!(!visit.look(coming) && !visit.look(unread(5, coming)));
        assert!(visit.look(unread(5, OPEN)));
        assert_eq!(visit.first_new(), Some(Seq(5)));
        // Whoever went elsewhere meanwhile is left there.
        let mut visit = Visit::default();
        assert!(!visit.look(coming) && !visit.look(unread(5, Moment { at_end: false, ..OPEN })));
    }

    #[test]
    fn what_came_while_nobody_looked_is_new_until_somebody_does() {
        let hidden = Moment { visible: false, ..OPEN };
        let mut visit = Visit::default();
        assert!(!visit.look(OPEN) && !visit.look(hidden));
        assert!(visit.look(unread(8, hidden)) && visit.look(unread(8, hidden)));
        assert!(!visit.look(unread(8, OPEN)));
        assert_eq!(visit.first_new(), Some(Seq(8)));
    }
}
