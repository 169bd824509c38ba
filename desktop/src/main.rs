//! Igoon's desktop wrapper: the web client in a window of its own. The page inside is the very one that servers hand to
//! browsers; what it asks of the wrapper is described in [`igoon_shared::wrapper`].
//!
//! - `commands`: what the page may ask. `secrets`: the session's token, kept by the system. `settings`: the server's address.
//!   `downloads`: files that the page has saved.
//! - `computer`: what this computer is. `port`: where it will be reached on its own network.
//! - `window`: the window, and what leads out of it.
//!
//! Deliberately absent: requests to the server, keys and messages (the page's worker has them), and any right of the page
//! that `capabilities/main.json` does not list. Still to come, and why they have a place: delivery on the same network (the
//! port is registered with the server from now on, see `port`), and updates of the app, which `tauri-plugin-updater` will
//! bring together with a bundle to replace.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod computer;
mod disk;
mod downloads;
mod port;
mod secrets;
mod settings;
mod window;

use std::sync::Arc;

use tauri::Manager as _;

use self::{downloads::Downloads, port::Port, secrets::Secrets, settings::Settings};

/// What the commands work with.
struct Wrapper {
    settings: Settings,
    secrets: Secrets,
    downloads: Downloads,
    /// `None` where the system gave none.
    port: Option<Port>,
}

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        // First, so that a second start ends before it has done anything.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .invoke_handler(tauri::generate_handler![
            commands::surroundings,
            commands::keep,
            commands::choose_server,
            commands::notify,
            commands::begin_file,
            commands::add_to_file,
            commands::finish_file
        ])
        .setup(|app| {
            let (settings, data) = (app.path().app_config_dir()?, app.path().app_data_dir()?);
            app.manage(Arc::new(Wrapper {
                settings: Settings::new(&settings),
                secrets: Secrets::new(app.config().identifier.clone(), data),
                downloads: Downloads::default(),
                port: Port::take().ok(),
            }));
            window::open(app)?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
