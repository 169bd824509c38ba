//! What an account sees and changes about itself. Answers come as signals: meanwhile the core goes on, and so do messages.

use igoon_shared::{
    client::Command,
    ids::ChallengeId,
    presence::Availability,
    protocol::{
        error::ErrorCode,
        http::{
            ChangeEmail, ChangeHandle, ChangePassword, ChooseAvailability, CodeSent, ConfirmEmail, DeviceInfo, Devices,
            MailedCode, Me, RenameDevice, ResendCode, RoomPosition, SecretText, SessionInfo, Sessions,
        },
    },
};
use wasm_bindgen_futures::spawn_local;

use super::{
    Signal,
    account::{NewName, trouble},
    codes::{self, ServerFacts},
    driver::{Driver, Halt},
    entrance::{facts, mailbox},
};
use crate::{
    messages::{
        CodePurpose, ComputerView, OwnAccount, OwnForm, OwnNews, OwnWish, RoomPositionView, ServerLook, SessionView,
        ToPage, Trouble,
    },
    net::{account, requests::CallError},
};

/// A new address that waits for its code.
pub(super) struct NewMailbox {
    challenge: ChallengeId,
    email: String,
}

/// An answer of the service.
pub(super) enum OwnSignal {
    Account(Result<Me, CallError>),
    Computers(Result<Devices, CallError>),
    Sessions(Result<Sessions, CallError>),
    Form(OwnForm, Result<Done, CallError>),
    Availability(Result<(), CallError>),
    /// No other code to the new address.
    NoCode(CallError),
    /// A look at the server, while it is watched.
    Server(Result<ServerLook, CallError>),
}

impl OwnSignal {
    fn error(&self) -> Option<&CallError> {
        match self {
            Self::Account(answer) => answer.as_ref().err(),
            Self::Computers(answer) => answer.as_ref().err(),
            Self::Sessions(answer) => answer.as_ref().err(),
            Self::Form(_, answer) => answer.as_ref().err(),
            Self::Availability(answer) => answer.as_ref().err(),
            Self::NoCode(error) => Some(error),
            Self::Server(answer) => answer.as_ref().err(),
        }
    }
}

/// What a form brought about.
pub(super) enum Done {
    Changed,
    Handle(String),
    Code { email: String, sent: CodeSent, facts: Option<ServerFacts> },
}

impl Driver {
    /// A wish of somebody who is signed in.
    pub(super) async fn own(&mut self, wish: OwnWish) -> Result<(), Halt> {
        if let Some(form) = form(&wish).filter(|_| self.is_cut_off()) {
            self.tell(OwnNews::Refused(form, Trouble::NeedsConnection));
            return Ok(());
        }
        match wish {
            OwnWish::Look => {
                self.look_at_own();
                self.command(Command::ShowOwnComputers);
            }
            OwnWish::ChangeHandle { handle } => self.change(OwnForm::Handle, async move {
                let body = ChangeHandle { handle: handle.trim().to_owned() };
                account::change_handle(&body).await.map(|()| Done::Handle(body.handle))
            }),
            OwnWish::ChangePassword { current, new } => self.change(OwnForm::Password, async move {
                account::change_password(&ChangePassword { current, password: new }).await.map(|()| Done::Changed)
            }),
            OwnWish::ChangeEmail { email, password } => {
                let known = self.facts;
                self.change(OwnForm::Email, async move {
                    let body = ChangeEmail { email: mailbox(&email), current: password };
                    sent(account::change_email(&body).await?, body.email, known).await
                });
            }
            OwnWish::EnterCode { digits } => self.confirm_mailbox(digits).await?,
            OwnWish::ResendCode => {
                let installation = self.open_vault().await?.installation();
                let Some(mailbox) = &self.new_mailbox else { return Ok(()) };
                let (email, known) = (mailbox.email.clone(), self.facts);
                let body = ResendCode { challenge: mailbox.challenge, installation };
                self.answering(async move {
                    match account::resend_code(&body).await {
                        Ok(answer) => OwnSignal::Form(OwnForm::EmailCode, sent(answer, email, known).await),
                        Err(error) => OwnSignal::NoCode(error),
                    }
                });
            }
            OwnWish::RenameComputer { device, name } => self.change(OwnForm::RenameComputer(device), async move {
                account::rename_device(device, &RenameDevice { name }).await.map(|()| Done::Changed)
            }),
            OwnWish::RevokeComputer(device) => {
                // Saved here, it is carried into each room by itself, now or later.
                self.command(Command::RevokeOwn { device });
                self.tell(OwnNews::Done(OwnForm::RevokeComputer(device)));
            }
            OwnWish::Approve(device) => self.command(Command::Approve { device }),
            OwnWish::RefuseApproval(device) => self.command(Command::RefuseApproval { device }),
            OwnWish::AskForApproval => self.command(Command::AskForApproval),
            OwnWish::EndSession(session) => self.change(OwnForm::EndSession(session), async move {
                account::end_session(session).await.map(|()| Done::Changed)
            }),
            OwnWish::SignOutEverywhere => {
                self.change(
                    OwnForm::Everywhere,
                    async move { account::sign_out_everywhere().await.map(|()| Done::Changed) },
                )
            }
        }
        Ok(())
    }

    async fn confirm_mailbox(&mut self, digits: SecretText) -> Result<(), Halt> {
        let installation = self.open_vault().await?.installation();
        let Some(NewMailbox { challenge, .. }) = &self.new_mailbox else { return Ok(()) };
        let body = ConfirmEmail { code: MailedCode { challenge: *challenge, installation, digits } };
        self.change(OwnForm::EmailCode, async move { account::confirm_email(&body).await.map(|()| Done::Changed) });
        Ok(())
    }

    fn look_at_own(&self) {
        self.answering(async { OwnSignal::Account(account::me().await) });
        self.answering(async { OwnSignal::Computers(account::devices().await) });
        self.answering(async { OwnSignal::Sessions(account::sessions().await) });
    }

    /// What the account is to others. The service tells the core when it is done.
    pub(super) fn choose_availability(&self, availability: Availability) {
        self.answering(async move {
            OwnSignal::Availability(account::choose_availability(&ChooseAvailability { availability }).await)
        });
    }

    fn change(&self, form: OwnForm, call: impl Future<Output = Result<Done, CallError>> + 'static) {
        self.answering(async move { OwnSignal::Form(form, call.await) });
    }

    /// Waits for an answer beside the core; dropped if the account was left meanwhile.
    fn answering(&self, answer: impl Future<Output = OwnSignal> + 'static) {
        let Some(visit) = self.visit() else { return };
        let host = self.host.clone();
        spawn_local(async move { host.signal(Signal::Own(visit, answer.await)) });
    }

    /// An answer came.
    pub(super) async fn own_answered(&mut self, signal: OwnSignal) -> Result<(), Halt> {
        if let Some(error) = signal.error().filter(|error| error.code() == Some(ErrorCode::NotSignedIn)) {
            return self.session_ended(error.session_end()).await;
        }
        match signal {
            OwnSignal::Account(Ok(me)) => {
                let handle = me.handle.clone();
                self.tell(OwnNews::Account(Ok(own_account(me))));
                self.rename(NewName::Handle(handle)).await
            }
            OwnSignal::Account(Err(error)) => {
                self.tell(OwnNews::Account(Err(trouble(&error))));
                Ok(())
            }
            OwnSignal::Computers(answer) => {
                let views = answer.map(|answer| answer.devices.into_iter().map(computer).collect::<Vec<_>>());
                let this = views.iter().flatten().find(|computer| computer.current).map(|this| this.name.clone());
                self.tell(OwnNews::Computers(views.map_err(|error| trouble(&error))));
                match this {
                    Some(name) => self.rename(NewName::Computer(name)).await,
                    None => Ok(()),
                }
            }
            OwnSignal::Availability(Ok(())) => Ok(()),
            OwnSignal::Availability(Err(error)) => {
                self.host.show(vec![ToPage::Failed { room: None, trouble: trouble(&error) }]);
                Ok(())
            }
            OwnSignal::Sessions(answer) => {
                let views = answer.map(|answer| answer.sessions.into_iter().map(view).collect());
                self.tell(OwnNews::Sessions(views.map_err(|error| trouble(&error))));
                Ok(())
            }
            OwnSignal::Form(form, Ok(done)) => self.changed(form, done).await,
            OwnSignal::Form(form, Err(error)) => {
                self.tell(OwnNews::Refused(form, own_trouble(form, &error)));
                Ok(())
            }
            OwnSignal::NoCode(error) => {
                self.tell(OwnNews::Refused(OwnForm::EmailCode, codes::not_sent(&error)));
                Ok(())
            }
            OwnSignal::Server(look) => {
                self.host.show(vec![ToPage::Server(look.map_err(|error| trouble(&error)))]);
                Ok(())
            }
        }
    }

    async fn changed(&mut self, form: OwnForm, done: Done) -> Result<(), Halt> {
        match (form, done) {
            (OwnForm::Everywhere, _) => return self.session_ended(None).await,
            (_, Done::Code { email, sent, facts }) => {
                self.facts = facts;
                let step = codes::step(facts, CodePurpose::Email, &email, &sent);
                self.new_mailbox = Some(NewMailbox { challenge: sent.challenge, email });
                self.tell(OwnNews::CodeSent(step));
                return Ok(());
            }
            (_, Done::Handle(handle)) => {
                // Before the page is told: it then shows the new one everywhere at once.
                self.rename(NewName::Handle(handle)).await?;
            }
            (OwnForm::EmailCode, Done::Changed) => self.new_mailbox = None,
            (_, Done::Changed) => {}
        }
        self.tell(OwnNews::Done(form));
        self.look_at_own();
        Ok(())
    }

    fn tell(&self, news: OwnNews) {
        self.host.show(vec![ToPage::Own(news)]);
    }
}

/// The form that a wish was sent by; none where nobody waits for what comes of it.
const fn form(wish: &OwnWish) -> Option<OwnForm> {
    match wish {
        OwnWish::Look | OwnWish::Approve(_) | OwnWish::RefuseApproval(_) | OwnWish::AskForApproval => None,
        OwnWish::ChangeHandle { .. } => Some(OwnForm::Handle),
        OwnWish::ChangePassword { .. } => Some(OwnForm::Password),
        OwnWish::ChangeEmail { .. } => Some(OwnForm::Email),
        OwnWish::EnterCode { .. } | OwnWish::ResendCode => Some(OwnForm::EmailCode),
        OwnWish::RenameComputer { device, .. } => Some(OwnForm::RenameComputer(*device)),
        OwnWish::RevokeComputer(device) => Some(OwnForm::RevokeComputer(*device)),
        OwnWish::EndSession(session) => Some(OwnForm::EndSession(*session)),
        OwnWish::SignOutEverywhere => Some(OwnForm::Everywhere),
    }
}

async fn sent(sent: CodeSent, email: String, known: Option<ServerFacts>) -> Result<Done, CallError> {
    let facts = match known {
        Some(known) => Some(known),
        None => facts().await,
    };
    Ok(Done::Code { email, sent, facts })
}

/// What was asked for once more is the password alone, so nothing else can be wrong with it.
fn own_trouble(form: OwnForm, error: &CallError) -> Trouble {
    match (form, error.code()) {
        (OwnForm::Email | OwnForm::Password, Some(ErrorCode::BadCredentials)) => Trouble::WrongPassword,
        _ => trouble(error),
    }
}

fn own_account(me: Me) -> OwnAccount {
    OwnAccount { account: me.account, email: me.email, handle: me.handle, created_at: me.created_at }
}

fn computer(info: DeviceInfo) -> ComputerView {
    ComputerView {
        device: info.device,
        name: info.name,
        platform: info.platform,
        local_ip: info.address.map(|address| address.ip.to_string()),
        port: info.address.map(|address| address.port.get()),
        registered_at: info.registered_at,
        last_activity: info.last_activity,
        last_seen: info.last_seen,
        connected: info.connected,
        current: info.current,
        signed_in: info.signed_in,
        availability: info.availability,
        positions: info.positions.into_iter().map(position).collect(),
    }
}

fn position(position: RoomPosition) -> RoomPositionView {
    RoomPositionView { room: position.room, delivered: position.delivered, read: position.read }
}

fn view(info: SessionInfo) -> SessionView {
    SessionView {
        session: info.session,
        current: info.current,
        device_name: info.device_name,
        platform: info.platform,
        created_at: info.created_at,
        last_used_at: info.last_used_at,
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::protocol::error::ErrorBody;

    use super::*;

    fn refused(code: ErrorCode) -> CallError {
        CallError::Refused(ErrorBody::of(code))
    }

    #[test]
    fn a_password_asked_for_once_more_can_be_wrong_alone() {
        for form in [OwnForm::Email, OwnForm::Password] {
            assert_eq!(own_trouble(form, &refused(ErrorCode::BadCredentials)), Trouble::WrongPassword);
        }
        let code = own_trouble(OwnForm::EmailCode, &refused(ErrorCode::BadCode));
        assert!(matches!(code, Trouble::Refused { code: ErrorCode::BadCode, .. }));
        assert_eq!(own_trouble(OwnForm::Password, &CallError::Unreachable), Trouble::Unreachable);
    }
}
