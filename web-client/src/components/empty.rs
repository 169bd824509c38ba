//! A place where nothing is yet: what would be there, and how it comes.

use yew::prelude::*;

use super::icon::{Drawing, Icon};

/// See [`Empty`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct EmptyProps {
    /// What would be there.
    pub drawing: Drawing,
    /// That there is none.
    pub title: AttrValue,
    /// How it comes.
    #[prop_or_default]
    pub text: AttrValue,
    /// What can be done about it.
    #[prop_or_default]
    pub children: Html,
}

/// See the module.
#[function_component]
pub fn Empty(props: &EmptyProps) -> Html {
    html! {
        <div class="empty">
            <Icon drawing={props.drawing} />
            // No heading: what stands around it has one, of whichever rank.
            <p class="title">{ &props.title }</p>
            if !props.text.is_empty() { <p>{ &props.text }</p> }
            { props.children.clone() }
        </div>
    }
}
