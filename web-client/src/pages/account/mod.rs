//! The own account: address, handle, password, where one is signed in, signing out.

mod change;
mod computers;
mod sessions;
mod sign_out;

use yew::prelude::*;

use self::{
    change::{EmailForm, HandleForm, PasswordForm, Setting},
    computers::Computers,
    sessions::Sessions,
    sign_out::SignOut,
};
use crate::{
    components::{
        form::Problem,
        go::Go,
        icon::{Drawing, Icon},
        session::{InSession, Session},
        sheet::{Sheet, Width},
    },
    messages::{Connection, OwnAccount, OwnForm, OwnWish, ToWorker, Trouble},
    state::{Action, OwnAction, Route, own::Loaded},
    texts::{account, t},
};

/// See the module.
#[function_component]
pub(super) fn AccountPage(props: &InSession) -> Html {
    let session = &props.session;
    let own = &session.state.own;
    {
        let worker = session.worker.clone();
        // Once more when this computer is connected: the server then says so of it, too.
        use_effect_with(session.state.connection == Connection::Online, move |_| {
            worker.emit(ToWorker::Own(OwnWish::Look));
        });
    }
    // Why nothing came is said once.
    let failed = matches!(own.account, Loaded::Failed(_));
    let server_owner = session.state.profile().is_some_and(|profile| profile.server_owner);
    html! {
        <Sheet title={t!("account-title")} width={Width::Wide} back={html! {
            <Go session={session.clone()} to={Route::Home} testid="back"><Icon drawing={Drawing::Back} />{ t!("back") }</Go>
        }}>
            <div role="status" class="done">
                if let Some(done) = own.done {
                    <p class="kept" data-testid="done"><Icon drawing={Drawing::Check} /><span>{ account::done(done) }</span></p>
                }
            </div>
            { match &own.account {
                Loaded::Loading => html! { <p class="lead settings-coming" role="status">{ t!("account-loading") }</p> },
                Loaded::Failed(trouble) => not_loaded(session, trouble),
                Loaded::Ready(found) => settings(session, found),
            } }
            if !failed || own.computers.ready().is_some() { <Computers session={session.clone()} /> }
            if !failed || own.sessions.ready().is_some() { <Sessions session={session.clone()} /> }
            if server_owner {
                <section class="part">
                    <h2>{ t!("server") }</h2>
                    <p class="hint">{ t!("account-server") }</p>
                    <p><Go session={session.clone()} to={Route::Admin} testid="server">{ t!("account-watch") }</Go></p>
                </section>
            }
            <SignOut session={session.clone()} />
        </Sheet>
    }
}

/// Why something did not come, and how to ask for it again.
fn not_loaded(session: &Session, trouble: &Trouble) -> Html {
    let again = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| {
            session.act(Action::Own(OwnAction::LookAgain));
            session.tell(ToWorker::Own(OwnWish::Look));
        })
    };
    html! {
        <>
            <Problem trouble={trouble.clone()} />
            <p><button type="button" class="secondary" data-testid="look-again" onclick={again}>{ t!("try-again") }</button></p>
        </>
    }
}

/// Sends one of the forms.
fn ask(session: &Session, form: OwnForm, wish: OwnWish) {
    if !session.state.own.busy {
        session.act(Action::Own(OwnAction::Asked(form)));
        session.tell(ToWorker::Own(wish));
    }
}

fn settings(session: &Session, found: &OwnAccount) -> Html {
    let (email, handle) = (found.email.clone(), found.handle.clone());
    html! {
        <div class="settings">
            <Setting session={session.clone()} title={t!("email")} name="email" value={email} form={OwnForm::Email}>
                <EmailForm session={session.clone()} />
            </Setting>
            <Setting session={session.clone()} title={t!("handle")} name="handle" value={handle} form={OwnForm::Handle}>
                <HandleForm session={session.clone()} />
            </Setting>
            <Setting session={session.clone()} title={t!("password")} name="password" value="••••••••••" form={OwnForm::Password}>
                <PasswordForm session={session.clone()} />
            </Setting>
        </div>
    }
}
