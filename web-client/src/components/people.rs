//! Who is in the room: the own entry first, then who is there, then the others. Long lists are searched, and shown in part.

use std::rc::Rc;

use igoon_shared::{client::io::MemberView, log::Role, sorted::SortedMap};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{
    avatar::Avatar, compare, dialog::Dialog, focus::use_recovery, key_button::KeyButton, language::use_language,
    menu::Menu, presence::PresenceMark, session::Session,
};
use crate::{
    messages::{RoomDeed, RoomWish, ToWorker},
    state::{Action, AskedAction, RoomData},
    texts::{self, members, t},
};

/// From so many people on there is a field to search them.
const SEARCHED_FROM: usize = 12;
/// So many are shown at first, and so many more each time.
const PORTION: usize = 100;

/// See [`PeopleDialog`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct PeopleDialogProps {
    /// See [`Session`].
    pub session: Session,
    /// The room.
    pub room: Rc<RoomData>,
    /// It was closed.
    pub onclose: Callback<()>,
}

/// The people of a room where there is no room for them beside it.
#[function_component]
pub fn PeopleDialog(props: &PeopleDialogProps) -> Html {
    use_language();
    html! {
        <Dialog id="people-title" title={t!("people-in", room = props.room.title())} onclose={&props.onclose}>
            <People session={props.session.clone()} room={Rc::clone(&props.room)} />
        </Dialog>
    }
}

/// See [`People`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct PeopleProps {
    /// See [`Session`].
    pub session: Session,
    /// The room.
    pub room: Rc<RoomData>,
}

/// See the module.
#[function_component]
pub fn People(props: &PeopleProps) -> Html {
    use_language();
    let (session, room) = (&props.session, &props.room);
    use_people(session, room);
    let list = use_node_ref();
    // Whoever was removed may have had the focus beside them.
    use_recovery(list.clone(), room.view().members.len());
    let (wanted, most) = (use_state(String::new), use_state(|| PORTION));
    let search = {
        let (wanted, most) = (wanted.clone(), most.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                wanted.set(input.value());
                most.set(PORTION);
            }
        })
    };
    let more = {
        let most = most.clone();
        Callback::from(move |_: MouseEvent| most.set(*most + PORTION))
    };
    let all = room.view().members.len();
    let found = found(room, &wanted);
    html! {
        <>
            if all >= SEARCHED_FROM {
                <div class="field search">
                    <label class="hidden" for="search-people">{ t!("people-search") }</label>
                    <div class="input">
                        <input id="search-people" type="search" placeholder={t!("people-search")} autocomplete="off"
                            value={(*wanted).clone()} oninput={search} />
                    </div>
                    <p class="hint" role="status">{ if wanted.trim().is_empty() { String::new() } else { t!("people-found", count = found.len()) } }</p>
                </div>
            }
            <ul ref={list} class="people">
                { for found.iter().take(*most).map(|member| person(room, member, deeds(session, room, member), behind(session, room, member))) }
            </ul>
            if found.len() > *most {
                <button type="button" class="secondary" onclick={more}>{ t!("people-more", count = found.len() - *most) }</button>
            }
        </>
    }
}

/// Asks what may be done to whom, at first and whenever the room's log goes on.
#[hook]
pub fn use_people(session: &Session, room: &RoomData) {
    let (worker, view) = (session.worker.clone(), room.view());
    use_effect_with((view.room, view.log_version, view.standing), move |(room, ..)| {
        worker.emit(ToWorker::InRoom { room: *room, wish: RoomWish::ShowPeople });
    });
}

/// What may be done to one of them, behind a button.
fn deeds(session: &Session, room: &RoomData, member: &MemberView) -> Html {
    let Some(person) = room.person(member.account) else { return Html::default() };
    let (id, account) = (room.view().room, member.account);
    let roles = person.roles.iter().map(|(role, may)| (RoomDeed::SetRole(account, *role), may));
    let others =
        [(RoomDeed::PassOwnership(account), &person.pass_ownership), (RoomDeed::Remove(account), &person.remove)];
    let items: Vec<_> = roles
        .chain(others)
        .filter(|(_, may)| may.is_ok())
        .filter_map(|(deed, _)| Some((deed, members::item(deed, member.me)?)))
        .collect();
    // One's own computers are compared among themselves.
    let compares = !member.me || member.devices > 1;
    if items.is_empty() && !compares {
        return Html::default();
    }
    let item = |(deed, label): (RoomDeed, String)| {
        let grave = matches!(deed, RoomDeed::Remove(_)).then_some("danger");
        html! {
            <button key={label.clone()} type="button" class={classes!("quiet", grave)} data-testid={testid(deed)}
                onclick={session.acting(Action::Deed(AskedAction::Ask(id, deed)))}>{ label }</button>
        }
    };
    html! {
        <Menu label={t!("member-actions", name = room.name_of(account))}>
            if compares { { compare::item(session, id, account, member.me) } }
            <>{ for items.into_iter().map(item) }</>
        </Menu>
    }
}

const fn testid(deed: RoomDeed) -> &'static str {
    match deed {
        RoomDeed::Remove(_) => "remove",
        RoomDeed::SetRole(_, Role::Owner) => "make-owner",
        RoomDeed::SetRole(_, Role::Admin) => "make-admin",
        RoomDeed::SetRole(_, Role::Member) => "make-member",
        RoomDeed::PassOwnership(_) => "pass-ownership",
        RoomDeed::Leave => "leave",
        RoomDeed::SetHistory(_) => "set-history",
        RoomDeed::SetRecovery(_) => "set-recovery",
        RoomDeed::Veto(..) => "veto",
        RoomDeed::TurnDown(..) => "turn-down",
    }
}

/// That a computer of theirs lacks the room's key, and what mends it.
fn behind(session: &Session, room: &RoomData, member: &MemberView) -> Html {
    if member.behind == 0 {
        return Html::default();
    }
    let label = if member.me { t!("unreadable-ask") } else { t!("people-behind-mend") };
    html! {
        <span class="about" data-testid="behind">
            { t!("people-behind", count = member.behind) }{ " " }
            <KeyButton session={session.clone()} room={room.view().room} {label} class="link" testid="mend-keys" />
        </span>
    }
}

/// One of them; `deeds` is what can be done to them, `behind` what their computers lack.
pub(super) fn person(room: &RoomData, member: &MemberView, deeds: Html, behind: Html) -> Html {
    let name = room.name_of(member.account);
    let presence = room.presence(member.account);
    let several = presence.filter(|person| person.devices.len() > 1);
    html! {
        <li key={member.account.to_string()} data-testid="person">
            <Avatar name={name.clone()} mine={member.me} />
            <span class="name">
                <bdi>{ if member.me { t!("people-you", name = name) } else { name } }</bdi>{ " " }
                if member.role > Role::Member { <span class="tag plain" data-testid="role">{ texts::role(member.role) }</span> }
                { compare::tag(member.compared) }
            </span>
            { deeds }
            if let Some(person) = presence { <PresenceMark state={person.state} last_seen={person.last_seen} testid="presence" /> }
            <span class="about">{ t!("people-computers", count = member.devices) }</span>
            { behind }
            if member.unseen_wait {
                <span class="about wait" data-testid="unseen-wait">
                    { if member.me { t!("people-unseen-own") } else { t!("people-unseen", name = room.name_of(member.account)) } }
                </span>
            }
            if let Some(person) = several {
                <details class="each">
                    <summary>{ t!("people-each") }</summary>
                    <ul>
                        { for person.devices.iter().enumerate().map(|(index, device)| html! {
                            <li key={device.device.to_string()}>
                                { t!("people-computer", number = index + 1) }{ " " }
                                <PresenceMark state={device.state} last_seen={device.last_seen} />
                            </li>
                        }) }
                    </ul>
                </details>
            }
        </li>
    }
}

/// The members whose names have all that is wanted in them: the own one, those who are there, those who are not; by name.
fn found<'a>(room: &'a RoomData, wanted: &str) -> Vec<&'a MemberView> {
    let wanted = wanted.trim().to_lowercase();
    let there = room.who_is_there();
    let found: SortedMap<_, _> = (room.view().members.iter())
        .map(|member| (member, member.handle.as_deref().unwrap_or_default().to_lowercase()))
        .filter(|(_, name)| name.contains(&wanted))
        .map(|(member, name)| ((!member.me, !there.contains(&member.account), name, member.account), member))
        .collect();
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use igoon_shared::{
        client::io::{Compared, PersonPresence, PresenceView, RoomView},
        ids::{AccountId, RoomId},
        presence::Presence,
    };

    use super::*;

    const ROOM: RoomId = RoomId::from_bytes([1; 32]);

    fn member(number: u8, handle: &str) -> MemberView {
        MemberView {
            account: AccountId::from_bytes([number; 16]),
            handle: Some(handle.to_owned()),
            role: Role::Member,
            devices: 1,
            compared: Compared::Not,
            behind: 0,
            unseen_wait: false,
            me: handle == "me",
        }
    }

    fn room(handles: &[&str]) -> RoomData {
        let members = (1..).zip(handles).map(|(number, handle)| member(number, handle)).collect();
        let mut room = RoomData::new(ROOM);
        room.set_view(RoomView { members, ..RoomView::unknown(ROOM) });
        room
    }

    fn names(room: &RoomData, wanted: &str) -> Vec<String> {
        found(room, wanted).into_iter().map(|member| room.name_of(member.account)).collect()
    }

    #[test]
    fn the_own_entry_comes_first_then_who_is_there() {
        let mut room = room(&["zoe", "Bea", "me", "ada"]);
        assert_eq!(names(&room, ""), ["me", "ada", "Bea", "zoe"]);
        let person = |number, state| PersonPresence {
            account: AccountId::from_bytes([number; 16]),
            state,
            last_seen: None,
            devices: Vec::new(),
        };
        let people = vec![person(1, Presence::Busy), person(4, Presence::Offline)];
        room.set_presence(PresenceView { room: ROOM, people });
        assert_eq!(names(&room, ""), ["me", "zoe", "ada", "Bea"]);
    }

    #[test]
    fn names_are_found_by_any_part() {
        let room = room(&["zoe", "Bea", "me", "ada"]);
        assert_eq!(names(&room, " E"), ["me", "Bea", "zoe"]);
        assert!(names(&room, "nobody").is_empty());
    }
}
