//! The keyboard in the timeline: arrows go from row to row, one of which the Tab key comes to.

use wasm_bindgen::JsCast as _;
use web_sys::{Document, Element, HtmlElement, KeyboardEvent};

use super::keeper::{Keeper, ROW};

/// What a key asks of the timeline that this file does not do itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// To the end of the stream.
    End,
}

/// The Tab key comes to the last row, or to the one that was last gone to while the focus is in the timeline.
pub(super) fn rove(keeper: &Keeper) {
    let Some(area) = keeper.area.cast::<Element>() else { return };
    let focused = document().and_then(|document| document.active_element());
    if !focused.is_some_and(|focused| area.contains(Some(&focused)))
        && let Some(last) = keeper.last_row()
    {
        choose(&area, &last);
    }
}

/// Puts the focus on the last row.
pub fn enter() {
    let document = document();
    let chosen = document.and_then(|document| document.query_selector(&format!(".timeline .{ROW}[tabindex='0']")).ok());
    if let Some(row) = chosen.flatten().and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        let _ = row.focus();
    }
}

/// Takes a key.
pub(super) fn pressed(keeper: &Keeper, event: &KeyboardEvent) -> Option<Wish> {
    let area = keeper.area.cast::<Element>()?;
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let row = target.closest(&format!(".{ROW}")).ok()??;
    let command = event.ctrl_key() || event.meta_key();
    if event.alt_key() || event.shift_key() || (command && event.key() != "c") {
        return None;
    }
    match event.key().as_str() {
        "c" if command && target == row => copy(&row, event),
        "ArrowUp" => go(&area, neighbour(&area, &row, -1), event),
        "ArrowDown" => match neighbour(&area, &row, 1) {
            Some(next) => go(&area, Some(next), event),
            None => leave(event),
        },
        "Home" => go(&area, area.get_elements_by_class_name(ROW).item(0), event),
        "End" => {
            go(&area, keeper.last_row().map(Into::into), event);
            return Some(Wish::End);
        }
        "Escape" => leave(event),
        _ => {}
    }
    None
}

fn neighbour(area: &Element, row: &Element, step: i64) -> Option<Element> {
    let rows = area.get_elements_by_class_name(ROW);
    let here = (0..rows.length()).find(|index| rows.item(*index).as_ref() == Some(row))?;
    rows.item(u32::try_from(i64::from(here) + step).ok()?)
}

fn go(area: &Element, row: Option<Element>, event: &KeyboardEvent) {
    if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        choose(area, &row);
        let _ = row.focus();
    }
}

/// Back to where one writes.
fn leave(event: &KeyboardEvent) {
    let composer = document().and_then(|document| document.get_element_by_id("composer"));
    if let Some(composer) = composer.and_then(|composer| composer.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        let _ = composer.focus();
    }
}

/// The message as a whole, unless a part of it is selected.
fn copy(row: &Element, event: &KeyboardEvent) {
    let Some(window) = web_sys::window() else { return };
    let selected = window.get_selection().ok().flatten().is_some_and(|selection| !selection.is_collapsed());
    let text = row.query_selector("[data-testid=message-text]").ok().flatten().and_then(|text| text.text_content());
    if let Some(text) = text.filter(|_| !selected) {
        event.prevent_default();
        let _ = window.navigator().clipboard().write_text(&text);
    }
}

/// Not by the page's rows themselves: which of them it is must not make them anew.
fn choose(area: &Element, row: &HtmlElement) {
    if let Ok(Some(before)) = area.query_selector(&format!(".{ROW}[tabindex='0']")) {
        let _ = before.set_attribute("tabindex", "-1");
    }
    let _ = row.set_attribute("tabindex", "0");
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}
