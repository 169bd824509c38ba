//! What happened in a room: its log in plain words, newest first, so much of it as was asked for.

use std::rc::Rc;

use igoon_shared::{
    client::io::{Deed, EntryView, LogView, LogWish},
    ids::AccountId,
    sorted::SortedMap,
};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::{
    components::{
        choice::{Choice, Look, Offer},
        go::Go,
        icon::{Drawing, Icon},
        language::use_language,
        session::InSession,
        sheet::{Sheet, Width},
    },
    messages::{RoomWish, ToWorker},
    state::{Route, calendar},
    texts::{account, log::told, t},
};

/// So many entries are shown at first, and so many more each time.
const PORTION: usize = 50;

/// See the module.
#[function_component]
pub(super) fn RoomLog(props: &InSession) -> Html {
    let session = &props.session;
    let wish = use_state(|| LogWish { about: None, access: false, most: PORTION });
    let room = session.state.room();
    // Asked for anew whenever the log goes on.
    let asked = room.map(|room| (room.view().room, room.view().log_version, *wish));
    use_effect_with(asked, {
        let worker = session.worker.clone();
        move |asked| {
            if let Some((room, _, wish)) = *asked {
                worker.emit(ToWorker::InRoom { room, wish: RoomWish::ShowLog(wish) });
            }
        }
    });
    let Some(room) = room else { return Html::default() };
    let id = room.view().room;
    let choose_about = {
        let wish = wish.clone();
        Callback::from(move |event: Event| {
            let value = event.target_dyn_into::<HtmlSelectElement>().map(|select| select.value()).unwrap_or_default();
            wish.set(LogWish { about: value.parse().ok(), most: PORTION, ..*wish });
        })
    };
    let choose_which = {
        let wish = wish.clone();
        Callback::from(move |index| wish.set(LogWish { access: index == 1, most: PORTION, ..*wish }))
    };
    let older = {
        let wish = wish.clone();
        Callback::from(move |_: MouseEvent| wish.set(LogWish { most: wish.most + PORTION, ..*wish }))
    };
    let log = session.state.log.as_ref().filter(|log| log.room == id);
    let back = html! {
        <Go session={session.clone()} to={Route::Room(id)} testid="back"><Icon drawing={Drawing::Back} />{ t!("back-to-room") }</Go>
    };
    let person = |(who, name): (AccountId, String)| {
        let value = who.to_string();
        html! { <option key={value.clone()} {value} selected={wish.about == Some(who)}>{ name }</option> }
    };
    html! {
        <Sheet title={t!("room-log-of", room = room.title())} width={Width::Wide} {back}>
            <p class="lead">{ t!("room-log-lead") }</p>
            <p class="hint">{ t!("room-log-signed") }</p>
            <div class="field">
                <label for="log-about">{ t!("log-about") }</label>
                <select id="log-about" onchange={choose_about}>
                    <option key="" value="" selected={wish.about.is_none()}>{ t!("log-everybody") }</option>
                    { for log.map(|log| people(log)).unwrap_or_default().into_iter().map(person) }
                </select>
            </div>
            <Choice name="log-which" legend={t!("log-which")} look={Look::Segments} chosen={Some(usize::from(wish.access))}
                offers={vec![Offer::plain(t!("log-all")), Offer::plain(t!("log-access"))]} onchoose={choose_which} />
            { match log {
                None => html! { <p role="status">{ t!("log-loading") }</p> },
                Some(log) => html! { <Entries log={Rc::clone(log)} {older} /> },
            } }
        </Sheet>
    }
}

/// Everybody who is or was in the room, by name.
fn people(log: &LogView) -> Vec<(AccountId, String)> {
    let people = log.names.people.iter().map(|(who, name)| ((name.to_lowercase(), *who), (*who, name.clone())));
    people.collect::<SortedMap<_, _>>().into_values().collect()
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct EntriesProps {
    log: Rc<LogView>,
    older: Callback<MouseEvent>,
}

/// The entries, and the way to older ones.
#[function_component]
fn Entries(props: &EntriesProps) -> Html {
    use_language();
    let log = &props.log;
    let today = calendar::local(calendar::now()).day;
    html! {
        <>
            <p class="hint" role="status">
                { if log.entries.is_empty() { t!("log-none") } else { t!("log-count", count = log.entries.len()) } }
            </p>
            if log.entries.iter().any(|entry| entry.ignored.is_some()) { <p class="hint">{ t!("log-no-effect-means") }</p> }
            <ol class="list log">{ for log.entries.iter().map(|entry| row(entry, log, today)) }</ol>
            if log.older {
                <p><button type="button" class="secondary" data-testid="log-older" onclick={&props.older}>{ t!("log-older") }</button></p>
            }
        </>
    }
}

fn row(entry: &EntryView, log: &LogView, today: i64) -> Html {
    let told = told(entry, &log.names, |at| account::moment(calendar::local(at), today));
    html! {
        <li key={entry.index.0.to_string()} class={classes!("row", entry.ignored.is_some().then_some("ignored"))} data-testid="log-entry"
            data-index={entry.index.0.to_string()}>
            <Icon drawing={drawing(&entry.deed)} />
            <div class="about">
                <p data-testid="log-what" dir="auto">{ told.what }</p>
                if let Some(allowed) = told.allowed { <p class="hint">{ allowed }</p> }
                if let Some(why) = told.ignored {
                    <p class="hint" data-testid="log-ignored"><span class="tag wait">{ t!("log-no-effect") }</span>{ " " }{ why }</p>
                }
                if let Some(unseen) = told.unseen {
                    <p class="hint" data-testid="unseen-wait"><span class="tag wait">{ t!("unseen-tag") }</span>{ " " }{ unseen }</p>
                }
                <small><time datetime={calendar::local(entry.at).machine()}>{ told.by }</time></small>
            </div>
        </li>
    }
}

const fn drawing(deed: &Deed) -> Drawing {
    match deed {
        Deed::Created { .. } => Drawing::Room,
        Deed::Renamed { .. } => Drawing::Edit,
        Deed::Invited { .. } | Deed::InviteClosed => Drawing::Link,
        Deed::MemberInvites(_) | Deed::HistorySet(_) | Deed::RetentionSet(_) | Deed::RecoverySet(_) => {
            Drawing::Settings
        }
        Deed::Joined { .. } => Drawing::Invite,
        Deed::Left | Deed::MemberRemoved(_) => Drawing::Leave,
        Deed::ComputerApproved { .. }
        | Deed::ComputerRevoked { .. }
        | Deed::RecoveryAnnounced { .. }
        | Deed::RecoveryApproved { .. }
        | Deed::RecoveryVetoed { .. }
        | Deed::RecoveryReleased { .. } => Drawing::Computer,
        Deed::RoleChanged(..) | Deed::OwnershipPassed(_) => Drawing::Person,
        Deed::KeyStarted { .. } => Drawing::Key,
    }
}
