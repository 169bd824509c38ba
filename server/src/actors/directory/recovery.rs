//! Recovery: waking the rooms in which something is due, also after a restart; and telling accounts of requests.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use actix::prelude::*;
use igoon_shared::ids::{AccountId, RoomId};
use tokio::sync::oneshot;

use super::{Directory, DirectoryHandle};
use crate::{
    actors::{
        device::RecoveryTold,
        health::Context,
        room::{LookAtLog, LookAtRecoveries, Refusal, RoomLog},
    },
    store::{
        Connection,
        db::models::{recoveries, recovery_requests},
    },
};

/// How often it looks, and how far ahead.
const LOOK: Duration = Duration::from_secs(15);

impl Directory {
    /// Looks now, and from now on.
    pub(super) fn watch_recoveries(&mut self, ctx: &mut Context<Self>) {
        self.wake_rooms(ctx);
        ctx.run_interval(LOOK, Self::wake_rooms);
    }

    fn wake_rooms(&mut self, ctx: &mut Context<Self>) {
        // Rooms wait for the moment themselves; they only have to be there.
        let until = self.deps.clock.now().plus_millis(i64::try_from(LOOK.as_millis()).unwrap_or_default());
        let store = self.deps.store.clone();
        let looking = async move {
            let due = move |db: &mut Connection| {
                let mut rooms: BTreeSet<RoomId> = recoveries::due(db, until)?.into_iter().collect();
                rooms.extend(recovery_requests::due(db, until)?);
                Ok(rooms)
            };
            store.read(due).await
        };
        ctx.spawn(looking.into_actor(self).map(|due, directory, ctx| match due {
            Ok(rooms) => rooms.into_iter().for_each(|room| directory.wake(room, ctx)),
            Err(error) => {
                tracing::error!(%error, "what is due of recoveries cannot be read");
                ctx.record().error();
            }
        }));
    }

    fn wake(&mut self, room: RoomId, ctx: &Context<Self>) {
        let (reply, answer) = oneshot::channel();
        self.room(room, reply, ctx);
        actix::spawn(async move {
            if let Ok(room) = answer.await {
                // Full: it is in use, and the next look wakes it again.
                let _ = room.try_send(LookAtRecoveries);
            }
        });
    }
}

impl DirectoryHandle {
    /// The log of a room that the account is in, as it is now.
    ///
    /// # Errors
    /// Why there is none to be had.
    pub async fn log_of(&self, account: AccountId, room: RoomId) -> Result<Arc<RoomLog>, Refusal> {
        let address = self.room_of(account, room).await?;
        address.send(LookAtLog).await.map_err(|_| Refusal::LATER)?.map_err(Refusal::from)
    }

    /// Something is to be done for recoveries in a room. One that is too busy now does it with the next look.
    pub async fn look_at_recoveries(&self, room: RoomId) {
        if let Some(address) = self.room(room).await {
            let _ = address.try_send(LookAtRecoveries);
        }
    }

    /// Something has become of requests for recovery that concern these accounts: their connected devices hear of it.
    pub fn recovery_news(&self, room: RoomId, accounts: BTreeSet<AccountId>) {
        self.address.do_send(RecoveryNews { room, accounts }); // one for each request, or step of a recovery
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct RecoveryNews {
    room: RoomId,
    accounts: BTreeSet<AccountId>,
}

impl Handler<RecoveryNews> for Directory {
    type Result = ();

    fn handle(&mut self, news: RecoveryNews, _: &mut Self::Context) {
        for account in news.accounts {
            for (_, address) in self.connected(account) {
                // Full: it asks when it connects anew.
                let _ = address.try_send(RecoveryTold(news.room));
            }
        }
    }
}
