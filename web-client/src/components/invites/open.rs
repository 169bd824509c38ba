//! An open invite; closing it is asked twice.

use igoon_shared::{client::io::InviteView, ids::RoomId};
use yew::prelude::*;

use super::link::address;
use crate::{
    components::{copy::Copy, focus::use_recovery, session::Session},
    messages::{InviteLink, ToWorker},
    state::calendar,
    texts::{account, invites, t},
};

/// See [`Open`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct OpenProps {
    pub(super) session: Session,
    pub(super) room: RoomId,
    pub(super) open: InviteView,
    /// What to call whoever made it.
    pub(super) maker: AttrValue,
}

/// See the module.
#[function_component]
pub(super) fn Open(props: &OpenProps) -> Html {
    let (open, session) = (&props.open, &props.session);
    let asked = use_state(|| false);
    let (close_button, really_button) = (use_node_ref(), use_node_ref());
    use_recovery(if *asked { really_button.clone() } else { close_button.clone() }, *asked);
    let ask = |wanted: bool| {
        let asked = asked.clone();
        Callback::from(move |_: MouseEvent| asked.set(wanted))
    };
    let close = session.telling(ToWorker::CloseInvite { room: props.room, invite: open.invite });
    let until = account::moment(calendar::local(open.expires_at), calendar::local(calendar::now()).day);
    let link = open.secret.clone().map(|secret| InviteLink { room: props.room, secret });
    html! {
        <li data-testid="open-invite">
            <p>{ invites::open(open.uses_left, open.role, until) }</p>
            <p class="hint">{ t!("invite-made-by", name = props.maker.as_str()) }</p>
            if link.is_none() { <p class="hint">{ t!("invite-not-here") }</p> }
            if *asked {
                <p class="hint">{ t!("invite-close-follows") }</p>
                <div class="choice">
                    <button ref={really_button} type="button" class="secondary danger" data-testid="close-invite-now" onclick={close}>{ t!("invite-close-now") }</button>
                    <button type="button" class="secondary" onclick={ask(false)}>{ t!("invite-leave-open") }</button>
                </div>
            } else {
                <div class="choice">
                    if let Some(link) = &link { <Copy text={address(session, link)} label={t!("copy-link")} done={t!("copied-link")} class="secondary" /> }
                    if open.may_close {
                        <button ref={close_button} type="button" class="secondary" data-testid="close-invite" onclick={ask(true)}>{ t!("invite-close") }</button>
                    }
                </div>
            }
        </li>
    }
}
