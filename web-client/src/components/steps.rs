//! How far one has come in setting up a server.

use yew::prelude::*;

use super::language::use_language;
use crate::texts::t;

/// The steps from a new server to a room with people in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The code that the server printed.
    Welcome,
    /// The first account.
    Account,
    /// The code that was mailed, and this computer's keys.
    Code,
    /// The first room.
    Room,
    /// The others.
    Invite,
}

impl Step {
    const ALL: [Self; 5] = [Self::Welcome, Self::Account, Self::Code, Self::Room, Self::Invite];

    fn name(self) -> String {
        match self {
            Self::Welcome => t!("step-welcome"),
            Self::Account => t!("step-account"),
            Self::Code => t!("step-code"),
            Self::Room => t!("step-room"),
            Self::Invite => t!("step-invite"),
        }
    }

    fn class(self, at: Self) -> Option<&'static str> {
        (self < at).then_some("past")
    }
}

/// See [`Steps`].
#[derive(Clone, Debug, PartialEq, Eq, Properties)]
pub struct StepsProps {
    /// Where one is.
    pub at: Step,
}

/// A bar for each step, and which one it is in words.
#[function_component]
pub fn Steps(props: &StepsProps) -> Html {
    use_language();
    let number = Step::ALL.iter().filter(|step| **step <= props.at).count();
    html! {
        <div class="steps">
            <span>{ t!("step", at = number, of = Step::ALL.len()) }</span>
            <ol>
                { for Step::ALL.map(|step| html! {
                    <li class={step.class(props.at)} aria-current={(step == props.at).then_some("step")}>
                        <span class="hidden">{ step.name() }</span>
                    </li>
                }) }
            </ol>
        </div>
    }
}
