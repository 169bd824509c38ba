//! One actor that empties the outbox: requests write their mail there and answer; this one sends, and tries again later
//! what could not be sent.
//!
//! - Mailbox: 64. Full: it has been woken already.
//! - At most `TOGETHER` mails are under way. Each is taken from the outbox for `LEASE_MS` before it is sent, and for so long
//!   again as often as needed, so that no other node sends it; should this process end before it is erased, it is due again.
//!   A mail that went is erased, and its code with it; only where the process or the connection dies between the two may it go
//!   twice, under the same Message-ID.
//! - Exits: none while the server runs.
//! - Health: active while mails are under way; an error for each that was not sent.

use std::{convert::Infallible, sync::Arc, time::Duration};

use actix::prelude::*;
use igoon_shared::{crypto::primitives, time::Timestamp};
use tokio::sync::oneshot;

use super::health::{self, Context, Mailbox, Monitored, Registry, State};
use crate::{
    clock::Clock,
    mail::{
        letter::{self, Sender, Subject},
        transport::{SendError, Transport},
    },
    master_key::MasterKey,
    store::{
        Store,
        db::models::outbox::{self, Kind, Mail},
    },
};

/// Mails under way.
const TOGETHER: usize = 4;
/// How long a mail belongs to the process that took it, in milliseconds.
const LEASE_MS: i64 = 30_000;
/// How often it is taken for so long again while it is under way: a mail server may be slow.
const RENEWAL: Duration = Duration::from_secs(8);
/// How soon after a failure it is tried again, at first and at most, in milliseconds.
const AGAIN_MS: (i64, i64) = (2_000, 60_000);
/// How often the outbox is looked at though nobody said that there is something.
const LOOK: Duration = Duration::from_secs(30);

/// What it works with.
#[derive(Clone)]
pub struct Post {
    /// Where the outbox is.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Opens the codes.
    pub key: MasterKey,
    /// How mails leave.
    pub transport: Arc<Transport>,
    /// Who they are from.
    pub sender: Sender,
}

/// See the module.
pub struct Mailer {
    post: Post,
    under_way: usize,
    looking: bool,
    look_again: bool,
    /// Looks when the next mail is due.
    alarm: Option<SpawnHandle>,
    /// Set at shutdown: nothing more is taken, and this is told when nothing is under way.
    draining: Option<Vec<oneshot::Sender<()>>>,
}

/// How others reach the mailer. Cheap to clone.
#[derive(Clone)]
pub struct MailerHandle(Mailbox<Mailer>);

impl MailerHandle {
    /// There is something in the outbox.
    pub fn wake(&self) {
        // Full: it was told before, and looks.
        let _ = self.0.try_send(Look);
    }

    /// Lets what is under way end, and takes nothing more.
    pub async fn drain(&self) {
        let (done, drained) = oneshot::channel();
        if self.0.send(Drain(done)).await.is_ok() {
            // Gone: then nothing is under way.
            let _ = drained.await;
        }
    }
}

impl Mailer {
    /// Starts it on `arbiter`.
    pub fn start_on(arbiter: &ArbiterHandle, registry: &Registry, post: Post) -> MailerHandle {
        MailerHandle(health::start_on(arbiter, registry, "mailer", move || Self {
            post,
            under_way: 0,
            looking: false,
            look_again: false,
            alarm: None,
            draining: None,
        }))
    }

    fn look(&mut self, ctx: &mut Context<Self>) {
        let free = TOGETHER.saturating_sub(self.under_way);
        if self.draining.is_some() {
            return;
        }
        if self.looking || free == 0 {
            self.look_again = true;
            return;
        }
        self.looking = true;
        self.look_again = false;
        let Post { store, clock, .. } = self.post.clone();
        let looking = async move {
            let now = clock.now();
            let limit = i64::try_from(free).unwrap_or(1);
            let (mails, expired) = store.write(move |db| outbox::claim(db, limit, LEASE_MS, now)).await?;
            let waiting = store.read(outbox::waiting).await?;
            Ok::<_, crate::store::StoreError>((mails, expired, waiting, now))
        };
        ctx.spawn(looking.into_actor(self).map(|looked, mailer, ctx| {
            mailer.looking = false;
            match looked {
                Ok((mails, expired, waiting, now)) => {
                    if expired > 0 {
                        tracing::warn!(expired, "mails were given up: they would have come too late");
                    }
                    for mail in mails {
                        mailer.begin(mail, ctx);
                    }
                    if let Some(due) = waiting.next_due {
                        let wait = due.millis_since(now).max(0);
                        let wait = Duration::from_millis(u64::try_from(wait).unwrap_or(0)).min(LOOK);
                        let alarm = ctx.run_later(wait, Self::look);
                        if let Some(before) = mailer.alarm.replace(alarm) {
                            ctx.cancel_future(before);
                        }
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "the outbox cannot be read");
                    ctx.record().error();
                }
            }
            if std::mem::take(&mut mailer.look_again) {
                mailer.look(ctx);
            }
            mailer.say_if_drained();
        }));
    }

    fn begin(&mut self, mail: Mail, ctx: &mut Context<Self>) {
        self.under_way += 1;
        let post = self.post.clone();
        ctx.spawn(async move { deliver(&post, &mail).await }.into_actor(self).map(|sent, mailer, ctx| {
            if !sent {
                ctx.record().error();
            }
            mailer.under_way = mailer.under_way.saturating_sub(1);
            mailer.say_if_drained();
            mailer.look(ctx);
        }));
    }

    fn say_if_drained(&mut self) {
        // What is being taken now would stay taken for a while.
        if self.under_way == 0 && !self.looking {
            for waiting in self.draining.iter_mut().flat_map(|waiting| waiting.drain(..)) {
                // Whoever asked may have stopped waiting.
                let _ = waiting.send(());
            }
        }
    }
}

/// Sends a mail and notes what became of it; whether it went.
async fn deliver(post: &Post, mail: &Mail) -> bool {
    let number = mail.number;
    let sent = tokio::select! {
        sent = send(post, mail) => sent,
        never = stay_ours(post, number) => match never {},
    };
    let went = sent.is_ok();
    let noted = match sent {
        Ok(()) => post.store.write(move |db| outbox::erase(db, number)).await,
        Err(Failure::ForGood(why)) => {
            tracing::error!(why, "a mail cannot be sent, and is given up");
            post.store.write(move |db| outbox::erase(db, number)).await
        }
        Err(Failure::ForNow(error)) => {
            tracing::warn!(%error, attempt = mail.attempt, "a mail was not sent; it is tried again");
            let at = next_attempt(mail.attempt, post.clock.now());
            post.store.write(move |db| outbox::postpone(db, number, at)).await
        }
    };
    if let Err(error) = noted {
        tracing::error!(%error, "what became of a mail cannot be noted");
    }
    went
}

/// Takes a mail for us again and again, as long as this is polled.
async fn stay_ours(post: &Post, number: i64) -> Infallible {
    loop {
        tokio::time::sleep(RENEWAL).await;
        let until = post.clock.now().plus_millis(LEASE_MS);
        if let Err(error) = post.store.write(move |db| outbox::postpone(db, number, until)).await {
            tracing::warn!(%error, "that a mail is still under way cannot be noted");
        }
    }
}

enum Failure {
    ForNow(SendError),
    ForGood(&'static str),
}

async fn send(post: &Post, mail: &Mail) -> Result<(), Failure> {
    let code;
    let (about, shown) = match mail.kind {
        Kind::Nothing => return Ok(()),
        Kind::Code => {
            let opened = post.key.open_code(&mail.address, &mail.sealed);
            code = opened.map_err(|_| Failure::ForGood("its code is damaged or of another master key"))?;
            (Subject::Code { purpose: mail.purpose, code: &code, until: mail.expires_at }, Some(&code))
        }
        Kind::AccountExists => (Subject::AccountExists, None),
        Kind::AddressChanged => (Subject::AddressChanged, None),
    };
    let id = message_id(mail);
    let letter = letter::write(&post.sender, &mail.address, &id, about);
    let letter = letter.map_err(|_| Failure::ForGood("its address cannot be written to"))?;
    post.transport.send(&id, letter, shown).await.map_err(Failure::ForNow)
}

/// The same at each attempt, and of no other mail of this database. It tells nothing: who knows it knows no code.
fn message_id(mail: &Mail) -> String {
    let mut named = mail.sealed.clone();
    named.extend(mail.number.to_be_bytes());
    named.extend(mail.expires_at.0.to_be_bytes());
    primitives::sha256(&named).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Twice as long after each failure. A refusal too is only believed for now: mail servers refuse for a while (greylisting),
/// or until somebody corrects their settings. What stays refused is given up when its code would be void.
fn next_attempt(attempt: u32, now: Timestamp) -> Timestamp {
    let (first, most) = AGAIN_MS;
    let doubled = first.checked_shl(attempt.saturating_sub(1).min(16)).unwrap_or(most);
    now.plus_millis(doubled.min(most))
}

impl Monitored for Mailer {
    const KIND: health::Kind = health::Kind::Mailer;
    const MAILBOX: usize = 64;

    fn state(&self) -> State {
        if self.draining.is_some() {
            State::Draining
        } else if self.under_way > 0 {
            State::Active
        } else {
            State::Idle
        }
    }
}

impl Actor for Mailer {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.look(ctx);
        ctx.run_interval(LOOK, Self::look);
    }
}

/// Look into the outbox.
#[derive(Message)]
#[rtype(result = "()")]
struct Look;

impl Handler<Look> for Mailer {
    type Result = ();

    fn handle(&mut self, _: Look, ctx: &mut Self::Context) {
        self.look(ctx);
    }
}

/// Shutdown: take nothing more, and say when nothing is under way.
#[derive(Message)]
#[rtype(result = "()")]
struct Drain(oneshot::Sender<()>);

impl Handler<Drain> for Mailer {
    type Result = ();

    fn handle(&mut self, drain: Drain, _: &mut Self::Context) {
        self.draining.get_or_insert_default().push(drain.0);
        self.say_if_drained();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_become_rarer_up_to_a_minute() {
        let waits: Vec<i64> = (1..=8).map(|attempt| next_attempt(attempt, Timestamp(0)).0).collect();
        assert_eq!(waits, [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
        assert_eq!(next_attempt(u32::MAX, Timestamp(0)), Timestamp(60_000));
    }
}
