//! The core at work: owns it, carries out its effects in order, keeps its connection, ticks it in time.
//!
//! Signals that wait together are carried out together: what they save goes into one transaction, which takes as long for
//! a hundred records as for one, and all else follows it. Saving earlier than asked is safe: it is never sending earlier.

use std::{pin::pin, rc::Rc};

use futures_util::future::{self, Either};
use gloo_timers::{callback::Timeout, future::TimeoutFuture};
use igoon_shared::{
    client::{
        Answer, Client, Command, Effect, Event, Input, Request, RequestId,
        io::{ApprovalsView, Method},
        records::RecordError,
    },
    crypto::bundle::SignedBundle,
    ids::{DeviceId, RoomId, Seq},
    protocol::{
        codec,
        error::{ErrorCode, SessionEnd},
        frames::{ClientFrame, Ping},
        http::{Me, MoveDevice, RegisterDevice, SecretText, SessionTransport},
    },
    wrapper::Computer,
};
use wasm_bindgen_futures::spawn_local;
use zeroize::Zeroizing;

use super::{
    Host, Signal,
    history::Given,
    keys, scope,
    shown::{keep_last_views, shown},
    vault::{Vault, VaultError},
};
use crate::{
    messages::{Cause, Connection, HistoryWish, Outage, ToPage},
    net::{
        account,
        link::{Link, LinkNews, PATIENCE_MS},
        requests::{self, CallError},
        server,
        socket::Wire,
    },
};

/// A deadline that has passed is waited for at least so long, in milliseconds, lest the core be ticked without end.
const SHORTEST_TICK_MS: i64 = 50;
/// The longest wait for a tick, in milliseconds: the computer may sleep and wake, its clock may be set.
const LONGEST_TICK_MS: i64 = 60_000;

/// The service closes a socket with this code when its session has ended.
const SIGNED_OUT: u16 = 4401;

/// What concerns one run of the core.
pub(super) enum RunSignal {
    /// The connection says so.
    Link(LinkNews),
    /// A request of the core ended.
    Answer(RequestId, Answer),
    /// What was looked at before a socket is opened.
    Admitted(Result<Admission, CallError>),
    /// Stored messages of a room, from a place on, that the core wanted.
    Loaded(RoomId, Seq, Vec<(String, Vec<u8>)>),
    /// The pair that the core wanted, if it could be made.
    RsaPair(Option<Zeroizing<Vec<u8>>>),
    /// The core's deadline came.
    Tick,
}

/// What a socket is opened with.
pub(super) struct Admission {
    /// Who is signed in, if that was asked.
    me: Option<Me>,
    /// Where no cookie lets in.
    ticket: Option<SecretText>,
}

/// Why the core cannot go on as it is.
pub(super) enum Stop {
    /// The session ended, and why, if the service says so.
    NotSignedIn(Option<SessionEnd>),
    /// The account has this handle now: it was changed on another computer.
    Renamed(String),
}

/// See the module.
pub(super) struct Running {
    host: Host,
    /// Signals of other runs are not for this one.
    number: u32,
    vault: Rc<Vault>,
    client: Client,
    link: Link,
    connection: Connection,
    /// The browser says that this computer has a network.
    network: bool,
    /// The last socket that was opened would have been compressed.
    compressed: bool,
    /// What a socket is opened with is being asked for.
    admitting: bool,
    /// The session must be looked at before the next socket: the last one was never opened, or there was none.
    check_first: bool,
    tick: Option<Timeout>,
    /// What is to be done for the signals taken since the last [`Running::settle`].
    effects: Vec<Effect>,
    /// The page's wishes for stored messages since then.
    wishes: Vec<(RoomId, HistoryWish)>,
    given: Given,
    /// What was written since the last [`Running::settle`]: it goes back to the page if it cannot be saved.
    unsaved: Vec<(RoomId, String)>,
}

impl Running {
    /// Takes the core as it was opened, and begins to connect.
    pub(super) async fn start(
        host: Host,
        number: u32,
        vault: Rc<Vault>,
        opened: (Client, Vec<Effect>),
    ) -> Result<Self, VaultError> {
        let told = host.clone();
        let link = Link::new(
            Rc::new(move |news| told.signal(Signal::Run(number, RunSignal::Link(news)))),
            codec::encode(&ClientFrame::Ping(Ping {})),
        );
        let (client, effects) = opened;
        let connection = Connection::Connecting;
        let check_first = true;
        let (network, admitting, tick) = (scope::has_network(), false, None);
        let mut running = Self {
            host,
            number,
            vault,
            client,
            link,
            connection,
            network,
            compressed: false,
            admitting,
            check_first,
            tick,
            effects,
            wishes: Vec::new(),
            given: Given::default(),
            unsaved: Vec::new(),
        };
        // What a core before this one was asked counts no more.
        let nobody_asks = ToPage::Approvals(ApprovalsView::default());
        running.host.show(vec![ToPage::Connection(connection), nobody_asks]);
        running.feed(Input::Tick);
        running.settle().await?;
        running.try_now();
        Ok(running)
    }

    /// Opens the core from its records.
    pub(super) fn open(
        identity: igoon_shared::client::Identity,
        records: Vec<(String, Vec<u8>)>,
    ) -> Result<(Client, Vec<Effect>), RecordError> {
        Client::open(identity, records, scope::now())
    }

    /// The core.
    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    pub(super) const fn is(&self, number: u32) -> bool {
        self.number == number
    }

    /// What was written and could not be saved.
    pub(super) fn unsaved(&mut self) -> Vec<ToPage> {
        std::mem::take(&mut self.unsaved).into_iter().map(|(room, text)| ToPage::Unsaved { room, text }).collect()
    }

    /// How the connection is, as the page was told.
    pub(super) const fn connection(&self) -> Connection {
        self.connection
    }

    /// Takes a command; [`Running::settle`] carries it out.
    pub(super) fn command(&mut self, command: Command) {
        if let Command::Send { room, text } = &command {
            self.unsaved.push((*room, text.clone()));
        }
        self.feed(Input::Command(command));
    }

    /// Takes a signal; [`Running::settle`] carries out what follows from it.
    pub(super) fn take(&mut self, signal: RunSignal) -> Result<(), Stop> {
        match signal {
            RunSignal::Link(LinkNews::TryNow) => self.try_now(),
            RunSignal::Link(LinkNews::Wire(number, wire)) if self.link.is_current(number) => self.wire(wire),
            RunSignal::Link(LinkNews::Look(number)) if self.link.is_current(number) => {
                if self.link.look(scope::now()) {
                    self.lost();
                }
            }
            RunSignal::Link(LinkNews::Wire(..) | LinkNews::Look(_)) => {}
            RunSignal::Answer(request, answer) => self.feed(Input::Answer { request, answer }),
            RunSignal::Admitted(admitted) => return self.admitted(admitted),
            RunSignal::Loaded(room, first, records) => self.feed(Input::Loaded { room, first, records }),
            RunSignal::RsaPair(pair) => self.feed(Input::RsaPair(pair)),
            RunSignal::Tick => self.feed(Input::Tick),
        }
        Ok(())
    }

    /// The browser found or lost the network. It may be wrong, so it only changes when the next try is.
    pub(super) fn network(&mut self, online: bool) {
        self.network = online;
        if online {
            self.awake();
        } else if self.link.is_open() {
            self.lost();
        } else {
            self.tell_connection();
        }
    }

    /// Something in the surroundings changed, or somebody looks: what is open is doubted, what waits is tried.
    pub(super) fn awake(&mut self) {
        if self.link.is_open() {
            self.link.doubt(scope::now());
        } else {
            self.link.begin_anew();
            self.try_now();
        }
    }

    /// Tries to connect without waiting, unless there is a connection or a try under way.
    pub(super) fn try_now(&mut self) {
        if self.link.is_open() || self.link.is_opening() || self.admitting {
            return;
        }
        let by_cookie = server::transport() == SessionTransport::Cookie;
        if by_cookie && !self.check_first {
            self.link.connect(None, scope::now());
            self.tell_connection();
            return;
        }
        self.admitting = true;
        self.link.tries();
        self.tell_connection();
        let (host, number, check_first) = (self.host.clone(), self.number, self.check_first);
        let bundle = self.client.identity().bundle();
        let (signed, device) = (bundle.signed().clone(), bundle.device());
        let name = self.client.identity().device_name().to_owned();
        spawn_local(async move {
            let admitting = pin!(async {
                let me = if check_first { Some(check(signed, device, name, &host.computer).await?) } else { None };
                let ticket = if by_cookie { None } else { Some(account::socket_ticket().await?.ticket) };
                Ok(Admission { me, ticket })
            });
            let admitted = match future::select(admitting, TimeoutFuture::new(PATIENCE_MS)).await {
                Either::Left((admitted, _)) => admitted,
                Either::Right(_) => Err(CallError::Unreachable),
            };
            host.signal(Signal::Run(number, RunSignal::Admitted(admitted)));
        });
    }

    fn admitted(&mut self, admitted: Result<Admission, CallError>) -> Result<(), Stop> {
        self.admitting = false;
        let identity = self.client.identity();
        match admitted {
            Ok(Admission { me: Some(me), .. }) if me.account != identity.account() => {
                return Err(Stop::NotSignedIn(None));
            }
            Ok(Admission { me: Some(me), .. }) if me.handle != identity.handle() => {
                return Err(Stop::Renamed(me.handle));
            }
            Ok(Admission { ticket, .. }) => {
                self.check_first = false;
                self.link.connect(ticket.as_ref(), scope::now());
                self.tell_connection();
            }
            Err(error) if error.code() == Some(ErrorCode::NotSignedIn) => {
                return Err(Stop::NotSignedIn(error.session_end()));
            }
            Err(_) => {
                self.link.try_later(scope::now());
                self.tell_outage();
            }
        }
        Ok(())
    }

    fn wire(&mut self, wire: Wire) {
        match wire {
            Wire::Compressed => {
                self.compressed = true;
                self.lost();
            }
            Wire::Opened => {
                self.compressed = false;
                self.link.opened(scope::now());
                self.tell(Connection::Online);
                self.feed(Input::Connected);
            }
            Wire::Frame(frame) => {
                self.link.heard(scope::now());
                self.feed(Input::Frame(frame));
            }
            Wire::Closed(code) => {
                self.lost();
                if code == SIGNED_OUT {
                    self.check_first = true;
                    self.try_now();
                }
            }
        }
    }

    fn lost(&mut self) {
        let was_open = self.link.lost(scope::now());
        // A socket that was refused may mean that the session ended; a browser does not say.
        self.check_first = !was_open;
        self.tell_outage();
        if was_open {
            self.feed(Input::Disconnected);
        }
    }

    /// There is no connection: since now, unless since before.
    fn tell_outage(&mut self) {
        let since = match self.connection {
            Connection::Reconnecting(outage) => outage.since,
            Connection::Connecting | Connection::Online => scope::now(),
        };
        let cause = match (self.network, self.compressed) {
            (false, _) => Cause::NoNetwork,
            (true, true) => Cause::Compressed,
            (true, false) => Cause::Unanswered,
        };
        self.tell(Connection::Reconnecting(Outage { since, cause, next_try: self.link.next_try() }));
    }

    /// Something about the outage changed, if there is one.
    fn tell_connection(&mut self) {
        if matches!(self.connection, Connection::Reconnecting(_)) {
            self.tell_outage();
        }
    }

    fn tell(&mut self, connection: Connection) {
        if self.connection != connection {
            self.connection = connection;
            self.host.show(vec![ToPage::Connection(connection)]);
        }
    }

    fn feed(&mut self, input: Input) {
        self.effects.extend(self.client.handle(scope::now(), input));
    }

    /// Carries out what the signals taken so far ask for: saves all of it, then sends and shows, in order.
    ///
    /// # Errors
    /// Nothing can be saved, so nothing may be sent.
    pub(super) async fn settle(&mut self) -> Result<(), VaultError> {
        let mut changes = Vec::new();
        let mut others = Vec::new();
        for effect in std::mem::take(&mut self.effects) {
            match effect {
                Effect::Save(more) => changes.extend(more),
                other => others.push(other),
            }
        }
        if !changes.is_empty() {
            self.vault.save(changes).await?;
        }
        self.unsaved.clear();
        let mut news = self.read_history().await?;
        for effect in others {
            match effect {
                Effect::Save(_) => {}
                Effect::Notify(Event::Reread(message)) if !self.given.has(&message) => {}
                Effect::Notify(event) => {
                    if let Event::Message(message) = &event {
                        self.given.came(message);
                    }
                    news.extend(shown(event));
                }
                Effect::Transmit(frame) => self.link.send(&frame),
                Effect::Request(request) => self.request(request),
                Effect::MakeRsaPair => self.make_rsa_pair(),
                Effect::Load { room, first, last } => {
                    let loaded = RunSignal::Loaded(room, first, self.vault.messages(room, first, last).await?);
                    self.host.signal(Signal::Run(self.number, loaded));
                }
            }
        }
        keep_last_views(&mut news);
        self.host.show(news);
        self.set_tick();
        Ok(())
    }

    /// Takes a wish for stored messages; [`Running::settle`] answers it, with all in them that is stored by then.
    pub(super) fn history(&mut self, room: RoomId, wish: HistoryWish) {
        self.wishes.push((room, wish));
    }

    async fn read_history(&mut self) -> Result<Vec<ToPage>, VaultError> {
        let mut pages = Vec::new();
        for (room, wish) in std::mem::take(&mut self.wishes) {
            let portion = self.vault.portion(room, wish).await?;
            let page = portion.page(room, wish, |key, value| self.client.read_message(key, value));
            self.given.note(&page);
            pages.push(ToPage::History(page));
        }
        Ok(pages)
    }

    fn request(&self, request: Request) {
        let (host, number) = (self.host.clone(), self.number);
        spawn_local(async move {
            let method = match request.method {
                Method::Get => "GET",
                Method::Post => "POST",
                Method::Put => "PUT",
                Method::Delete => "DELETE",
            };
            let answer = match requests::send(method, &request.path, request.body.as_deref()).await {
                Ok(reply) => Answer::Response { status: reply.status, body: reply.body },
                Err(_) => Answer::Unreachable,
            };
            host.signal(Signal::Run(number, RunSignal::Answer(request.id, answer)));
        });
    }

    fn make_rsa_pair(&self) {
        let (host, number) = (self.host.clone(), self.number);
        spawn_local(async move {
            let pair = RunSignal::RsaPair(keys::rsa_pkcs8().await.ok());
            host.signal(Signal::Run(number, pair));
        });
    }

    fn set_tick(&mut self) {
        self.tick = self.client.next_deadline().map(|deadline| {
            let wait = deadline.millis_since(scope::now()).clamp(SHORTEST_TICK_MS, LONGEST_TICK_MS);
            let (host, number) = (self.host.clone(), self.number);
            Timeout::new(u32::try_from(wait).unwrap_or(u32::MAX), move || {
                host.signal(Signal::Run(number, RunSignal::Tick));
            })
        });
    }
}

/// Whether the session holds and speaks for this device; registers the device if it does not. The service knows then where
/// it listens.
async fn check(bundle: SignedBundle, device: DeviceId, name: String, computer: &Computer) -> Result<Me, CallError> {
    let me = account::me().await?;
    if me.device != Some(device) {
        register(bundle, name, computer).await?;
    } else if computer.address.is_some() {
        account::move_device(&MoveDevice { address: computer.address }).await?;
    }
    Ok(me)
}

/// Tells the service this device's public keys, and what its computer is.
pub(super) async fn register(bundle: SignedBundle, name: String, computer: &Computer) -> Result<(), CallError> {
    let (platform, address) = (computer.platform.clone(), computer.address);
    account::register(&RegisterDevice { bundle, name, platform, address }).await.map(drop)
}
