//! What else can be done, behind a button.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, Node, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use super::icon::{Drawing, Icon};

/// See [`Menu`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct MenuProps {
    /// What the button is called.
    pub label: AttrValue,
    /// How it looks.
    #[prop_or(Drawing::More)]
    pub drawing: Drawing,
    /// Buttons and links.
    pub children: Html,
}

/// A button that opens a few others: the browser's own disclosure, so that it needs no roles of its own. It closes when
/// something was chosen, at Escape, and when the focus goes elsewhere.
#[function_component]
pub fn Menu(props: &MenuProps) -> Html {
    let frame = use_node_ref();
    let close = {
        let frame = frame.clone();
        move || {
            if let Some(frame) = frame.cast::<Element>() {
                let _ = frame.remove_attribute("open");
            }
        }
    };
    let left = {
        let (frame, close) = (frame.clone(), close.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
            if !frame.cast::<Node>().is_some_and(|frame| frame.contains(to.as_ref())) {
                close();
            }
        })
    };
    // The focus goes back to the button: from there also what opens now gives it back when it closes.
    let leave = {
        let frame = frame.clone();
        Callback::from(move |()| {
            close();
            let summary = frame.cast::<Element>().and_then(|frame| frame.first_element_child());
            if let Some(summary) = summary.and_then(|summary| summary.dyn_into::<HtmlElement>().ok()) {
                let _ = summary.focus();
            }
        })
    };
    let key = {
        let leave = leave.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                // Not of what the menu stands in.
                event.prevent_default();
                leave.emit(());
            }
        })
    };
    // Below the last line of a list it would open where nobody sees it.
    let toggled = {
        let frame = frame.clone();
        Callback::from(move |_: Event| {
            let frame = frame.cast::<Element>().filter(|frame| frame.has_attribute("open"));
            if let Some(items) = frame.and_then(|frame| frame.last_element_child()) {
                let nearest = ScrollIntoViewOptions::new();
                nearest.set_block(ScrollLogicalPosition::Nearest);
                items.scroll_into_view_with_scroll_into_view_options(&nearest);
            }
        })
    };
    let chosen = leave.reform(|_: MouseEvent| ());
    html! {
        <details ref={frame} class="menu" onfocusout={left} onkeydown={key} ontoggle={toggled}>
            <summary class="icon-button" aria-label={&props.label} data-tip={&props.label}><Icon drawing={props.drawing} /></summary>
            <div class="menu-items" onclick={chosen}>{ props.children.clone() }</div>
        </details>
    }
}
