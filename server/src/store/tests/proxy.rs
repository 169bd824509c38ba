//! A network between the store and PostgreSQL that breaks where a test wants it to.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

/// PostgreSQL's simple query message for COMMIT.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    /// Carries everything.
    Works,
    /// Carries everything but the next COMMIT, and breaks there, once.
    LosesCommit,
    /// Carries the next COMMIT and not its answer, and breaks there, once.
    LosesAnswer,
    /// Is down: connections are broken, and new ones, too.
    Down,
}

#[derive(Clone)]
pub(super) struct Proxy {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    network: Network,
    open: Vec<TcpStream>,
}

impl Proxy {
    pub(super) fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { network: Network::Works, open: Vec::new() }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                accept(client.unwrap(), server, &shared);
            }
        });
        Self { address, state }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn set(&self, network: Network) {
        let mut state = self.state.lock().unwrap();
        state.network = network;
        if network == Network::Down {
            state.break_all();
        }
    }

    pub(super) fn network(&self) -> Network {
        self.state.lock().unwrap().network
    }
}

impl State {
    fn break_all(&mut self) {
        for stream in self.open.drain(..) {
            // It may be broken already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn accept(client: TcpStream, server: SocketAddr, state: &Arc<Mutex<State>>) {
    let mut locked = state.lock().unwrap();
    if locked.network == Network::Down {
        return;
    }
    let server = TcpStream::connect(server).unwrap();
    locked.open.extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
    let (from_client, to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let to_server_state = Arc::clone(state);
    std::thread::spawn(move || {
        carry(from_client, to_server, |bytes| {
            let mut state = to_server_state.lock().unwrap();
            if state.network == Network::LosesCommit && bytes.windows(COMMIT.len()).any(|part| part == COMMIT) {
                state.network = Network::Works;
                state.break_all();
                return false;
            }
            true
        })
    });
    let to_client_state = Arc::clone(state);
    std::thread::spawn(move || {
        carry(server, client, |bytes| {
            let mut state = to_client_state.lock().unwrap();
            // CommandComplete, with the tag COMMIT: the server has done it.
            if state.network == Network::LosesAnswer && bytes.windows(7).any(|part| part == b"COMMIT\0") {
                state.network = Network::Works;
                state.break_all();
                return false;
            }
            true
        })
    });
}

/// Carries bytes until either end closes, or `look` says so.
fn carry(mut from: TcpStream, mut to: TcpStream, look: impl Fn(&[u8]) -> bool) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if !look(&buffer[..count]) || to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
