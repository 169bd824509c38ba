//! The frame of every page that is not a room: one column, one subject.

use yew::prelude::*;

use super::icon::{Drawing, Icon};

/// See [`Sheet`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SheetProps {
    /// What it is about.
    pub title: AttrValue,
    /// What stands below.
    #[prop_or_default]
    pub children: Html,
}

/// A page with Igoon's mark, a title and what belongs to it.
#[function_component]
pub fn Sheet(props: &SheetProps) -> Html {
    html! {
        <main class="sheet">
            <div class="sheet-body">
                <p class="brand"><Icon drawing={Drawing::Mark} />{ "Igoon" }</p>
                <h1>{ &props.title }</h1>
                { props.children.clone() }
            </div>
        </main>
    }
}

/// See [`Working`].
#[derive(Clone, Debug, PartialEq, Eq, Properties)]
pub struct WorkingProps {
    /// What is being done.
    pub title: AttrValue,
    /// Why it takes a while.
    #[prop_or_default]
    pub text: AttrValue,
}

/// A page that says what is being done.
#[function_component]
pub fn Working(props: &WorkingProps) -> Html {
    html! {
        <Sheet title={&props.title}>
            <div class="working" role="status">
                <span class="progress" aria-hidden="true"></span>
                <p class="lead">{ &props.text }</p>
            </div>
        </Sheet>
    }
}
