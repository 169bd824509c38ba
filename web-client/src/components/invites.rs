//! Inviting people: making a link, and the links that are open.

use std::rc::Rc;

use igoon_shared::{
    client::io::{InviteTerms, InviteView},
    ids::RoomId,
    log::Role,
};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{
    dialog::Dialog,
    focus::use_recovery,
    form::Submit,
    session::{InSession, Session},
};
use crate::{
    messages::{InviteLink, ToWorker},
    state::{Action, Invite, RoomData, calendar, route},
    texts::{account, invites},
};

/// The sheet, as long as it is wanted.
#[function_component]
pub fn InviteDialog(props: &InSession) -> Html {
    let session = &props.session;
    let Some(invite) = &session.state.invite else { return Html::default() };
    let Some(room) = session.state.rooms.get(&invite.room) else { return Html::default() };
    html! {
        <Dialog id="invite-title" title={format!("Invite people to {}", room.title())} onclose={session.acting(Action::InviteClosed)}>
            <p class="hint">{ invites::LEAD }</p>
            <InviteForm session={session.clone()} room={Rc::clone(room)} />
            { member_invites(session, room) }
            <section class="part" aria-labelledby="open-invites">
                <h3 id="open-invites">{ "Open links" }</h3>
                if room.view().invites.is_empty() {
                    <p class="hint">{ invites::NONE }</p>
                } else {
                    <ul class="invites">
                        { for room.view().invites.iter().map(|open| html! {
                            <Open key={open.invite.to_string()} session={session.clone()} room={invite.room} open={open.clone()}
                                maker={room.name_of(open.made_by)} />
                        }) }
                    </ul>
                }
            </section>
        </Dialog>
    }
}

/// Whether plain members may invite, for whoever decides it.
fn member_invites(session: &Session, room: &RoomData) -> Html {
    let view = room.view();
    if view.role < Some(Role::Admin) || !view.may_invite {
        return Html::default();
    }
    let id = view.room;
    let allow = session.worker.reform(move |event: Event| {
        let allowed = event.target_dyn_into::<HtmlInputElement>().is_some_and(|input| input.checked());
        ToWorker::AllowMemberInvites { room: id, allowed }
    });
    html! {
        <label class="check" for="member-invites">
            <input id="member-invites" type="checkbox" checked={view.member_invites} onchange={allow} />
            <span>{ "Members may invite, too" }<small>{ invites::MEMBERS }</small></span>
        </label>
    }
}

/// See [`InviteForm`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct InviteFormProps {
    /// See [`Session`].
    pub session: Session,
    /// Where to.
    pub room: Rc<RoomData>,
}

/// Making a link, and the link that was made: without what is open already.
#[function_component]
pub fn InviteForm(props: &InviteFormProps) -> Html {
    let session = &props.session;
    let Some(invite) = &session.state.invite else { return Html::default() };
    html! {
        <>
            <Terms session={session.clone()} invite={invite.clone()} role={props.room.view().role} />
            if let Some(link) = &invite.made {
                <Made link={link.clone()} />
            }
        </>
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct TermsProps {
    session: Session,
    invite: Invite,
    role: Option<Role>,
}

/// For whom and how long.
#[function_component]
fn Terms(props: &TermsProps) -> Html {
    let (session, invite) = (&props.session, &props.invite);
    let (uses, lifetime, admin) = (use_node_ref(), use_node_ref(), use_node_ref());
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
                    <label for="invite-uses">{ "For" }</label>
                    <select id="invite-uses" ref={uses}>
                        { for invites::USES.iter().map(|uses| html! {
                            <option key={*uses} value={uses.to_string()} selected={*uses == usual.uses}>{ invites::people(*uses) }</option>
                        }) }
                    </select>
                </div>
                <div class="field">
                    <label for="invite-lifetime">{ "Good for" }</label>
                    <select id="invite-lifetime" ref={lifetime}>
                        { for invites::LIFETIMES.iter().map(|(millis, words)| html! {
                            <option key={*millis} value={millis.to_string()} selected={*millis == usual.lifetime_ms}>{ *words }</option>
                        }) }
                    </select>
                </div>
            </div>
            if props.role >= Some(Role::Admin) {
                <label class="check" for="invite-admin">
                    <input ref={admin} id="invite-admin" type="checkbox" />
                    <span>{ "As admin" }<small>{ invites::ADMIN }</small></span>
                </label>
            }
            <Submit label="Make a link" busy={invite.making} {problem} />
        </form>
    }
}

fn chosen<T: core::str::FromStr>(select: &NodeRef) -> Option<T> {
    select.cast::<HtmlSelectElement>()?.value().parse().ok()
}

#[derive(Clone, PartialEq, Properties)]
struct MadeProps {
    link: InviteLink,
}

/// The link that was just made.
#[function_component]
fn Made(props: &MadeProps) -> Html {
    let field = use_node_ref();
    let address = address(&props.link);
    use_effect_with(address.clone(), {
        let field = field.clone();
        move |_| {
            if let Some(field) = field.cast::<HtmlInputElement>() {
                let _ = field.focus();
                field.select();
            }
        }
    });
    html! {
        <div class="made">
            <p role="status">{ invites::MADE }</p>
            <div class="field">
                <label for="invite-link">{ "Invite link" }</label>
                <div class="input">
                    <input ref={field} id="invite-link" data-testid="invite-link" type="text" readonly=true value={address.clone()} />
                </div>
            </div>
            <Copy {address} class="primary" label="Copy link" />
        </div>
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct OpenProps {
    session: Session,
    room: RoomId,
    open: InviteView,
    maker: AttrValue,
}

/// An open invite; closing it is asked twice.
#[function_component]
fn Open(props: &OpenProps) -> Html {
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
            <p>{ invites::open(open.uses_left, open.role, &until) }</p>
            <p class="hint">{ format!("Made by {}", props.maker) }</p>
            if link.is_none() { <p class="hint">{ invites::NOT_HERE }</p> }
            if *asked {
                <p class="hint">{ invites::CLOSE }</p>
                <div class="choice">
                    <button ref={really_button} type="button" class="secondary danger" data-testid="close-invite-now" onclick={close}>{ "Close the link" }</button>
                    <button type="button" class="secondary" onclick={ask(false)}>{ "Leave it open" }</button>
                </div>
            } else {
                <div class="choice">
                    if let Some(link) = &link { <Copy address={address(link)} class="secondary" label="Copy link" /> }
                    if open.may_close {
                        <button ref={close_button} type="button" class="secondary" data-testid="close-invite" onclick={ask(true)}>{ "Close" }</button>
                    }
                </div>
            }
        </li>
    }
}

#[derive(Clone, PartialEq, Eq, Properties)]
struct CopyProps {
    address: AttrValue,
    class: &'static str,
    label: &'static str,
}

/// Copies a link; says so.
#[function_component]
fn Copy(props: &CopyProps) -> Html {
    let copied = use_state(|| false);
    let copy = {
        let (copied, address) = (copied.clone(), props.address.clone());
        Callback::from(move |_: MouseEvent| {
            let copied = copied.clone();
            let Some(clipboard) = web_sys::window().map(|window| window.navigator().clipboard()) else { return };
            let writing = clipboard.write_text(&address);
            spawn_local(async move { copied.set(JsFuture::from(writing).await.is_ok()) });
        })
    };
    html! {
        <>
            <button type="button" class={props.class} data-testid="copy" onclick={copy}>
                { if *copied { "Copied" } else { props.label } }
            </button>
            <span class="hidden" role="status">{ if *copied { "The link was copied." } else { "" } }</span>
        </>
    }
}

fn address(link: &InviteLink) -> AttrValue {
    let origin = web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    route::invite_address(&origin, link).unwrap_or_default().into()
}
