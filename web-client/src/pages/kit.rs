//! The code of a room's kit, until its owner has it on paper.

use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    components::{
        form::{Field, Problem, Submit, typed},
        icon::{Drawing, Icon},
        session::{InSession, Session},
        sheet::{Sheet, Width},
    },
    messages::{ToWorker, Trouble},
    platform::Download,
    state::{Action, calendar, export::Place, recovery::Kit, rules},
    texts::t,
};

/// See the module.
#[function_component]
pub(super) fn KitPage(props: &InSession) -> Html {
    let session = &props.session;
    let saved = use_state(|| None::<Result<Rc<Download>, Trouble>>);
    let Some(kit) = session.state.kit.clone() else { return Html::default() };
    let print = Callback::from(|_: MouseEvent| {
        if let Some(window) = web_sys::window() {
            let _ = window.print();
        }
    });
    let save = {
        let (saved, platform, paper) = (saved.clone(), session.platform, paper(session, &kit));
        Callback::from(move |_: MouseEvent| {
            let pieces = Array::of1(&Uint8Array::from(paper.join("\n\n").as_bytes()));
            let saved = saved.clone();
            spawn_local(async move {
                let download = platform.save(&t!("kit-file"), &pieces).await;
                saved.set(Some(download.map(Rc::new).map_err(Trouble::App)));
            });
        })
    };
    let [title, made, how, _] = paper(session, &kit);
    let code = kit.code.text();
    html! {
        <Sheet title={t!("kit-title")} width={Width::Wide} sign={Drawing::Key}>
            <p class="lead screen">{ t!("kit-lead", room = room(session, &kit)) }</p>
            <p class="paper"><strong>{ title }</strong></p>
            <p class="kit" data-testid="kit-code">
                { for code.split('-').map(|group| html! { <><span>{ group }</span>{ " " }</> }) }
            </p>
            <p class="paper">{ how }</p>
            <p class="paper">{ made }</p>
            <div class="choice screen">
                <button type="button" class="secondary" data-testid="kit-print" onclick={print}>{ t!("kit-print") }</button>
                <button type="button" class="secondary" data-testid="kit-save" onclick={save}>
                    <Icon drawing={Drawing::Download} />{ t!("kit-save") }
                </button>
            </div>
            <div role="status" class="done screen">{ saved.as_ref().map(outcome) }</div>
            <p class="screen">{ t!("kit-keep") }</p>
            <Check session={session.clone()} kit={kit} />
        </Sheet>
    }
}

fn room(session: &Session, kit: &Kit) -> String {
    session.state.rooms.get(&kit.room).map_or_else(|| t!("room-unnamed"), |room| room.title())
}

/// What stands on the paper: what it is, who made it, how it is used; in the file, also the code.
fn paper(session: &Session, kit: &Kit) -> [String; 4] {
    let server = session.state.place.origin().to_owned();
    let handle = session.state.profile().map(|profile| profile.handle.clone()).unwrap_or_default();
    let day = calendar::local(calendar::now()).machine();
    let day = day.split('T').next().unwrap_or_default();
    [
        t!("kit-paper-title", room = room(session, kit)),
        t!("kit-paper-made", handle = handle, day = day),
        t!("kit-paper-how", server = server),
        kit.code.text().to_string(),
    ]
}

fn outcome(saved: &Result<Rc<Download>, Trouble>) -> Html {
    match saved.as_ref().map(|download| download.place()) {
        Ok(place) => {
            let words = match place {
                Place::Browser { .. } => t!("kit-saved", file = t!("kit-file")),
                Place::Path(path) => t!("kit-saved-at", path = path),
            };
            html! { <p class="kept" data-testid="kit-saved"><Icon drawing={Drawing::Check} /><span>{ words }</span></p> }
        }
        Err(trouble) => html! { <Problem trouble={trouble.clone()} /> },
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct CheckProps {
    session: Session,
    kit: Rc<Kit>,
}

/// That it is on paper: its last group, typed from there.
#[function_component]
fn Check(props: &CheckProps) -> Html {
    let (session, kit) = (&props.session, &props.kit);
    let (input, problem) = (use_node_ref(), use_state(|| None::<Trouble>));
    let submit = {
        let (session, kit, input, problem) = (session.clone(), Rc::clone(kit), input.clone(), problem.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if kit.ends_with(&typed(&input)) {
                session.tell(ToWorker::KitNoted { room: kit.room });
                session.act(Action::KitSeen);
            } else {
                problem.set(Some(rules::another_group()));
            }
        })
    };
    html! {
        <form class="screen" onsubmit={submit} novalidate=true>
            <Field id="kit-check" name="kit-check" label={t!("kit-check")} hint={t!("kit-check-hint")} autocomplete="off" {input}
                problem={(*problem).clone()} />
            <Submit label={t!("kit-confirm")} busy=false problem={(*problem).clone()} fields={&["kit-check"][..]} />
            <div>
                <button type="button" class="link" data-testid="kit-later" onclick={session.acting(Action::KitSeen)}>{ t!("kit-later") }</button>
                <p class="hint">{ t!("kit-later-follows") }</p>
            </div>
        </form>
    }
}
