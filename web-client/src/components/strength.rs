//! How good a new password is, while it is typed.

use yew::prelude::*;

use crate::{state::rules::Strength, texts::t};

/// See [`StrengthMeter`].
#[derive(Clone, Debug, PartialEq, Eq, Properties)]
pub struct StrengthProps {
    /// How good it is.
    pub strength: Strength,
}

/// A bar and words. Told to screen readers when it changes, not at each key.
#[function_component]
pub fn StrengthMeter(props: &StrengthProps) -> Html {
    let (value, words) = match props.strength {
        Strength::Missing(count) => ("1", t!("password-missing", count = count)),
        Strength::Fair => ("2", t!("password-fair")),
        Strength::Good => ("3", t!("password-good")),
    };
    html! {
        <p class="strength">
            <meter min="0" max="3" low="2" high="3" optimum="3" {value} aria-hidden="true"></meter>
            <span>{ words }</span>
        </p>
    }
}
