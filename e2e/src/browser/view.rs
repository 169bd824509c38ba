//! How a page is looked at: the width of the screen, light or dark; and what else only Chromium can be told.

use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};

use super::Browser;

/// A screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// CSS pixels across.
    pub width: u32,
    /// CSS pixels down.
    pub height: u32,
    /// The system is set to dark.
    pub dark: bool,
}

/// A desk's screen and a small phone's, light and dark.
pub const VIEWS: [View; 4] = [
    View { width: 1280, height: 800, dark: false },
    View { width: 1280, height: 800, dark: true },
    View { width: 360, height: 740, dark: false },
    View { width: 360, height: 740, dark: true },
];

impl View {
    /// As a file's name may say it: `1280-light`.
    #[must_use]
    pub fn name(self) -> String {
        format!("{}-{}", self.width, if self.dark { "dark" } else { "light" })
    }
}

impl Browser {
    /// Shows the page on this screen from now on. Chromium only.
    pub async fn look(&self, view: View) {
        let screen = json!({"width": view.width, "height": view.height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        let scheme = if view.dark { "dark" } else { "light" };
        let features = json!({"features": [
            {"name": "prefers-color-scheme", "value": scheme},
            // A picture must not depend on when it was taken.
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]});
        self.devtools("Emulation.setEmulatedMedia", features).await;
        // Until the page has been laid out and painted so.
        self.script_async(
            "requestAnimationFrame(() => requestAnimationFrame(() => arguments[arguments.length - 1]()))",
        )
        .await;
    }

    /// Lets pages of this server notify, as a person answers the browser's question. Chromium only.
    pub async fn permit_notifications(&self, url: &str) {
        self.devtools("Browser.grantPermissions", json!({"origin": url, "permissions": ["notifications"]})).await;
    }

    /// A command of the Chrome DevTools Protocol. Chromium only.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        #[derive(Debug)]
        struct DevTools(Value);
        impl WebDriverCompatibleCommand for DevTools {
            fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
                base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
            }
            fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
                (http::Method::POST, Some(self.0.to_string()))
            }
        }
        self.client.issue_cmd(DevTools(json!({"cmd": command, "params": parameters}))).await.unwrap()
    }
}
