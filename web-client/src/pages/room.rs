//! The room: header, timeline, composer, and what opens over them.

use std::rc::Rc;

use igoon_shared::client::io::Standing;
use yew::prelude::*;

use crate::{
    components::{
        composer::Composer,
        header::{Header, Panel, has_several},
        icon::{Drawing, Icon},
        invites::InviteDialog,
        not_approved::NotApproved,
        people::People,
        room_list::RoomList,
        session::{InSession, Session},
        status::{Notice, Status},
        timeline::{self, TimelineView},
    },
    messages::ToWorker,
    state::{Action, RoomData},
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
        let (dispatcher, room) = (session.dispatcher.clone(), room.view().room);
        Callback::from(move |_: MouseEvent| dispatcher.dispatch(Action::InviteOpened(room)))
    };
    html! {
        <div class={classes!("room", has_several(session).then_some("beside"))}>
            if has_several(session) { <RoomList session={session.clone()} /> }
            <Header session={session.clone()} room={Rc::clone(room)} invite={&invite} {open} />
            <main>
                <Status session={session.clone()} />
                if room.view().standing == Standing::NotApproved {
                    <NotApproved room={Rc::clone(room)} />
                } else {
                    <TimelineView key={room.view().room.to_string()} room={Rc::clone(room)} profile={profile.clone()}
                        worker={&session.worker} {invite} />
                }
                <Notice session={session.clone()} />
                { foot(session, room) }
            </main>
            { match *panel {
                Some(Panel::People) => html! { <People session={session.clone()} room={Rc::clone(room)} onclose={close} /> },
                None => Html::default(),
            } }
            <InviteDialog session={session.clone()} />
            <div class="hidden" aria-live="polite" data-testid="announcement">
                <p key={session.state.announced}>{ &session.state.announcement }</p>
            </div>
        </div>
    }
}

/// Where one writes, or why one cannot.
fn foot(session: &Session, room: &Rc<RoomData>) -> Html {
    let id = room.view().room;
    match room.view().standing {
        Standing::Ready | Standing::CatchingUp => {
            let send = session.worker.reform(move |text| ToWorker::Send { room: id, text });
            let draft = session.state.drafts.get(&id).cloned().unwrap_or_default();
            let ondraft = {
                let session = session.clone();
                Callback::from(move |text| session.act(Action::Draft(id, text)))
            };
            let keep = session.worker.reform(move |text| ToWorker::Draft { room: id, text });
            let leave = Callback::from(|()| timeline::enter());
            html! {
                <Composer key={id.to_string()} title={room.title()} {draft} {keep} {ondraft} {send} {leave} />
            }
        }
        Standing::NotApproved => Html::default(),
        Standing::Alarm(alarm) => html! {
            <div class="foot alarm" role="alert" data-testid="alarm">
                <Icon drawing={Drawing::Warning} /><p>{ texts::alarm(alarm) }</p>
            </div>
        },
    }
}
