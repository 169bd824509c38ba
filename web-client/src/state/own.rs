//! The own account as its page shows it: what is loaded, the one form that is open, and how it went.

use igoon_shared::client::io::OwnComputer;

use super::rules;
use crate::messages::{CodeStep, ComputerView, OwnAccount, OwnForm, OwnNews, SessionView, Trouble};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// The account.
    pub account: Loaded<OwnAccount>,
    /// Its computers.
    pub computers: Loaded<Vec<ComputerView>>,
    /// How those of them stand that a room trusts, once known.
    pub trusted: Option<Vec<OwnComputer>>,
    /// Where it is signed in.
    pub sessions: Loaded<Vec<SessionView>>,
    /// The form that is open.
    pub open: Option<OwnForm>,
    /// It was sent and is not answered.
    pub busy: bool,
    /// Why its last try did not work.
    pub problem: Option<Trouble>,
    /// The code that is on its way to the new address.
    pub code: Option<CodeStep>,
    /// What was changed last.
    pub done: Option<OwnForm>,
}

/// Something that is asked for when the page is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Loaded<T> {
    /// It is on its way.
    #[default]
    Loading,
    /// Here it is.
    Ready(T),
    /// It did not come.
    Failed(Trouble),
}

/// What somebody does on the page.
#[derive(Clone, Debug)]
pub enum OwnAction {
    /// Opens a form, in place of whatever is open.
    Open(OwnForm),
    /// Closes it.
    Close,
    /// Sends it.
    Asked(OwnForm),
    /// It cannot be sent as it is.
    Refused(Trouble),
    /// Asks again for what did not come.
    LookAgain,
}

impl<T> Loaded<T> {
    /// What was loaded.
    pub const fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            Self::Loading | Self::Failed(_) => None,
        }
    }

    /// Takes an answer. A failure to load anew what is shown already changes nothing.
    pub(super) fn take(&mut self, answer: Result<T, Trouble>) {
        match answer {
            Ok(value) => *self = Self::Ready(value),
            Err(trouble) if !matches!(self, Self::Ready(_)) => *self = Self::Failed(trouble),
            Err(_) => {}
        }
    }

    /// It is asked for again, if it did not come.
    pub(super) fn look_again(&mut self) {
        if matches!(self, Self::Failed(_)) {
            *self = Self::Loading;
        }
    }
}

impl Own {
    /// Somebody did something.
    pub fn act(&mut self, action: OwnAction) {
        match action {
            OwnAction::Open(form) => {
                self.close();
                self.open = Some(form);
                self.done = None;
            }
            OwnAction::Close => self.close(),
            OwnAction::Asked(form) => {
                if self.open != Some(form) {
                    self.close();
                    self.open = Some(form);
                }
                self.busy = true;
                self.problem = None;
                self.done = None;
            }
            OwnAction::Refused(trouble) => self.problem = Some(trouble),
            OwnAction::LookAgain => {
                self.account.look_again();
                self.computers.look_again();
                self.sessions.look_again();
            }
        }
    }

    /// The worker says something.
    pub fn take(&mut self, news: OwnNews) {
        match news {
            OwnNews::Account(answer) => self.account.take(answer),
            OwnNews::Computers(answer) => self.computers.take(answer),
            OwnNews::Trusted(computers) => self.trusted = Some(computers),
            OwnNews::Sessions(answer) => self.sessions.take(answer),
            OwnNews::CodeSent(step) => {
                // Nobody waits for it any more if the form was closed meanwhile.
                if matches!(self.open, Some(OwnForm::Email | OwnForm::EmailCode)) {
                    self.close();
                    self.open = Some(OwnForm::EmailCode);
                    self.code = Some(step);
                }
            }
            OwnNews::Done(form) => {
                if let (OwnForm::EndSession(ended), Loaded::Ready(sessions)) = (form, &mut self.sessions) {
                    sessions.retain(|session| session.session != ended);
                }
                if self.open == Some(form) {
                    self.close();
                }
                self.done = Some(form);
            }
            OwnNews::Refused(form, trouble) => {
                if self.open == Some(form) {
                    self.busy = false;
                    if form == OwnForm::EmailCode && trouble == Trouble::CodeForgotten {
                        // The form that the code was asked for with is the way to another one.
                        self.close();
                        self.open = Some(OwnForm::Email);
                    }
                    if let Some(code) = self.code.as_mut().filter(|_| rules::voids_code(&trouble)) {
                        code.void = true;
                    }
                    self.problem = Some(trouble);
                }
            }
        }
    }

    fn close(&mut self) {
        self.open = None;
        self.busy = false;
        self.problem = None;
        self.code = None;
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::{
        ids::{AccountId, SessionId},
        protocol::error::ErrorCode,
        time::Timestamp,
    };

    use super::*;
    use crate::messages::CodePurpose;

    fn session(id: u8) -> SessionView {
        SessionView {
            session: SessionId::from_bytes([id; 16]),
            current: id == 1,
            device_name: None,
            platform: None,
            created_at: Timestamp(0),
            last_used_at: Timestamp(0),
        }
    }

    fn account() -> OwnAccount {
        OwnAccount {
            account: AccountId::from_bytes([1; 16]),
            email: "bea@example.org".to_owned(),
            handle: "bea".to_owned(),
            created_at: Timestamp(0),
        }
    }

    fn code(resend_at: i64) -> CodeStep {
        CodeStep {
            purpose: CodePurpose::Email,
            email: "new@example.org".to_owned(),
            resend_at: Timestamp(resend_at),
            mail_to_folder: false,
            void: false,
        }
    }

    fn after(news: impl IntoIterator<Item = OwnNews>) -> Own {
        let mut own = Own::default();
        news.into_iter().for_each(|news| own.take(news));
        own
    }

    #[test]
    fn what_did_not_come_can_be_asked_for_again() {
        let mut own = after([OwnNews::Account(Err(Trouble::Unreachable)), OwnNews::Sessions(Ok(vec![session(1)]))]);
        assert_eq!(own.account, Loaded::Failed(Trouble::Unreachable));
        own.act(OwnAction::LookAgain);
        assert_eq!(own.account, Loaded::Loading);
        assert!(own.sessions.ready().is_some(), "what is there stays");
        own.take(OwnNews::Account(Ok(account())));
        own.take(OwnNews::Account(Err(Trouble::Unreachable)));
        assert!(own.account.ready().is_some(), "what is shown does not vanish");
    }

    #[test]
    fn an_address_is_changed_in_two_steps() {
        let mut own = Own::default();
        own.act(OwnAction::Open(OwnForm::Email));
        own.act(OwnAction::Asked(OwnForm::Email));
        own.take(OwnNews::CodeSent(code(60)));
        assert_eq!((own.open, own.busy, own.code.clone()), (Some(OwnForm::EmailCode), false, Some(code(60))));
        own.act(OwnAction::Asked(OwnForm::EmailCode));
        own.take(OwnNews::Refused(
            OwnForm::EmailCode,
            Trouble::Refused { code: ErrorCode::BadCode, field: None, retry_after_ms: None },
        ));
        assert!(own.problem.is_some() && own.code.is_some(), "the code can be entered again");
        own.act(OwnAction::Asked(OwnForm::EmailCode));
        own.take(OwnNews::CodeSent(code(120)));
        assert_eq!((own.problem.clone(), own.code.clone()), (None, Some(code(120))));
        own.act(OwnAction::Asked(OwnForm::EmailCode));
        own.take(OwnNews::Done(OwnForm::EmailCode));
        assert_eq!((own.open, own.code, own.done), (None, None, Some(OwnForm::EmailCode)));
    }

    #[test]
    fn where_no_further_code_comes_the_address_is_entered_again() {
        let mut own = Own::default();
        own.act(OwnAction::Asked(OwnForm::Email));
        own.take(OwnNews::CodeSent(code(60)));
        own.act(OwnAction::Asked(OwnForm::EmailCode));
        let void = Trouble::Refused { code: ErrorCode::TooManyTries, field: None, retry_after_ms: None };
        own.take(OwnNews::Refused(OwnForm::EmailCode, void));
        assert!(own.code.as_ref().is_some_and(|code| code.void), "another code is the way on");
        own.act(OwnAction::Asked(OwnForm::EmailCode));
        own.take(OwnNews::Refused(OwnForm::EmailCode, Trouble::CodeForgotten));
        assert_eq!((own.open, own.code, own.problem), (Some(OwnForm::Email), None, Some(Trouble::CodeForgotten)));
    }

    #[test]
    fn a_code_that_nobody_waits_for_is_not_shown() {
        let mut own = Own::default();
        own.act(OwnAction::Open(OwnForm::Email));
        own.act(OwnAction::Asked(OwnForm::Email));
        own.act(OwnAction::Close);
        own.take(OwnNews::CodeSent(code(60)));
        assert_eq!((own.open, own.code), (None, None));
    }

    #[test]
    fn a_refusal_goes_to_its_form_alone() {
        let mut own = Own::default();
        own.act(OwnAction::Asked(OwnForm::Password));
        own.act(OwnAction::Open(OwnForm::Handle));
        own.take(OwnNews::Refused(OwnForm::Password, Trouble::WrongPassword));
        assert_eq!((own.open, own.problem), (Some(OwnForm::Handle), None));
    }

    #[test]
    fn a_session_that_ended_leaves_the_list() {
        let mut own = after([OwnNews::Sessions(Ok(vec![session(1), session(2)]))]);
        let ending = OwnForm::EndSession(SessionId::from_bytes([2; 16]));
        own.act(OwnAction::Open(ending));
        own.act(OwnAction::Asked(ending));
        own.take(OwnNews::Done(ending));
        assert_eq!((own.sessions, own.open), (Loaded::Ready(vec![session(1)]), None));
    }
}
