//! The server, for its owner: its actors one by one, live. It is looked at as long as this page can be seen.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::{
    components::{
        form::Problem,
        go::Go,
        listen::{Source, is_visible, use_listener},
        session::{InSession, Session},
        sheet::{Sheet, Width},
    },
    messages::{ActorLook, ServerLook, ToWorker},
    state::{Action, Route, server::short},
    texts::server,
};

/// See the module.
#[function_component]
pub(super) fn AdminPage(props: &InSession) -> Html {
    let session = &props.session;
    let owner = session.state.profile().is_some_and(|profile| profile.server_owner);
    let back = html! {
        <Go session={session.clone()} to={Route::Account} testid="back">{ "← Back" }<span class="hidden">{ " to your account" }</span></Go>
    };
    if !owner {
        return html! {
            <Sheet title="Only the server's owner sees this" {back}>
                <p class="lead" data-testid="owner-only">{ server::OWNER_ONLY }</p>
                <p><Go session={session.clone()} to={Route::Home} class="button primary" testid="to-room">{ "Go to the room" }</Go></p>
            </Sheet>
        };
    }
    html! {
        <Sheet title="This server" width={Width::Widest} {back}>
            <Watch session={session.clone()} />
        </Sheet>
    }
}

#[function_component]
fn Watch(props: &InSession) -> Html {
    let session = &props.session;
    let seen = &session.state.server;
    let visible = use_state(is_visible);
    let look = {
        let visible = visible.clone();
        use_callback((), move |(), ()| visible.set(is_visible()))
    };
    use_listener(Source::Document, "visibilitychange", look);
    {
        let worker = session.worker.clone();
        use_effect_with((*visible, seen.watched.clone()), move |(visible, watched)| {
            worker.emit(ToWorker::WatchServer(visible.then(|| watched.clone())));
            move || worker.emit(ToWorker::WatchServer(None))
        });
    }
    html! {
        <>
            <p class="hint">{ server::LEAD }</p>
            if let Some(trouble) = &seen.trouble {
                if seen.look.is_some() { <p class="hint">{ server::STALE }</p> }
                <Problem trouble={trouble.clone()} />
            }
            { match &seen.look {
                None if seen.trouble.is_none() => html! { <p role="status">{ server::LOADING }</p> },
                None => Html::default(),
                Some(look) => html! {
                    <>
                        { glance(look) }
                        { kinds(session, look) }
                        { table(&seen.actors(), look) }
                    </>
                },
            } }
        </>
    }
}

fn glance(look: &ServerLook) -> Html {
    let overview = &look.overview;
    let fact = |name: &'static str, testid: &'static str, value: String| {
        html! { <div><dt>{ name }</dt><dd data-testid={testid}>{ value }</dd></div> }
    };
    let store = if overview.store.connected {
        format!(
            "{} commits, the last in {}",
            server::count(overview.store.commits),
            server::short_span(overview.store.last_commit_took_us)
        )
    } else {
        server::state("unavailable").to_owned()
    };
    html! {
        <dl class="glance">
            { fact("Version", "server-version", overview.version.clone()) }
            { fact("Running for", "server-uptime", server::span(overview.uptime_ms)) }
            if let Some(memory) = overview.memory_bytes { { fact("Memory", "server-memory", server::bytes(memory)) } }
            { fact("Connections", "server-connections", server::count(overview.connections.open)) }
            { fact("Actors", "server-actors", server::count(overview.total.actors)) }
            { fact("Messages handled", "server-handled", server::count(overview.total.handled)) }
            { fact("Waiting", "server-waiting", server::count(overview.total.depth)) }
            { fact("Errors", "server-errors", server::count(overview.total.errors)) }
            { fact("Ended by a defect", "server-died", server::count(overview.total.died)) }
            { fact("Store", "server-store", store) }
        </dl>
    }
}

fn kinds(session: &Session, look: &ServerLook) -> Html {
    let chosen = session.state.server.watched.kind.clone();
    let choose = {
        let session = session.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                let kind = Some(select.value()).filter(|kind| !kind.is_empty());
                session.act(Action::WatchKind(kind));
            }
        })
    };
    html! {
        <div class="field filter">
            <label for="kind">{ "Show" }</label>
            <select id="kind" data-testid="kind" onchange={choose}>
                <option value="" selected={chosen.is_none()}>{ "All actors" }</option>
                { for look.overview.kinds.iter().map(|kind| html! {
                    <option key={kind.kind.clone()} value={kind.kind.clone()} selected={chosen.as_ref() == Some(&kind.kind)}>
                        { format!("{} ({})", server::kind(&kind.kind), kind.actors) }
                    </option>
                }) }
            </select>
        </div>
    }
}

fn table(actors: &[&ActorLook], look: &ServerLook) -> Html {
    if actors.is_empty() {
        return html! { <p>{ server::NONE }</p> };
    }
    html! {
        <>
            <div class="scroll" tabindex="0" role="region" aria-label="Actors">
                <table class="actors">
                    <caption class="hidden">{ "The server's actors, anew every two seconds" }</caption>
                    <thead>
                        <tr>
                            <th scope="col">{ "Kind" }</th>
                            <th scope="col">{ "Id" }</th>
                            <th scope="col">{ "State" }</th>
                            <th scope="col" class="number">{ "Waiting" }</th>
                            <th scope="col" class="number">{ "Handled" }</th>
                            <th scope="col" class="number">{ "Errors" }</th>
                            <th scope="col" class="number">{ "Up for" }</th>
                            <th scope="col" class="number">{ "Last progress" }</th>
                        </tr>
                    </thead>
                    <tbody>{ for actors.iter().map(|actor| row(actor)) }</tbody>
                </table>
            </div>
            if actors.len() < look.total && look.watched.kind.is_none() {
                <p class="hint">{ server::shown_of(actors.len(), look.total) }</p>
            }
        </>
    }
}

fn row(actor: &ActorLook) -> Html {
    let short = short(&actor.id);
    let full = short == actor.id;
    html! {
        <tr key={format!("{}/{}", actor.kind, actor.id)} data-testid="actor" data-kind={actor.kind.clone()} data-id={actor.id.clone()}
            data-handled={actor.handled.to_string()} data-depth={actor.depth.to_string()}>
            <th scope="row">{ server::kind(&actor.kind) }</th>
            <td class="id">
                if full { <code>{ short }</code> } else {
                    <details><summary><code>{ short }</code></summary><code>{ &actor.id }</code></details>
                }
            </td>
            <td class={classes!("state", actor.state.clone())}>{ server::state(&actor.state) }</td>
            <td class="number">{ format!("{} of {}", server::count(actor.depth), server::count(actor.bound)) }</td>
            <td class="number">{ server::count(actor.handled) }</td>
            <td class={classes!("number", (actor.errors > 0).then_some("failed"))}>{ server::count(actor.errors) }</td>
            <td class="number">{ server::span(actor.uptime_ms) }</td>
            <td class="number">{ server::ago(actor.since_progress_ms) }</td>
        </tr>
    }
}
