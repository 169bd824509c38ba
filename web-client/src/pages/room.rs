//! The room beside the list of rooms and, where the window is wide, beside its people; and what opens over them. Where the
//! window is narrow, the list and a room are a page each.

use std::rc::Rc;

use igoon_shared::client::io::{Alarm, Standing};
use yew::prelude::*;

use crate::{
    components::{
        compare::CompareDialog,
        composer::Composer,
        deed::DeedDialog,
        empty::Empty,
        ended::Ended,
        focus,
        go::Go,
        header::Header,
        icon::{Drawing, Icon},
        invites::InviteDialog,
        media::use_media,
        not_approved::not_approved,
        people::{People, PeopleDialog},
        room_list::Sidebar,
        session::{InSession, Session},
        shortcuts::Shortcuts,
        timeline::{self, TimelineView},
    },
    messages::{Profile, ToWorker},
    state::{Action, RoomData, Route},
    texts::{self, t},
};

/// From this width on the people of a room are beside it.
const THREE_COLUMNS: &str = "(width >= 80rem)";

/// See the module.
#[function_component]
pub(super) fn RoomPage(props: &InSession) -> Html {
    let session = &props.session;
    let people = use_state(|| false);
    let beside = use_media(THREE_COLUMNS);
    let toggle = {
        let people = people.clone();
        Callback::from(move |_: MouseEvent| people.set(!*people))
    };
    let close = {
        let people = people.clone();
        Callback::from(move |()| people.set(false))
    };
    let Some(profile) = session.state.profile() else { return Html::default() };
    let room = session.state.route.room().and_then(|room| session.state.rooms.get(&room));
    let skip = Callback::from(|event: MouseEvent| {
        event.prevent_default();
        focus::enter(&["#composer", "#room-title"]);
    });
    html! {
        <div class={classes!("room", room.is_none().then_some("rooms-alone"))}>
            if room.is_some() { <a class="skip" href="#room-title" data-testid="skip" onclick={skip}>{ t!("skip-to-room") }</a> }
            <Sidebar session={session.clone()} />
            { match room {
                None => html! {
                    <aside class="no-room"><Empty drawing={Drawing::Room} title={t!("rooms-choose")} text={t!("rooms-choose-how")} /></aside>
                },
                Some(room) => html! {
                    <>
                        { shown(session, profile, room, &toggle, *people) }
                        if *people && beside {
                            <aside class="people-beside" aria-labelledby="people-beside">
                                <h2 id="people-beside">{ t!("people-count", count = room.view().members.len()) }</h2>
                                <People key={room.view().room.to_string()} session={session.clone()} room={Rc::clone(room)} />
                            </aside>
                        } else if *people {
                            <PeopleDialog session={session.clone()} room={Rc::clone(room)} onclose={close} />
                        }
                    </>
                },
            } }
            <InviteDialog session={session.clone()} />
            <DeedDialog session={session.clone()} />
            <CompareDialog session={session.clone()} />
            <Shortcuts session={session.clone()} />
            <div class="hidden" aria-live="polite" data-testid="announcement">
                <p key={session.state.announced}>{ &session.state.announcement }</p>
            </div>
        </div>
    }
}

fn shown(
    session: &Session,
    profile: &Profile,
    room: &Rc<RoomData>,
    people: &Callback<MouseEvent>,
    people_shown: bool,
) -> Html {
    let id = room.view().room;
    let invite = session.acting(Action::InviteOpened(id));
    let compare = {
        let session = session.clone();
        Callback::from(move |account| session.act(Action::Compare(Some((id, account)))))
    };
    html! {
        <>
            <Header session={session.clone()} room={Rc::clone(room)} invite={&invite} {people} {people_shown} />
            <main>
                if room.view().standing == Standing::NotApproved {
                    { not_approved(session, room) }
                } else {
                    <TimelineView key={id.to_string()} room={Rc::clone(room)} profile={profile.clone()}
                        worker={&session.worker} {invite} {compare} />
                }
                { foot(session, room) }
            </main>
        </>
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
                <>
                    <div class="untrue" role="status">
                        if room.view().own_change_missing {
                            <p data-testid="change-missing"><Icon drawing={Drawing::Warning} />{ t!("change-missing") }</p>
                        }
                    </div>
                    <Composer key={id.to_string()} title={room.title()} {draft} {keep} {ondraft} {send} {leave} />
                </>
            }
        }
        Standing::NotApproved => Html::default(),
        Standing::Ended(_) | Standing::Withheld => html! { <Ended session={session.clone()} room={Rc::clone(room)} /> },
        Standing::Alarm(alarm) => html! {
            <div class="foot alarm" role="alert" data-testid="alarm">
                <Icon drawing={Drawing::Warning} />
                <div>
                    <p><strong>{ texts::alarm(alarm) }</strong></p>
                    if let Some(now) = texts::alarm_now(alarm) { <p>{ now }</p> }
                    if alarm.stays() {
                        <button type="button" class="secondary" data-testid="looked-at"
                            onclick={session.telling(ToWorker::LookedAt { room: id })}>{ t!("alarm-looked-at") }</button>
                    }
                    if alarm == Alarm::Restored {
                        <button type="button" class="secondary" data-testid="follow-server"
                            onclick={session.telling(ToWorker::FollowService { room: id })}>{ t!("alarm-follow-server") }</button>
                    }
                    <Go session={session.clone()} to={Route::RoomLog(id)} testid="room-log">{ t!("room-log") }</Go>
                </div>
            </div>
        },
    }
}
