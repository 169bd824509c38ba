//! A button that copies a text.

use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

use super::{
    icon::{Drawing, Icon},
    language::use_language,
};
use crate::texts::t;

/// See [`Copy`](struct@Copy).
#[derive(Clone, Debug, PartialEq, Eq, Properties)]
pub struct CopyProps {
    /// What is copied.
    pub text: AttrValue,
    /// What the button says.
    pub label: AttrValue,
    /// What is said when it is done.
    pub done: AttrValue,
    /// How the button looks.
    pub class: &'static str,
}

/// How copying went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copied {
    NotYet,
    Yes,
    Refused,
}

/// See the module. It says what became of it, also where the browser refuses.
#[function_component]
pub fn Copy(props: &CopyProps) -> Html {
    use_language();
    let copied = use_state(|| Copied::NotYet);
    let copy = {
        let (copied, text) = (copied.clone(), props.text.clone());
        Callback::from(move |_: MouseEvent| {
            let copied = copied.clone();
            let Some(clipboard) = web_sys::window().map(|window| window.navigator().clipboard()) else { return };
            let writing = clipboard.write_text(&text);
            spawn_local(async move {
                copied.set(if JsFuture::from(writing).await.is_ok() { Copied::Yes } else { Copied::Refused });
            });
        })
    };
    let (drawing, label, said) = match *copied {
        Copied::NotYet => (Drawing::Copy, props.label.clone(), AttrValue::default()),
        Copied::Yes => (Drawing::Check, t!("copied").into(), props.done.clone()),
        Copied::Refused => (Drawing::Copy, props.label.clone(), t!("copy-refused").into()),
    };
    html! {
        <>
            <button type="button" class={props.class} data-testid="copy" onclick={copy}><Icon {drawing} />{ label }</button>
            <span class={if *copied == Copied::Refused { "error" } else { "hidden" }} role="status">{ said }</span>
        </>
    }
}
