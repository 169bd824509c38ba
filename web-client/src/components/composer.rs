//! Where one writes. Enter sends, Shift and Enter begin a new line.

use std::rc::Rc;

use web_sys::{HtmlTextAreaElement, KeyboardEvent};
use yew::prelude::*;

use super::icon::{Drawing, Icon};
use crate::{state::rules, texts::room};

/// The most rows that it grows to where the browser does not size it by its content.
const MOST_ROWS: usize = 8;

/// See [`Composer`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ComposerProps {
    /// What the room is called.
    pub title: AttrValue,
    /// What was begun here before.
    pub draft: AttrValue,
    /// The room is left: what was written and not sent.
    pub ondraft: Callback<String>,
    /// Somebody wrote something.
    pub send: Callback<String>,
}

/// One for each room: give it the room as its key.
#[function_component]
pub fn Composer(props: &ComposerProps) -> Html {
    let field = use_node_ref();
    let rows = use_state(|| 1);
    let too_long = use_state(|| false);
    let unsent = use_mut_ref(String::new);
    let look = {
        let (field, rows, too_long, unsent) = (field.clone(), rows.clone(), too_long.clone(), Rc::clone(&unsent));
        Callback::from(move |()| {
            let text = written(&field);
            rows.set(text.split('\n').count().min(MOST_ROWS));
            too_long.set(!rules::fits_a_message(&text));
            *unsent.borrow_mut() = text;
        })
    };
    {
        let (field, look, draft, ondraft) = (field.clone(), look.clone(), props.draft.clone(), props.ondraft.clone());
        use_effect_with((), move |()| {
            if let Some(field) = field.cast::<HtmlTextAreaElement>() {
                field.set_value(&draft);
                if has_keyboard() {
                    let _ = field.focus();
                }
            }
            look.emit(());
            move || ondraft.emit(unsent.take())
        });
    }
    let send = {
        let (field, look, send) = (field.clone(), look.clone(), props.send.clone());
        Callback::from(move |()| {
            let text = written(&field);
            let text = text.trim();
            if text.is_empty() || !rules::fits_a_message(text) {
                return;
            }
            send.emit(text.to_owned());
            if let Some(field) = field.cast::<HtmlTextAreaElement>() {
                field.set_value("");
                let _ = field.focus();
            }
            look.emit(());
        })
    };
    let pressed = {
        let send = send.clone();
        Callback::from(move |event: KeyboardEvent| {
            // While a word is being composed, Enter belongs to the input method.
            if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                event.prevent_default();
                send.emit(());
            }
        })
    };
    let submitted = {
        let send = send.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send.emit(());
        })
    };
    html! {
        <form class="composer" onsubmit={submitted}>
            if *too_long {
                <p class="error" role="alert">{ room::TOO_LONG }</p>
            }
            <div class="write">
                <label class="hidden" for="composer">{ format!("Message to {}", props.title) }</label>
                <textarea ref={field} id="composer" rows={rows.to_string()} placeholder={format!("Message {}", props.title)}
                    oninput={look.reform(|_: InputEvent| ())} onkeydown={pressed} aria-describedby="composer-hint" dir="auto" />
                <button type="submit" class="send" data-testid="send">
                    <Icon drawing={Drawing::Send} /><span class="hidden">{ "Send" }</span>
                </button>
            </div>
            <p class="hint" id="composer-hint">
                <Icon drawing={Drawing::Lock} />{ room::COMPOSER_HINT }
            </p>
        </form>
    }
}

/// Whether a focus would not bring up a keyboard that covers half of the screen.
fn has_keyboard() -> bool {
    let fine = web_sys::window().and_then(|window| window.match_media("(pointer: fine)").ok().flatten());
    fine.is_some_and(|fine| fine.matches())
}

fn written(field: &NodeRef) -> String {
    field.cast::<HtmlTextAreaElement>().map(|field| field.value()).unwrap_or_default()
}
