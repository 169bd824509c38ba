//! The service that lies, before a real browser: it stands between it and the real server, as a proxy that whoever runs the server
//! could put there. Everything passes as it is, until a test has it tell a lie: change what the server says on the WebSocket or
//! answers to a request, put something else in a place of the stream, keep back what the browser sends.
//!
//! Who talks to the real server directly is told no lie, and so sees what the browser really does.

mod http;
mod socket;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use igoon_shared::{
    ids::Seq,
    protocol::{
        codec,
        frames::{ClientFrame, ServerFrame, StreamContent, StreamItem},
    },
};
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    task::JoinHandle,
};

use self::http::Asked;
use crate::{sent::Sent, wait};

/// What the browser gave to the server, or would have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A frame.
    Frame(ClientFrame),
    /// A request that changes something: its path.
    Request(String),
    /// A question: its path.
    Question(String),
}

/// Changes a frame of the server's: to one, none or many.
type Tells = Box<dyn FnMut(ServerFrame) -> Vec<ServerFrame> + Send>;
/// Answers a frame of the browser's in the server's place, which does not get it.
type Takes = Box<dyn FnMut(&ClientFrame) -> Option<Vec<ServerFrame>> + Send>;
/// Answers a request of the browser's in the server's place, which does not get it.
type Pretends = Box<dyn FnMut(&str, &[u8]) -> Option<Vec<u8>> + Send>;
/// Changes an answer of the server's.
type Answers = Box<dyn FnMut(&str, Vec<u8>) -> Vec<u8> + Send>;

/// See the module. Dropped, it is gone.
pub struct Liar {
    port: u16,
    lies: Arc<Mutex<Lies>>,
    open: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// What it says and does, and what it has seen.
struct Lies {
    target: u16,
    tells: Tells,
    takes: Takes,
    pretends: Pretends,
    answers: Answers,
    instead: BTreeMap<Seq, StreamContent>,
    compresses: bool,
    passed: BTreeMap<Seq, StreamItem>,
    heard: Vec<Heard>,
    sent: Sent,
    /// To the browser's present WebSocket.
    line: Option<mpsc::UnboundedSender<ServerFrame>>,
}

impl Liar {
    /// Starts one that leads nowhere yet, since a server wants to know its address first.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let lies = Arc::new(Mutex::new(Lies::none()));
        let (open, opened) = watch::channel(true);
        let task = tokio::spawn(accept(listener, Arc::clone(&lies), opened));
        Self { port, lies, open, task }
    }

    /// Leads to this port of this machine.
    pub fn lead_to(&self, port: u16) {
        self.lies.lock().unwrap().target = port;
    }

    /// Where browsers find it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on the browser is told this of what the server says on the WebSocket.
    pub fn tells(&self, tells: impl FnMut(ServerFrame) -> Vec<ServerFrame> + Send + 'static) {
        self.lies.lock().unwrap().tells = Box::new(tells);
    }

    /// From now on the frames of the browser's for which this gives something do not reach the server: it is told this instead.
    pub fn takes(&self, takes: impl FnMut(&ClientFrame) -> Option<Vec<ServerFrame>> + Send + 'static) {
        self.lies.lock().unwrap().takes = Box::new(takes);
    }

    /// From now on the requests of the browser's (path and body) for which this gives a body do not reach the server: they are
    /// answered with it.
    pub fn pretends(&self, pretends: impl FnMut(&str, &[u8]) -> Option<Vec<u8>> + Send + 'static) {
        self.lies.lock().unwrap().pretends = Box::new(pretends);
    }

    /// From now on the answers to requests whose path ends so are changed by this.
    pub fn answers<T: Serialize + DeserializeOwned>(
        &self,
        path: &'static str,
        mut change: impl FnMut(&mut T) + Send + 'static,
    ) {
        self.lies.lock().unwrap().answers = Box::new(move |asked, body| {
            if !asked.split('?').next().is_some_and(|asked| asked.ends_with(path)) {
                return body;
            }
            let mut answer: T = serde_json::from_slice(&body).unwrap();
            change(&mut answer);
            serde_json::to_vec(&answer).unwrap()
        });
    }

    /// The next places of the stream hold these, whenever the browser asks for them. The room is at rest.
    pub fn shows_next(&self, contents: impl IntoIterator<Item = StreamContent>) {
        let mut lies = self.lies.lock().unwrap();
        let mut seq = lies.passed.last_key_value().map_or(Seq(0), |(seq, _)| *seq);
        for content in contents {
            seq = seq.next();
            lies.instead.insert(seq, content);
        }
    }

    /// Answers WebSockets as one that compresses.
    pub fn compresses(&self, compresses: bool) {
        self.lies.lock().unwrap().compresses = compresses;
    }

    /// Tells no lies any more.
    pub fn be_honest(&self) {
        let mut lies = self.lies.lock().unwrap();
        let honest = Lies::none();
        (lies.tells, lies.takes, lies.pretends, lies.answers) =
            (honest.tells, honest.takes, honest.pretends, honest.answers);
        lies.instead.clear();
        lies.compresses = false;
    }

    /// Says this to the browser, which is connected.
    pub fn says(&self, frame: ServerFrame) {
        self.lies.lock().unwrap().line.as_ref().expect("a connection").send(frame).expect("a connection");
    }

    /// Ends the browser's WebSocket, and lets it have no other one.
    pub fn cut(&self) {
        self.open.send_replace(false);
    }

    /// Lets the browser connect again.
    pub fn mend(&self) {
        self.open.send_replace(true);
    }

    /// What the server said of the stream, by place, whatever the browser was shown.
    #[must_use]
    pub fn passed(&self) -> BTreeMap<Seq, StreamItem> {
        self.lies.lock().unwrap().passed.clone()
    }

    /// Waits until the server has said so much of the stream.
    pub async fn until_passed(&self, seq: Seq) -> StreamItem {
        wait::until(&format!("the place {seq:?} to pass"), async || self.passed().get(&seq).cloned()).await
    }

    /// What the browser gave before is forgotten.
    pub fn listens(&self) {
        self.lies.lock().unwrap().heard.clear();
    }

    /// What the browser gave since it listens.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.lies.lock().unwrap().heard.clone()
    }

    /// All that the browser ever gave.
    #[must_use]
    pub fn sent(&self) -> Sent {
        self.lies.lock().unwrap().sent.clone()
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.cut();
        self.task.abort();
    }
}

impl Lies {
    fn none() -> Self {
        Self {
            target: 0,
            tells: Box::new(|frame| vec![frame]),
            takes: Box::new(|_| None),
            pretends: Box::new(|_, _| None),
            answers: Box::new(|_, body| body),
            instead: BTreeMap::new(),
            compresses: false,
            passed: BTreeMap::new(),
            heard: Vec::new(),
            sent: Sent::default(),
            line: None,
        }
    }

    /// The server says this: what the browser is told.
    fn down(&mut self, bytes: &[u8]) -> Vec<ServerFrame> {
        let mut frame: ServerFrame = codec::decode(bytes).unwrap();
        match &mut frame {
            ServerFrame::Page(page) => page.items.iter_mut().for_each(|item| self.pass(item)),
            ServerFrame::Item(item) => self.pass(&mut item.item),
            _ => {}
        }
        (self.tells)(frame)
    }

    fn pass(&mut self, item: &mut StreamItem) {
        self.passed.insert(item.seq, item.clone());
        if let Some(content) = self.instead.get(&item.seq) {
            item.content = content.clone();
        }
    }

    /// The browser says this: what it is told in the server's place, if anything is.
    fn up(&mut self, bytes: &[u8]) -> Option<Vec<ServerFrame>> {
        let frame: ClientFrame = codec::decode(bytes).unwrap();
        self.sent.goes(bytes);
        let told = (self.takes)(&frame);
        self.heard.push(Heard::Frame(frame));
        told
    }

    /// The browser asks this: what it is answered in the server's place, if it is.
    fn asked(&mut self, asked: &Asked) -> Option<Vec<u8>> {
        self.sent.goes(&asked.body);
        let path = asked.path.clone();
        self.heard.push(if asked.method == "GET" { Heard::Question(path) } else { Heard::Request(path) });
        (self.pretends)(&asked.path, &asked.body)
    }
}

async fn accept(listener: TcpListener, lies: Arc<Mutex<Lies>>, open: watch::Receiver<bool>) {
    while let Ok((near, _)) = listener.accept().await {
        tokio::spawn(carry(near, Arc::clone(&lies), open.clone()));
    }
}

/// One connection of the browser's: a request, or a WebSocket.
async fn carry(mut near: TcpStream, lies: Arc<Mutex<Lies>>, open: watch::Receiver<bool>) -> std::io::Result<()> {
    let Some(asked) = Asked::read(&mut near).await? else { return Ok(()) };
    if asked.header("upgrade").is_some() {
        socket::carry(near, asked, &lies, open).await;
        return Ok(());
    }
    http::carry(near, asked, &lies).await
}
