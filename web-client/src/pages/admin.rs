//! The server, for its owner: its actors one by one, live. It is looked at as long as this page can be seen.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::{
    components::{
        form::Problem,
        go::Go,
        icon::{Drawing, Icon},
        listen::{Source, is_visible, use_listener},
        session::{InSession, Session},
        sheet::{Sheet, Width},
    },
    messages::{ActorLook, ServerLook, ToWorker, WatchedActors},
    state::{Action, Route, server::short},
    texts::{server, t},
};

/// See the module.
#[function_component]
pub(super) fn AdminPage(props: &InSession) -> Html {
    let session = &props.session;
    let owner = session.state.profile().is_some_and(|profile| profile.server_owner);
    let back = html! {
        <Go session={session.clone()} to={Route::Account} testid="back"><Icon drawing={Drawing::Back} />{ t!("account") }</Go>
    };
    if !owner {
        return html! {
            <Sheet title={t!("server-owner-only")} {back}>
                <p class="lead" data-testid="owner-only">{ t!("server-owner-only-lead") }</p>
                <p><Go session={session.clone()} to={Route::Home} class="button primary" testid="to-room">{ t!("server-to-rooms") }</Go></p>
            </Sheet>
        };
    }
    html! {
        <Sheet title={t!("server")} width={Width::Widest} {back}>
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
            <p class="hint">{ t!("server-lead") }</p>
            if let Some(trouble) = &seen.trouble {
                if seen.look.is_some() { <p class="hint">{ t!("server-stale") }</p> }
                <Problem trouble={trouble.clone()} />
            }
            { match &seen.look {
                None if seen.trouble.is_none() => html! { <p role="status">{ t!("server-loading") }</p> },
                None => Html::default(),
                Some(look) => html! {
                    <>
                        { glance(look) }
                        { kinds(session, look) }
                        { table(&seen.actors()) }
                        { pages(session, look) }
                    </>
                },
            } }
        </>
    }
}

fn glance(look: &ServerLook) -> Html {
    let overview = &look.overview;
    let fact = |name: String, testid: &'static str, value: String| {
        html! { <div><dt>{ name }</dt><dd data-testid={testid}>{ value }</dd></div> }
    };
    let store = overview.store;
    let commits = if store.connected { server::count(store.commits) } else { server::state("unavailable") };
    html! {
        <dl class="glance">
            { fact(t!("server-version"), "server-version", overview.version.clone()) }
            { fact(t!("server-uptime"), "server-uptime", server::span(overview.uptime_ms)) }
            if let Some(memory) = overview.memory_bytes { { fact(t!("server-memory"), "server-memory", server::bytes(memory)) } }
            { fact(t!("server-connections"), "server-connections", server::count(overview.connections.open)) }
            { fact(t!("server-actors"), "server-actors", server::count(overview.total.actors)) }
            { fact(t!("server-handled"), "server-handled", server::count(overview.total.handled)) }
            { fact(t!("server-waiting"), "server-waiting", server::count(overview.total.depth)) }
            { fact(t!("server-errors"), "server-errors", server::count(overview.total.errors)) }
            { fact(t!("server-died"), "server-died", server::count(overview.total.died)) }
            { fact(t!("server-commits"), "server-store", commits) }
            { fact(t!("server-last-commit"), "server-last-commit", server::short_span(store.last_commit_took_us)) }
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
                session.act(Action::Watch(WatchedActors { kind, offset: 0 }));
            }
        })
    };
    html! {
        <div class="field filter">
            <label for="kind">{ t!("server-show") }</label>
            <select id="kind" data-testid="kind" onchange={choose}>
                <option value="" selected={chosen.is_none()}>{ t!("server-all-actors") }</option>
                { for look.overview.kinds.iter().map(|kind| html! {
                    <option key={kind.kind.clone()} value={kind.kind.clone()} selected={chosen.as_ref() == Some(&kind.kind)}>
                        { t!("server-kind-count", kind = server::kind(&kind.kind), count = kind.actors) }
                    </option>
                }) }
            </select>
        </div>
    }
}

fn table(actors: &[&ActorLook]) -> Html {
    if actors.is_empty() {
        return html! { <p>{ t!("server-none") }</p> };
    }
    html! {
            <div class="scroll" tabindex="0" role="region" aria-label={t!("server-actors")}>
                <table class="actors">
                    <caption class="hidden">{ t!("server-table") }</caption>
                    <thead>
                        <tr>
                            <th scope="col">{ t!("server-kind") }</th>
                            <th scope="col">{ t!("server-id") }</th>
                            <th scope="col">{ t!("server-state") }</th>
                            <th scope="col" class="number">{ t!("server-waiting") }</th>
                            <th scope="col" class="number">{ t!("server-handled-short") }</th>
                            <th scope="col" class="number">{ t!("server-errors") }</th>
                            <th scope="col" class="number">{ t!("server-up") }</th>
                            <th scope="col" class="number">{ t!("server-progress") }</th>
                        </tr>
                    </thead>
                    <tbody>{ for actors.iter().map(|actor| row(actor)) }</tbody>
                </table>
            </div>
    }
}

/// Which part of a long list is shown, and the ways to the parts beside it.
fn pages(session: &Session, look: &ServerLook) -> Html {
    if look.watched.offset == 0 && look.actors.len() >= look.total {
        return Html::default();
    }
    let (before, after) = session.state.server.pages();
    let button = |watched: Option<WatchedActors>, testid: &'static str, label: String| {
        watched.map(|watched| html! {
            <button type="button" class="secondary" data-testid={testid} onclick={session.acting(Action::Watch(watched))}>{ label }</button>
        })
    };
    let (first, last) = (look.watched.offset + 1, look.watched.offset + look.actors.len());
    html! {
        <nav class="pages" aria-label={t!("server-pages")}>
            <p class="hint" role="status">{ t!("server-part", first = first, last = last, total = look.total) }</p>
            { button(before, "earlier", t!("server-earlier")).unwrap_or_default() }
            { button(after, "later", t!("server-later")).unwrap_or_default() }
        </nav>
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
            <td class="number">{ t!("server-of", depth = server::count(actor.depth), bound = server::count(actor.bound)) }</td>
            <td class="number">{ server::count(actor.handled) }</td>
            <td class={classes!("number", (actor.errors > 0).then_some("failed"))}>{ server::count(actor.errors) }</td>
            <td class="number">{ server::span(actor.uptime_ms) }</td>
            <td class="number">{ server::ago(actor.since_progress_ms) }</td>
        </tr>
    }
}
