//! What is set for a room, and what it stands on: its name, its people, who can read what, invites, its key; and a copy of it.

use std::rc::Rc;

use igoon_shared::{
    client::io::Standing,
    log::{HistoryRule, Role, action::RecoveryMode},
};
use yew::prelude::*;

use crate::{
    components::{
        change::use_change,
        choice::{Choice, Look, Offer},
        compare::CompareDialog,
        deed::DeedDialog,
        export::RoomExport,
        focus::use_recovery,
        form::{Field, Submit, typed},
        go::Go,
        icon::{Drawing, Icon},
        invites::Invites,
        key_button::KeyButton,
        people::{People, use_people},
        recovery::{choose::ChooseRecovery, use_recovery_view},
        session::{InSession, Session},
        sheet::{Sheet, Width},
    },
    messages::{RoomDeed, ToWorker, Trouble},
    state::{Action, AskedAction, RoomData, Route, rules},
    texts::{self, members, recovery, t},
};

/// A part of the page.
#[derive(Clone, Debug, PartialEq, Properties)]
struct PartProps {
    session: Session,
    room: Rc<RoomData>,
}

/// See the module.
#[function_component]
pub(super) fn RoomSettings(props: &InSession) -> Html {
    let session = &props.session;
    let Some(room) = session.state.room() else { return Html::default() };
    let (session, room) = (session.clone(), Rc::clone(room));
    let view = room.view();
    use_people(&session, &room);
    let over = members::over(view.standing);
    let goes_on = matches!(view.standing, Standing::Ready | Standing::CatchingUp);
    let back = html! {
        <Go session={session.clone()} to={Route::Room(view.room)} testid="back"><Icon drawing={Drawing::Back} />{ t!("back-to-room") }</Go>
    };
    html! {
        <Sheet title={t!("room-settings-of", room = room.title())} width={Width::Wide} {back}>
            if let Standing::Alarm(alarm) = view.standing {
                <p class="problem" role="alert"><Icon drawing={Drawing::Warning} /><span>{ texts::alarm(alarm) }</span></p>
            }
            if let Some(over) = &over {
                <p class="caution" data-testid="over"><Icon drawing={Drawing::Lock} /><span>{ over }</span></p>
            }
            <Name session={session.clone()} room={Rc::clone(&room)} />
            <History session={session.clone()} room={Rc::clone(&room)} />
            <Recovery session={session.clone()} room={Rc::clone(&room)} />
            if over.is_none() {
                <section class="part" aria-labelledby="key-title">
                    <h2 id="key-title">{ t!("room-key") }</h2>
                    <p data-testid="room-key" data-has={view.has_key.to_string()}>
                        { if view.has_key { t!("room-key-here", number = view.epoch.0) } else { t!("room-key-missing", number = view.epoch.0) } }
                    </p>
                    if !view.has_key {
                        <p><KeyButton session={session.clone()} room={view.room} label={t!("unreadable-ask")} class="secondary" testid="ask-for-key" /></p>
                    }
                    <p class="hint">{ t!("room-key-about") }</p>
                </section>
            }
            if view.may_invite { <RoomInvites session={session.clone()} room={Rc::clone(&room)} /> }
            <RoomExport session={session.clone()} room={Rc::clone(&room)} />
            <section class="part" aria-labelledby="people-heading">
                <h2 id="people-heading">{ t!("room-people", count = view.members.len()) }</h2>
                <p class="hint">{ t!("room-roles") }</p>
                <People session={session.clone()} room={Rc::clone(&room)} />
            </section>
            <section class="part" aria-labelledby="log-title">
                <h2 id="log-title">{ t!("room-log") }</h2>
                <p class="hint">{ t!("room-log-hint") }</p>
                <p><Go session={session.clone()} to={Route::RoomLog(view.room)} class="button secondary" testid="room-log">{ t!("room-log-open") }</Go></p>
            </section>
            if goes_on { <Leave session={session.clone()} room={Rc::clone(&room)} /> }
            <CompareDialog session={session.clone()} />
            <DeedDialog {session} />
        </Sheet>
    }
}

/// The room's name, and the form that changes it, for its owner. A change is done when the room's view has it.
#[function_component]
fn Name(props: &PartProps) -> Html {
    let (session, room) = (&props.session, &props.room);
    let view = room.view();
    let (open, refused) = (use_state(|| false), use_state(|| None::<Trouble>));
    let (input, change) = (use_node_ref(), use_node_ref());
    use_recovery(change.clone(), *open);
    let rename = session.state.rename.as_ref().filter(|rename| rename.room == view.room);
    let done = rename.is_some_and(|rename| rename.is_done(room));
    use_effect_with(done, {
        let open = open.setter();
        move |done| {
            if *done {
                open.set(false);
            }
        }
    });
    let toggle = |wanted: bool| {
        let (session, open, refused) = (session.clone(), open.clone(), refused.clone());
        Callback::from(move |_: MouseEvent| {
            session.act(Action::RenameClosed);
            open.set(wanted);
            refused.set(None);
        })
    };
    let submit = {
        let (session, input, refused, room) = (session.clone(), input.clone(), refused.clone(), view.room);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let name = typed(&input).trim().to_owned();
            match rules::room_name(&name) {
                Err(trouble) => refused.set(Some(trouble)),
                Ok(()) => {
                    refused.set(None);
                    session.act(Action::RenameAsked { room, name: name.clone() });
                    session.tell(ToWorker::RenameRoom { room, name });
                }
            }
        })
    };
    let problem = (*refused).clone().or_else(|| rename.and_then(|rename| rename.failed.clone()));
    let may_rename = view.role == Some(Role::Owner) && matches!(view.standing, Standing::Ready | Standing::CatchingUp);
    html! {
        <section class="setting" aria-labelledby="name-title">
            <div role="status" class="done">
                if done {
                    <p class="kept" data-testid="done"><Icon drawing={Drawing::Check} /><span>{ t!("room-renamed") }</span></p>
                }
            </div>
            <div class="line">
                <div>
                    <h2 id="name-title">{ t!("room-name") }</h2>
                    if !*open { <p class="value" data-testid="room-name" dir="auto">{ room.title() }</p> }
                </div>
                if may_rename {
                    if *open {
                        <button type="button" class="link" onclick={toggle(false)}>{ t!("leave-as-is") }</button>
                    } else {
                        <button ref={change} type="button" class="secondary" data-testid="rename-room" onclick={toggle(true)}>
                            { t!("change") }<span class="hidden">{ " " }{ t!("room-name") }</span>
                        </button>
                    }
                }
            </div>
            if *open {
                <form onsubmit={submit} novalidate=true>
                    <Field id="room-name" name="name" label={t!("room-name-new")} hint={t!("room-name-hint")} autocomplete="off"
                        value={view.name.clone().unwrap_or_default()} focused=true {input} problem={problem.clone()} />
                    <Submit label={t!("room-rename")} busy={rename.is_some() && !done && problem.is_none()} {problem} fields={&["name"][..]} />
                </form>
            } else if !may_rename {
                <p class="hint">{ t!("room-name-owner") }</p>
            }
        </section>
    }
}

/// The invites, as long as this page is shown.
#[function_component]
fn RoomInvites(props: &PartProps) -> Html {
    let (session, room) = (&props.session, &props.room);
    use_effect_with(room.view().room, {
        let session = session.clone();
        move |room| {
            session.act(Action::InviteOpened(*room));
            move || session.act(Action::InviteClosed)
        }
    });
    html! {
        <section class="part" aria-labelledby="invites-title">
            <h2 id="invites-title">{ t!("invites") }</h2>
            <Invites session={session.clone()} room={Rc::clone(room)} />
        </section>
    }
}

/// What newcomers can read; who may, sets it.
#[function_component]
fn History(props: &PartProps) -> Html {
    const RULES: [HistoryRule; 2] = [HistoryRule::AllRetained, HistoryRule::FromJoining];
    let (session, room) = (&props.session, &props.room);
    let view = room.view();
    let change = use_change(view.history);
    let choose = {
        let change = change.clone();
        Callback::from(move |index: usize| {
            if let Some(rule) = RULES.get(index) {
                change.choose(*rule);
            }
        })
    };
    let submit = change.submitted({
        let (session, room) = (session.clone(), view.room);
        move |rule| session.act(Action::Deed(AskedAction::Ask(room, RoomDeed::SetHistory(rule))))
    });
    let may_set = room.people().is_some_and(|people| people.set_history.is_ok());
    let offers: Vec<_> =
        RULES.into_iter().map(|rule| Offer::about(members::history(rule), history(Some(rule)))).collect();
    let chosen = RULES.iter().position(|rule| Some(*rule) == change.chosen());
    html! {
        <section class="setting" aria-labelledby="history-title">
            <div class="line">
                <div>
                    <h2 id="history-title">{ t!("room-history") }</h2>
                    if !change.is_open() { <p class="value" data-testid="history">{ history(view.history) }</p> }
                </div>
                if may_set { { change.button(&t!("room-history"), "change-history") } }
            </div>
            if change.is_open() {
                <form onsubmit={submit}>
                    <Choice name="history" legend={t!("room-history-choice")} look={Look::Cards} {offers} {chosen} onchoose={choose} />
                    { change.submit(t!("deed-history-now"), "set-history") }
                </form>
            } else if !may_set {
                <p class="hint">{ t!("room-history-owner") }</p>
            }
        </section>
    }
}

/// How whoever loses every computer comes back; who may, chooses it.
#[function_component]
fn Recovery(props: &PartProps) -> Html {
    let (session, room) = (&props.session, &props.room);
    use_recovery_view(session, room);
    let view = room.recovery();
    let present = view.map(|view| view.choice);
    let change = use_change(present);
    let choose = {
        let change = change.clone();
        Callback::from(move |choice| change.choose(choice))
    };
    let ask = {
        let (session, room) = (session.clone(), room.view().room);
        move |choice| session.act(Action::Deed(AskedAction::Ask(room, RoomDeed::SetRecovery(choice))))
    };
    let submit = change.submitted(ask.clone());
    let may_set = view.is_some_and(|view| view.may_set);
    // A code may be lost, or never have come on paper.
    let anew = present
        .filter(|present| may_set && present.mode == RecoveryMode::Kit)
        .map(|present| Callback::from(move |_: MouseEvent| ask(present)));
    html! {
        <section class="setting" aria-labelledby="recovery-title">
            <div class="line">
                <div>
                    <h2 id="recovery-title">{ t!("recovery") }</h2>
                    if !change.is_open() {
                        <p class="value" data-testid="recovery">
                            { room.view().recovery.map_or_else(|| t!("recovery-unknown"), recovery::way) }
                        </p>
                    }
                </div>
                if may_set { { change.button(&t!("recovery"), "change-recovery") } }
            </div>
            if let Some(choice) = change.chosen().filter(|_| change.is_open()) {
                <form onsubmit={submit}>
                    <ChooseRecovery {choice} onchoose={choose} />
                    { change.submit(t!("recovery-change"), "set-recovery") }
                </form>
            } else {
                if let Some(mode) = room.view().recovery { <p class="hint">{ recovery::about(mode) }</p> }
                if let Some(present) = present { <p class="hint">{ recovery::besides(present).join(" ") }</p> }
                if view.is_some() && !may_set { <p class="hint">{ t!("recovery-owner-sets") }</p> }
                if let Some(anew) = anew {
                    <p><button type="button" class="secondary small" data-testid="new-kit" onclick={anew}>{ t!("recovery-new-code") }</button></p>
                }
                <p><Go session={session.clone()} to={Route::RoomRecovery(room.view().room)} testid="room-recovery">{ t!("recovery-more") }</Go></p>
            }
        </section>
    }
}

/// Leaving, or why that cannot be.
#[function_component]
fn Leave(props: &PartProps) -> Html {
    let (session, room) = (&props.session, &props.room);
    let ask = session.acting(Action::Deed(AskedAction::Ask(room.view().room, RoomDeed::Leave)));
    html! {
        <section class="part" aria-labelledby="leave-title">
            <h2 id="leave-title">{ t!("room-leave") }</h2>
            { match room.people().map(|people| people.leave) {
                None => Html::default(),
                Some(Ok(())) => html! {
                    <>
                        <p class="hint">{ t!("room-leave-about") }</p>
                        <p><button type="button" class="secondary danger" data-testid="leave" onclick={ask}>{ t!("room-leave-button") }</button></p>
                    </>
                },
                Some(Err(denied)) => html! { <p class="hint" data-testid="cannot-leave">{ members::cannot_leave(denied) }</p> },
            } }
        </section>
    }
}

fn history(rule: Option<HistoryRule>) -> String {
    match rule {
        Some(HistoryRule::AllRetained) => t!("room-history-all"),
        Some(HistoryRule::FromJoining) => t!("room-history-later"),
        None => t!("room-history-unknown"),
    }
}
