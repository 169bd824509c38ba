//! What the page may ask. Each waits for the system (a key store may ask the person), so none runs on the window's thread.

use std::{io, path::PathBuf, sync::Arc};

use igoon_shared::wrapper::{Kept, ServerAddress, Start, WrapperError};
use tauri::{
    AppHandle, Manager as _, State,
    async_runtime::spawn_blocking,
    ipc::{InvokeBody, Request},
};

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

/// Begins a file among the downloads; in the home folder where the system knows none for them.
#[tauri::command]
pub(crate) async fn begin_file(app: AppHandle, wrapper: Shared<'_>, name: String) -> Result<(), WrapperError> {
    let folder = app.path().download_dir().or_else(|_| app.path().home_dir()).map_err(|_| WrapperError::NotSaved)?;
    write(&wrapper, move |wrapper| wrapper.downloads.begin(folder, &name)).await
}

/// Writes the request's bytes at the end of that file.
#[tauri::command]
pub(crate) async fn add_to_file(wrapper: Shared<'_>, request: Request<'_>) -> Result<(), WrapperError> {
    let InvokeBody::Raw(bytes) = request.body() else { return Err(WrapperError::NotSaved) };
    let bytes = bytes.clone();
    write(&wrapper, move |wrapper| wrapper.downloads.add(&bytes)).await
}

/// Gives that file its name; where it is.
#[tauri::command]
pub(crate) async fn finish_file(wrapper: Shared<'_>) -> Result<PathBuf, WrapperError> {
    write(&wrapper, |wrapper| wrapper.downloads.finish()).await
}

async fn write<T: Send + 'static>(
    wrapper: &Arc<Wrapper>,
    writing: impl FnOnce(&Wrapper) -> io::Result<T> + Send + 'static,
) -> Result<T, WrapperError> {
    let wrapper = Arc::clone(wrapper);
    let written = spawn_blocking(move || writing(&wrapper)).await.map_err(|_| WrapperError::NotSaved)?;
    written.map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => WrapperError::DiskFull,
        _ => WrapperError::NotSaved,
    })
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
