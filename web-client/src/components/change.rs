//! A setting that is changed in place: a button opens the choice, one of it is asked for, or it is left as it is.

use yew::prelude::*;

use super::focus::use_recovery;
use crate::texts::t;

/// See the module. The choice closes by itself once the setting is another one.
#[derive(Clone)]
pub struct Change<T> {
    present: Option<T>,
    open: UseStateHandle<bool>,
    chosen: UseStateHandle<Option<T>>,
    button: NodeRef,
}

impl<T> core::fmt::Debug for Change<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Change")
    }
}

/// A change of a setting that is `present` now, once it is known.
#[hook]
pub fn use_change<T: Copy + PartialEq + 'static>(present: Option<T>) -> Change<T> {
    let (open, chosen, button) = (use_state(|| false), use_state(|| None), use_node_ref());
    use_recovery(button.clone(), *open);
    use_effect_with(present, {
        let open = open.setter();
        // It is set.
        move |_| open.set(false)
    });
    Change { present, open, chosen, button }
}

impl<T: Copy + PartialEq + 'static> Change<T> {
    /// Whether the choice is shown.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self.open
    }

    /// What is marked in the choice.
    #[must_use]
    pub fn chosen(&self) -> Option<T> {
        self.chosen.or(self.present)
    }

    /// Marks something.
    pub fn choose(&self, choice: T) {
        self.chosen.set(Some(choice));
    }

    /// What is marked and not so already.
    fn wanted(&self) -> Option<T> {
        self.chosen.filter(|chosen| Some(*chosen) != self.present)
    }

    /// Asks for what is wanted when the choice's form is sent; where that is nothing, nothing is asked for.
    pub fn submitted(&self, ask: impl Fn(T) + 'static) -> Callback<SubmitEvent> {
        let wanted = self.wanted();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(wanted) = wanted {
                ask(wanted);
            }
        })
    }

    /// Opens the choice, or leaves the setting as it is; `what` it is, for those who hear the button alone.
    pub fn button(&self, what: &str, testid: &'static str) -> Html {
        let toggle = {
            let change = self.clone();
            Callback::from(move |_: MouseEvent| {
                change.open.set(!*change.open);
                change.chosen.set(None);
            })
        };
        if self.is_open() {
            return html! { <button type="button" class="link" onclick={toggle}>{ t!("leave-as-is") }</button> };
        }
        html! {
            <button ref={&self.button} type="button" class="secondary" data-testid={testid} onclick={toggle}>
                { t!("change") }<span class="hidden">{ " " }{ what }</span>
            </button>
        }
    }

    /// The form's button.
    pub fn submit(&self, label: String, testid: &'static str) -> Html {
        html! {
            <button type="submit" class="primary" data-testid={testid} aria-disabled={self.wanted().is_none().then_some("true")}>
                { label }
            </button>
        }
    }
}
