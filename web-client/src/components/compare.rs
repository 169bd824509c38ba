//! Safety numbers: compared by eye, by ear, by a camera or with a text that was sent; and the mark that says that they match.

use igoon_shared::{
    client::io::{Compared, ComparisonView, ComputerNumber},
    ids::{AccountId, RoomId},
};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{
    approval::digits,
    copy::Copy,
    dialog::Dialog,
    icon::{Drawing, Icon},
    qr::QrCode,
    session::{InSession, Session},
};
use crate::{
    messages::{RoomWish, ToWorker},
    state::{Action, comparing::holds},
    texts::t,
};

/// See the module. Shown as long as something is compared.
#[function_component]
pub fn CompareDialog(props: &InSession) -> Html {
    let session = &props.session;
    let comparing = session.state.comparing.as_ref();
    let comparing = comparing.and_then(|comparing| Some((comparing, session.state.rooms.get(&comparing.room)?)));
    // Asked for anew whenever somebody's computers change.
    let asked = comparing.map(|(comparing, room)| (comparing.room, comparing.account, room.view().log_version));
    use_effect_with(asked, {
        let worker = session.worker.clone();
        move |asked| {
            if let Some((room, account, _)) = *asked {
                worker.emit(ToWorker::InRoom { room, wish: RoomWish::Compare(account) });
            }
        }
    });
    let Some((comparing, room)) = comparing else { return Html::default() };
    let me = session.state.profile().is_some_and(|profile| profile.account == comparing.account);
    let name = room.name_of(comparing.account);
    let title = if me { t!("compare-title-own") } else { t!("compare-title", name = name.as_str()) };
    html! {
        <Dialog id="compare-title" {title} onclose={session.acting(Action::Compare(None))}>
            if let Some(view) = &comparing.view {
                if me {
                    { own(view) }
                } else {
                    <Numbers session={session.clone()} view={view.clone()} {name} />
                }
            }
        </Dialog>
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct NumbersProps {
    session: Session,
    view: ComparisonView,
    /// What the person is called.
    name: AttrValue,
}

#[function_component]
fn Numbers(props: &NumbersProps) -> Html {
    let NumbersProps { session, view, name } = props;
    let entered = use_state(String::new);
    let name = name.as_str();
    let Some(number) = view.number.as_deref() else {
        return html! { <p>{ t!("compare-missing", name = name) }</p> };
    };
    let enter = {
        let entered = entered.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                entered.set(input.value());
            }
        })
    };
    let found = holds(&entered, number);
    html! {
        <>
            <p>{ t!("compare-how", name = name) }</p>
            { digits(number, "safety-number") }
            <div class="scanned">
                <QrCode text={number.to_owned()} label={t!("compare-qr", name = name)} />
                <p class="hint">{ t!("compare-qr-how") }</p>
            </div>
            <Copy text={number.to_owned()} label={t!("compare-copy")} done={t!("compare-copied")} class="secondary" />
            <div class="field">
                <label for="their-number">{ t!("compare-entered", name = name) }</label>
                <div class="input"><input id="their-number" type="text" dir="ltr" autocomplete="off" aria-describedby="their-number-hint" oninput={enter} /></div>
                <p class="hint" id="their-number-hint">{ t!("compare-entered-hint") }</p>
                <div role="status" data-testid="entered-number" data-same={found.map(|same| same.to_string())}>
                    { match found {
                        None => Html::default(),
                        Some(true) => html! { <p class="kept"><Icon drawing={Drawing::Check} /><span>{ t!("compare-same") }</span></p> },
                        Some(false) => html! { <p class="problem"><Icon drawing={Drawing::Warning} /><span>{ t!("compare-other", name = name) }</span></p> },
                    } }
                </div>
            </div>
            { mark(session, view, name, number) }
            <details class="numbers">
                <summary>{ t!("compare-each") }</summary>
                <p class="hint">{ t!("compare-each-how") }</p>
                <ul>{ for view.computers.iter().map(|one| computer(one, view.compared != Compared::Not && !one.compared)) }</ul>
            </details>
        </>
    }
}

/// How the person stands, and what can be said about it.
fn mark(session: &Session, view: &ComparisonView, name: &str, number: &str) -> Html {
    let (room, account) = (view.room, view.account);
    let wish = |wish| session.telling(ToWorker::InRoom { room, wish });
    let matched = wish(RoomWish::Mark { account, number: number.to_owned() });
    let gone = wish(RoomWish::Unmark(account));
    html! {
        <div class="verdict" data-testid="comparison" data-compared={state(view.compared)}>
            { match view.compared {
                Compared::Not => html! { <p>{ t!("compare-differ", name = name) }</p> },
                Compared::Partly => html! {
                    <>
                        <p class="caution"><Icon drawing={Drawing::Warning} /><span>{ t!("compare-partly", name = name) }</span></p>
                        <p>{ t!("compare-differ", name = name) }</p>
                    </>
                },
                Compared::Wholly => html! { <p class="kept"><Icon drawing={Drawing::Shield} /><span>{ t!("compare-marked", name = name) }</span></p> },
            } }
            <div class="choice">
                if view.compared != Compared::Wholly {
                    <button type="button" class="primary" data-testid="mark-verified" onclick={matched}>{ t!("compare-match") }</button>
                }
                if view.compared != Compared::Not {
                    <button type="button" class="secondary" data-testid="unmark" onclick={gone}>{ t!("compare-unmark") }</button>
                }
            </div>
            <p class="hint">{ t!("compare-means", name = name) }</p>
        </div>
    }
}

/// The own computers.
fn own(view: &ComparisonView) -> Html {
    if view.computers.is_empty() {
        return html! { <p>{ t!("compare-none") }</p> };
    }
    html! {
        <>
            <p>{ t!("compare-each-own") }</p>
            <ul class="numbers">{ for view.computers.iter().map(|one| computer(one, false)) }</ul>
        </>
    }
}

fn computer(one: &ComputerNumber, new: bool) -> Html {
    let name = one.name.clone().unwrap_or_else(|| t!("log-computer"));
    html! {
        <li key={one.device.to_string()} data-testid="computer-number">
            <p class="name"><bdi>{ name }</bdi>{ " " }if new { <span class="tag wait">{ t!("compare-new") }</span> }</p>
            { digits(&one.number, "computer-digits") }
        </li>
    }
}

/// A person's mark beside their name; nothing where there is none.
pub(super) fn tag(compared: Compared) -> Html {
    let (kind, text) = match compared {
        Compared::Not => return Html::default(),
        Compared::Partly => (Some("wait"), t!("compare-again")),
        Compared::Wholly => (None, t!("verified")),
    };
    html! {
        <span class={classes!("tag", kind)} data-testid="verified" data-compared={state(compared)}>
            <Icon drawing={Drawing::Shield} />{ text }
        </span>
    }
}

/// For `data-compared`.
const fn state(compared: Compared) -> &'static str {
    match compared {
        Compared::Not => "not",
        Compared::Partly => "partly",
        Compared::Wholly => "wholly",
    }
}

/// Opens the numbers with somebody, from the menu beside them.
pub(super) fn item(session: &Session, room: RoomId, account: AccountId, me: bool) -> Html {
    let label = if me { t!("compare-menu-own") } else { t!("compare-menu") };
    html! {
        <button key="compare" type="button" class="quiet" data-testid="compare"
            onclick={session.acting(Action::Compare(Some((room, account))))}>{ label }</button>
    }
}
