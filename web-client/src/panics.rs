//! A panic's last words. It ends the program; of a worker that ended the page hears by [`crate::crossing`].

use js_sys::{Function, Reflect};
use wasm_bindgen::JsCast as _;

/// Puts what a panic says on the console. Call once, at the start.
pub fn report() {
    std::panic::set_hook(Box::new(|panic| {
        let console = Reflect::get(&js_sys::global(), &"console".into()).unwrap_or_default();
        if let Ok(error) = Reflect::get(&console, &"error".into())
            && let Some(error) = error.dyn_ref::<Function>()
        {
            let _ = error.call1(&console, &panic.to_string().into());
        }
    }));
}
