//! From a page to a worker at work: where this page runs, then the worker, then what both say to each other.

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::{StreamExt as _, future};
use gloo_worker::Spawnable as _;
use yew::prelude::*;

use crate::{
    export::collector::Collector,
    messages::{Packet, Stage, ToPage, ToWorker, Trouble},
    platform::{Beginning, Platform},
    state::{Action, Place, Shared},
    updates,
    worker::IgoonWorker,
};

/// Starts the worker; a file of this crate, since a policy without `blob:` forbids gloo-worker's own.
const WORKER: &str = "/igoon-worker_loader.js";

/// Starts the worker, as soon as it is known for which server, and passes on what the page wishes; as long as the page lives.
pub(super) async fn begin(
    platform: Platform,
    dispatcher: UseReducerDispatcher<Shared>,
    mut wishes: UnboundedReceiver<ToWorker>,
) {
    let surroundings = match platform.begin().await {
        Ok(Beginning::Ready(surroundings)) => surroundings,
        Ok(Beginning::NoServer) => return dispatcher.dispatch(Action::Placed(Place::Wanted(None))),
        Err(error) => {
            let stopped = ToPage::Stage(Stage::Stopped(Trouble::App(error)));
            return dispatcher.dispatch(Action::FromWorker(vec![stopped]));
        }
    };
    let (origin, movable) = (surroundings.origin(), surroundings.movable());
    dispatcher.dispatch(Action::Placed(Place::At { origin, movable }));

    let collector = Collector::new(platform, dispatcher.clone());
    let (keeper, mut to_keep) = unbounded();
    let told = dispatcher.clone();
    let worker = IgoonWorker::spawner()
        .callback(move |packet: Packet| {
            // Of another build: the server was updated in between. Loading anew mends it.
            let stage = || if updates::heal() { Stage::Starting } else { Stage::Stopped(Trouble::OtherBuild) };
            let mut news: Vec<ToPage> = packet.open().unwrap_or_else(|| vec![ToPage::Stage(stage())]);
            for news in &mut news {
                collector.take(news);
                if let ToPage::Keep(kept) = news {
                    // The other end lives as long as the page.
                    let _ = keeper.unbounded_send(kept.clone());
                }
            }
            told.dispatch(Action::FromWorker(news));
        })
        .as_module(false)
        .with_loader(true)
        .spawn(WORKER);
    worker.send(Packet::pack(&ToWorker::Start(surroundings)));
    let wishing = async {
        while let Some(wish) = wishes.next().await {
            worker.send(Packet::pack(&wish));
        }
    };
    let keeping = async {
        // One after the other: the last is what counts.
        while let Some(kept) = to_keep.next().await {
            if let Err(error) = platform.keep(&kept).await {
                dispatcher.dispatch(Action::Noticed(Trouble::App(error)));
            }
        }
    };
    future::join(wishing, keeping).await;
}
