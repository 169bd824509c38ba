//! One actor that empties the outbox: requests write their mail there and answer; this one sends, and tries again later
//! what could not be sent.
//!
//! - Mailbox: 64. Full: it has been woken already.
//! - At most `TOGETHER` mails are under way. Each is taken from the outbox for `LEASE_MS` before it is sent, so that no other
//!   node sends it, and is due again should this process end before it is erased. A mail that went is erased, and its code
//!   with it; only where the process dies between the two may it go twice, under the same Message-ID.
//! - Exits: none while the server runs.
//! - Health: active while mails are under way; an error for each that was not sent.

use std::{sync::Arc, time::Duration};

use actix::prelude::*;
use igoon_shared::{crypto::primitives, time::Timestamp};
use tokio::sync::oneshot;

use super::health::{self, Context, Mailbox, Monitored, Registry, State};
use crate::{
    clock::Clock,
    mail::{
        letter::{self, Sender},
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
/// How long a mail belongs to the process that took it, in milliseconds: longer than a slow mail server is waited for.
const LEASE_MS: i64 = 3 * 60 * 1_000;
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
    /// Set at shutdown: nothing is begun, and this is told when nothing is under way.
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

    /// Lets what is under way end, and begins nothing more.
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
                        ctx.run_later(wait, Self::look);
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
        if self.under_way == 0 {
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
    let sent = send(post, mail).await;
    let went = sent.is_ok();
    let noted = match sent {
        Ok(()) => post.store.write(move |db| outbox::erase(db, number)).await,
        Err(Failure::ForGood(why)) => {
            tracing::error!(why, "a mail cannot be sent");
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

enum Failure {
    ForNow(SendError),
    ForGood(&'static str),
}

async fn send(post: &Post, mail: &Mail) -> Result<(), Failure> {
    if mail.kind == Kind::Nothing {
        return Ok(());
    }
    let code = post
        .key
        .open_code(&mail.address, &mail.sealed)
        .map_err(|_| Failure::ForGood("its code was encrypted under another master key"))?;
    let id = message_id(mail);
    let letter = letter::write(&post.sender, &mail.address, &id, mail.kind, mail.purpose, &code);
    let letter = letter.map_err(|_| Failure::ForGood("its address cannot be written to"))?;
    let Some(letter) = letter else { return Ok(()) };
    let shown = (mail.kind == Kind::Code).then_some(&code);
    post.transport.send(&id, letter, shown).await.map_err(Failure::ForNow)
}

/// The same at each attempt, and of no other mail: what is sealed begins with a random salt.
fn message_id(mail: &Mail) -> String {
    let hash = primitives::sha256(&mail.sealed);
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
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

/// Shutdown: begin nothing, and say when nothing is under way.
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
