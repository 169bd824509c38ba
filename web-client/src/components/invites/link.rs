//! An invite's link: to be copied, or shown to a camera.

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::{
    components::{
        icon::{Drawing, Icon},
        language::use_language,
        qr::QrCode,
        session::Session,
    },
    messages::InviteLink,
    state::route,
    texts::t,
};

/// See [`Made`].
#[derive(Clone, PartialEq, Properties)]
pub(super) struct MadeProps {
    /// The link.
    pub(super) address: AttrValue,
    /// What to call the room.
    pub(super) room: AttrValue,
}

/// The link that was just made.
#[function_component]
pub(super) fn Made(props: &MadeProps) -> Html {
    use_language();
    let field = use_node_ref();
    let address = props.address.clone();
    use_effect_with(address.clone(), {
        let field = field.clone();
        move |_| {
            if let Some(field) = field.cast::<HtmlInputElement>() {
                let _ = field.focus();
                field.select();
                // Its beginning tells whose server it is.
                field.set_scroll_left(0);
            }
        }
    });
    html! {
        <div class="made">
            <p role="status">{ t!("invite-made") }</p>
            <div class="field">
                <label for="invite-link">{ t!("invite-link") }</label>
                <div class="input">
                    <input ref={field} id="invite-link" data-testid="invite-link" type="text" dir="ltr" readonly=true value={address.clone()} />
                </div>
            </div>
            <Copy address={address.clone()} class="primary" />
            <QrCode text={address} label={t!("invite-qr", room = props.room.as_str())} />
            <p class="hint">{ t!("invite-qr-how") }</p>
        </div>
    }
}

/// See [`Copy`].
#[derive(Clone, PartialEq, Eq, Properties)]
pub(super) struct CopyProps {
    pub(super) address: AttrValue,
    pub(super) class: &'static str,
}

/// How copying went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copied {
    NotYet,
    Yes,
    Refused,
}

/// Copies a link; says so, also where the browser refuses.
#[function_component]
pub(super) fn Copy(props: &CopyProps) -> Html {
    use_language();
    let copied = use_state(|| Copied::NotYet);
    let copy = {
        let (copied, address) = (copied.clone(), props.address.clone());
        Callback::from(move |_: MouseEvent| {
            let copied = copied.clone();
            let Some(clipboard) = web_sys::window().map(|window| window.navigator().clipboard()) else { return };
            let writing = clipboard.write_text(&address);
            spawn_local(async move {
                copied.set(if JsFuture::from(writing).await.is_ok() { Copied::Yes } else { Copied::Refused });
            });
        })
    };
    let (drawing, label, said) = match *copied {
        Copied::NotYet => (Drawing::Copy, t!("copy-link"), String::new()),
        Copied::Yes => (Drawing::Check, t!("copied"), t!("copied-link")),
        Copied::Refused => (Drawing::Copy, t!("copy-link"), t!("copy-refused")),
    };
    html! {
        <>
            <button type="button" class={props.class} data-testid="copy" onclick={copy}><Icon {drawing} />{ label }</button>
            <span class={if *copied == Copied::Refused { "error" } else { "hidden" }} role="status">{ said }</span>
        </>
    }
}

/// A link as people pass it on: with the server's own address, wherever this page runs.
pub(super) fn address(session: &Session, link: &InviteLink) -> AttrValue {
    route::invite_address(session.state.place.origin(), link).unwrap_or_default().into()
}
