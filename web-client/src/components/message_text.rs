//! What a message says: its lines as they were written, links that are safe, and the rest of a long one on demand. Nothing
//! in it is ever read as markup: it becomes text nodes.

use web_sys::Url;
use yew::prelude::*;

use super::language::use_language;
use crate::{
    state::links::{Piece, is_long, pieces},
    texts::t,
};

/// See [`Text`].
#[derive(Clone, Debug, PartialEq, Eq, Properties)]
pub struct TextProps {
    /// The element's id.
    pub id: AttrValue,
    /// What was written.
    pub text: AttrValue,
    /// The Tab key goes to its links and buttons.
    pub reachable: bool,
}

/// See the module.
#[function_component]
pub fn Text(props: &TextProps) -> Html {
    use_language();
    let whole = use_state(|| false);
    let long = use_memo(props.text.clone(), |text| is_long(text));
    let tabindex = if props.reachable { "0" } else { "-1" };
    let toggle = {
        let whole = whole.clone();
        Callback::from(move |_: MouseEvent| whole.set(!*whole))
    };
    html! {
        <>
            <p id={&props.id} class={classes!("text", (*long && !*whole).then_some("cut"))} data-testid="message-text" dir="auto">
                { for pieces(&props.text).into_iter().map(|piece| shown(piece, tabindex)) }
            </p>
            if *long {
                <button type="button" class="quiet more" {tabindex} aria-expanded={whole.to_string()}
                    aria-controls={&props.id} onclick={toggle}>
                    { if *whole { t!("message-less") } else { t!("message-more") } }
                </button>
            }
        </>
    }
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
