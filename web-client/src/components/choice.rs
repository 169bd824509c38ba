//! Choosing: one of several, or yes and no.

use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What it is.
    pub label: AttrValue,
    /// What follows from it; none for what explains itself.
    pub about: Option<AttrValue>,
    /// The language of the label (BCP 47), if it is not the page's.
    pub lang: Option<&'static str>,
}

impl Offer {
    /// One that explains itself.
    pub fn plain(label: impl Into<AttrValue>) -> Self {
        Self { label: label.into(), about: None, lang: None }
    }

    /// One that is said in a language of its own.
    pub fn spoken(label: impl Into<AttrValue>, lang: &'static str) -> Self {
        Self { lang: Some(lang), ..Self::plain(label) }
    }

    /// One with what follows from it.
    pub fn about(label: impl Into<AttrValue>, about: impl Into<AttrValue>) -> Self {
        Self { label: label.into(), about: Some(about.into()), lang: None }
    }
}

/// How a choice looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A few short words in a row.
    Segments,
    /// Below each other, each with what follows from it.
    Cards,
}

/// See [`Choice`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ChoiceProps {
    /// Tells the choices of a page apart.
    pub name: AttrValue,
    /// What is chosen.
    pub legend: AttrValue,
    /// See [`Look`].
    pub look: Look,
    /// What there is to choose from.
    pub offers: Vec<Offer>,
    /// Which of them is chosen, counted from 0.
    pub chosen: Option<usize>,
    /// Another one was chosen.
    pub onchoose: Callback<usize>,
}

/// One of several: radio buttons, so the arrow keys work.
#[function_component]
pub fn Choice(props: &ChoiceProps) -> Html {
    let (frame, each) = match props.look {
        Look::Segments => ("segmented", None),
        Look::Cards => ("cards", Some("card")),
    };
    html! {
        <fieldset class="field">
            <legend>{ &props.legend }</legend>
            <div class={frame}>
                { for props.offers.iter().enumerate().map(|(index, offer)| {
                    let id = format!("{}-{index}", props.name);
                    html! {
                        <label key={index} class={each} for={id.clone()}>
                            <input type="radio" {id} name={&props.name} checked={props.chosen == Some(index)}
                                onchange={props.onchoose.reform(move |_: Event| index)} />
                            <span lang={offer.lang}>{ &offer.label }if let Some(about) = &offer.about { <small>{ about }</small> }</span>
                        </label>
                    }
                }) }
            </div>
        </fieldset>
    }
}

/// See [`Switch`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SwitchProps {
    /// The input's id.
    pub id: AttrValue,
    /// What is on or off.
    pub label: AttrValue,
    /// What follows from it.
    #[prop_or_default]
    pub about: Option<AttrValue>,
    /// Whether it is on.
    pub on: bool,
    /// It was switched.
    pub onswitch: Callback<bool>,
}

/// On or off, at once.
#[function_component]
pub fn Switch(props: &SwitchProps) -> Html {
    let switch = props
        .onswitch
        .reform(|event: Event| event.target_dyn_into::<HtmlInputElement>().is_some_and(|input| input.checked()));
    html! {
        <label class="check" for={&props.id}>
            <input id={&props.id} type="checkbox" role="switch" checked={props.on} onchange={switch} />
            <span>{ &props.label }if let Some(about) = &props.about { <small>{ about }</small> }</span>
        </label>
    }
}
