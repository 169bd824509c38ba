//! An invite link: made, shown, copied.

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{dialog::Dialog, form::Problem, session::InSession};
use crate::{
    messages::Trouble,
    state::{Action, Invite, route},
    texts,
};

/// The dialog with the link, as long as one is wanted.
#[function_component]
pub fn InviteDialog(props: &InSession) -> Html {
    let session = &props.session;
    let body = match &session.state.invite {
        Invite::Closed => return Html::default(),
        Invite::Making(_) => html! {
            <p class="working" role="status"><span class="progress" aria-hidden="true"></span>{ "Making the link…" }</p>
        },
        Invite::Failed(code) => {
            let trouble = Trouble::Refused { code: *code, field: None, retry_after_ms: None };
            html! { <Problem {trouble} /> }
        }
        Invite::Made(link) => {
            let origin = web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
            html! { <Link address={route::invite_address(&origin, link).unwrap_or_default()} /> }
        }
    };
    html! {
        <Dialog id="invite-title" title="Invite somebody" onclose={session.acting(Action::InviteClosed)}>{ body }</Dialog>
    }
}

/// See [`Link`].
#[derive(Clone, PartialEq, Eq, Properties)]
struct LinkProps {
    address: AttrValue,
}

#[function_component]
fn Link(props: &LinkProps) -> Html {
    let field = use_node_ref();
    let copied = use_state(|| false);
    let copy = {
        let (field, copied, address) = (field.clone(), copied.clone(), props.address.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(field) = field.cast::<HtmlInputElement>() {
                // Selected, it can be copied by hand where the browser does not permit it.
                field.select();
            }
            let copied = copied.clone();
            let Some(clipboard) = web_sys::window().map(|window| window.navigator().clipboard()) else { return };
            let writing = clipboard.write_text(&address);
            spawn_local(async move { copied.set(JsFuture::from(writing).await.is_ok()) });
        })
    };
    html! {
        <>
            <p>{ texts::room::INVITE }</p>
            <div class="field">
                <label for="invite-link">{ "Invite link" }</label>
                <div class="input">
                    <input ref={field} id="invite-link" data-testid="invite-link" type="text" readonly=true value={&props.address} />
                </div>
            </div>
            <button type="button" class="primary" data-testid="copy" onclick={copy}>
                { if *copied { "Copied" } else { "Copy link" } }
            </button>
            <p class="hidden" role="status">{ if *copied { "The link was copied." } else { "" } }</p>
        </>
    }
}
