//! What every page is given: the state, and how to act on it.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    messages::{Pending, ToWorker},
    platform::Platform,
    state::{Action, AppState, Language, Shared},
    texts,
};

/// See the module.
#[derive(Clone)]
pub struct Session {
    /// What the page knows.
    pub state: Rc<AppState>,
    /// Changes it.
    pub dispatcher: UseReducerDispatcher<Shared>,
    /// To the worker.
    pub worker: Callback<ToWorker>,
    /// What the page has around it.
    pub platform: Platform,
}

impl PartialEq for Session {
    /// Each change makes a new state; comparing its contents would cost more than it saves.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.state, &other.state)
    }
}

impl core::fmt::Debug for Session {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Session")
    }
}

impl Session {
    /// Changes what the page knows.
    pub fn act(&self, action: Action) {
        self.dispatcher.dispatch(action);
    }

    /// Tells the worker.
    pub fn tell(&self, wish: ToWorker) {
        self.worker.emit(wish);
    }

    /// Sends a form: nothing else until it is answered.
    pub fn ask(&self, wish: ToWorker) {
        if !self.state.busy {
            self.act(Action::Asked);
            self.tell(wish);
        }
    }

    /// Begins something that goes on by itself.
    pub fn begin(&self, pending: Pending, wish: ToWorker) {
        self.act(Action::Began(pending));
        self.tell(wish);
    }

    /// Has Igoon speak a language (`None`: the browser's) as soon as its texts are here, unless another is chosen meanwhile. Until
    /// then it goes on in the one before, and where they do not come it says so.
    pub fn speak(&self, choice: Option<Language>) {
        let (session, language) = (self.clone(), choice.unwrap_or(self.state.browser_language));
        self.act(Action::LanguageWished(choice));
        spawn_local(async move {
            let here = texts::bring(language).await;
            session.act(Action::LanguageBrought { choice, here });
        });
    }

    /// A callback that tells the worker something without a parameter.
    pub fn telling<E>(&self, wish: ToWorker) -> Callback<E> {
        let session = self.clone();
        Callback::from(move |_| session.tell(wish.clone()))
    }

    /// A callback that changes the state in one way.
    pub fn acting<E>(&self, action: Action) -> Callback<E> {
        let session = self.clone();
        Callback::from(move |_| session.act(action.clone()))
    }
}

/// The properties of a page.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct InSession {
    /// See [`Session`].
    pub session: Session,
}
