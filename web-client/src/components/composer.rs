//! Where one writes. Enter sends, Shift and Enter begin a new line; on a touch screen, Enter begins a new line and the button
//! sends.
//!
//! The field keeps its text itself. A key renders nothing but, near the limit, how much more fits; a draft goes to the worker
//! when the keys pause.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use web_sys::{Element, HtmlTextAreaElement, KeyboardEvent};
use yew::prelude::*;

use super::{
    icon::{Drawing, Icon},
    language::use_language,
    listen::{Source, use_listener},
};
use crate::{
    state::rules::{Fit, fit},
    texts::t,
};

/// A draft is kept after a pause of so many milliseconds.
const PAUSE_MS: u32 = 500;

/// See [`Composer`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ComposerProps {
    /// What the room is called.
    pub title: AttrValue,
    /// What was begun here before.
    pub draft: AttrValue,
    /// The keys pause: what was written so far, to be kept.
    pub keep: Callback<String>,
    /// The room is left: what was written and not sent.
    pub ondraft: Callback<String>,
    /// Somebody wrote something.
    pub send: Callback<String>,
    /// To the messages.
    pub leave: Callback<()>,
}

/// What is written and not sent.
#[derive(Default)]
struct Unsent {
    text: String,
    /// It was kept like this.
    kept: String,
    pause: Option<Timeout>,
}

/// One for each room: give it the room as its key.
#[function_component]
pub fn Composer(props: &ComposerProps) -> Html {
    use_language();
    let field = use_node_ref();
    let fits = use_state_eq(Fit::default);
    let unsent = use_mut_ref(Unsent::default);
    let touch = use_memo((), |()| is_touch());
    let keep = {
        let unsent = Rc::clone(&unsent);
        use_callback(props.keep.clone(), move |(), keep: &Callback<String>| {
            let mut unsent = unsent.borrow_mut();
            unsent.pause = None;
            if unsent.kept != unsent.text {
                unsent.kept = unsent.text.clone();
                keep.emit(unsent.text.clone());
            }
        })
    };
    // Takes in what stands in the field.
    let look = {
        let (field, fits, unsent) = (field.clone(), fits.setter(), Rc::clone(&unsent));
        use_callback((), move |(), ()| {
            let text = written(&field);
            if let Some(frame) = field.cast::<Element>().and_then(|field| field.parent_element()) {
                // The style lets the field grow as its text does.
                let _ = frame.set_attribute("data-text", &text);
            }
            fits.set(fit(&text));
            unsent.borrow_mut().text = text;
        })
    };
    let typed = {
        let (look, keep, unsent) = (look.clone(), keep.clone(), Rc::clone(&unsent));
        Callback::from(move |_: InputEvent| {
            look.emit(());
            let keep = keep.clone();
            unsent.borrow_mut().pause = Some(Timeout::new(PAUSE_MS, move || keep.emit(())));
        })
    };
    use_listener(Source::Document, "visibilitychange", keep.clone());
    {
        let (field, look, unsent) = (field.clone(), look.clone(), Rc::clone(&unsent));
        use_effect_with(props.draft.clone(), move |draft| {
            // It may come after the room does; what is being written is never replaced.
            if unsent.borrow().text.is_empty()
                && let Some(field) = field.cast::<HtmlTextAreaElement>().filter(|_| !draft.is_empty())
            {
                field.set_value(draft);
                unsent.borrow_mut().kept = draft.to_string();
                look.emit(());
            }
        });
    }
    {
        let (field, ondraft, keep, touch) = (field.clone(), props.ondraft.clone(), keep.clone(), *touch);
        let unsent = Rc::clone(&unsent);
        use_effect_with((), move |()| {
            if let Some(field) = field.cast::<HtmlTextAreaElement>().filter(|_| !touch) {
                let _ = field.focus();
            }
            move || {
                keep.emit(());
                ondraft.emit(unsent.borrow().text.clone());
            }
        });
    }
    let send = {
        let (field, look, keep, send) = (field.clone(), look, keep, props.send.clone());
        Callback::from(move |()| {
            let text = written(&field);
            if let (Fit::Fits | Fit::Near(_), Some(field)) = (fit(&text), field.cast::<HtmlTextAreaElement>()) {
                send.emit(text.trim().to_owned());
                field.set_value("");
                look.emit(());
                keep.emit(());
                let _ = field.focus();
            }
        })
    };
    let pressed = {
        let (send, leave, field, touch) = (send.clone(), props.leave.clone(), field.clone(), *touch);
        Callback::from(move |event: KeyboardEvent| {
            // While a word is being composed, keys belong to the input method.
            if event.is_composing() {
                return;
            }
            let command = event.ctrl_key() || event.meta_key();
            let plain = !command && !event.shift_key() && !event.alt_key();
            match event.key().as_str() {
                "Enter" if command || (plain && !touch) => send.emit(()),
                "Escape" if plain => leave.emit(()),
                "ArrowUp" if plain && written(&field).is_empty() => leave.emit(()),
                _ => return,
            }
            event.prevent_default();
        })
    };
    let submitted = {
        let send = send.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send.emit(());
        })
    };
    let cannot = matches!(*fits, Fit::Empty | Fit::TooLong(_));
    html! {
        <form class="composer" onsubmit={submitted}>
            <div class="write">
                <label class="hidden" for="composer">{ t!("composer-label", room = props.title.as_str()) }</label>
                <div class="grow">
                    <textarea ref={field} id="composer" rows="1" placeholder={t!("composer-label", room = props.title.as_str())}
                        enterkeyhint={if *touch { "enter" } else { "send" }} oninput={typed} onkeydown={pressed}
                        aria-describedby="composer-hint" aria-invalid={matches!(*fits, Fit::TooLong(_)).then_some("true")} dir="auto" />
                </div>
                <button type="submit" class="send" data-testid="send" aria-disabled={cannot.then_some("true")}>
                    <Icon drawing={Drawing::Send} /><span class="hidden">{ t!("composer-send") }</span>
                </button>
            </div>
            <div class="composer-foot" id="composer-hint">
                { match *fits {
                    Fit::TooLong(over) => html! { <p class="error" role="alert">{ t!("composer-too-long", count = over) }</p> },
                    Fit::Near(left) => html! { <p class="hint">{ t!("composer-left", count = left) }</p> },
                    Fit::Empty | Fit::Fits => html! {
                        <p class="hint keys"><Icon drawing={Drawing::Lock} />{ t!("composer-hint") }</p>
                    },
                } }
            </div>
        </form>
    }
}

/// Whether there is a keyboard on the screen alone: it covers half of it, and has no Shift to hold.
fn is_touch() -> bool {
    let coarse =
        web_sys::window().and_then(|window| window.match_media("(hover: none) and (pointer: coarse)").ok().flatten());
    coarse.is_some_and(|coarse| coarse.matches())
}

fn written(field: &NodeRef) -> String {
    field.cast::<HtmlTextAreaElement>().map(|field| field.value()).unwrap_or_default()
}
