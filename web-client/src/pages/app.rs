//! The whole app: starts the worker, keeps the state, shows the page that the state asks for.

use std::rc::Rc;

use futures_channel::mpsc::unbounded;
use igoon_shared::time::Timestamp;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

use super::{
    Page, account, admin,
    begin::{begin, start},
    between, code, entrance, gallery, kit, opening, preferences, privacy, room, room_log, room_recovery, room_settings,
    server_address, set_up, settings, wordless,
};
use crate::{
    components::{
        approval::approval_dialog,
        focus,
        listen::{Source, is_visible, use_listener},
        notifier::Notifier,
        session::Session,
        status::{Notice, Status},
        theme_choice::show_theme,
        update::UpdateOffer,
    },
    crossing::Crossing,
    messages::{Connection, ToWorker},
    platform::Platform,
    state::{Action, AppState, Language, Route, Shared, calendar},
    texts,
};

/// Keys, pointers and touches are told to the worker once in so many milliseconds.
const ACTIVE_EVERY_MS: i64 = 5_000;

/// Starts the worker, and shows the app as soon as its texts are here: the worker has its own way to go until the first page can
/// be shown, and goes it meanwhile.
pub fn open() {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    let Some(root) = document.get_element_by_id("root") else { return };
    let secure = window.is_secure_context();
    let platform = Platform::find();
    let worker = secure.then(|| start(platform)).flatten();
    spawn_local(async move {
        if texts::bring(at_first().language()).await {
            yew::Renderer::<App>::with_root_and_props(root, AppProps { secure, platform, worker }).render();
        } else {
            wordless::show(&document);
        }
    });
}

/// What is known before anything is shown.
#[derive(Clone, Debug, PartialEq, Properties)]
struct AppProps {
    /// This origin can have keys.
    secure: bool,
    platform: Platform,
    /// Absent where there can be none.
    worker: Option<Crossing>,
}

/// See the module.
#[function_component]
fn App(props: &AppProps) -> Html {
    let AppProps { secure, platform, .. } = *props;
    let store = use_reducer(|| Shared(Rc::new(at_first())));
    let (state, dispatcher) = (Rc::clone(&store.0), store.dispatcher());
    // Before anything below asks for a text.
    let language = state.language();
    texts::choose(language);
    // What is wished before the worker is there waits for it.
    let wishes = use_mut_ref(|| {
        let (wishes, wished) = unbounded();
        (wishes, Some(wished))
    });
    {
        let (wishes, dispatcher, worker) = (Rc::clone(&wishes), dispatcher.clone(), props.worker.clone());
        use_effect_with((), move |()| {
            if let Some(wished) = wishes.borrow_mut().1.take().filter(|_| secure) {
                spawn_local(begin(platform, worker, dispatcher, wished));
            }
        });
    }
    let worker = use_callback((), move |wish: ToWorker, ()| {
        // The other end lives as long as the page, where there is a worker at all.
        let _ = wishes.borrow().0.unbounded_send(wish);
    });
    let session = Session { state: Rc::clone(&state), dispatcher: dispatcher.clone(), worker, platform };

    let routed = use_callback(dispatcher, |(), dispatcher| dispatcher.dispatch(Action::Routed(address())));
    let used = use_mut_ref(Timestamp::default);
    let active = use_callback(session.worker.clone(), move |(), worker| {
        // Once in a while is enough: the core thins it out further.
        let now = calendar::now();
        if now.millis_since(*used.borrow()).abs() >= ACTIVE_EVERY_MS {
            *used.borrow_mut() = now;
            worker.emit(ToWorker::Active);
        }
    });
    let awake = use_callback(session.worker.clone(), |(), worker| {
        if is_visible() {
            worker.emit(ToWorker::Awake);
        }
    });
    use_listener(Source::Document, "visibilitychange", awake.clone());
    use_listener(Source::Window, "pageshow", awake);
    use_listener(Source::Document, "keydown", active.clone());
    use_listener(Source::Document, "pointerdown", active.clone());
    use_listener(Source::Document, "pointermove", active);
    use_listener(Source::Window, "popstate", routed.clone());
    use_listener(Source::Window, "hashchange", routed);
    use_effect_with(state.route.clone(), |route| {
        // Where the state went by itself: out of a link that was used, lest it be shared by mistake; away from an account.
        if let Some(path) = route.path() {
            show_path(&path);
        }
    });
    let signed = state.profile().map(|profile| profile.device);
    use_effect_with(signed, |signed| {
        if signed.is_some() {
            keep_storage();
        }
    });

    use_effect_with(state.preferences, preferences::keep);
    use_effect_with(state.preferences.theme, |theme| show_theme(*theme));
    use_effect_with(language, |language| preferences::mark_document(*language));

    let page = if secure { Page::of(&state) } else { Page::Insecure };
    use_effect_with((page, state.route.room()), |(page, _)| {
        // A page that has no field to begin with begins with its heading. At first the reader is wherever they are.
        if *page != Page::Starting {
            focus::recover(heading());
        }
    });
    html! {
        <ContextProvider<Language> context={language}>
        <ContextProvider<Session> context={session.clone()}>
        <div id="app" data-page={page.name()} data-connection={connection(&state)}
            data-key-ms={state.key_ms.map(|millis| millis.to_string())}>
            if state.profile().is_some() { <Status session={session.clone()} /> }
            { show(page, session.clone()) }
            { approval_dialog(&session) }
            <div class="toasts">
                <Notice session={session.clone()} />
                <Notifier session={session.clone()} />
                <UpdateOffer {session} />
            </div>
        </div>
        </ContextProvider<Session>>
        </ContextProvider<Language>>
    }
}

fn show(page: Page, session: Session) -> Html {
    match page {
        Page::Starting => html! { <between::Starting /> },
        Page::Insecure => html! { <between::Insecure /> },
        Page::ServerAddress => html! { <server_address::ServerAddress {session} /> },
        Page::Elsewhere => html! { <between::Elsewhere {session} /> },
        Page::Unreachable => html! { <between::Unreachable {session} /> },
        Page::Stopped => html! { <between::Stopped {session} /> },
        Page::OtherAccount => html! { <between::OtherAccount {session} /> },
        Page::KeysLost => html! { <between::KeysLost {session} /> },
        Page::MakingKeys => html! { <between::MakingKeys {session} /> },
        Page::BadLink => html! { <between::BadLink {session} /> },
        Page::SetUp => html! { <set_up::SetUp {session} /> },
        Page::SignUp => html! { <entrance::SignUp {session} /> },
        Page::SignIn => html! { <entrance::SignIn {session} /> },
        Page::Code => html! { <code::EnterCode {session} /> },
        Page::Correct => html! { <code::Correct {session} /> },
        Page::Account => html! { <account::AccountPage {session} /> },
        Page::Admin => html! { <admin::AdminPage {session} /> },
        Page::Join => html! { <opening::Join {session} /> },
        Page::Working => html! { <opening::Opening {session} /> },
        Page::NameRoom => html! { <opening::NameRoom {session} /> },
        Page::InviteOthers => html! { <opening::InviteOthers {session} /> },
        Page::NoRoom => html! { <opening::NoRoom {session} /> },
        Page::Components => html! { <gallery::Gallery {session} /> },
        Page::NotFound => html! { <between::NotFound {session} /> },
        // One component for both: the list of rooms stays what it is.
        Page::Rooms | Page::Room => html! { <room::RoomPage {session} /> },
        Page::RoomSettings => html! { <room_settings::RoomSettings {session} /> },
        Page::RoomLog => html! { <room_log::RoomLog {session} /> },
        Page::RoomRecovery => html! { <room_recovery::RoomRecovery {session} /> },
        Page::Kit => html! { <kit::KitPage {session} /> },
        Page::Settings => html! { <settings::Settings {session} /> },
        Page::Privacy => html! { <privacy::Privacy {session} /> },
    }
}

fn at_first() -> AppState {
    AppState {
        preferences: preferences::kept(),
        browser_language: preferences::browser_language(),
        ..AppState::new(address())
    }
}

fn connection(state: &AppState) -> &'static str {
    match state.connection {
        Connection::Connecting => "connecting",
        Connection::Online => "online",
        Connection::Reconnecting(_) => "reconnecting",
    }
}

fn address() -> Route {
    let Some(location) = web_sys::window().map(|window| window.location()) else { return Route::Home };
    Route::parse(&location.pathname().unwrap_or_default(), &location.hash().unwrap_or_default())
}

/// Puts this path in the place of the present address, without loading the page anew.
fn show_path(path: &str) {
    if let Some(window) = web_sys::window()
        && window.location().pathname().is_ok_and(|shown| shown != path)
        && let Ok(history) = window.history()
    {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

fn heading() -> Option<Element> {
    web_sys::window()?.document()?.query_selector("h1").ok()?
}

/// Asks the browser not to throw away this computer's keys when the disk fills up. It may decline.
fn keep_storage() {
    if let Some(window) = web_sys::window() {
        let _ = window.navigator().storage().persist();
    }
}
