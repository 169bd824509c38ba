//! Choosing how whoever loses every computer comes back: for a new room, and anew for one that is there.

use igoon_shared::client::io::RecoveryChoice;
use yew::prelude::*;

use crate::{
    components::{
        choice::{Choice, Look, Offer, Switch},
        language::use_language,
    },
    state::recovery::{DELAYS, MODES, with_mode},
    texts::{recovery, t},
};

/// See [`ChooseRecovery`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ChooseRecoveryProps {
    /// What is chosen at the moment.
    pub choice: RecoveryChoice,
    /// Something else is.
    pub onchoose: Callback<RecoveryChoice>,
}

/// The three ways; behind them, what goes with the one that is chosen.
#[function_component]
pub fn ChooseRecovery(props: &ChooseRecoveryProps) -> Html {
    use_language();
    let choice = props.choice;
    let offers: Vec<_> = MODES.iter().map(|mode| Offer::about(recovery::way(*mode), recovery::about(*mode))).collect();
    let change = |to: fn(RecoveryChoice, bool) -> RecoveryChoice| props.onchoose.reform(move |on: bool| to(choice, on));
    let choose_mode =
        props.onchoose.reform(move |index: usize| MODES.get(index).map_or(choice, |mode| with_mode(choice, *mode)));
    let choose_delay = props.onchoose.reform(move |index: usize| {
        let veto_delay_ms = DELAYS.get(index).copied().unwrap_or(choice.veto_delay_ms);
        RecoveryChoice { veto_delay_ms, ..choice }
    });
    // A kit counts at once: nobody waits, and nothing is announced.
    let waits = with_mode(RecoveryChoice { owner_by_announcement: true, ..choice }, choice.mode).owner_by_announcement;
    html! {
        <>
            <Choice name="recovery" legend={t!("recovery-choice")} look={Look::Cards} {offers}
                chosen={MODES.iter().position(|mode| *mode == choice.mode)} onchoose={choose_mode} />
            <details class="options">
                <summary data-testid="recovery-options">{ t!("recovery-options") }</summary>
                <div class="besides">
                    if waits {
                        <div>
                            <Choice name="recovery-delay" legend={t!("recovery-delay")} look={Look::Segments}
                                offers={DELAYS.map(|delay| Offer::plain(recovery::delay(delay))).to_vec()}
                                chosen={DELAYS.iter().position(|delay| *delay == choice.veto_delay_ms)} onchoose={choose_delay} />
                            <p class="hint">{ t!("recovery-delay-about") }</p>
                        </div>
                    }
                    <Switch id="recovery-admins" label={t!("recovery-admins")} about={t!("recovery-admins-about")} on={choice.admins_approve}
                        onswitch={change(|choice, on| RecoveryChoice { admins_approve: on, ..choice })} />
                    if waits {
                        <Switch id="recovery-announce" label={t!("recovery-announce")} about={t!("recovery-announce-about")}
                            on={choice.owner_by_announcement}
                            onswitch={change(|choice, on| RecoveryChoice { owner_by_announcement: on, ..choice })} />
                    }
                </div>
            </details>
        </>
    }
}
