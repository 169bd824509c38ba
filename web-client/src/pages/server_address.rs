//! Which server: asked for where the page did not come from one. An invite link says it, too, and leads on from there.

use igoon_shared::wrapper::{Kept, ServerAddress as Address};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    components::{
        form::{Field, Submit, typed},
        session::{InSession, Session},
        sheet::Sheet,
    },
    messages::Trouble,
    net::{
        account,
        requests::CallError,
        server::{Access, Server},
    },
    state::{
        Action,
        place::{self, Place},
    },
    texts::t,
};

const FIELDS: &[&str] = &["server"];

/// See the module.
#[function_component]
pub(super) fn ServerAddress(props: &InSession) -> Html {
    let session = &props.session;
    let input = use_node_ref();
    let submit = {
        let (session, input) = (session.clone(), input.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if session.state.busy {
                return;
            }
            session.act(Action::Asked);
            let (session, typed) = (session.clone(), typed(&input));
            spawn_local(async move {
                match choose(&session, &typed).await {
                    Ok(destination) => go(&destination),
                    Err(trouble) => session.act(Action::Refused(trouble)),
                }
            });
        })
    };
    let before = match &session.state.place {
        Place::Wanted(before) => before.clone(),
        Place::Unknown | Place::At { .. } => None,
    };
    let value = before.clone().unwrap_or_default();
    html! {
        <Sheet title={t!("server-address-title")}>
            <p class="lead">{ t!("server-address-lead") }</p>
            <form method="post" onsubmit={submit} novalidate=true>
                <Field id="server-address" name="server" label={t!("server-address-label")} hint={t!("server-address-hint")}
                    kind="url" autocomplete="url" focused=true {value} input={input}
                    problem={session.state.problem.clone()} />
                <Submit label={t!("server-address-connect")} busy={session.state.busy}
                    problem={session.state.problem.clone()} fields={FIELDS} />
            </form>
            if let Some(before) = before {
                <p class="aside">
                    <button type="button" class="link" data-testid="keep-server" onclick={Callback::from(|_| go("/"))}>
                        { t!("server-address-keep", server = before) }
                    </button>
                </p>
            }
        </Sheet>
    }
}

/// Looks whether there is an Igoon server at what was typed, and has the address kept. Where it goes on.
async fn choose(session: &Session, typed: &str) -> Result<String, Trouble> {
    let (address, follows) = Address::find(typed).map_err(Trouble::Address)?;
    let server = Server { origin: address.to_string(), access: Access::Bearer(Kept::default()) };
    match account::look_at_server(&server).await {
        Ok(_) => {}
        Err(CallError::Unreachable) => return Err(Trouble::NoServer),
        Err(CallError::Refused(_)) => return Err(Trouble::NotIgoon),
    }
    session.platform.choose_server(&address).await.map_err(Trouble::App)?;
    Ok(place::destination(follows).to_owned())
}

/// Begins anew, with the server that is chosen now.
fn go(to: &str) {
    let Some(location) = web_sys::window().map(|window| window.location()) else { return };
    let path = to.split('#').next().unwrap_or(to);
    let stays = location.pathname().is_ok_and(|shown| shown == path);
    let _ = location.replace(to);
    if stays {
        // Another fragment alone loads nothing.
        let _ = location.reload();
    }
}
