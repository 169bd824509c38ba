//! What visitors send: a first form, then the code that came by e-mail. Between the two, handle, password and digits are in
//! this worker's memory and nowhere else; a page that is loaded anew begins anew.

use igoon_shared::{
    ids::{ChallengeId, InstallationId},
    protocol::http::{
        CodeSent, ConfirmReset, ConfirmSignIn, ConfirmSignUp, MailedCode, ResendCode, ResetPassword, SecretText, SetUp,
        SignIn, SignInAnswer, SignUp, SignedIn,
    },
};

use super::{
    account::trouble,
    codes::{self, ServerFacts},
    driver::{Driver, Halt},
    preview, scope,
};
use crate::{
    messages::{CodePurpose, CodeStep, Correction, InviteLink, NewAccount, Refusal, Stage, ToPage, ToWorker, Trouble},
    net::{account, server},
    state::rules,
};

/// What goes on with a code.
pub(super) struct Begun {
    challenge: ChallengeId,
    step: CodeStep,
    /// Joined afterwards.
    link: Option<InviteLink>,
    what: What,
}

enum What {
    SignUp {
        handle: String,
        password: SecretText,
        /// The code, once it was entered and found right.
        digits: Option<SecretText>,
    },
    SignIn,
    Reset,
}

impl What {
    fn of(account: NewAccount) -> (String, Self) {
        let handle = account.handle.trim().to_owned();
        (account.email, Self::SignUp { handle, password: account.password, digits: None })
    }

    const fn purpose(&self) -> CodePurpose {
        match self {
            Self::SignUp { .. } => CodePurpose::SignUp,
            Self::SignIn => CodePurpose::SignIn,
            Self::Reset => CodePurpose::Reset,
        }
    }
}

impl Driver {
    /// A wish of somebody who is not signed in.
    pub(super) async fn visitor(&mut self, wish: ToWorker) -> Result<(), Halt> {
        match wish {
            ToWorker::EnterCode { digits, password } => self.enter_code(digits, password).await,
            ToWorker::Correct(correction) => self.correct(correction).await,
            ToWorker::ResendCode => self.resend_code().await,
            ToWorker::StartOver => self.start_over().await,
            form => self.first_form(form).await,
        }
    }

    async fn first_form(&mut self, form: ToWorker) -> Result<(), Halt> {
        let installation = self.open_vault().await?.installation();
        let session = server::transport();
        let (sent, email, link, what) = match form {
            ToWorker::SetUp { code, account } => {
                let (email, what) = What::of(account);
                let body = SetUp { code, email: mailbox(&email), installation };
                (account::set_up(&body).await, body.email, None, what)
            }
            ToWorker::SignUp { invite: link, account } => {
                let Some(invite) = preview::proof(&link, installation) else {
                    return self.refused(preview::not_valid());
                };
                let (email, what) = What::of(account);
                let body = SignUp { invite, email: mailbox(&email) };
                (account::sign_up(&body).await, body.email, Some(link), what)
            }
            ToWorker::SignIn { account, invite } => {
                let (email, password) = (mailbox(&account.email), account.password);
                // In a browser, the cookie that says that it is trusted goes along by itself.
                let body = SignIn { email, password, installation, session, trust: server::trust() };
                let sent = match account::sign_in(&body).await {
                    Ok(SignInAnswer::SignedIn(signed_in)) => {
                        self.host.keep(server::let_in(signed_in));
                        return self.entered(invite).await;
                    }
                    Ok(SignInAnswer::CodeSent(sent)) => Ok(sent),
                    Err(error) => Err(error),
                };
                (sent, body.email, invite, What::SignIn)
            }
            ToWorker::ResetPassword { email, invite } => {
                let body = ResetPassword { email: mailbox(&email), installation };
                (account::reset_password(&body).await, body.email, invite, What::Reset)
            }
            _ => return Ok(()),
        };
        match sent {
            Ok(sent) => {
                let step = self.step(what.purpose(), &email, &sent).await;
                self.begun = Some(Begun { challenge: sent.challenge, step: step.clone(), link, what });
                self.enter(Stage::Code(step));
                Ok(())
            }
            Err(error) => self.refused(trouble(&error)),
        }
    }

    async fn enter_code(&mut self, digits: SecretText, password: Option<SecretText>) -> Result<(), Halt> {
        let installation = self.open_vault().await?.installation();
        let Some(begun) = &self.begun else { return Ok(()) };
        let answer = begun.confirm(installation, digits.clone(), password).await;
        match answer {
            Ok(signed_in) => {
                self.host.keep(server::let_in(signed_in));
                let link = self.begun.take().and_then(|begun| begun.link);
                self.entered(link).await
            }
            Err(trouble) => self.code_refused(digits, trouble),
        }
    }

    /// Another handle or password, with the digits that were right before.
    async fn correct(&mut self, correction: Correction) -> Result<(), Halt> {
        let Some(Begun { what: What::SignUp { handle, password, digits: Some(digits) }, .. }) = &mut self.begun else {
            return Ok(());
        };
        match correction {
            Correction::Handle(new) => new.trim().clone_into(handle),
            Correction::Password(new) => *password = new,
        }
        let digits = digits.clone();
        self.enter_code(digits, None).await
    }

    fn code_refused(&mut self, entered: SecretText, trouble: Trouble) -> Result<(), Halt> {
        let Some(begun) = &mut self.begun else { return Ok(()) };
        let stage = match after_refusal(&begun.what, &trouble) {
            Next::Correct(refusal) => {
                begun.keep(Some(entered));
                Stage::Correct(refusal)
            }
            Next::Code => {
                begun.keep(None);
                Stage::Code(begun.step.clone())
            }
            Next::Stay => return self.refused(trouble),
        };
        if stage != self.stage {
            self.enter(stage);
        }
        self.refused(trouble)
    }

    async fn resend_code(&mut self) -> Result<(), Halt> {
        let installation = self.open_vault().await?.installation();
        let Some(begun) = &self.begun else { return Ok(()) };
        let (purpose, email) = (begun.step.purpose, begun.step.email.clone());
        match account::resend_code(&ResendCode { challenge: begun.challenge, installation }).await {
            Ok(sent) => {
                let step = self.step(purpose, &email, &sent).await;
                if let Some(begun) = &mut self.begun {
                    begun.challenge = sent.challenge;
                    begun.step = step.clone();
                }
                self.enter(Stage::Code(step));
                Ok(())
            }
            Err(error) => {
                let trouble = codes::not_sent(&error);
                if trouble == Trouble::CodeForgotten {
                    self.start_over().await?;
                }
                self.refused(trouble)
            }
        }
    }

    async fn start_over(&mut self) -> Result<(), Halt> {
        self.begun = None;
        self.ask_server(None).await
    }

    fn refused(&self, trouble: Trouble) -> Result<(), Halt> {
        self.host.show(vec![ToPage::Refused(trouble)]);
        Ok(())
    }

    /// A code that was sent, as the page is told of it.
    async fn step(&mut self, purpose: CodePurpose, email: &str, sent: &CodeSent) -> CodeStep {
        if self.facts.is_none() {
            self.facts = facts().await;
        }
        codes::step(self.facts, purpose, email, sent)
    }
}

impl Begun {
    /// Keeps digits that were right, or forgets them.
    fn keep(&mut self, entered: Option<SecretText>) {
        if let What::SignUp { digits, .. } = &mut self.what {
            *digits = entered;
        }
    }

    async fn confirm(
        &self,
        installation: InstallationId,
        digits: SecretText,
        password: Option<SecretText>,
    ) -> Result<SignedIn, Trouble> {
        let code = MailedCode { challenge: self.challenge, installation, digits };
        let session = server::transport();
        let answer = match &self.what {
            What::SignUp { handle, password, .. } => {
                let (handle, password) = (handle.clone(), password.clone());
                account::confirm_sign_up(&ConfirmSignUp { code, handle, password, session }).await
            }
            What::SignIn => account::confirm_sign_in(&ConfirmSignIn { code, session }).await,
            What::Reset => {
                let password = password.ok_or_else(|| rules::invalid("password"))?;
                account::confirm_reset(&ConfirmReset { code, password, session }).await
            }
        };
        answer.map_err(|error| trouble(&error))
    }
}

/// What the server says about itself; nothing when it does not.
pub(super) async fn facts() -> Option<ServerFacts> {
    account::server().await.ok().map(|info| ServerFacts::new(&info, scope::now()))
}

/// An address as it is sent: people leave spaces around it.
pub(super) fn mailbox(typed: &str) -> String {
    typed.trim().to_owned()
}

/// Where a refusal leads.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// The code may stay; something else is to be entered anew.
    Correct(Refusal),
    /// Another code is to be entered.
    Code,
    /// The same can be tried again.
    Stay,
}

fn after_refusal(what: &What, trouble: &Trouble) -> Next {
    match (what, rules::field_of(trouble), trouble) {
        (What::SignUp { handle, .. }, Some("handle"), _) => Next::Correct(Refusal::Handle(handle.clone())),
        (What::SignUp { .. }, Some("password"), _) => Next::Correct(Refusal::Password),
        _ if rules::is_about_code(trouble) => Next::Code,
        _ => Next::Stay,
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::protocol::error::ErrorCode;

    use super::*;

    fn sign_up() -> What {
        let password = SecretText::new("ten letters".to_owned());
        What::of(NewAccount { email: "bea@example.org".to_owned(), handle: " bea ".to_owned(), password }).1
    }

    fn refused(code: ErrorCode, field: Option<&str>) -> Trouble {
        Trouble::Refused { code, field: field.map(str::to_owned), retry_after_ms: None }
    }

    #[test]
    fn a_refused_handle_or_password_keeps_the_code() {
        let handle = || Next::Correct(Refusal::Handle("bea".to_owned()));
        assert_eq!(after_refusal(&sign_up(), &refused(ErrorCode::HandleTaken, None)), handle());
        assert_eq!(after_refusal(&sign_up(), &refused(ErrorCode::Invalid, Some("handle"))), handle());
        let password = after_refusal(&sign_up(), &refused(ErrorCode::Invalid, Some("password")));
        assert_eq!(password, Next::Correct(Refusal::Password));
    }

    #[test]
    fn a_code_that_is_no_good_is_asked_for_again() {
        for code in [ErrorCode::BadCode, ErrorCode::CodeExpired, ErrorCode::TooManyTries] {
            assert_eq!(after_refusal(&sign_up(), &refused(code, None)), Next::Code);
            assert_eq!(after_refusal(&What::SignIn, &refused(code, None)), Next::Code);
        }
        assert_eq!(after_refusal(&sign_up(), &Trouble::WrongCode { tries_left: 4 }), Next::Code);
    }

    #[test]
    fn what_may_work_the_next_time_changes_nothing() {
        for code in [ErrorCode::EmailTaken, ErrorCode::RateLimited, ErrorCode::Internal] {
            assert_eq!(after_refusal(&sign_up(), &refused(code, None)), Next::Stay);
        }
        assert_eq!(after_refusal(&sign_up(), &Trouble::Unreachable), Next::Stay);
        let password = refused(ErrorCode::Invalid, Some("password"));
        assert_eq!(after_refusal(&What::Reset, &password), Next::Stay, "its form has both fields");
    }
}
