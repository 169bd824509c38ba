//! Light or dark: the choice, and what it does to the document. `first.js` does the same before anything is painted.

use web_sys::Document;
use yew::prelude::*;

use super::{
    choice::{Choice, Look, Offer},
    session::InSession,
};
use crate::{
    state::{
        Action,
        preferences::{Preference, Theme},
    },
    texts::t,
};

const THEMES: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

/// As the system, light, or dark.
#[function_component]
pub fn ThemeChoice(props: &InSession) -> Html {
    let session = &props.session;
    let choose = {
        let session = session.clone();
        Callback::from(move |index: usize| {
            if let Some(theme) = THEMES.get(index) {
                session.act(Action::Prefer(Preference::Theme(*theme)));
            }
        })
    };
    let chosen = THEMES.iter().position(|theme| *theme == session.state.preferences.theme);
    let offers = THEMES.map(|theme| {
        Offer::plain(match theme {
            Theme::System => t!("theme-system"),
            Theme::Light => t!("theme-light"),
            Theme::Dark => t!("theme-dark"),
        })
    });
    html! {
        <Choice name="theme" legend={t!("theme")} look={Look::Segments} offers={offers.to_vec()} {chosen} onchoose={choose} />
    }
}

/// Shows the page in these colours, and the browser's own frame around it.
pub fn show_theme(theme: Theme) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let Some(root) = document.document_element() else { return };
    let chosen = match theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    };
    let _ = match chosen {
        Some(scheme) => root.set_attribute("data-theme", scheme),
        None => root.remove_attribute("data-theme"),
    };
    for scheme in ["light", "dark"] {
        set_media(
            &document,
            scheme,
            &match chosen {
                None => format!("(prefers-color-scheme: {scheme})"),
                Some(chosen) if chosen == scheme => "all".to_owned(),
                Some(_) => "not all".to_owned(),
            },
        );
    }
}

/// When the colour of the browser's frame that belongs to this scheme counts.
fn set_media(document: &Document, scheme: &str, media: &str) {
    let selector = format!("meta[name=theme-color][data-scheme={scheme}]");
    if let Ok(Some(meta)) = document.query_selector(&selector) {
        let _ = meta.set_attribute("media", media);
    }
}
