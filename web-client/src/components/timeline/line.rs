//! What the room's log says between two messages: a quiet line, unless something is asked of its reader.

use std::rc::Rc;

use igoon_shared::ids::AccountId;
use yew::prelude::*;

use super::keeper::ROW;
use crate::{
    components::{
        icon::{Drawing, Icon},
        language::use_language,
    },
    state::lines::Line,
    texts::t,
};

/// See [`LineRow`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct LineRowProps {
    /// What it says.
    pub(super) line: Rc<Line>,
    /// Compares safety numbers with somebody.
    pub(super) compare: Callback<AccountId>,
}

/// See the module. The arrow keys come to it as to a message.
#[function_component]
pub(super) fn LineRow(props: &LineRowProps) -> Html {
    use_language();
    let line = &props.line;
    let asked = line.compare.as_ref().map(|(account, name)| {
        let (compare, account) = (props.compare.clone(), *account);
        html! {
            <>
                <span>{ t!("line-compare", name = name.as_str()) }</span>
                <button type="button" class="link" data-testid="compare-again"
                    onclick={Callback::from(move |_: MouseEvent| compare.emit(account))}>{ t!("line-compare-now") }</button>
            </>
        }
    });
    let urgent = asked.is_some() || line.unseen.is_some();
    html! {
        <div class={classes!(ROW, "log-line", urgent.then_some("urgent"))} role="note" tabindex="-1" data-testid="line"
            data-seq={line.seq.to_string()}>
            if urgent { <Icon drawing={Drawing::Shield} /> }
            <p>
                <span dir="auto">{ &line.text }</span>{ " " }
                <time datetime={line.at.machine()}>{ line.at.clock() }</time>
                if let Some(unseen) = &line.unseen { <span data-testid="unseen-wait">{ unseen }</span> }
                { asked }
            </p>
        </div>
    }
}
