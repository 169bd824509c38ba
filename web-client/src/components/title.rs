//! What the window is called: what the page's heading says, after the number of messages that were not looked at.

use yew::prelude::*;

use super::session::Session;
use crate::texts;

/// Calls the window after this heading, as long as there is one.
#[hook]
pub fn use_window_title(heading: Option<AttrValue>) {
    let unread = use_context::<Session>().map_or(0, |session| session.state.unread());
    use_effect_with((heading, unread), |(heading, unread)| {
        let document = web_sys::window().and_then(|window| window.document());
        if let (Some(document), Some(heading)) = (document, heading) {
            document.set_title(&window_title(heading, *unread));
        }
    });
}

/// `(3) Rowing club · Igoon`
fn window_title(heading: &str, unread: u32) -> String {
    let name = format!("{heading} · Igoon");
    if unread == 0 { name } else { format!("({}) {name}", texts::rooms::badge(unread)) }
}

#[cfg(test)]
mod tests {
    use super::window_title;

    #[test]
    fn the_window_is_called_what_it_shows_and_how_much_is_new() {
        let title = |unread| window_title("Rowing club", unread);
        assert_eq!([title(0), title(3)], ["Rowing club · Igoon", "(3) Rowing club · Igoon"]);
        assert_eq!(title(1_000), "(999+) Rowing club · Igoon");
    }
}
