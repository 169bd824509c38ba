//! Inviting people: making a link, and the links that are open.

mod link;
mod open;
mod terms;

use std::rc::Rc;

use igoon_shared::log::{HistoryRule, Role};
use yew::prelude::*;

use self::{
    link::{Made, address},
    open::Open,
    terms::Terms,
};
use super::{
    choice::Switch,
    dialog::Dialog,
    focus::use_recovery,
    form::Problem,
    session::{InSession, Session},
};
use crate::{
    messages::ToWorker,
    state::{Action, RoomData},
    texts::t,
};

/// A room's invites beside the room, as long as they are wanted.
#[function_component]
pub fn InviteDialog(props: &InSession) -> Html {
    let session = &props.session;
    let Some(invite) = &session.state.invite else { return Html::default() };
    let Some(room) = session.state.rooms.get(&invite.room) else { return Html::default() };
    html! {
        <Dialog id="invite-title" title={t!("invite-to", room = room.title())} onclose={session.acting(Action::InviteClosed)}>
            <Invites session={session.clone()} room={Rc::clone(room)} />
        </Dialog>
    }
}

/// See [`InviteForm`] and [`Invites`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct InviteProps {
    /// See [`Session`].
    pub session: Session,
    /// Where to.
    pub room: Rc<RoomData>,
}

/// Making a link, or in its place the link that was made: without what is open already.
#[function_component]
pub fn InviteForm(props: &InviteProps) -> Html {
    let (session, room) = (&props.session, &props.room);
    let uses = use_node_ref();
    let invite = session.state.invite.as_ref();
    let made = invite.and_then(|invite| invite.made.as_ref());
    use_recovery(uses.clone(), made.is_some());
    let Some(invite) = invite else { return Html::default() };
    if let Some(link) = made {
        return html! {
            <>
                <Made address={address(session, link)} room={room.title().to_owned()} />
                if let Some(trouble) = &invite.failed { <Problem trouble={trouble.clone()} /> }
                <button type="button" class="quiet" data-testid="another-invite" onclick={session.acting(Action::InviteOpened(invite.room))}>
                    { t!("invite-another") }
                </button>
            </>
        };
    }
    html! {
        <>
            <p class="hint">{ who_sees_what(room.view().history) }</p>
            <Terms session={session.clone()} invite={invite.clone()} role={room.view().role} {uses} />
        </>
    }
}

/// Making a link, the one that was just made, who may make them, and those that are open.
#[function_component]
pub fn Invites(props: &InviteProps) -> Html {
    let (session, room) = (&props.session, &props.room);
    let view = room.view();
    html! {
        <>
            <p class="hint">{ t!("invite-lead") }</p>
            <InviteForm session={session.clone()} room={Rc::clone(room)} />
            if view.role >= Some(Role::Admin) {
                <Switch id="member-invites" label={t!("invite-members")} about={t!("invite-members-about")}
                    on={view.member_invites} onswitch={{
                        let id = view.room;
                        session.worker.reform(move |allowed| ToWorker::AllowMemberInvites { room: id, allowed })
                    }} />
            }
            <section class="part" aria-labelledby="open-invites">
                <h3 id="open-invites">{ t!("invites-open") }</h3>
                if view.invites.is_empty() {
                    <p class="hint">{ t!("invites-none") }</p>
                } else {
                    <ul class="invites">
                        { for view.invites.iter().map(|open| html! {
                            <Open key={open.invite.to_string()} session={session.clone()} room={view.room} open={open.clone()}
                                maker={room.name_of(open.made_by)} />
                        }) }
                    </ul>
                }
            </section>
        </>
    }
}

/// What those who join can read.
fn who_sees_what(history: Option<HistoryRule>) -> String {
    match history {
        Some(HistoryRule::AllRetained) => t!("invite-sees-all"),
        Some(HistoryRule::FromJoining) => t!("invite-sees-later"),
        None => String::new(),
    }
}
