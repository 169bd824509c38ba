//! An actor that is declared is seen, whatever becomes of it.

use std::{sync::mpsc, time::Duration};

use actix::prelude::*;
use igoon_shared::time::Timestamp;

use super::{Context, Kind, Look, Mailbox, Monitored, Registry, State, start_on};
use crate::{actors::socket::Backlog, clock::Clock};

/// Does as it is told.
struct Probe {
    state: State,
}

impl Actor for Probe {
    type Context = Context<Self>;
}

impl Monitored for Probe {
    const KIND: Kind = Kind::Room;
    const MAILBOX: usize = 4;

    fn state(&self) -> State {
        self.state
    }
}

#[derive(Message)]
#[rtype(result = "()")]
enum Order {
    Nothing,
    Be(State),
    /// After a pause.
    BecomeBeside(State),
    Log,
    Stop,
    Panic,
    /// Says that it has begun, and holds the actor until something comes back.
    Hold(mpsc::Sender<()>, mpsc::Receiver<()>),
}

impl Handler<Order> for Probe {
    type Result = ();

    fn handle(&mut self, order: Order, ctx: &mut Self::Context) {
        match order {
            Order::Nothing => {}
            Order::Be(state) => self.state = state,
            Order::BecomeBeside(state) => {
                let pause = tokio::task::yield_now();
                ctx.spawn(pause.into_actor(self).map(move |(), probe, _| probe.state = state));
            }
            Order::Log => ctx.record().error(),
            Order::Stop => ctx.stop(),
            Order::Panic => panic!("as the test wants it"),
            Order::Hold(begun, go_on) => {
                begun.send(()).unwrap();
                go_on.recv().unwrap();
            }
        }
    }
}

struct World {
    arbiter: Arbiter,
    registry: Registry,
    clock: Clock,
}

impl World {
    fn new() -> Self {
        let clock = Clock::standing(Timestamp(1_000_000));
        Self { arbiter: Arbiter::new(), registry: Registry::new(clock.clone()), clock }
    }

    fn start(&self, id: &str) -> Mailbox<Probe> {
        start_on(&self.arbiter.handle(), &self.registry, id, || Probe { state: State::Idle })
    }

    fn only(&self) -> Look {
        let [look] = self.registry.look().try_into().expect("there is exactly one");
        look
    }

    /// An order is counted right after it was carried out, and answered before.
    async fn until(&self, wanted: impl Fn(&[Look]) -> bool) {
        let looking = async {
            while !wanted(&self.registry.look()) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), looking).await.expect("it is never seen so");
    }

    async fn until_handled(&self, count: u64) {
        self.until(|looks| looks.first().is_some_and(|look| look.handled == count)).await;
    }
}

#[actix_web::test]
async fn an_actor_is_seen_from_its_start_to_its_end() {
    let world = World::new();
    let probe = world.start("one");
    let fresh = world.only();
    assert_eq!((fresh.kind, &*fresh.id, fresh.bound, fresh.handled), (Kind::Room, "one", 4, 0));
    assert_eq!((fresh.state, fresh.depth, fresh.errors), (State::Starting, 0, 0));
    probe.send(Order::Be(State::Draining)).await.unwrap();
    probe.send(Order::Log).await.unwrap();
    world.until_handled(2).await;
    let look = world.only();
    assert_eq!((look.state, look.depth, look.errors), (State::Draining, 0, 1));

    probe.send(Order::Stop).await.unwrap();
    world.until(<[Look]>::is_empty).await;
    let tally = world.registry.tally()[&Kind::Room];
    assert_eq!((tally.actors, tally.depth, tally.bound), (0, 0, 4));
    assert_eq!((tally.handled, tally.errors, tally.died), (3, 1, 0), "what it did stays counted");
}

#[actix_web::test]
async fn what_changes_beside_the_messages_is_seen_too() {
    let world = World::new();
    let probe = world.start("one");
    probe.send(Order::BecomeBeside(State::Unavailable)).await.unwrap();
    world.until(|looks| looks.iter().all(|look| look.state == State::Unavailable)).await;
    assert_eq!(world.only().handled, 1);
}

#[actix_web::test]
async fn an_actor_that_nobody_can_reach_ends_and_is_gone() {
    let world = World::new();
    drop(world.start("one"));
    world.until(<[Look]>::is_empty).await;
    assert_eq!(world.registry.died(Kind::Room), 0);
}

#[actix_web::test]
async fn an_actor_that_panics_is_counted_and_gone_from_the_list() {
    let world = World::new();
    let (dying, other) = (world.start("dying"), world.start("other"));
    dying.send(Order::Nothing).await.unwrap();
    assert!(dying.send(Order::Panic).await.is_err());
    world.until(|looks| looks.len() == 1).await;
    assert_eq!(&*world.only().id, "other");
    assert_eq!((world.registry.died(Kind::Room), world.registry.died(Kind::Device)), (1, 0));
    let tally = world.registry.tally()[&Kind::Room];
    assert_eq!((tally.actors, tally.handled, tally.died), (1, 1, 1), "the one that it died of was not handled");
    // What is sent to it now is neither queued nor counted.
    dying.do_send(Order::Nothing);
    assert!(dying.try_send(Order::Nothing).is_err() && !dying.connected());
    assert_eq!(world.registry.tally()[&Kind::Room].depth, 0);
    // The next of that name begins anew.
    let again = world.start("dying");
    again.send(Order::Nothing).await.unwrap();
    world.until(|looks| looks.iter().any(|look| &*look.id == "dying" && look.handled == 1)).await;
    drop(other);
}

#[actix_web::test]
async fn what_waits_is_what_was_queued_and_not_what_was_refused() {
    let world = World::new();
    let probe = world.start("one");
    let ((begun, has_begun), (go_on, may_go_on)) = (mpsc::channel(), mpsc::channel());
    probe.do_send(Order::Hold(begun, may_go_on));
    has_begun.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(world.only().depth, 1, "the one that is being handled");
    let mut queued = 0;
    while probe.try_send(Order::Nothing).is_ok() {
        queued += 1;
        assert!(queued <= 2 * Probe::MAILBOX as u64, "it has no bound");
    }
    assert!(queued >= Probe::MAILBOX as u64);
    assert_eq!(world.only().depth, 1 + queued);
    assert!(probe.try_send(Order::Nothing).is_err());
    assert_eq!(world.only().depth, 1 + queued, "a refused one does not wait");
    probe.do_send(Order::Nothing);
    let answer = probe.send(Order::Nothing);
    assert_eq!(world.only().depth, 3 + queued, "these two know no bound");
    let tally = world.registry.tally()[&Kind::Room];
    assert_eq!((tally.depth, tally.deepest), (3 + queued, 3 + queued));
    go_on.send(()).unwrap();
    answer.await.unwrap();
    world.until_handled(3 + queued).await;
    assert_eq!(world.only().depth, 0);
}

#[actix_web::test]
async fn a_question_whose_asker_has_gone_no_longer_waits() {
    let world = World::new();
    let probe = world.start("one");
    let ((begun, has_begun), (go_on, may_go_on)) = (mpsc::channel(), mpsc::channel());
    probe.do_send(Order::Hold(begun, may_go_on));
    has_begun.recv_timeout(Duration::from_secs(20)).unwrap();
    drop(probe.send(Order::Log));
    assert_eq!(world.only().depth, 2);
    go_on.send(()).unwrap();
    world.until_handled(2).await;
    assert_eq!((world.only().depth, world.only().errors), (0, 0), "and was not carried out");
}

#[actix_web::test]
async fn progress_is_when_something_was_handled() {
    let world = World::new();
    let probe = world.start("one");
    world.clock.advance(500);
    assert_eq!((world.only().uptime_ms, world.only().since_progress_ms), (500, 500));
    probe.send(Order::Nothing).await.unwrap();
    world.until(|looks| looks.iter().all(|look| look.since_progress_ms == 0)).await;
    world.clock.advance(70);
    assert_eq!((world.only().uptime_ms, world.only().since_progress_ms), (570, 70));
    assert_eq!(world.registry.uptime_ms(), 570);
}

#[actix_web::test]
async fn actors_are_listed_in_the_order_in_which_they_started() {
    let world = World::new();
    let _probes = ["c", "a", "b"].map(|id| world.start(id));
    let ids: Vec<_> = world.registry.look().into_iter().map(|look| look.id).collect();
    assert_eq!(ids.iter().map(|id| &**id).collect::<Vec<_>>(), ["c", "a", "b"]);
    assert_eq!(world.registry.tally()[&Kind::Room].actors, 3);
}

#[test]
fn connections_are_counted_while_they_are_open() {
    let registry = Registry::new(Clock::standing(Timestamp(0)));
    let connections = registry.connections();
    let backlog = Backlog::default();
    let (one, two) = (connections.enter(backlog.clone()), connections.enter(Backlog::default()));
    backlog.add(70);
    assert_eq!((connections.look().open, connections.look().waiting_bytes), (2, 70));
    drop(two);
    assert_eq!((connections.look().open, connections.look().waiting_bytes), (1, 70));
    drop(one);
    assert_eq!(connections.look(), Default::default());
}
