//! A modal dialog: the browser's own, with its focus trap and Escape key.

use wasm_bindgen::JsCast as _;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

use super::{
    focus,
    icon::{Drawing, Icon},
    language::use_language,
};
use crate::texts::t;

/// See [`Dialog`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct DialogProps {
    /// The heading's id; ids are unique on a page.
    pub id: AttrValue,
    /// What it is about.
    pub title: AttrValue,
    /// It stands at the end of the window, as high as that, in place of the middle.
    #[prop_or_default]
    pub side: bool,
    /// It was closed, in whatever way.
    pub onclose: Callback<()>,
    /// What is in it.
    pub children: Html,
}

/// Shown as long as it is rendered; take it away when it says that it was closed.
#[function_component]
pub fn Dialog(props: &DialogProps) -> Html {
    use_language();
    let dialog = use_node_ref();
    use_effect_with(dialog.clone(), |dialog| {
        let dialog = dialog.cast::<HtmlDialogElement>();
        if let Some(dialog) = &dialog {
            let _ = dialog.show_modal();
        }
        // Taken away while it is open, it would take the focus along.
        move || {
            if let Some(dialog) = dialog.filter(HtmlDialogElement::open) {
                dialog.close();
                focus::renew();
            }
        }
    });
    let close = {
        let dialog = dialog.clone();
        // Closed by the browser, so that the focus goes back to where it was.
        Callback::from(move |()| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                dialog.close();
            }
        })
    };
    let closed = props.onclose.reform(|_: Event| focus::renew());
    let aside = {
        let close = close.clone();
        Callback::from(move |event: MouseEvent| {
            // The backdrop counts as the dialog itself.
            if event.target().is_some_and(|target| target.dyn_ref::<HtmlDialogElement>().is_some()) {
                close.emit(());
            }
        })
    };
    html! {
        <dialog ref={dialog} class={props.side.then_some("side")} aria-labelledby={&props.id} onclose={closed} onclick={aside}>
            <div class="dialog">
                <header>
                    <h2 id={&props.id}>{ &props.title }</h2>
                    <button type="button" class="icon-button" onclick={close.reform(|_: MouseEvent| ())}>
                        <Icon drawing={Drawing::Close} /><span class="hidden">{ t!("close") }</span>
                    </button>
                </header>
                { props.children.clone() }
            </div>
        </dialog>
    }
}
