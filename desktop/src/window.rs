//! The window, and what leads out of it.

use tauri::{App, AppHandle, Manager as _, Url, WebviewUrl, WebviewWindowBuilder, webview::NewWindowResponse};

/// Its name, to which `capabilities/main.json` gives what the page may do.
const MAIN: &str = "main";

/// Opens it, as large and where it was the last time.
///
/// # Errors
/// Without a display or a web view.
pub(crate) fn open(app: &App) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Igoon")
        .inner_size(1120.0, 760.0)
        .min_inner_size(360.0, 480.0)
        .on_document_title_changed(|window, title| drop(window.set_title(&title)))
        .on_navigation(|url| {
            let own = is_own(url);
            if !own {
                open_outside(url);
            }
            own
        })
        .on_new_window(|url, _| {
            open_outside(&url);
            NewWindowResponse::Deny
        })
        .build()
        .map(drop)
}

/// Brings it to the front: the app was started once more.
pub(crate) fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// Whether an address is the page's own: only that one may ask the wrapper for something, so no other is ever shown.
fn is_own(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // On Windows.
        "http" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// Gives a link to the system's browser or mail program; anything else goes nowhere.
fn open_outside(url: &Url) {
    if leads_out(url) {
        let _ = open::that_detached(url.as_str());
    }
}

fn leads_out(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "http" | "mailto")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn only_the_page_itself_is_shown() {
        assert!(is_own(&url("tauri://localhost/room/x")));
        for other in ["https://tauri.localhost/", "tauri://other/", "https://chat.example.org/", "file:///etc/passwd"] {
            assert!(!is_own(&url(other)), "{other}");
        }
    }

    #[test]
    fn links_lead_out_and_nothing_else_does() {
        assert!(
            ["https://example.org/", "http://example.org/", "mailto:ada@example.org"]
                .iter()
                .all(|to| leads_out(&url(to)))
        );
        for other in
            ["file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "smb://host/share", "tauri://localhost/"]
        {
            assert!(!leads_out(&url(other)), "{other}");
        }
    }
}
