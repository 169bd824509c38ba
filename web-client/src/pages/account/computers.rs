//! The own computers: what is kept about each; giving one another name.

use igoon_shared::client::io::Standing;
use yew::prelude::*;

use super::{ask, not_loaded};
use crate::{
    components::{
        focus::use_recovery,
        form::{Field, Problem, Submit, typed},
        session::{InSession, Session},
    },
    messages::{ComputerView, OwnForm, OwnWish},
    state::{Action, ApprovalAction, OwnAction, calendar, own::Loaded, rules, server::short},
    texts::{account, people, t},
};

/// See the module.
#[function_component]
pub(super) fn Computers(props: &InSession) -> Html {
    let session = &props.session;
    html! {
        <section class="part" aria-labelledby="computers-title">
            <h2 id="computers-title">{ t!("computers") }</h2>
            <p class="hint">{ t!("computers-lead") }</p>
            { match &session.state.own.computers {
                Loaded::Loading => html! { <p role="status">{ t!("computers-loading") }</p> },
                Loaded::Failed(trouble) => not_loaded(session, trouble),
                Loaded::Ready(computers) if computers.is_empty() => html! { <p>{ t!("computers-none") }</p> },
                Loaded::Ready(computers) => html! {
                    <ul class="computers">
                        { for computers.iter().map(|one| html! {
                            <Computer key={one.device.to_string()} session={session.clone()} one={one.clone()} />
                        }) }
                    </ul>
                },
            } }
        </section>
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct ComputerProps {
    session: Session,
    one: ComputerView,
}

#[function_component]
fn Computer(props: &ComputerProps) -> Html {
    let (session, one) = (&props.session, &props.one);
    let form = OwnForm::RenameComputer(one.device);
    let open = session.state.own.open == Some(form);
    let rename = use_node_ref();
    use_recovery(rename.clone(), open);
    let today = calendar::local(calendar::now()).day;
    let moment = |time| account::moment(calendar::local(time), today);
    // What this computer says counts where it is trusted itself.
    let trusted = session.state.rooms.values().any(|room| room.view().standing == Standing::Ready);
    let may_revoke = trusted && !one.current;
    let fact = |name: String, value: String| html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> };
    html! {
        <li data-testid="computer" data-device={one.device.to_string()} data-connected={one.connected.to_string()}>
            <div class="line">
                <p class="name">
                    <bdi data-testid="computer-name">{ &one.name }</bdi>{ " " }
                    if one.current { <span class="tag">{ t!("this-computer") }</span> }
                </p>
                if !open {
                    <button ref={rename} type="button" class="secondary" data-testid="rename-computer"
                        onclick={session.acting(Action::Own(OwnAction::Open(form)))}>
                        { t!("rename") }<span class="hidden">{ " " }<bdi>{ &one.name }</bdi></span>
                    </button>
                }
            </div>
            if open {
                <Rename session={session.clone()} one={one.clone()} />
                <p><button type="button" class="link" onclick={session.acting(Action::Own(OwnAction::Close))}>{ t!("leave-as-is") }</button></p>
            }
            <dl class="facts grid">
                if let Some(trusted) = &session.state.own.trusted {
                    { fact(t!("computer-rooms"), account::trusted(trusted, one.device, moment)) }
                }
                { fact(t!("computer-platform"), one.platform.clone()) }
                { fact(t!("computer-connection"), account::connected(one.connected, one.signed_in)) }
                { fact(t!("computer-availability"), people::availability(one.availability)) }
                { fact(t!("computer-ip"), one.local_ip.clone().unwrap_or_else(|| t!("computer-no-ip"))) }
                { fact(t!("computer-port"), one.port.map_or_else(|| t!("computer-no-port"), |port| port.to_string())) }
                { fact(t!("computer-last-seen"), if one.connected { t!("computer-now") } else { moment(one.last_seen) }) }
                { fact(t!("computer-last-activity"), moment(one.last_activity)) }
                { fact(t!("computer-since"), calendar::local(one.registered_at).day_name(today)) }
            </dl>
            if session.state.approvals.view.asked.iter().any(|asked| asked.device == one.device) {
                <p class="asks">
                    { t!("computer-asks") }{ " " }
                    <button type="button" class="link" data-testid="look-at-approval"
                        onclick={session.acting(Action::Approval(ApprovalAction::Open(one.device)))}>{ t!("computer-look") }</button>
                </p>
            }
            if may_revoke { <Revoke session={session.clone()} one={one.clone()} /> }
            if !one.positions.is_empty() {
                <details class="positions" data-testid="positions">
                    <summary>{ t!("computer-positions") }</summary>
                    <p class="hint">{ t!("computer-positions-lead") }</p>
                    <dl class="facts">
                        { for one.positions.iter().map(|position| {
                            let title = session.state.rooms.get(&position.room).map(|room| room.title().to_owned());
                            let (delivered, read) = (position.delivered.0, position.read.0);
                            html! {
                                <div key={position.room.to_string()} data-testid="position" data-room={position.room.to_string()}
                                    data-delivered={delivered.to_string()} data-read={read.to_string()}>
                                    <dt dir="auto">{ title.unwrap_or_else(|| short(&position.room.to_string())) }</dt>
                                    <dd>{ t!("computer-position", delivered = delivered, read = read) }</dd>
                                </div>
                            }
                        }) }
                    </dl>
                </details>
            }
        </li>
    }
}

#[function_component]
fn Rename(props: &ComputerProps) -> Html {
    let (session, one) = (&props.session, &props.one);
    let own = &session.state.own;
    let input = use_node_ref();
    let submit = {
        let (session, input, device) = (session.clone(), input.clone(), one.device);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let name = typed(&input).trim().to_owned();
            match rules::room_name(&name) {
                Err(trouble) => session.act(Action::Own(OwnAction::Refused(trouble))),
                Ok(()) => {
                    ask(&session, OwnForm::RenameComputer(device), OwnWish::RenameComputer { device, name });
                }
            }
        })
    };
    html! {
        <form onsubmit={submit} novalidate=true>
            <Field id="computer-name" name="name" label={t!("computer-name")} hint={t!("computer-name-hint")} autocomplete="off"
                value={one.name.clone()} focused=true {input} problem={own.problem.clone()} />
            <Submit label={t!("rename")} busy={own.busy} problem={own.problem.clone()} fields={&["name"][..]} />
        </form>
    }
}

/// Shutting a computer out of all rooms is asked twice.
#[function_component]
fn Revoke(props: &ComputerProps) -> Html {
    let (session, one) = (&props.session, &props.one);
    let (form, own) = (OwnForm::RevokeComputer(one.device), &session.state.own);
    let asked = own.open == Some(form);
    let (button, really_button) = (use_node_ref(), use_node_ref());
    use_recovery(if asked { really_button.clone() } else { button.clone() }, asked);
    if own.done == Some(form) {
        // Said where it was asked, which may be far below what is done.
        return html! { <p ref={button} class="hint">{ account::done(form) }</p> };
    }
    if !asked {
        return html! {
            <p>
                <button ref={button} type="button" class="link danger" data-testid="revoke-computer"
                    onclick={session.acting(Action::Own(OwnAction::Open(form)))}>
                    { t!("revoke-computer") }<span class="hidden">{ " " }<bdi>{ &one.name }</bdi></span>
                </button>
            </p>
        };
    }
    let revoke = {
        let (session, device) = (session.clone(), one.device);
        Callback::from(move |_: MouseEvent| ask(&session, form, OwnWish::RevokeComputer(device)))
    };
    html! {
        <div class="really">
            <p>{ t!("revoke-computer-follows") }</p>
            <p>{ t!("revoke-computer-also") }</p>
            if let Some(problem) = &own.problem {
                <Problem trouble={problem.clone()} />
            }
            <div class="choice">
                <button ref={really_button} type="button" class="secondary danger" data-testid="revoke-computer-now" onclick={revoke}
                    aria-disabled={own.busy.then_some("true")}>{ t!("revoke-computer-now") }</button>
                <button type="button" class="secondary" onclick={session.acting(Action::Own(OwnAction::Close))}>{ t!("leave-it") }</button>
            </div>
        </div>
    }
}
