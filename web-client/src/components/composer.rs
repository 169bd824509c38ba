//! Where one writes. Enter sends, Shift and Enter begin a new line.

use igoon_shared::ids::RoomId;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};
use yew::prelude::*;

use super::icon::{Drawing, Icon};
use crate::state::rules;

/// The most rows that it grows to where the browser does not size it by its content.
const MOST_ROWS: usize = 8;

/// See [`Composer`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ComposerProps {
    /// Where to.
    pub room: RoomId,
    /// What the room is called.
    pub title: AttrValue,
    /// Somebody wrote something.
    pub send: Callback<String>,
}

/// See the module.
#[function_component]
pub fn Composer(props: &ComposerProps) -> Html {
    let field = use_node_ref();
    let rows = use_state(|| 1);
    let too_long = use_state(|| false);
    use_effect_with((field.clone(), props.room), |(field, _)| {
        if let Some(field) = field.cast::<HtmlTextAreaElement>().filter(|_| has_keyboard()) {
            let _ = field.focus();
        }
    });
    let look = {
        let (field, rows, too_long) = (field.clone(), rows.clone(), too_long.clone());
        Callback::from(move |()| {
            let text = written(&field);
            rows.set(text.split('\n').count().min(MOST_ROWS));
            too_long.set(!rules::fits_a_message(&text));
        })
    };
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
                <p class="error" role="alert">{ "This is too long for one message. Send it in parts." }</p>
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
                <Icon drawing={Drawing::Lock} />{ "Encrypted on this computer. Enter sends, Shift + Enter begins a new line." }
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
