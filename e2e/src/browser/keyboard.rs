//! A person who has a keyboard and nothing else.

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};

use super::Browser;

/// Goes to what comes next.
pub const TAB: char = '\u{e004}';
/// Does, sends.
pub const ENTER: char = '\u{e007}';
/// Closes.
pub const ESCAPE: char = '\u{e00c}';

impl Browser {
    /// Presses and lets go of each of these keys, whatever has the focus.
    pub async fn press(&self, keys: &str) {
        let typed = keys.chars().fold(KeyActions::new("keyboard".to_owned()), |typed, value| {
            typed.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.client.perform_actions(typed).await.unwrap();
    }

    /// Presses Tab until what matches has the focus.
    ///
    /// # Panics
    /// When a round through the page does not come by, or the focus is nowhere to be seen on the way. (A heading that was given the
    /// focus is no place where one can do anything.)
    pub async fn tab_to(&self, css: &str) {
        self.find(css).await;
        let mut way = Vec::new();
        for _ in 0..80 {
            // A ring may lie around a field and its buttons together.
            let script = "const e = document.activeElement; \
                const ring = e => e && (getComputedStyle(e).outlineStyle !== 'none' || ring(e.parentElement)); \
                const seen = e.tabIndex < 0 || e === document.body || ring(e); \
                return [e.matches(arguments[0]), seen, e.outerHTML.slice(0, 120)]";
            let answer = self.client.execute(script, vec![css.into()]).await.unwrap();
            let (found, seen, what): (bool, bool, String) = serde_json::from_value(answer).unwrap();
            assert!(seen, "the focus cannot be seen on {what}");
            if found {
                return;
            }
            way.push(what);
            self.press(&TAB.to_string()).await;
        }
        panic!("Tab does not lead to {css}: {way:#?}");
    }

    /// Goes there by Tab and types.
    pub async fn type_into(&self, css: &str, text: &str) {
        self.tab_to(css).await;
        self.press(text).await;
    }

    /// Goes there by Tab and presses Enter.
    pub async fn enter_on(&self, css: &str) {
        self.tab_to(css).await;
        self.press(&ENTER.to_string()).await;
    }
}
