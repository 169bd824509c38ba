//! Who comes back into a room after losing every computer: those who ask, those who wait, and how the room helps.

use std::rc::Rc;

use igoon_shared::client::io::RecoveryView;
use yew::prelude::*;

use crate::{
    components::{
        deed::DeedDialog,
        focus::use_recovery,
        go::Go,
        icon::{Drawing, Icon},
        recovery::{asks::Asks, use_recovery_view, waits::Waits},
        session::{InSession, Session},
        sheet::{Sheet, Width},
    },
    state::{
        RoomData, Route,
        recovery::{asking, helpers},
    },
    texts::{recovery, t},
};

/// See the module.
#[function_component]
pub(super) fn RoomRecovery(props: &InSession) -> Html {
    let session = &props.session;
    let Some(room) = session.state.room() else { return Html::default() };
    html! { <OfRoom key={room.view().room.to_string()} session={session.clone()} room={Rc::clone(room)} /> }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct OfRoomProps {
    session: Session,
    room: Rc<RoomData>,
}

#[function_component]
fn OfRoom(props: &OfRoomProps) -> Html {
    let (session, room) = (&props.session, &props.room);
    let heading = use_node_ref();
    use_recovery_view(session, room);
    // What was turned down or objected to goes, with the button that has the focus.
    use_recovery(heading.clone(), room.recovery().map(|view| (asking(view).count(), view.waiting.len())));
    let id = room.view().room;
    let back = html! {
        <Go session={session.clone()} to={Route::Room(id)} testid="back"><Icon drawing={Drawing::Back} />{ t!("back-to-room") }</Go>
    };
    html! {
        <Sheet title={t!("asks-room", room = room.title())} width={Width::Wide} {back}>
            { match room.recovery() {
                None => html! { <p role="status">{ t!("rescue-loading") }</p> },
                Some(view) => shown(session, room, view, heading),
            } }
            <DeedDialog session={session.clone()} />
        </Sheet>
    }
}

/// What waits for somebody comes first. Where nothing does, whoever came by the badge wants to know what it means.
fn shown(session: &Session, room: &Rc<RoomData>, view: &RecoveryView, heading: NodeRef) -> Html {
    let asked = asking(view).next().is_some();
    let asks = html! {
        <section class="part" aria-labelledby="asks-title">
            <h2 ref={heading} id="asks-title">{ t!("asks-title") }</h2>
            if asked {
                <Asks session={session.clone()} room={Rc::clone(room)} />
            } else {
                <p data-testid="asks-none">{ t!("asks-none") }</p>
                <p class="hint">{ none(room, view) }</p>
            }
        </section>
    };
    let somebody_waits = !view.waiting.is_empty();
    let waits = html! {
        if somebody_waits {
            <section class="part" aria-labelledby="waits-title">
                <h2 id="waits-title">{ t!("waits-title") }</h2>
                <Waits session={session.clone()} room={Rc::clone(room)} />
            </section>
        }
    };
    match (asked, somebody_waits) {
        (false, false) => html! { <>{ means(session, view) }{ asks }</> },
        (false, true) => html! { <>{ waits }{ asks }{ means(session, view) }</> },
        (true, _) => html! { <>{ asks }{ waits }{ means(session, view) }</> },
    }
}

/// What the room's owners chose.
fn means(session: &Session, view: &RecoveryView) -> Html {
    html! {
        <section class="part" aria-labelledby="means-title">
            <h2 id="means-title">{ t!("means-title") }</h2>
            <p data-testid="recovery-way"><strong>{ recovery::badge(view.choice.mode) }</strong></p>
            <p>{ recovery::about(view.choice.mode) }</p>
            { for recovery::besides(view.choice).into_iter().map(|besides| html! { <p>{ besides }</p> }) }
            <p class="links">
                <Go session={session.clone()} to={Route::RoomSettings(view.room)} testid="room-settings">{ t!("room-settings") }</Go>
                <Go session={session.clone()} to={Route::RoomLog(view.room)} testid="room-log">{ t!("room-log") }</Go>
                <Go session={session.clone()} to={Route::Privacy} testid="privacy-of-recovery">{ t!("means-privacy") }</Go>
            </p>
        </section>
    }
}

/// Where nobody asks: who would be told.
fn none(room: &RoomData, view: &RecoveryView) -> String {
    if view.may_set {
        return t!("asks-none-how");
    }
    let names: Vec<_> =
        helpers(room.view(), view.choice.admins_approve).map(|helper| room.name_of(helper.account)).collect();
    t!("asks-none-others", names = names.join(", "))
}
