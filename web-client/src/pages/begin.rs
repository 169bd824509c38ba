//! From a page to a worker at work: where this page runs, then the worker, then what both say to each other.

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::{StreamExt as _, future};
use yew::prelude::*;

use crate::{
    crossing::Crossing,
    export::collector::Collector,
    messages::{Stage, ToPage, ToWorker, Trouble},
    platform::{Beginning, Platform},
    state::{Action, Place, Shared},
};

/// Starts the worker, and tells it where this is if that is known already. Nothing where the browser runs no workers.
pub(super) fn start(platform: Platform) -> Option<Crossing> {
    let worker = Crossing::to_worker().ok()?;
    if let Some(surroundings) = platform.known() {
        worker.send(&ToWorker::Start(surroundings));
    }
    Some(worker)
}

/// Tells the worker for which server it is, as soon as that is known, and passes on what both say; as long as the page lives.
pub(super) async fn begin(
    platform: Platform,
    worker: Option<Crossing>,
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
    let stopped = dispatcher.clone();
    let crashed = move || stopped.dispatch(Action::FromWorker(vec![ToPage::Stage(Stage::Stopped(Trouble::Crashed))]));
    let Some(worker) = worker else { return crashed() };
    worker.on_crash(crashed);
    worker.listen(move |mut news: Vec<ToPage>| {
        for news in &mut news {
            collector.take(news);
            if let ToPage::Keep(kept) = news {
                // The other end lives as long as the page.
                let _ = keeper.unbounded_send(kept.clone());
            }
        }
        told.dispatch(Action::FromWorker(news));
    });
    if platform.known().is_none() {
        worker.send(&ToWorker::Start(surroundings));
    }
    let wishing = async {
        while let Some(wish) = wishes.next().await {
            worker.send(&wish);
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
