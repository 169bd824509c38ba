//! Keeps the reader's place. Rows come and go above what is read, the window's size changes, the composer grows: what is read
//! stays where it is, and whoever is at the end stays there. Browsers do a part of this by themselves, each in its own way;
//! the style turns that off.

use std::cell::{Cell, RefCell};

use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlCollection, HtmlElement};
use yew::NodeRef;

use crate::state::reading::{Area, Mark, first_beyond};

/// Rows have this class: messages, and what the log says between them.
pub(in crate::components) const ROW: &str = "item";

/// And this one what holds some of them together. The rows of a stretch that is far from view have no place on the page yet.
pub(super) const STRETCH: &str = "stretch";

/// How far below the upper edge the first new message is put, as a part of what is seen.
const NEW_AT: f64 = 0.2;

/// Where the reader is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The end of the stream.
    End,
    /// The first new message.
    New,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Keeper {
    /// What is scrolled.
    pub(super) area: NodeRef,
    mark: RefCell<Option<(Element, Mark)>>,
    at_end: Cell<bool>,
    /// As soon as it is on the page.
    target: Cell<Option<Target>>,
}

impl Keeper {
    /// The reader is at the end of the stream or on the way there. Whoever was there and has not scrolled up follows it, also
    /// while the rows lag behind it.
    pub(super) fn is_at_end(&self) -> bool {
        self.target.get().map_or(self.at_end.get(), |target| target == Target::End)
    }

    /// Where the reader is still to be taken.
    pub(super) fn target(&self) -> Option<Target> {
        self.target.get()
    }

    /// From the next call of [`Keeper::keep`] on, where the reader should be.
    pub(super) fn head_for(&self, target: Target) {
        self.target.set(Some(target));
    }

    /// The area was scrolled, by the reader or by this file. Rows that came into view may have got another height in the same
    /// moment, and others may have come: that is made up for first, lest the place that they were pushed to be taken for the
    /// reader's. `to_end` as for [`Keeper::keep`].
    pub(super) fn scrolled(&self, to_end: bool) -> Option<Area> {
        let element = self.area.cast::<Element>()?;
        let before = self.mark.borrow().as_ref().map(|(_, mark)| *mark);
        if self.target.get().is_none() {
            if self.at_end.get() && before.is_some_and(|before| measured(&element).is_no_higher(before)) {
                element.set_scroll_top(element.scroll_height());
            } else {
                self.restore(&element);
            }
        }
        self.note(to_end)
    }

    /// Remembers where the reader is; what the area is like.
    fn note(&self, to_end: bool) -> Option<Area> {
        let element = self.area.cast::<Element>()?;
        let area = measured(&element);
        self.at_end.set(area.follows(self.at_end.get(), to_end));
        let edge = element.get_bounding_client_rect().top();
        *self.mark.borrow_mut() = first_below(&element, edge).map(|row| {
            let mark = Mark { top: area.top, row: row.get_bounding_client_rect().top() - edge };
            (row, mark)
        });
        Some(area)
    }

    /// Something about the rows or the area changed: puts the reader where they were, or where they want to be. `loaded`:
    /// there are messages to show; `has_new`: the first new one is among them, if there is one; `to_end`: what stands below is
    /// the end of the stream.
    pub(super) fn keep(&self, loaded: bool, has_new: bool, to_end: bool) -> Option<Area> {
        let element = self.area.cast::<Element>()?;
        match self.target.get() {
            Some(_) if !loaded => {}
            Some(Target::New) if !has_new => {}
            Some(Target::New) if self.show_new(&element) => self.target.set(None),
            Some(Target::End | Target::New) if to_end => {
                self.target.set(None);
                element.set_scroll_top(element.scroll_height());
            }
            Some(_) => {}
            None if self.at_end.get() => element.set_scroll_top(element.scroll_height()),
            None => self.restore(&element),
        }
        self.note(to_end)
    }

    fn restore(&self, element: &Element) {
        let mark = self.mark.borrow();
        if let Some((row, before)) = mark.as_ref().filter(|(row, _)| row.is_connected()) {
            let place = row.get_bounding_client_rect().top() - element.get_bounding_client_rect().top();
            let shift = measured(element).shift(*before, place);
            if shift.abs() >= 1.0 {
                element.scroll_by_with_x_and_y(0.0, shift);
            }
        }
    }

    fn show_new(&self, element: &Element) -> bool {
        let Ok(Some(new)) = element.query_selector(".new-mark") else { return false };
        lay_out_before(element, &new);
        let place = new.get_bounding_client_rect().top() - element.get_bounding_client_rect().top();
        element.scroll_by_with_x_and_y(0.0, place - NEW_AT * f64::from(element.client_height()));
        true
    }

    /// Which of the rows is the last that is wholly in view, or fills the view.
    pub(super) fn last_seen(&self) -> Option<usize> {
        let element = self.area.cast::<Element>()?;
        let rows = element.get_elements_by_class_name(ROW);
        let view = element.get_bounding_client_rect();
        let last = match first_below(&element, view.bottom() + 1.0) {
            None => rows.length().checked_sub(1),
            Some(row) => {
                let index = (0..rows.length()).find(|index| rows.item(*index).as_ref() == Some(&row))?;
                let fills = row.get_bounding_client_rect().top() <= view.top();
                if fills { Some(index) } else { index.checked_sub(1) }
            }
        };
        usize::try_from(last?).ok()
    }

    /// The last row on the page.
    pub(super) fn last_row(&self) -> Option<HtmlElement> {
        let rows = self.area.cast::<Element>()?.get_elements_by_class_name(ROW);
        rows.item(rows.length().checked_sub(1)?)?.dyn_into().ok()
    }
}

/// Gives the rows around this one their place before they are seen: what lies between it and the upper edge would change its
/// height otherwise as soon as it is in view, and push it away.
fn lay_out_before(area: &Element, inner: &Element) {
    let stretches = area.get_elements_by_class_name(STRETCH);
    let Some(own) =
        (0..stretches.length()).find(|index| stretches.item(*index).is_some_and(|one| one.contains(Some(inner))))
    else {
        return;
    };
    // One of them may be short: a day may begin with few.
    for stretch in (own.saturating_sub(2)..=own).filter_map(|index| stretches.item(index)) {
        let _ = stretch.set_attribute("data-whole", "");
    }
}

/// The first row that ends below this line, as the browser counts from the top of what it shows.
fn first_below(area: &Element, line: f64) -> Option<Element> {
    let first = |found: &HtmlCollection| {
        let ends_below = |one: Element| one.get_bounding_client_rect().bottom() > line;
        first_beyond(found.length(), |index| found.item(index).is_some_and(ends_below))
    };
    let stretches = area.get_elements_by_class_name(STRETCH);
    let rows = stretches.item(first(&stretches)?)?.get_elements_by_class_name(ROW);
    rows.item(first(&rows).or_else(|| rows.length().checked_sub(1))?)
}

fn measured(area: &Element) -> Area {
    Area {
        top: f64::from(area.scroll_top()),
        height: f64::from(area.client_height()),
        content: f64::from(area.scroll_height()),
    }
}
