//! One signal after the other: the lock, the visitor's forms, the core's run.

use std::rc::Rc;

use futures_channel::mpsc::UnboundedReceiver;
use futures_util::{FutureExt as _, StreamExt as _};
use gloo_timers::callback::Timeout;
use igoon_shared::client::{Client, Command, Effect};
use wasm_bindgen_futures::spawn_local;

use super::{
    Host, Signal,
    account::{NewName, trouble},
    codes::{ServerFacts, about},
    entrance::Begun,
    export::Export,
    lock::{Lock, LockNews},
    own::NewMailbox,
    preview,
    running::{Running, Stop},
    scope,
    vault::{Vault, VaultError},
    watch::Watch,
};
use crate::{
    messages::{Connection, InviteLink, Stage, ToPage, ToWorker, Trouble},
    net::{account, backoff::Backoff},
    texts,
};

/// After so long without the lock, in milliseconds, another tab has it; a page that was just loaded anew gives it up sooner.
const LOCK_PATIENCE_MS: u32 = 800;

/// A browser that removes what is stored refuses to open it meanwhile; it is looked at anew after so long, in milliseconds.
const REMOVING_MS: u32 = 1_000;

/// So many signals are taken at most before what they ask for is carried out.
const BATCH: usize = 256;

/// The stage at which something ended that should have gone on.
pub(super) struct Halt(pub(super) Stage);

/// See the module.
pub(super) struct Driver {
    pub(super) host: Host,
    pub(super) stage: Stage,
    lock: Lock,
    has_lock: bool,
    lock_timer: Option<Timeout>,
    vault: Option<Rc<Vault>>,
    running: Option<Running>,
    runs: u32,
    backoff: Backoff,
    retry: Option<Timeout>,
    retries: u32,
    /// What the server said about itself, once asked.
    pub(super) facts: Option<ServerFacts>,
    /// How often something else than being signed in was shown: what was asked for in one visit is answered in it.
    visits: u32,
    /// The server is being watched.
    pub(super) watch: Option<Watch>,
    /// The file that is being made, or was made last.
    pub(super) export: Option<Export>,
    /// What a visitor began that waits for its code.
    pub(super) begun: Option<Begun>,
    /// The new address that waits for its code.
    pub(super) new_mailbox: Option<NewMailbox>,
}

impl Driver {
    /// Runs until the worker ends.
    pub(super) async fn run(host: Host, mut signals: UnboundedReceiver<Signal>) {
        let told = host.clone();
        scope::watch_network(move |online| told.signal(Signal::Network(online)));
        let mut driver = Self {
            host,
            stage: Stage::Starting,
            lock: Lock::default(),
            has_lock: false,
            lock_timer: None,
            vault: None,
            running: None,
            runs: 0,
            backoff: Backoff::default(),
            retry: None,
            retries: 0,
            facts: None,
            visits: 0,
            watch: None,
            export: None,
            begun: None,
            new_mailbox: None,
        };
        driver.ask_for_lock();
        while let Some(signal) = signals.next().await {
            let mut taken = driver.take(signal).await;
            let mut count = 1;
            // What came meanwhile is carried out together with it.
            while taken.is_ok()
                && count < BATCH
                && let Some(Some(signal)) = signals.next().now_or_never()
            {
                taken = driver.take(signal).await;
                count += 1;
            }
            if taken.is_ok() {
                taken = driver.settle().await;
            }
            if let Err(Halt(stage)) = taken {
                driver.halt(stage);
            }
        }
    }

    /// Carries out what the core's signals ask for.
    pub(super) async fn settle(&mut self) -> Result<(), Halt> {
        if let Some(running) = &mut self.running {
            running.settle().await?;
        }
        Ok(())
    }

    async fn take(&mut self, signal: Signal) -> Result<(), Halt> {
        match signal {
            Signal::Lock(number, news) if self.lock.is_current(number) => self.locked(news).await,
            Signal::LockSlow(number) if self.lock.is_current(number) && !self.has_lock => {
                self.enter(Stage::Elsewhere);
                Ok(())
            }
            Signal::Lock(..) | Signal::LockSlow(_) => Ok(()),
            Signal::Page(ToWorker::TakeOver) => {
                self.lock.steal(&self.host);
                Ok(())
            }
            Signal::Page(ToWorker::AskAboutServer) => {
                self.ask_about_server();
                Ok(())
            }
            // It was written before the page heard that nobody sends here any more.
            Signal::Page(ToWorker::Send { room, text }) if self.running.is_none() => {
                self.host.show(vec![ToPage::Unsaved { room, text }]);
                Ok(())
            }
            _ if !self.has_lock => Ok(()),
            Signal::StorageGone => Err(VaultError::Gone.into()),
            Signal::Page(wish) => self.page(wish).await,
            Signal::Run(number, signal) => match &mut self.running {
                Some(running) if running.is(number) => {
                    let taken = running.take(signal);
                    self.went(taken).await
                }
                _ => Ok(()),
            },
            Signal::Own(visit, signal) if self.visit() == Some(visit) => self.own_answered(signal).await,
            Signal::Own(..) => Ok(()),
            Signal::Network(online) => match &mut self.running {
                Some(running) => {
                    running.network(online);
                    Ok(())
                }
                None if online && self.stage == Stage::Unreachable => self.boot().await,
                None => Ok(()),
            },
            Signal::Again(number) if number == self.retries && self.stage == Stage::Unreachable => {
                self.ask_server(None).await
            }
            Signal::Again(_) => Ok(()),
        }
    }

    async fn page(&mut self, wish: ToWorker) -> Result<(), Halt> {
        match wish {
            ToWorker::Retry => match &mut self.running {
                Some(running) => {
                    running.try_now();
                    Ok(())
                }
                None => self.boot().await,
            },
            ToWorker::Awake => match &mut self.running {
                Some(running) => {
                    running.awake();
                    Ok(())
                }
                None if self.stage == Stage::Unreachable => self.ask_server(None).await,
                None => Ok(()),
            },
            ToWorker::SetUp { .. }
            | ToWorker::SignUp { .. }
            | ToWorker::SignIn { .. }
            | ToWorker::ResetPassword { .. }
            | ToWorker::EnterCode { .. }
            | ToWorker::Correct(_)
            | ToWorker::ResendCode
            | ToWorker::StartOver => {
                if self.running.is_some() {
                    Ok(())
                } else {
                    self.visitor(wish).await
                }
            }
            ToWorker::Own(wish) => self.own(wish).await,
            ToWorker::ChooseAvailability(chosen) => {
                if self.is_cut_off() {
                    self.host.show(vec![ToPage::Failed { room: None, trouble: Trouble::NeedsConnection }]);
                } else {
                    self.choose_availability(chosen);
                }
                Ok(())
            }
            ToWorker::WatchServer(watched) => {
                self.watch_server(watched);
                Ok(())
            }
            ToWorker::SignOut { forget } => {
                self.settle().await?;
                self.sign_out(forget).await
            }
            ToWorker::Forget => self.forget().await,
            ToWorker::FetchAnew => self.fetch_anew().await,
            ToWorker::NewKeys => self.new_keys().await,
            ToWorker::LookAtInvite(link) => self.look_at(link).await,
            ToWorker::Draft { room, text } => self.keep_draft(room, text).await,
            ToWorker::Speak { language, texts } => {
                if texts::keep(language, texts) {
                    texts::choose(language);
                }
                Ok(())
            }
            ToWorker::Export { room, format } => self.export(room, format).await,
            ToWorker::StopExport => {
                self.stop_export();
                Ok(())
            }
            ToWorker::TakeOver | ToWorker::Start(_) => Ok(()),
            ToWorker::History { room, wish } => {
                if let Some(running) = &mut self.running {
                    running.history(room, wish);
                }
                Ok(())
            }
            _ => {
                self.want(wish);
                Ok(())
            }
        }
    }

    async fn locked(&mut self, news: LockNews) -> Result<(), Halt> {
        self.lock_timer = None;
        match news {
            LockNews::Granted => {
                self.has_lock = true;
                self.boot().await
            }
            LockNews::Lost => Err(Halt(Stage::Elsewhere)),
        }
    }

    fn ask_for_lock(&mut self) {
        let number = self.lock.ask(&self.host);
        let host = self.host.clone();
        self.lock_timer = Some(Timeout::new(LOCK_PATIENCE_MS, move || host.signal(Signal::LockSlow(number))));
    }

    /// What the server says about itself; it needs neither lock nor keys.
    fn ask_about_server(&self) {
        let host = self.host.clone();
        spawn_local(async move {
            let told = account::server().await.map(about).map_err(|error| trouble(&error));
            host.show(vec![ToPage::AboutServer(told)]);
        });
    }

    /// Where a link leads; answered by itself, without holding up what else happens.
    async fn look_at(&mut self, link: InviteLink) -> Result<(), Halt> {
        let installation = self.open_vault().await?.installation();
        let host = self.host.clone();
        spawn_local(async move {
            host.show(vec![ToPage::InviteLooked(preview::look(&link, installation).await)]);
        });
        Ok(())
    }

    /// Tells the page where this computer stands now.
    pub(super) fn enter(&mut self, stage: Stage) {
        self.stage = stage.clone();
        self.retry = None;
        if !matches!(stage, Stage::Signed(_)) {
            self.visits += 1;
            self.watch = None;
            self.export = None;
        }
        if stage != Stage::Unreachable && stage != Stage::Starting {
            self.backoff.succeeded();
        }
        self.host.show(vec![ToPage::Stage(stage)]);
    }

    fn halt(&mut self, stage: Stage) {
        let unsaved = self.running.as_mut().map(Running::unsaved).unwrap_or_default();
        self.end_run();
        if stage == Stage::Starting {
            // What is stored here was taken away under the worker.
            self.close_vault();
        }
        if stage == Stage::Elsewhere {
            self.has_lock = false;
            self.close_vault();
            self.lock.ask(&self.host);
        }
        let (unreachable, gone) = (stage == Stage::Unreachable, stage == Stage::Starting);
        self.enter(stage);
        // Now that nobody writes there any more.
        self.host.show(unsaved);
        if gone {
            let host = self.host.clone();
            self.retry = Some(Timeout::new(REMOVING_MS, move || host.signal(Signal::Page(ToWorker::Retry))));
        }
        if unreachable {
            self.retries += 1;
            let (host, number) = (self.host.clone(), self.retries);
            let wait = self.backoff.failed(getrandom::u32().unwrap_or_default());
            self.retry = Some(Timeout::new(wait, move || host.signal(Signal::Again(number))));
        }
    }

    /// The vault, opened if it is not yet.
    pub(super) async fn open_vault(&mut self) -> Result<Rc<Vault>, Halt> {
        if let Some(vault) = &self.vault {
            return Ok(Rc::clone(vault));
        }
        let vault = Rc::new(Vault::open().await?);
        let host = self.host.clone();
        vault.on_gone(move || host.signal(Signal::StorageGone));
        self.vault = Some(Rc::clone(&vault));
        Ok(vault)
    }

    pub(super) fn close_vault(&mut self) {
        self.vault = None;
    }

    pub(super) async fn start(&mut self, vault: Rc<Vault>, opened: (Client, Vec<Effect>)) -> Result<(), Halt> {
        self.runs += 1;
        self.running = Some(Running::start(self.host.clone(), self.runs, vault, opened).await?);
        Ok(())
    }

    /// The visit of whoever is signed in. It goes on when the core is started anew under another handle.
    pub(super) fn visit(&self) -> Option<u32> {
        self.running.is_some().then_some(self.visits)
    }

    /// The core, while it runs.
    pub(super) fn client(&self) -> Option<&Client> {
        self.running.as_ref().map(Running::client)
    }

    /// How the core's connection is, while somebody is signed in.
    pub(super) fn connection(&self) -> Option<Connection> {
        self.running.as_ref().map(Running::connection)
    }

    /// Whether the service cannot be reached, as far as this computer knows. Whoever asks wants to reach it: it is tried at
    /// once, so that a second attempt finds a connection if there can be one.
    pub(super) fn is_cut_off(&mut self) -> bool {
        match &mut self.running {
            Some(running) if matches!(running.connection(), Connection::Reconnecting(_)) => {
                running.try_now();
                true
            }
            _ => false,
        }
    }

    pub(super) fn end_run(&mut self) {
        self.running = None;
    }

    pub(super) fn command(&mut self, command: Command) {
        if let Some(running) = &mut self.running {
            running.command(command);
        }
    }

    async fn went(&mut self, result: Result<(), Stop>) -> Result<(), Halt> {
        match result {
            Ok(()) => Ok(()),
            Err(Stop::NotSignedIn(why)) => self.session_ended(why).await,
            Err(Stop::Renamed(handle)) => self.rename(NewName::Handle(handle)).await,
        }
    }
}
