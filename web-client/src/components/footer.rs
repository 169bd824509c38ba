//! Where pages end: what this server does with data, and the other languages.

use yew::prelude::*;

use super::{go::Go, session::Session};
use crate::{
    state::{Language, Route},
    texts::t,
};

/// See the module. It stands on every sheet, so it takes the session from the context and not from each page.
#[function_component]
pub fn Footer() -> Html {
    let Some(session) = use_context::<Session>() else { return Html::default() };
    let spoken = session.state.language();
    html! {
        <footer class="footer">
            <nav aria-label={t!("footer")}>
                <Go session={session.clone()} to={Route::Privacy} testid="privacy">{ t!("footer-privacy") }</Go>
            </nav>
            { for Language::ALL.into_iter().filter(|language| *language != spoken).map(|language| html! {
                // Without a key: the button that was pressed offers the other language then, and keeps the focus.
                <button type="button" class="link" lang={language.code()} data-testid="language"
                    onclick={let session = session.clone(); move |_| session.speak(Some(language))}>
                    { language.own_name() }
                </button>
            }) }
        </footer>
    }
}
