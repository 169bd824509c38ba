//! The frame of every page that is not a room: one column, one subject.

use yew::prelude::*;

use super::{
    footer::Footer,
    icon::{Drawing, Icon, Mark},
    title::use_window_title,
};

/// How wide a page is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// A form.
    #[default]
    Narrow,
    /// Lists.
    Wide,
    /// A table.
    Widest,
}

impl Width {
    const fn class(self) -> Option<&'static str> {
        match self {
            Self::Narrow => None,
            Self::Wide => Some("wide"),
            Self::Widest => Some("widest"),
        }
    }
}

/// See [`Sheet`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SheetProps {
    /// What it is about.
    pub title: AttrValue,
    /// The way back, in the place of Igoon's mark.
    #[prop_or_default]
    pub back: Option<Html>,
    /// How far one has come, beside it.
    #[prop_or_default]
    pub steps: Option<Html>,
    /// Above the title, where it says how things stand.
    #[prop_or_default]
    pub sign: Option<Drawing>,
    /// How much room it takes where there is room.
    #[prop_or_default]
    pub width: Width,
    /// What stands below.
    #[prop_or_default]
    pub children: Html,
}

/// A page with Igoon's mark, a title and what belongs to it.
#[function_component]
pub fn Sheet(props: &SheetProps) -> Html {
    use_window_title(Some(props.title.clone()));
    html! {
        <div class={classes!("sheet", props.width.class())}>
            <main class="sheet-body">
                <div class="sheet-head">
                    if let Some(back) = &props.back {
                        <nav class="back">{ back.clone() }</nav>
                    } else {
                        <p class="brand"><Mark />{ "Igoon" }</p>
                    }
                    { props.steps.clone().unwrap_or_default() }
                </div>
                if let Some(drawing) = props.sign { <span class="sign"><Icon {drawing} /></span> }
                <h1>{ &props.title }</h1>
                { props.children.clone() }
            </main>
            <Footer />
        </div>
    }
}

/// See [`Working`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct WorkingProps {
    /// What is being done.
    pub title: AttrValue,
    /// Why it takes a while.
    #[prop_or_default]
    pub text: AttrValue,
    /// See [`SheetProps::steps`].
    #[prop_or_default]
    pub steps: Option<Html>,
    /// What stands below.
    #[prop_or_default]
    pub children: Html,
}

/// A page that says what is being done.
#[function_component]
pub fn Working(props: &WorkingProps) -> Html {
    html! {
        <Sheet title={&props.title} steps={props.steps.clone()}>
            <div class="working" role="status">
                <span class="progress" aria-hidden="true"></span>
                if !props.text.is_empty() { <p class="lead">{ &props.text }</p> }
            </div>
            { props.children.clone() }
        </Sheet>
    }
}
