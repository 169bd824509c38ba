//! An invite's link: to be copied, or shown to a camera.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::{
    components::{copy::Copy, language::use_language, qr::QrCode, session::Session},
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
            <Copy text={address.clone()} label={t!("copy-link")} done={t!("copied-link")} class="primary" />
            <QrCode text={address} label={t!("invite-qr", room = props.room.as_str())} />
            <p class="hint">{ t!("invite-qr-how") }</p>
        </div>
    }
}

/// A link as people pass it on: with the server's own address, wherever this page runs.
pub(super) fn address(session: &Session, link: &InviteLink) -> AttrValue {
    route::invite_address(session.state.place.origin(), link).unwrap_or_default().into()
}
