//! The server as its owner watches it: the last look, and whether it is still true.

use std::rc::Rc;

use crate::messages::{ActorLook, ServerLook, Trouble, WatchedActors};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// Which actors are wanted.
    pub watched: WatchedActors,
    /// The last look.
    pub look: Option<Rc<ServerLook>>,
    /// Why there is none after it.
    pub trouble: Option<Trouble>,
}

impl Server {
    /// Looks at these actors from now on.
    pub fn watch(&mut self, watched: WatchedActors) {
        self.watched = watched;
    }

    /// Those before and those after the actors of the last look, where there are any: what to watch then.
    #[must_use]
    pub fn pages(&self) -> (Option<WatchedActors>, Option<WatchedActors>) {
        let Some(look) = &self.look else { return (None, None) };
        let at = |offset| WatchedActors { kind: self.watched.kind.clone(), offset };
        let shown = look.watched.offset;
        let before = (shown > 0).then(|| at(shown.saturating_sub(WatchedActors::PORTION)));
        let next = shown + WatchedActors::PORTION;
        (before, (next < look.total).then(|| at(next)))
    }

    /// Takes an answer. One about actors that are not wanted any more comes too late.
    pub fn take(&mut self, look: Result<ServerLook, Trouble>) {
        match look {
            Ok(look) if look.watched != self.watched => {}
            Ok(look) => {
                self.look = Some(Rc::new(look));
                self.trouble = None;
            }
            Err(trouble) => self.trouble = Some(trouble),
        }
    }

    /// The actors of the last look that are wanted: until the next one comes, a list of all serves for each kind.
    #[must_use]
    pub fn actors(&self) -> Vec<&ActorLook> {
        let wanted = |actor: &&ActorLook| self.watched.kind.as_ref().is_none_or(|kind| *kind == actor.kind);
        self.look.iter().flat_map(|look| &look.actors).filter(wanted).collect()
    }
}

/// An id in few letters: what it begins and ends with.
#[must_use]
pub fn short(id: &str) -> String {
    const SHOWN: usize = 6;
    let (front, back) = (id.get(..SHOWN), id.len().checked_sub(SHOWN).and_then(|from| id.get(from..)));
    match (front, back) {
        (Some(front), Some(back)) if id.len() > 3 * SHOWN => format!("{front}…{back}"),
        _ => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{Connections, Overview, StoreLook, Sums};

    fn watched(kind: Option<&str>) -> WatchedActors {
        WatchedActors { kind: kind.map(str::to_owned), offset: 0 }
    }

    fn look(kind: Option<&str>, actors: &[&str]) -> ServerLook {
        let actor = |kind: &&str| ActorLook {
            kind: (*kind).to_owned(),
            id: format!("{kind}-1"),
            state: "active".to_owned(),
            depth: 0,
            bound: 1,
            handled: 2,
            errors: 0,
            uptime_ms: 3,
            since_progress_ms: 4,
        };
        ServerLook {
            watched: watched(kind),
            overview: Overview {
                version: String::new(),
                uptime_ms: 0,
                memory_bytes: None,
                connections: Connections { open: 0, waiting_bytes: 0 },
                total: Sums { actors: 0, depth: 0, handled: 0, errors: 0, died: 0 },
                kinds: Vec::new(),
                store: StoreLook { connected: true, commits: 0, last_commit_took_us: 0 },
            },
            total: actors.len(),
            actors: actors.iter().map(actor).collect(),
        }
    }

    fn kinds(server: &Server) -> Vec<&str> {
        server.actors().into_iter().map(|actor| actor.kind.as_str()).collect()
    }

    #[test]
    fn another_kind_is_shown_at_once_and_old_answers_are_not() {
        let mut server = Server::default();
        server.take(Ok(look(None, &["store", "room", "device"])));
        assert_eq!(kinds(&server), ["store", "room", "device"]);
        server.watch(watched(Some("room")));
        assert_eq!(kinds(&server), ["room"], "from the look at all");
        server.take(Ok(look(None, &["store"])));
        assert_eq!(kinds(&server), ["room"], "an answer to an earlier question");
        server.take(Ok(look(Some("room"), &["room", "room"])));
        assert_eq!(kinds(&server), ["room", "room"]);
    }

    #[test]
    fn a_long_list_has_pages() {
        let mut server = Server::default();
        let page = |offset| {
            let look = look(Some("device"), &["device"]);
            Ok(ServerLook { watched: WatchedActors { offset, ..watched(Some("device")) }, total: 250, ..look })
        };
        let offsets = |server: &Server| {
            let (before, after) = server.pages();
            (before.map(|watched| watched.offset), after.map(|watched| watched.offset))
        };
        assert_eq!(offsets(&server), (None, None));
        for (at, expected) in [(0, (None, Some(100))), (100, (Some(0), Some(200))), (200, (Some(100), None))] {
            server.watch(WatchedActors { offset: at, ..watched(Some("device")) });
            server.take(page(at));
            assert_eq!(offsets(&server), expected);
        }
    }

    #[test]
    fn what_was_seen_stays_while_the_server_does_not_answer() {
        let mut server = Server::default();
        server.take(Ok(look(None, &["room"])));
        server.take(Err(Trouble::Unreachable));
        assert_eq!((kinds(&server), server.trouble.clone()), (vec!["room"], Some(Trouble::Unreachable)));
        server.take(Ok(look(None, &["room"])));
        assert_eq!(server.trouble, None);
    }

    #[test]
    fn ids_are_shortened_in_the_middle() {
        assert_eq!(short("directory"), "directory");
        assert_eq!(short("q0mB3xTnYfVJw9s5kz1cLh8RdPuaGe4iOXbE7tQvM2A"), "q0mB3x…tQvM2A");
    }
}
