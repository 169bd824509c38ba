//! What the server says about itself, and what its owner sees of it. The shapes of the latter are those of its own answers, read as they come: `/admin/overview`
//! and `/admin/actors`. Kinds and states stay words, so that a newer server's can be shown, too.

use serde::{Deserialize, Serialize};

/// What the server says about itself to anybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutServer {
    /// The program's version.
    pub version: String,
    /// It sends no mail: codes stand on its terminal.
    pub mail_to_folder: bool,
    /// Days after its last use that a session ends.
    pub session_days: u32,
    /// Whom to ask: an e-mail address, or the address of a page.
    pub contact: Option<String>,
}

/// Which actors are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedActors {
    /// Those of this kind alone.
    pub kind: Option<String>,
    /// From this place in the list on.
    pub offset: usize,
}

impl WatchedActors {
    /// So many are looked at at a time.
    pub const PORTION: usize = 100;
}

/// A look at the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerLook {
    /// Which actors were asked for.
    pub watched: WatchedActors,
    /// All at a glance.
    pub overview: Overview,
    /// How many actors there are of what was asked for.
    pub total: usize,
    /// The first of them.
    pub actors: Vec<ActorLook>,
}

/// All at a glance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The program's version.
    pub version: String,
    /// Milliseconds since the server was started.
    pub uptime_ms: u64,
    /// What the process has in memory, where its system tells.
    pub memory_bytes: Option<u64>,
    /// The open connections.
    pub connections: Connections,
    /// All actors together.
    pub total: Sums,
    /// The same by kind.
    pub kinds: Vec<KindLook>,
    /// The store.
    pub store: StoreLook,
}

/// The open connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connections {
    /// How many.
    pub open: u64,
    /// Bytes handed to them and not taken yet.
    pub waiting_bytes: u64,
}

/// All actors together, from the start of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Actors that live.
    pub actors: u64,
    /// Messages that wait.
    pub depth: u64,
    /// Messages handled.
    pub handled: u64,
    /// Errors logged.
    pub errors: u64,
    /// Actors that ended by a panic.
    pub died: u64,
}

/// A kind of actors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindLook {
    /// Its name.
    pub kind: String,
    /// How many of it live.
    pub actors: u64,
}

/// What is particular about the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreLook {
    /// It can write.
    pub connected: bool,
    /// Transactions committed.
    pub commits: u64,
    /// How long the last one took, in microseconds.
    pub last_commit_took_us: u64,
}

/// One actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorLook {
    /// What it is.
    pub kind: String,
    /// Which: a room's or device's id, or the kind's name where there is only one.
    pub id: String,
    /// What it was doing after its last message.
    pub state: String,
    /// Messages that wait.
    pub depth: u64,
    /// How many may.
    pub bound: u64,
    /// Messages handled.
    pub handled: u64,
    /// Errors logged.
    pub errors: u64,
    /// Milliseconds since it was started.
    pub uptime_ms: u64,
    /// Milliseconds since it last had handled a message.
    pub since_progress_ms: u64,
}

#[cfg(test)]
mod tests {
    use igoon_shared::protocol::json;

    use super::*;

    #[test]
    fn the_servers_own_answers_can_be_read() {
        let actor = r#"{"kind":"room","id":"AAAA","state":"active","depth":1,"bound":512,"handled":7,"errors":0,
            "uptime_ms":12000,"since_progress_ms":40,"not_thought_of_yet":true}"#;
        let actor: ActorLook = json::read(actor.as_bytes()).unwrap();
        assert_eq!((actor.kind.as_str(), actor.depth, actor.bound), ("room", 1, 512));
        let overview = r#"{"version":"0.1.0","uptime_ms":5,"memory_bytes":null,"connections":{"open":2,"waiting_bytes":0},
            "total":{"actors":1,"depth":0,"handled":3,"errors":0,"died":0},
            "kinds":[{"kind":"room","actors":1,"depth":0,"deepest":0,"bound":512,"handled":3,"errors":0,"died":0}],
            "store":{"connected":true,"queue_depth":0,"queue_bound":8,"queue_bytes":0,"queue_bytes_bound":9,"commits":4,
            "rows":2,"failures":0,"since_last_commit_ms":1,"last_commit_took_us":900}}"#;
        let overview: Overview = json::read(overview.as_bytes()).unwrap();
        assert_eq!((overview.memory_bytes, overview.store.commits), (None, 4));
    }
}
