//! What can be done by keys anywhere beside a room, and the dialog that tells of it.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::{
    dialog::Dialog,
    go::go_to,
    listen::{Source, use_event},
    session::InSession,
};
use crate::{
    state::{
        Route,
        rooms::{self, Step},
    },
    texts::t,
};

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shortcut {
    Room(Step),
    Help,
}

/// What is held down, and where the focus is.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    alt: bool,
    ctrl_or_meta: bool,
    /// The focus is where text is written.
    writing: bool,
    /// Something lies over the page.
    covered: bool,
}

impl Shortcut {
    fn of(key: &str, held: Held) -> Option<Self> {
        match (key, held) {
            (_, Held { covered: true, .. }) => None,
            ("ArrowUp", Held { alt: true, ctrl_or_meta: false, .. }) => Some(Self::Room(Step::Up)),
            ("ArrowDown", Held { alt: true, ctrl_or_meta: false, .. }) => Some(Self::Room(Step::Down)),
            ("/", Held { alt: false, ctrl_or_meta: true, .. }) => Some(Self::Help),
            ("?", Held { alt: false, ctrl_or_meta: false, writing: false, .. }) => Some(Self::Help),
            _ => None,
        }
    }
}

/// Listens to the keys, and shows the help when it is asked for.
#[function_component]
pub fn Shortcuts(props: &InSession) -> Html {
    let help = use_state(|| false);
    let press = {
        let help = help.setter();
        use_callback(props.session.clone(), move |event: Event, session| {
            let Ok(event) = event.dyn_into::<KeyboardEvent>() else { return };
            let held = Held {
                alt: event.alt_key(),
                ctrl_or_meta: event.ctrl_key() || event.meta_key(),
                writing: event.target_dyn_into::<Element>().is_some_and(|element| is_written_in(&element)),
                covered: is_covered(),
            };
            match Shortcut::of(&event.key(), held) {
                Some(Shortcut::Room(step)) => {
                    event.prevent_default();
                    let shown = session.state.route.room();
                    if let Some(room) = rooms::beside(&session.state.rooms, shown, step) {
                        go_to(session, Route::Room(room));
                    }
                }
                Some(Shortcut::Help) => {
                    event.prevent_default();
                    help.set(true);
                }
                None => {}
            }
        })
    };
    use_event(Source::Document, "keydown", press);
    let close = {
        let help = help.setter();
        Callback::from(move |()| help.set(false))
    };
    if !*help {
        return Html::default();
    }
    let line = |keys: &[&str], what: String| {
        html! {
            <div>
                <dt>{ for keys.iter().map(|key| html! { <kbd>{ *key }</kbd> }) }</dt>
                <dd>{ what }</dd>
            </div>
        }
    };
    html! {
        <Dialog id="shortcuts-title" title={t!("shortcuts")} onclose={close}>
            <dl class="shortcuts" data-testid="shortcuts">
                { line(&["Alt", "↑"], t!("shortcut-room-up")) }
                { line(&["Alt", "↓"], t!("shortcut-room-down")) }
                { line(&["Enter"], t!("shortcut-send")) }
                { line(&["Shift", "Enter"], t!("shortcut-line")) }
                { line(&["Esc"], t!("shortcut-close")) }
                { line(&["?"], t!("shortcut-help")) }
                { line(&["Ctrl", "/"], t!("shortcut-help-anywhere")) }
            </dl>
        </Dialog>
    }
}

fn is_covered() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| document.query_selector("dialog[open]").is_ok_and(|open| open.is_some()))
}

fn is_written_in(element: &Element) -> bool {
    let editable = element.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable);
    editable || matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Held = Held { alt: false, ctrl_or_meta: false, writing: false, covered: false };
    const ALT: Held = Held { alt: true, writing: true, ..NOTHING };
    const CTRL: Held = Held { ctrl_or_meta: true, writing: true, ..NOTHING };

    #[test]
    fn rooms_change_also_while_one_writes() {
        assert_eq!(Shortcut::of("ArrowUp", ALT), Some(Shortcut::Room(Step::Up)));
        assert_eq!(Shortcut::of("ArrowDown", ALT), Some(Shortcut::Room(Step::Down)));
        assert_eq!(Shortcut::of("ArrowDown", NOTHING), None);
        assert_eq!(Shortcut::of("ArrowDown", Held { covered: true, ..ALT }), None, "nothing changes behind a dialog");
        assert_eq!(Shortcut::of("ArrowDown", Held { alt: true, ctrl_or_meta: true, ..NOTHING }), None);
    }

    #[test]
    fn a_question_mark_that_is_written_asks_for_nothing() {
        assert_eq!(Shortcut::of("?", NOTHING), Some(Shortcut::Help));
        assert_eq!(Shortcut::of("?", Held { writing: true, ..NOTHING }), None);
        assert_eq!(Shortcut::of("/", CTRL), Some(Shortcut::Help));
        assert_eq!(Shortcut::of("/", NOTHING), None);
    }
}
