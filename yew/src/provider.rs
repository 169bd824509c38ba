//! Contexts, for which Yew has a component that is no function.

use yew::prelude::{Html, Properties, function_component, html};

/// The properties of [`ContextProvider`].
#[derive(Clone, PartialEq, Properties)]
pub struct ContextProviderProps<T: Clone + PartialEq> {
    /// What `use_context` finds below.
    pub context: T,
    /// What stands below.
    pub children: Html,
}

/// As [`yew::ContextProvider`], which it holds.
#[function_component]
pub fn ContextProvider<T: Clone + PartialEq + 'static>(props: &ContextProviderProps<T>) -> Html {
    html! { <yew::ContextProvider<T> context={props.context.clone()}>{ props.children.clone() }</yew::ContextProvider<T>> }
}
