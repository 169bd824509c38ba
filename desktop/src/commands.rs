//! What the page may ask. Each waits for the system (a key store may ask the person), so none runs on the window's thread.

use std::sync::Arc;

use igoon_shared::wrapper::{Kept, ServerAddress, Start, WrapperError};
use tauri::{State, async_runtime::spawn_blocking};

use crate::{Wrapper, computer};

type Shared<'a> = State<'a, Arc<Wrapper>>;

/// What is known when the page starts.
#[tauri::command]
pub(crate) async fn surroundings(wrapper: Shared<'_>) -> Result<Start, WrapperError> {
    let wrapper = Arc::clone(&wrapper);
    let start = spawn_blocking(move || {
        let server = wrapper.settings.server();
        let kept = server.as_ref().map(|server| wrapper.secrets.read(server)).unwrap_or_default();
        Start { server, kept, computer: computer::this(wrapper.port.as_ref()) }
    });
    start.await.map_err(|_| WrapperError::NotKept)
}

/// Keeps something for the chosen server, in place of what was kept for it.
#[tauri::command]
pub(crate) async fn keep(wrapper: Shared<'_>, kept: Kept) -> Result<(), WrapperError> {
    let wrapper = Arc::clone(&wrapper);
    let keeping = spawn_blocking(move || {
        let server = wrapper.settings.server().ok_or(WrapperError::NotKept)?;
        wrapper.secrets.keep(&server, &kept)
    });
    keeping.await.map_err(|_| WrapperError::NotKept)?
}

/// Talks to this server from the page's next start on. What is kept for others stays with them.
#[tauri::command]
pub(crate) async fn choose_server(wrapper: Shared<'_>, server: String) -> Result<(), WrapperError> {
    let server: ServerAddress = server.parse().map_err(|_| WrapperError::BadAddress)?;
    let wrapper = Arc::clone(&wrapper);
    let choosing = spawn_blocking(move || wrapper.settings.choose(server));
    choosing.await.map_err(|_| WrapperError::NotWritten)?.map_err(|_| WrapperError::NotWritten)
}

/// Shows a notification.
#[tauri::command]
pub(crate) async fn notify(title: String, body: String) -> Result<(), WrapperError> {
    let showing = spawn_blocking(move || {
        let body = if reads_markup() { escaped(&body) } else { body };
        notify_rust::Notification::new().appname("Igoon").summary(&title).body(&body).show().map(drop)
    });
    showing.await.map_err(|_| WrapperError::NotShown)?.map_err(|_| WrapperError::NotShown)
}

/// Whether the body of a notification is read as markup (Desktop Notifications Specification, `body-markup`).
#[cfg(all(unix, not(target_os = "macos")))]
fn reads_markup() -> bool {
    notify_rust::get_capabilities().is_ok_and(|all| all.iter().any(|one| one == "body-markup"))
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
const fn reads_markup() -> bool {
    false
}

/// Text that says in markup what it says without.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_wrote_is_no_markup() {
        assert_eq!(escaped("1 < 2 & <a href='x'>y</a>"), "1 &lt; 2 &amp; &lt;a href='x'&gt;y&lt;/a&gt;");
    }
}
