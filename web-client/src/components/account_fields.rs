//! The fields of a new account.

use igoon_shared::protocol::http::SecretText;
use yew::prelude::*;

use super::{
    form::{Field, typed},
    language::use_language,
};
use crate::{
    messages::{NewAccount, Trouble},
    texts::{self, t},
};

/// The inputs, to read them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccountInputs {
    email: NodeRef,
    handle: NodeRef,
    password: NodeRef,
}

impl AccountInputs {
    /// What was typed.
    #[must_use]
    pub fn account(&self) -> NewAccount {
        NewAccount {
            email: typed(&self.email),
            handle: typed(&self.handle),
            password: SecretText::new(typed(&self.password)),
        }
    }
}

/// See [`AccountFields`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct AccountFieldsProps {
    /// To read them.
    pub inputs: AccountInputs,
    /// Why the last try did not work.
    pub problem: Option<Trouble>,
    /// One begins here.
    pub focused: bool,
}

/// Address, handle, password. The server calls them `email`, `handle` and `password`.
#[function_component]
pub fn AccountFields(props: &AccountFieldsProps) -> Html {
    use_language();
    let AccountFieldsProps { inputs, problem, focused } = props;
    html! {
        <>
            <Field id="email" name="email" label={t!("email")} hint={t!("email-hint")} kind="email"
                autocomplete="username" focused={*focused} input={inputs.email.clone()} problem={problem.clone()} />
            <Field id="handle" name="handle" label={t!("handle")} hint={t!("handle-hint")}
                autocomplete="nickname" input={inputs.handle.clone()} problem={problem.clone()} />
            <Field id="password" name="password" label={t!("password")} hint={texts::password_rule()} secret=true
                autocomplete="new-password" input={inputs.password.clone()} problem={problem.clone()} />
        </>
    }
}
