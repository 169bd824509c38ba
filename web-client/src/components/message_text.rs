//! What a message says: its lines as they were written, links that are safe, and the rest of a long one on demand. Nothing
//! in it is ever read as markup: it becomes text nodes.

use web_sys::Url;
use yew::prelude::*;

use super::language::use_language;
use crate::{
    state::links::{Piece, is_long, pieces},
    texts::t,
};

/// A message's text, under this id. `reachable`: the Tab key goes to its links and buttons.
pub fn text(id: String, text: &str, reachable: bool) -> Html {
    // Hundreds of them are on the page, and next to none is long.
    if is_long(text) {
        html! { <LongText {id} text={text.to_owned()} {reachable} /> }
    } else {
        paragraph(&id.into(), text, false, tabindex(reachable))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Properties)]
struct LongTextProps {
    id: AttrValue,
    text: AttrValue,
    reachable: bool,
}

#[function_component]
fn LongText(props: &LongTextProps) -> Html {
    use_language();
    let whole = use_state(|| false);
    let tabindex = tabindex(props.reachable);
    let toggle = {
        let whole = whole.clone();
        Callback::from(move |_: MouseEvent| whole.set(!*whole))
    };
    html! {
        <>
            { paragraph(&props.id, &props.text, !*whole, tabindex) }
            <button type="button" class="quiet more" {tabindex} aria-expanded={whole.to_string()}
                aria-controls={&props.id} onclick={toggle}>
                { if *whole { t!("message-less") } else { t!("message-more") } }
            </button>
        </>
    }
}

fn paragraph(id: &AttrValue, text: &str, cut: bool, tabindex: &'static str) -> Html {
    html! {
        <p {id} class={classes!("text", cut.then_some("cut"))} data-testid="message-text" dir="auto">
            { for pieces(text).into_iter().map(|piece| shown(piece, tabindex)) }
        </p>
    }
}

const fn tabindex(reachable: bool) -> &'static str {
    if reachable { "0" } else { "-1" }
}

fn shown(piece: Piece<'_>, tabindex: &'static str) -> Html {
    match piece {
        Piece::Text(text) => html! { { text } },
        Piece::Link { text, to, veiled } => {
            // What the browser makes of it: hosts in letters of other alphabets as they are asked for.
            let address = Url::new(&to).map(|url| url.href()).unwrap_or_else(|_| to.clone());
            html! {
                <>
                    <a href={to} title={address.clone()} {tabindex} target="_blank" rel="noopener noreferrer nofollow">
                        <bdi>{ text }</bdi>
                    </a>
                    if veiled {
                        <bdi class="address">{ t!("link-address", address = address) }</bdi>
                    }
                </>
            }
        }
    }
}
