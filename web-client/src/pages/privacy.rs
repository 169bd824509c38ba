//! What this server stores, who can read what, and whom to ask: for anybody. Each sentence is true of the server that the page
//! came from; what depends on its settings it says itself.

use yew::prelude::*;

use crate::{
    components::{
        form::Problem,
        go::Go,
        icon::{Drawing, Icon},
        session::{InSession, Session},
        sheet::{Sheet, Width},
    },
    messages::{AboutServer, Stage, ToWorker},
    state::{Action, Route, own::Loaded},
    texts::t,
};

/// See the module.
#[function_component]
pub(super) fn Privacy(props: &InSession) -> Html {
    let session = &props.session;
    {
        let worker = session.worker.clone();
        // Before it has said anything, the worker may not be there to be asked.
        use_effect_with(session.state.stage == Stage::Starting, move |starting| {
            if !starting {
                worker.emit(ToWorker::AskAboutServer);
            }
        });
    }
    let back = html! {
        <Go session={session.clone()} to={Route::Home} testid="back"><Icon drawing={Drawing::Back} />{ t!("back") }</Go>
    };
    let about = session.state.about.ready();
    html! {
        <Sheet title={t!("privacy")} width={Width::Wide} {back}>
            <div class="prose">
                <p class="lead">{ t!("privacy-lead") }</p>
                { part(t!("privacy-messages"), vec![
                    t!("privacy-messages-encrypted"),
                    t!("privacy-messages-around"),
                    t!("privacy-messages-names"),
                    t!("privacy-messages-presence"),
                ]) }
                { part(t!("privacy-keys"), vec![
                    t!("privacy-keys-made"),
                    t!("privacy-keys-kept"),
                    t!("privacy-keys-invites"),
                ]) }
                { part(t!("privacy-operator"), vec![
                    t!("privacy-operator-program"),
                    t!("privacy-operator-sees"),
                    t!("privacy-operator-accounts"),
                ]) }
                { part(t!("privacy-accounts"), vec![t!("privacy-accounts-you"), t!("privacy-accounts-sessions"), t!("privacy-accounts-codes")]) }
                { part(t!("privacy-devices"), vec![t!("privacy-devices-stored"), t!("privacy-devices-asking"), t!("privacy-devices-shown")]) }
                { part(t!("privacy-recovery"), vec![
                    t!("privacy-recovery-choice"),
                    t!("privacy-recovery-devices"),
                    t!("privacy-recovery-server"),
                    t!("privacy-recovery-kit"),
                    t!("privacy-recovery-stored"),
                ]) }
                { part(t!("privacy-diagnostics"), vec![t!("privacy-diagnostics-none"), t!("privacy-diagnostics-log")]) }
                <section class="part">
                    <h2>{ t!("privacy-retention") }</h2>
                    <dl class="facts">
                        { fact(t!("privacy-retention-messages"), t!("privacy-retention-messages-why")) }
                        { fact(t!("privacy-retention-account"), t!("privacy-retention-account-why")) }
                        { fact(t!("privacy-retention-sessions"), match about {
                            Some(about) => t!("privacy-retention-sessions-why", days = about.session_days),
                            None => t!("privacy-retention-sessions-always"),
                        }) }
                        { fact(t!("privacy-retention-codes"), t!("privacy-retention-codes-why")) }
                        { fact(t!("privacy-retention-mails"), match about {
                            Some(AboutServer { mail_to_folder: true, .. }) => t!("privacy-retention-mails-folder"),
                            Some(_) | None => t!("privacy-retention-mails-why"),
                        }) }
                        { fact(t!("privacy-retention-sources"), t!("privacy-retention-sources-why")) }
                    </dl>
                </section>
                <section class="part" aria-labelledby="contact-title">
                    <h2 id="contact-title">{ t!("privacy-contact") }</h2>
                    { match &session.state.about {
                        Loaded::Loading => html! { <p role="status">{ t!("privacy-asking") }</p> },
                        Loaded::Failed(trouble) => html! {
                            <>
                                <Problem trouble={trouble.clone()} />
                                <p><button type="button" class="secondary" data-testid="look-again" onclick={again(session)}>{ t!("try-again") }</button></p>
                            </>
                        },
                        Loaded::Ready(about) => contact(about),
                    } }
                </section>
            </div>
        </Sheet>
    }
}

fn part(title: String, paragraphs: Vec<String>) -> Html {
    html! {
        <section class="part">
            <h2>{ title }</h2>
            { for paragraphs.into_iter().map(|paragraph| html! { <p>{ paragraph }</p> }) }
        </section>
    }
}

fn fact(name: String, value: String) -> Html {
    html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> }
}

fn again(session: &Session) -> Callback<MouseEvent> {
    let session = session.clone();
    Callback::from(move |_: MouseEvent| {
        session.act(Action::AskedAboutServer);
        session.tell(ToWorker::AskAboutServer);
    })
}

/// Whom to ask, and what runs here.
fn contact(about: &AboutServer) -> Html {
    html! {
        <>
            { match &about.contact {
                Some(contact) => html! {
                    <p>{ t!("privacy-contact-who") }{ " " }<a href={link(contact)} rel="noreferrer" data-testid="contact">{ contact }</a></p>
                },
                None => html! { <p data-testid="no-contact">{ t!("privacy-contact-none") }</p> },
            } }
            <p class="hint" data-testid="server-version">{ t!("privacy-version", version = about.version.as_str()) }</p>
        </>
    }
}

/// The address of a contact. Whatever is no page's address is taken for a mailbox.
fn link(contact: &str) -> String {
    if contact.starts_with("https://") || contact.starts_with("http://") {
        contact.to_owned()
    } else {
        format!("mailto:{contact}")
    }
}

#[cfg(test)]
mod tests {
    use super::link;

    #[test]
    fn a_contact_is_a_page_or_a_mailbox() {
        assert_eq!(link("https://example.org/ask"), "https://example.org/ask");
        assert_eq!(link("ask@example.org"), "mailto:ask@example.org");
        assert_eq!(link("javascript:alert(1)"), "mailto:javascript:alert(1)", "nothing is run");
    }
}
