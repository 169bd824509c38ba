//! Who has a message and who has read it, by name.

use std::rc::Rc;

use igoon_shared::ids::{AccountId, Seq};
use yew::prelude::*;

use super::{dialog::Dialog, language::use_language};
use crate::{state::RoomData, texts::t};

/// See [`ReceiptDialog`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ReceiptDialogProps {
    /// Where.
    pub room: Rc<RoomData>,
    /// Whose message.
    pub author: AccountId,
    /// Its place in the stream.
    pub seq: Seq,
    /// It was closed.
    pub onclose: Callback<()>,
}

/// See the module.
#[function_component]
pub fn ReceiptDialog(props: &ReceiptDialogProps) -> Html {
    use_language();
    let (mut read, mut delivered, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    for (name, position) in props.room.positions_of_others(props.author) {
        let list = if position.read >= props.seq {
            &mut read
        } else if position.delivered >= props.seq {
            &mut delivered
        } else {
            &mut waiting
        };
        list.push(name);
    }
    let list = |title: String, testid: &'static str, names: &[String]| {
        if names.is_empty() {
            return Html::default();
        }
        html! { <div><dt>{ title }</dt><dd data-testid={testid}>{ names.join(", ") }</dd></div> }
    };
    html! {
        <Dialog id="receipt-title" title={t!("receipt-title")} onclose={&props.onclose}>
            if read.is_empty() && delivered.is_empty() && waiting.is_empty() {
                <p>{ t!("state-alone") }</p>
            } else {
                <dl class="facts">
                    { list(t!("receipt-read"), "read-by", &read) }
                    { list(t!("receipt-delivered"), "delivered-to", &delivered) }
                    { list(t!("receipt-waiting"), "waiting-for", &waiting) }
                </dl>
            }
            <p class="hint">{ t!("receipt-hint") }</p>
        </Dialog>
    }
}
