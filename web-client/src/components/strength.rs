//! How good a new password is, while it is typed.

use yew::prelude::*;

use super::language::use_language;
use crate::{state::rules::Strength, texts::t};

/// See [`StrengthMeter`].
#[derive(Clone, Debug, PartialEq, Eq, Properties)]
pub(super) struct StrengthProps {
    /// How good it is.
    pub(super) strength: Strength,
}

/// A bar and words. Screen readers are told when it is long enough; counting down at each key would drown the keys.
#[function_component]
pub(super) fn StrengthMeter(props: &StrengthProps) -> Html {
    use_language();
    let (value, words) = match props.strength {
        Strength::Missing(count) => ("1", t!("password-missing", count = count)),
        Strength::Fair => ("2", t!("password-fair")),
        Strength::Good => ("3", t!("password-good")),
    };
    let counting = matches!(props.strength, Strength::Missing(_));
    html! {
        <p class="strength" aria-hidden={counting.then_some("true")}>
            <meter min="0" max="3" low="2" high="3" optimum="3" {value} aria-hidden="true"></meter>
            <span>{ words }</span>
        </p>
    }
}
