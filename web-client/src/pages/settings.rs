//! How Igoon looks and speaks in this browser, and what it stores here. For anybody: it is about no account.

use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{StorageEstimate, StorageManager};
use yew::prelude::*;

use crate::{
    components::{
        go::Go,
        icon::{Drawing, Icon},
        language_choice::LanguageChoice,
        session::InSession,
        sheet::{Sheet, Width},
        theme_choice::ThemeChoice,
    },
    state::Route,
    texts::{server, t},
};

/// See the module.
#[function_component]
pub(super) fn Settings(props: &InSession) -> Html {
    let session = &props.session;
    let back = html! {
        <Go session={session.clone()} to={Route::Home} testid="back"><Icon drawing={Drawing::Back} />{ t!("back") }</Go>
    };
    html! {
        <Sheet title={t!("settings")} width={Width::Wide} {back}>
            <p class="hint">{ t!("settings-lead") }</p>
            <section class="part" aria-labelledby="looks-title">
                <h2 id="looks-title">{ t!("settings-looks") }</h2>
                <ThemeChoice session={session.clone()} />
                <LanguageChoice session={session.clone()} />
            </section>
            <Stored />
        </Sheet>
    }
}

/// What the browser says about its storage for this address.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Storage {
    /// Bytes.
    used: f64,
    /// The browser promised not to throw it away by itself.
    kept: bool,
}

/// What Igoon stores in this browser, and whether the browser may throw it away.
#[function_component]
fn Stored() -> Html {
    let found = use_state(|| None::<Option<Storage>>);
    let look = {
        let found = found.setter();
        use_callback((), move |keep: bool, ()| {
            let found = found.clone();
            spawn_local(async move { found.set(Some(look(keep).await)) });
        })
    };
    use_effect_with((), {
        let look = look.clone();
        move |()| look.emit(false)
    });
    let again = look.reform(|_: MouseEvent| false);
    let keep = look.reform(|_: MouseEvent| true);
    html! {
        <section class="part" aria-labelledby="stored-title">
            <h2 id="stored-title">{ t!("settings-stored") }</h2>
            { match *found {
                None => html! { <p role="status">{ t!("settings-stored-looking") }</p> },
                Some(None) => html! {
                    <>
                        <p role="status">{ t!("settings-stored-unknown") }</p>
                        <button type="button" class="secondary" data-testid="look-again" onclick={again}>{ t!("try-again") }</button>
                    </>
                },
                Some(Some(storage)) => html! {
                    <>
                        <p data-testid="stored">{ t!("settings-stored-used", size = server::bytes(whole(storage.used))) }</p>
                        <p role="status" data-testid="stored-kept">
                            { if storage.kept { t!("settings-stored-kept") } else { t!("settings-stored-at-risk") } }
                        </p>
                        if !storage.kept {
                            <button type="button" class="secondary" data-testid="keep-stored" onclick={keep}>{ t!("settings-stored-keep") }</button>
                        }
                    </>
                },
            } }
        </section>
    }
}

/// Asks the browser; with `keep`, also to throw nothing away, which it may decline. `None` where it does not say.
async fn look(keep: bool) -> Option<Storage> {
    let storage: StorageManager = web_sys::window()?.navigator().storage();
    if keep {
        JsFuture::from(storage.persist().ok()?).await.ok()?;
    }
    let kept = JsFuture::from(storage.persisted().ok()?).await.ok()?.as_bool()?;
    let estimate = JsFuture::from(storage.estimate().ok()?).await.ok()?.unchecked_into::<StorageEstimate>();
    Some(Storage { used: estimate.get_usage()?, kept })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole bytes; the cast saturates")]
const fn whole(bytes: f64) -> u64 {
    bytes as u64
}
