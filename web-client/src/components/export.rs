//! A room's export: as what, that it is not encrypted, how far it has come, where the file is. It goes on while its person is
//! elsewhere on the page.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    choice::{Choice, Look, Offer},
    focus::use_recovery,
    form::Problem,
    icon::{Drawing, Icon},
    language::use_language,
    session::Session,
};
use crate::{
    messages::{Connection, ExportFormat, ToWorker},
    state::{
        Action, ExportAction, RoomData,
        export::{Export, ExportStep, Place, SavedFile},
    },
    texts::{
        self,
        server::{bytes, count},
        t,
    },
};

/// See [`RoomExport`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct RoomExportProps {
    /// The page's.
    pub session: Session,
    /// The room.
    pub room: Rc<RoomData>,
}

/// See the module.
#[function_component]
pub fn RoomExport(props: &RoomExportProps) -> Html {
    let (session, view) = (&props.session, props.room.view());
    let room = view.room;
    let (own, other) = match &session.state.export {
        Some(export) if export.room == room => (Some(export.clone()), None),
        Some(export) if export.step.is_under_way() => {
            (None, session.state.rooms.get(&export.room).map(|room| room.title()))
        }
        _ => (None, None),
    };
    let begin = {
        let session = session.clone();
        Callback::from(move |kind: Kind| {
            let language = session.state.language();
            let format = match kind {
                Kind::Document => ExportFormat::Document(language),
                Kind::Lines => ExportFormat::Lines,
            };
            session.act(Action::Export(ExportAction::Began(room, format)));
            session.tell(ToWorker::Speak { language, texts: texts::whole(language) });
            session.tell(ToWorker::Export { room, format });
        })
    };
    let stop = {
        let session = session.clone();
        Callback::from(move |()| {
            session.act(Action::Export(ExportAction::Stopping));
            session.tell(ToWorker::StopExport);
        })
    };
    let missing = match (view.catching_up, session.state.connection) {
        (Some(progress), _) => Some(t!("export-behind", count = count(progress.of.saturating_sub(progress.done)))),
        (None, Connection::Online) => None,
        (None, _) => Some(t!("export-offline")),
    };
    html! {
        <ExportPanel id="export" room={props.room.title()} export={own} {other} {missing} {begin} {stop} />
    }
}

/// What a person chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something to read, in the language of the page.
    Document,
    /// Something for programs.
    Lines,
}

/// In the order in which they are offered.
const KINDS: [Kind; 2] = [Kind::Document, Kind::Lines];

/// See [`ExportPanel`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ExportPanelProps {
    /// Tells it from others on the page.
    pub id: AttrValue,
    /// What people call the room.
    pub room: AttrValue,
    /// Its export, if there is or was one.
    #[prop_or_default]
    pub export: Option<Export>,
    /// Another room that is being exported.
    #[prop_or_default]
    pub other: Option<String>,
    /// What will not be in the file, as far as it is known.
    #[prop_or_default]
    pub missing: Option<String>,
    /// An export is wanted.
    #[prop_or_default]
    pub begin: Callback<Kind>,
    /// It is not wanted any more.
    #[prop_or_default]
    pub stop: Callback<()>,
}

/// The section, whatever the export's state is.
#[function_component]
pub fn ExportPanel(props: &ExportPanelProps) -> Html {
    use_language();
    let ExportPanelProps { id, export, .. } = props;
    let (chosen, button) = (use_state(|| 0_usize), use_node_ref());
    let step = export.as_ref().map(|export| &export.step);
    let under_way = step.is_some_and(ExportStep::is_under_way);
    use_recovery(button.clone(), under_way);
    let busy = under_way || props.other.is_some();
    let onchoose = {
        let chosen = chosen.clone();
        Callback::from(move |index| chosen.set(index))
    };
    let begin = {
        let kind = KINDS.get(*chosen).copied().filter(|_| !busy);
        let begin = props.begin.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(kind) = kind {
                begin.emit(kind);
            }
        })
    };
    let stop = props.stop.reform(|_: MouseEvent| ());
    let offers = KINDS.map(|kind| match kind {
        Kind::Document => Offer::about(t!("export-document"), t!("export-document-about")),
        Kind::Lines => Offer::about(t!("export-lines"), t!("export-lines-about")),
    });
    let caution = format!("{id}-caution");
    html! {
        <section class="part" data-testid="export" data-step={step.map_or("idle", ExportStep::name)}>
            <h2>{ t!("export") }</h2>
            <p>{ t!("export-lead") }</p>
            <Choice name={format!("{id}-format")} legend={t!("export-as")} look={Look::Cards} offers={offers.to_vec()}
                chosen={Some(*chosen)} {onchoose} />
            if let Some(missing) = &props.missing { <p class="hint">{ missing }</p> }
            <p id={caution.clone()} class="caution"><Icon drawing={Drawing::Warning} /><span>{ t!("export-plain") }</span></p>
            if let Some(other) = &props.other {
                <p class="hint">{ t!("export-other", room = other.as_str()) }</p>
            }
            <div class="choice">
                <button ref={button} type="button" class="secondary" data-testid="export-begin" aria-describedby={caution}
                    aria-disabled={busy.then_some("true")} aria-busy={under_way.then_some("true")} onclick={begin}>
                    if under_way { <span class="spinner" aria-hidden="true"></span> } else { <Icon drawing={Drawing::Download} /> }
                    { t!("export-begin") }
                </button>
                if matches!(step, Some(ExportStep::Working { .. } | ExportStep::Stopping)) {
                    <button type="button" class="quiet" data-testid="export-stop" onclick={stop}>{ t!("export-stop") }</button>
                }
            </div>
            if under_way {
                <div class="working">{ step.map(|step| progress(&props.room, step)) }<p class="hint">{ t!("export-meanwhile") }</p></div>
            }
            if let Some(ExportStep::Failed(trouble)) = step { <Problem trouble={trouble.clone()} /> }
            <div role="status" class="done">{ step.and_then(outcome) }</div>
            if let Some(ExportStep::Saved(SavedFile { name, place: Place::Browser { url }, .. })) = step {
                <p><a class="button secondary small" href={url.clone()} download={name.clone()} data-testid="export-again">
                    { t!("export-again") }
                </a></p>
            }
        </section>
    }
}

fn progress(room: &str, step: &ExportStep) -> Html {
    let (value, max, words) = match step {
        ExportStep::Working { done, of } if *of > 0 => {
            (Some(*done), *of, t!("export-count", done = count(*done), of = count(*of)))
        }
        ExportStep::Stopping => (None, 1, t!("export-stopping")),
        ExportStep::Saving => (Some(1), 1, t!("export-saving")),
        _ => (None, 1, t!("export-preparing")),
    };
    html! {
        <>
            <progress class="progress" max={max.to_string()} value={value.map(|value| value.to_string())}
                aria-label={t!("export-progress", room = room)}></progress>
            <p data-testid="export-count">{ words }</p>
        </>
    }
}

/// How it ended, if it ended well or as it was wished.
fn outcome(step: &ExportStep) -> Option<Html> {
    let (drawing, class, words) = match step {
        ExportStep::Saved(SavedFile { name, size, place }) => {
            let (file, size) = (name.as_str(), bytes(*size));
            let words = match place {
                Place::Browser { .. } => t!("export-saved", file = file, size = size),
                Place::Path(path) => t!("export-saved-at", file = file, size = size, path = path.as_str()),
            };
            (Drawing::Check, "kept", words)
        }
        ExportStep::Stopped => (Drawing::Info, "note", t!("export-stopped")),
        ExportStep::Working { .. } | ExportStep::Stopping | ExportStep::Saving | ExportStep::Failed(_) => return None,
    };
    Some(html! { <p {class} data-testid="export-done"><Icon {drawing} /><span>{ words }</span></p> })
}
