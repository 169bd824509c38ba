//! `/components`: every part that pages are made of, in its states. Whoever changes a style looks here first.

use igoon_shared::ids::RoomId;
use yew::prelude::*;

use crate::{
    components::{
        avatar::Avatar,
        choice::{Choice, Look, Offer, Switch},
        dialog::Dialog,
        empty::Empty,
        export::ExportPanel,
        form::{Field, Problem, Submit},
        go::Go,
        icon::{Drawing, Icon},
        language::use_language,
        menu::Menu,
        session::InSession,
        sheet::{Sheet, Width},
        steps::{Step, Steps},
        theme_choice::ThemeChoice,
    },
    messages::{ExportFormat, Trouble},
    state::{
        Export, Route,
        export::{ExportStep, Place, SavedFile},
        rules,
    },
    texts::t,
};

/// See the module.
#[function_component]
pub(super) fn Gallery(props: &InSession) -> Html {
    let session = &props.session;
    let back = html! {
        <Go session={session.clone()} to={Route::Home} testid="back"><Icon drawing={Drawing::Back} />{ t!("back") }</Go>
    };
    html! {
        <Sheet title={t!("gallery-title")} width={Width::Wide} {back} steps={html! { <Steps at={Step::Code} /> }}>
            <p class="lead">{ t!("gallery-lead") }</p>
            <ThemeChoice session={session.clone()} />
            <Buttons />
            <Fields />
            <Choices />
            { marks() }
            { notices() }
            { work() }
            { exports() }
            <Over />
            { icons() }
        </Sheet>
    }
}

fn part(title: String, children: Html) -> Html {
    html! { <section class="part"><h2>{ title }</h2>{ children }</section> }
}

#[function_component]
fn Buttons() -> Html {
    use_language();
    let label = || t!("gallery-button");
    part(
        t!("gallery-buttons"),
        html! {
            <>
                <div class="choice">
                    <button type="button" class="primary">{ label() }</button>
                    <button type="button" class="primary" aria-disabled="true" aria-busy="true">
                        <span class="spinner" aria-hidden="true"></span>{ label() }
                    </button>
                    <button type="button" class="primary danger">{ label() }</button>
                </div>
                <div class="choice">
                    <button type="button" class="secondary"><Icon drawing={Drawing::Plus} />{ label() }</button>
                    <button type="button" class="secondary" aria-disabled="true">{ label() }</button>
                    <button type="button" class="secondary danger">{ label() }</button>
                </div>
                <div class="choice">
                    <button type="button" class="quiet">{ label() }</button>
                    <button type="button" class="quiet danger">{ label() }</button>
                    <button type="button" class="secondary small">{ label() }</button>
                    <button type="button" class="link">{ label() }</button>
                    <button type="button" class="icon-button" aria-label={t!("gallery-icon-button")} data-tip={t!("gallery-icon-button")}>
                        <Icon drawing={Drawing::Copy} />
                    </button>
                    <Menu label={t!("gallery-menu")}>
                        <button type="button"><Icon drawing={Drawing::Edit} />{ label() }</button>
                        <button type="button" class="danger"><Icon drawing={Drawing::Delete} />{ label() }</button>
                    </Menu>
                </div>
            </>
        },
    )
}

#[function_component]
fn Fields() -> Html {
    use_language();
    let (name, wrong, password) = (use_node_ref(), use_node_ref(), use_node_ref());
    let problem = rules::invalid("handle");
    let stay = Callback::from(|event: SubmitEvent| event.prevent_default());
    part(
        t!("gallery-fields"),
        html! {
            <form onsubmit={stay}>
                <Field id="gallery-name" label={t!("gallery-field")} hint={t!("gallery-hint")} autocomplete="off" input={name} />
                <Field id="gallery-wrong" name="handle" label={t!("handle")} autocomplete="off" problem={problem} input={wrong} />
                <Field id="gallery-password" label={t!("password-new")} secret=true autocomplete="new-password" input={password} />
                <div class="field">
                    <label for="gallery-select">{ t!("gallery-select") }</label>
                    <select id="gallery-select">
                        <option selected=true>{ t!("gallery-first") }</option>
                        <option>{ t!("gallery-second") }</option>
                    </select>
                </div>
                <div class="field">
                    <label for="gallery-text">{ t!("gallery-text") }</label>
                    <div class="input"><textarea id="gallery-text" rows="3" placeholder={t!("gallery-hint")} /></div>
                </div>
            </form>
        },
    )
}

#[function_component]
fn Choices() -> Html {
    use_language();
    let (on, chosen) = (use_state(|| true), use_state(|| 0_usize));
    let onswitch = {
        let on = on.clone();
        Callback::from(move |now| on.set(now))
    };
    let onchoose = {
        let chosen = chosen.clone();
        Callback::from(move |index| chosen.set(index))
    };
    let offers = [t!("gallery-first"), t!("gallery-second"), t!("gallery-third")];
    let plain: Vec<Offer> = offers.iter().cloned().map(Offer::plain).collect();
    let cards: Vec<Offer> = offers.into_iter().map(|label| Offer::about(label, t!("gallery-hint"))).collect();
    part(
        t!("gallery-choices"),
        html! {
            <>
                <Switch id="gallery-switch" label={t!("gallery-switch")} about={t!("gallery-hint")} on={*on} {onswitch} />
                <label class="check" for="gallery-check">
                    <input id="gallery-check" type="checkbox" checked=true />
                    <span>{ t!("gallery-check") }<small>{ t!("gallery-hint") }</small></span>
                </label>
                <Choice name="gallery-segments" legend={t!("gallery-segments")} look={Look::Segments} offers={plain}
                    chosen={*chosen} onchoose={&onchoose} />
                <Choice name="gallery-cards" legend={t!("gallery-cards")} look={Look::Cards} offers={cards} chosen={*chosen} {onchoose} />
            </>
        },
    )
}

fn marks() -> Html {
    let word = || t!("gallery-tag");
    part(
        t!("gallery-marks"),
        html! {
            <>
                <div class="choice">
                    <span class="tag">{ word() }</span>
                    <span class="tag plain">{ word() }</span>
                    <span class="tag wait"><Icon drawing={Drawing::Clock} />{ word() }</span>
                    <span class="tag danger">{ word() }</span>
                    <span class="badge">{ "3" }</span>
                    <span class="badge muted">{ "128" }</span>
                </div>
                <div class="choice">
                    { for ["ada", "bea", "cid", "dora", "emil", "fritz", "grace"].map(|name| html! { <Avatar {name} /> }) }
                </div>
                <ul class="list">
                    { for ["ada", "bea"].map(|name| html! {
                        <li class="row">
                            <Avatar {name} />
                            <div class="about"><span class="name">{ name }</span><small>{ t!("gallery-hint") }</small></div>
                            <span class="badge">{ "3" }</span>
                        </li>
                    }) }
                </ul>
            </>
        },
    )
}

fn notices() -> Html {
    let sentence = || html! { <span>{ t!("gallery-sentence") }</span> };
    part(
        t!("gallery-notices"),
        html! {
            <>
                <Problem trouble={Trouble::Unreachable} />
                <p class="caution"><Icon drawing={Drawing::Warning} />{ sentence() }</p>
                <p class="note"><Icon drawing={Drawing::Info} />{ sentence() }</p>
                <p class="kept"><Icon drawing={Drawing::Check} />{ sentence() }</p>
                <div class="banner">{ sentence() }<button type="button" class="quiet">{ t!("try-again") }</button></div>
                <div class="banner wait">{ sentence() }</div>
                <div class="toast"><p>{ t!("gallery-sentence") }</p></div>
            </>
        },
    )
}

fn work() -> Html {
    part(
        t!("gallery-work"),
        html! {
            <>
                <progress class="progress" max="3" value="2" aria-label={t!("gallery-progress")}></progress>
                <span class="progress" aria-hidden="true"></span>
                <div class="row">
                    <span class="skeleton disc"></span>
                    <span class="about"><span class="skeleton short"></span></span>
                    <span class="spinner" aria-hidden="true"></span>
                </div>
                <Empty drawing={Drawing::Room} title={t!("gallery-empty")} text={t!("gallery-hint")}>
                    <button type="button" class="secondary">{ t!("gallery-button") }</button>
                </Empty>
            </>
        },
    )
}

/// Nothing yet, under way, there.
fn exports() -> Html {
    let room = RoomId::from_bytes([0; RoomId::LEN]);
    let at = |step| Some(Export { step, ..Export::begin(room, ExportFormat::Lines) });
    let file = SavedFile {
        name: format!("Igoon {} 2026-11-25.html", t!("room-unnamed")),
        size: 1_250_000,
        place: Place::Browser { url: "#".to_owned() },
    };
    html! {
        <>
            <ExportPanel id="gallery-export" room={t!("room-unnamed")} />
            <ExportPanel id="gallery-exporting" room={t!("room-unnamed")} export={at(ExportStep::Working { done: 12_800, of: 50_000 })} />
            <ExportPanel id="gallery-exported" room={t!("room-unnamed")} export={at(ExportStep::Saved(file))} />
        </>
    }
}

/// Dialogs: in the middle, and at the end of the window.
#[function_component]
fn Over() -> Html {
    use_language();
    let open = use_state(|| None::<bool>);
    let opening = |side: bool| {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(Some(side)))
    };
    let onclose = {
        let open = open.clone();
        Callback::from(move |()| open.set(None))
    };
    part(
        t!("gallery-over"),
        html! {
            <>
                <div class="choice">
                    <button type="button" class="secondary" data-testid="open-dialog" onclick={opening(false)}>{ t!("gallery-dialog") }</button>
                    <button type="button" class="secondary" data-testid="open-side" onclick={opening(true)}>{ t!("gallery-side") }</button>
                </div>
                if let Some(side) = *open {
                    <Dialog id="gallery-dialog" title={if side { t!("gallery-side") } else { t!("gallery-dialog") }} {side} {onclose}>
                        <p>{ t!("gallery-sentence") }</p>
                        <form method="dialog"><Submit label={t!("gallery-button")} busy=false /></form>
                    </Dialog>
                }
            </>
        },
    )
}

fn icons() -> Html {
    part(
        t!("gallery-icons"),
        html! {
            <ul class="icons">{ for Drawing::ALL.iter().map(|drawing| html! { <li><Icon drawing={*drawing} /></li> }) }</ul>
        },
    )
}
