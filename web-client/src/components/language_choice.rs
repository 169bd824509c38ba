//! In which language Igoon speaks.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::session::InSession;
use crate::{
    state::{
        Action,
        preferences::{Language, Preference},
    },
    texts::t,
};

/// The id of the menu: the page renders everything anew for another language, and puts the focus back here.
pub const LANGUAGE_MENU: &str = "language";

/// A menu of languages, each by its own name.
#[function_component]
pub fn LanguageChoice(props: &InSession) -> Html {
    let session = &props.session;
    let choose = {
        let session = session.clone();
        Callback::from(move |event: Event| {
            if let Some(menu) = event.target_dyn_into::<HtmlSelectElement>() {
                session.act(Action::Prefer(Preference::Language(Language::of_tag(&menu.value()))));
            }
        })
    };
    let chosen = session.state.preferences.language;
    let browsers = session.state.browser_language;
    html! {
        <div class="field">
            <label for={LANGUAGE_MENU}>{ t!("language") }</label>
            <select id={LANGUAGE_MENU} onchange={choose}>
                <option value="" selected={chosen.is_none()}>
                    { t!("language-as-browser", language = browsers.own_name()) }
                </option>
                { for Language::ALL.map(|language| html! {
                    <option key={language.code()} value={language.code()} lang={language.code()}
                        selected={chosen == Some(language)}>{ language.own_name() }</option>
                }) }
            </select>
        </div>
    }
}
