//! In which language Igoon speaks.

use yew::prelude::*;

use super::{
    choice::{Choice, Look, Offer},
    session::InSession,
};
use crate::{state::preferences::Language, texts::t};

/// As the browser, or one of the languages, each by its own name.
#[function_component]
pub fn LanguageChoice(props: &InSession) -> Html {
    let session = &props.session;
    let languages = || core::iter::once(None).chain(Language::ALL.map(Some));
    let choose = {
        let session = session.clone();
        Callback::from(move |index: usize| {
            if let Some(language) = languages().nth(index) {
                session.speak(language);
            }
        })
    };
    let chosen = languages().position(|language| language == session.state.preferences.language);
    let offers: Vec<Offer> = languages()
        .map(|language| match language {
            None => Offer::plain(t!("language-as-browser")),
            Some(language) => Offer::spoken(language.own_name(), language.code()),
        })
        .collect();
    html! { <Choice name="language" legend={t!("language")} look={Look::Segments} {offers} {chosen} onchoose={choose} /> }
}
