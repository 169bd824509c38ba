//! For whom and how long an invite is good.

use core::str::FromStr;

use igoon_shared::{client::io::InviteTerms, log::Role};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::{
    components::{form::Submit, session::Session},
    messages::ToWorker,
    state::{Action, Invite},
    texts::{invites, t},
};

/// See [`Terms`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct TermsProps {
    pub(super) session: Session,
    pub(super) invite: Invite,
    /// What this account may do in the room.
    pub(super) role: Option<Role>,
    /// Where one begins.
    pub(super) uses: NodeRef,
}

/// The form that makes a link.
#[function_component]
pub(super) fn Terms(props: &TermsProps) -> Html {
    let (session, invite) = (&props.session, &props.invite);
    let uses = props.uses.clone();
    let (lifetime, admin) = (use_node_ref(), use_node_ref());
    let usual = InviteTerms::default();
    let submit = {
        let (session, room, making) = (session.clone(), invite.room, invite.making);
        let (uses, lifetime, admin) = (uses.clone(), lifetime.clone(), admin.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if making {
                return;
            }
            let as_admin = admin.cast::<HtmlInputElement>().is_some_and(|input| input.checked());
            let terms = InviteTerms {
                role: if as_admin { Role::Admin } else { Role::Member },
                uses: chosen(&uses).unwrap_or(usual.uses),
                lifetime_ms: chosen(&lifetime).unwrap_or(usual.lifetime_ms),
            };
            session.act(Action::InviteAsked);
            session.tell(ToWorker::Invite { room, terms });
        })
    };
    let problem = invite.failed.clone();
    html! {
        <form class="terms" onsubmit={submit}>
            <div class="pair">
                <div class="field">
                    <label for="invite-uses">{ t!("invite-for") }</label>
                    <select id="invite-uses" ref={uses}>
                        { for invites::USES.iter().map(|uses| html! {
                            <option key={*uses} value={uses.to_string()} selected={*uses == usual.uses}>{ t!("invite-people", count = *uses) }</option>
                        }) }
                    </select>
                </div>
                <div class="field">
                    <label for="invite-lifetime">{ t!("invite-good-for") }</label>
                    <select id="invite-lifetime" ref={lifetime}>
                        { for invites::LIFETIMES.iter().map(|millis| html! {
                            <option key={*millis} value={millis.to_string()} selected={*millis == usual.lifetime_ms}>{ invites::lifetime(*millis) }</option>
                        }) }
                    </select>
                </div>
            </div>
            if props.role >= Some(Role::Admin) {
                <label class="check" for="invite-admin">
                    <input ref={admin} id="invite-admin" type="checkbox" />
                    <span>{ t!("invite-as-admin") }<small>{ t!("invite-as-admin-about") }</small></span>
                </label>
            }
            <Submit label={t!("invite-make")} busy={invite.making} {problem} />
        </form>
    }
}

fn chosen<T: FromStr>(select: &NodeRef) -> Option<T> {
    select.cast::<HtmlSelectElement>()?.value().parse().ok()
}
