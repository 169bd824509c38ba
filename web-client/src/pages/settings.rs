//! How Igoon looks, speaks and calls in this browser, and what it stores here. For anybody: it is about no account.

use yew::prelude::*;

use crate::{
    components::{
        go::Go,
        icon::{Drawing, Icon},
        language_choice::LanguageChoice,
        notification_choice::NotificationChoice,
        session::InSession,
        sheet::{Sheet, Width},
        storage::Storage,
        theme_choice::ThemeChoice,
    },
    state::Route,
    texts::t,
};

/// See the module.
#[function_component]
pub(super) fn Settings(props: &InSession) -> Html {
    let session = &props.session;
    let back = html! {
        <Go session={session.clone()} to={Route::Home} testid="back"><Icon drawing={Drawing::Back} />{ t!("back") }</Go>
    };
    html! {
        <Sheet title={t!("settings")} width={Width::Wide} {back}>
            <p class="hint">{ t!("settings-lead") }</p>
            <section class="part" aria-labelledby="looks-title">
                <h2 id="looks-title">{ t!("settings-looks") }</h2>
                <ThemeChoice session={session.clone()} />
                <LanguageChoice session={session.clone()} />
            </section>
            <section class="part" aria-labelledby="notifications-title">
                <h2 id="notifications-title">{ t!("settings-notifications") }</h2>
                <NotificationChoice session={session.clone()} />
            </section>
            <section class="part" aria-labelledby="stored-title">
                <h2 id="stored-title">{ t!("settings-stored") }</h2>
                <Storage />
            </section>
        </Sheet>
    }
}
