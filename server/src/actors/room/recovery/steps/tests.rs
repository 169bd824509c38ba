//! Steps on a real store, where it, the log in memory and the clock are not of one mind.

use igoon_shared::ids::LogIndex;
use tempfile::TempDir;

use super::*;
use crate::{
    actors::{
        room::logic::tests::{NOW, recovery::Scene},
        tests::{deps, master_key},
    },
    clock::Clock,
    store::{
        db::models::recovery_keys::{self, RecoveryKeyRow},
        ops::{AppendOutcome, NewAppend},
    },
};

struct World {
    deps: Deps,
    room: RoomId,
    _dir: TempDir,
}

impl World {
    /// A store in which these recoveries are to be gone on with. Of the room's log it has one entry, which nobody looks at here.
    async fn new(scene: &Scene, approved: Accepted, recoveries: Vec<RecoveryRow>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let deps = deps(&dir, Clock::standing(NOW));
        let room = approved.room;
        let mut append = NewAppend { after: None, recoveries, ..approved.append };
        append.entries[0].index = LogIndex(0);
        let (reply, outcome) = oneshot::channel();
        let op = RoomOp::Append(Box::new(append), Box::new(move |outcome| reply.send(outcome).unwrap()));
        assert!(deps.store.submit(room, op).is_ok());
        assert!(matches!(outcome.await.unwrap(), AppendOutcome::Committed(..)));

        let pinned = scene.pinned();
        let holder = pinned.holder.id();
        let row = RecoveryKeyRow {
            recovery_key: pinned.holder.recovery_key().to_vec(),
            signing_key: pinned.holder.signing_key().to_vec(),
            sealed: master_key().seal_recovery_key(holder, &pinned.keys).unwrap(),
        };
        deps.store.write(move |db| recovery_keys::add(db, holder, &row, true, NOW)).await.unwrap();
        Self { deps, room, _dir: dir }
    }

    async fn look(&self, log: Log) -> Looked {
        look(self.deps.clone(), self.room, Arc::new(log)).await.unwrap()
    }

    async fn say(&self, released: EntryHash, log: Log) -> Option<Box<Accepted>> {
        sign(&self.deps, self.room, Says::Released(released), Arc::new(log)).await.unwrap()
    }

    /// What is left to do.
    async fn left(&self) -> Vec<RecoveryRow> {
        let room = self.room;
        self.deps.store.read(move |db| recoveries::of_room(db, room)).await.unwrap()
    }
}

/// The store has what an append asks for a moment before the log in memory has the append.
#[actix_web::test]
async fn what_the_log_does_not_have_yet_is_left_as_it_is_and_keeps_nothing_else_from_being_done() {
    let mut scene = Scene::new(0, false);
    let known = scene.approves();
    let log = scene.log();
    let not_yet = scene.approves().append.recoveries.remove(0);
    let known_row = known.append.recoveries[0].clone();
    let sooner = RecoveryRow { due_at: NOW.plus_millis(-1), ..not_yet };
    let rows = vec![sooner.clone(), known_row.clone()];
    let world = World::new(&scene, known, rows.clone()).await;
    assert!(matches!(world.look(log).await, Looked::Say(Says::Released(entry)) if entry == known_row.entry));
    assert_eq!(world.left().await, rows);
    // Then the log has it.
    assert!(matches!(world.look(scene.log()).await, Looked::Say(Says::Released(entry)) if entry == sooner.entry));
}

#[actix_web::test]
async fn what_a_clock_that_was_put_back_makes_too_early_is_put_off_and_said_later() {
    let mut scene = Scene::new(500, false);
    let approved = scene.approves();
    let row = approved.append.recoveries[0].clone();
    assert_eq!(row.due_at, NOW.plus_millis(500));
    let world = World::new(&scene, approved, vec![row.clone()]).await;
    world.deps.clock.advance(500);
    assert!(matches!(world.look(scene.log()).await, Looked::Say(Says::Released(entry)) if entry == row.entry));
    world.deps.clock.advance(-1);
    assert!(world.say(row.entry, scene.log()).await.is_none());
    assert_eq!(world.left().await, std::slice::from_ref(&row));
    world.deps.clock.advance(1);
    assert!(world.say(row.entry, scene.log()).await.is_some());
}
