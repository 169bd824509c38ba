//! The room: header, timeline, composer, and what opens over them.

use std::rc::Rc;

use igoon_shared::client::io::Standing;
use yew::prelude::*;

use super::app::go_to_account;
use crate::{
    components::{
        composer::Composer,
        header::{Header, Panel},
        icon::{Drawing, Icon},
        invite::InviteDialog,
        people::People,
        session::InSession,
        status::{Notice, Status},
        timeline::TimelineView,
    },
    messages::ToWorker,
    state::{Action, RoomData, Route},
    texts,
};

/// See the module.
#[function_component]
pub(super) fn RoomPage(props: &InSession) -> Html {
    let session = &props.session;
    let panel = use_state(|| None::<Panel>);
    let (Some(room), Some(profile)) = (session.state.room(), session.state.profile()) else { return Html::default() };
    let open = {
        let panel = panel.clone();
        Callback::from(move |which| panel.set(Some(which)))
    };
    let close = {
        let (session, panel) = (session.clone(), panel.clone());
        Callback::from(move |()| {
            session.act(Action::ProblemSeen);
            panel.set(None);
        })
    };
    let invite = {
        let (session, room) = (session.clone(), room.view().room);
        Callback::from(move |_: MouseEvent| {
            session.act(Action::InviteAsked(room));
            session.tell(ToWorker::Invite { room });
        })
    };
    let account = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| {
            go_to_account();
            session.act(Action::Routed(Route::Account));
        })
    };
    html! {
        <div class="room">
            <Header session={session.clone()} room={Rc::clone(room)} invite={&invite} {open} {account} />
            <main>
                <Status session={session.clone()} />
                if room.view().standing == Standing::NotApproved {
                    { not_approved() }
                } else {
                    <TimelineView key={room.view().room.to_string()} room={Rc::clone(room)} profile={profile.clone()}
                        worker={&session.worker} {invite} />
                }
                <Notice session={session.clone()} />
                { foot(room, &session.worker) }
            </main>
            { match *panel {
                Some(Panel::People) => html! { <People room={Rc::clone(room)} onclose={close} /> },
                None => Html::default(),
            } }
            <InviteDialog session={session.clone()} />
            <div class="hidden" aria-live="polite" data-testid="announcement">{ &session.state.announcement }</div>
        </div>
    }
}

/// What stands in the timeline's place on a computer that has no keys.
fn not_approved() -> Html {
    html! {
        <div class="empty" role="status" data-testid="not-approved">
            <Icon drawing={Drawing::Lock} />
            <h2>{ "This computer is not approved yet" }</h2>
            <p>{ texts::account::NOT_APPROVED }</p>
            <p>{ texts::account::NOT_APPROVED_NEXT }</p>
        </div>
    }
}

/// Where one writes, or why one cannot.
fn foot(room: &Rc<RoomData>, worker: &Callback<ToWorker>) -> Html {
    let id = room.view().room;
    match room.view().standing {
        Standing::Ready | Standing::CatchingUp => {
            let send = worker.reform(move |text| ToWorker::Send { room: id, text });
            html! { <Composer room={id} title={room.title().to_owned()} {send} /> }
        }
        Standing::NotApproved => Html::default(),
        Standing::Alarm(alarm) => html! {
            <div class="foot alarm" role="alert" data-testid="alarm">
                <Icon drawing={Drawing::Warning} /><p>{ texts::alarm(alarm) }</p>
            </div>
        },
    }
}
