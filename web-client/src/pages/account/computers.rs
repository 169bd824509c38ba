//! The own computers: what is kept about each; giving one another name.

use yew::prelude::*;

use super::{ask, not_loaded};
use crate::{
    components::{
        focus::use_recovery,
        form::{Field, Submit, typed},
        session::{InSession, Session},
    },
    messages::{ComputerView, OwnForm, OwnWish},
    state::{Action, OwnAction, calendar, own::Loaded, rules},
    texts::account,
};

/// See the module.
#[function_component]
pub(super) fn Computers(props: &InSession) -> Html {
    let session = &props.session;
    html! {
        <section class="part" aria-labelledby="computers-title">
            <h2 id="computers-title">{ "Your computers" }</h2>
            <p class="hint">{ account::COMPUTERS }</p>
            { match &session.state.own.computers {
                Loaded::Loading => html! { <p role="status">{ account::LOADING_SESSIONS }</p> },
                Loaded::Failed(trouble) => not_loaded(session, trouble),
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
    let fact = |name: &'static str, value: String| html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> };
    html! {
        <li data-testid="computer" data-device={one.device.to_string()} data-connected={one.connected.to_string()}>
            <div class="line">
                <p class="name">
                    <span data-testid="computer-name">{ &one.name }</span>{ " " }
                    if one.current { <span class="tag">{ "this computer" }</span> }
                </p>
                if !open {
                    <button ref={rename} type="button" class="secondary" data-testid="rename-computer"
                        onclick={session.acting(Action::Own(OwnAction::Open(form)))}>
                        { "Rename" }<span class="hidden">{ format!(" {}", one.name) }</span>
                    </button>
                }
            </div>
            if open {
                <Rename session={session.clone()} one={one.clone()} />
                <p><button type="button" class="link" onclick={session.acting(Action::Own(OwnAction::Close))}>{ "Leave it as it is" }</button></p>
            }
            <dl class="facts grid">
                { fact("Platform", one.platform.clone()) }
                { fact("Connection", account::connected(one.connected, one.signed_in).to_owned()) }
                { fact("Address on its own network", one.address.clone().unwrap_or_else(|| account::NO_ADDRESS.to_owned())) }
                { fact("Last seen", if one.connected { "Now".to_owned() } else { moment(one.last_seen) }) }
                { fact("Last used", moment(one.last_activity)) }
                { fact("Known since", calendar::local(one.registered_at).day_name(today)) }
            </dl>
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
            <Field id="computer-name" name="name" label="Name of the computer" hint={account::COMPUTER_NAME_HINT} autocomplete="off"
                value={one.name.clone()} focused=true {input} problem={own.problem.clone()} />
            <Submit label="Rename it" busy={own.busy} problem={own.problem.clone()} fields={&["name"][..]} />
        </form>
    }
}
