//! The desktop app on a desk of its own: in a system ([`crate::system`]) with a key store or none, driven by WebDriver like a
//! browser.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Stdio,
};

use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::{
    browser::Browser,
    system::{Running, System},
    wait,
};

/// Where the system of a desk keeps secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStore {
    /// GNOME's keyring, unlocked.
    Keyring,
    /// Nowhere: there is no such service.
    None,
}

/// What the driver prints.
const DRIVER_LOG: &str = "driver.log";

/// See the module.
#[derive(Debug)]
pub struct Desk {
    port: u16,
    // Ended in this order.
    _driver: Running,
    _keyring: Option<Running>,
    system: System,
}

impl Desk {
    /// Sets it up, without the app.
    ///
    /// # Panics
    /// When one of the programs is not there: `cargo xtask test` installs them.
    pub async fn start(keys: KeyStore) -> Self {
        let system = System::start().await;
        let keyring = match keys {
            KeyStore::None => None,
            KeyStore::Keyring => {
                let mut command = system.command("gnome-keyring-daemon");
                command.args(["--foreground", "--components=secrets", "--unlock"]).stdin(Stdio::piped());
                let mut keyring = system.run(&mut command, "keyring.log");
                keyring.stdin().write_all(b"the password of the keyring\n").unwrap();
                system.until_on_the_bus("org.freedesktop.secrets").await;
                Some(keyring)
            }
        };

        let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (port, native) = (free(), free());
        let program = std::env::var("TAURI_DRIVER").unwrap_or_else(|_| "tauri-driver".to_owned());
        let mut driver = system.command(&program);
        driver.args(["--port", &port.to_string(), "--native-port", &native.to_string()]).stdin(Stdio::null());
        let driver = system.run(&mut driver, DRIVER_LOG);
        // It listens before the browser's own driver does, to which it hands everything on.
        for port in [native, port] {
            let listens = async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok();
            wait::until("tauri-driver and its driver to listen", listens).await;
        }
        Self { port, _driver: driver, _keyring: keyring, system }
    }

    /// Opens the app.
    ///
    /// # Panics
    /// When it does not open, with what it said.
    pub async fn open(&self, name: &str) -> Browser {
        let app = std::env::var("IGOON_DESKTOP_BIN").expect("run `cargo xtask test`, which builds the app");
        let capabilities = json!({ "browserName": "wry", "tauri:options": { "application": app } });
        let serde_json::Value::Object(capabilities) = capabilities else { unreachable!("an object") };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let client = builder.connect(&format!("http://127.0.0.1:{}", self.port)).await;
        let log = || self.system.log(DRIVER_LOG);
        Browser::of(client.unwrap_or_else(|error| panic!("the app does not open: {error}\n{}", log())), name)
    }

    /// What surrounds the app.
    #[must_use]
    pub const fn system(&self) -> &System {
        &self.system
    }

    /// Everything in the home folder, with each file's path in it.
    #[must_use]
    pub fn home(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let home = self.system.home();
        collect(&home, &mut files);
        files.into_iter().map(|(path, bytes)| (path.strip_prefix(&home).unwrap().to_owned(), bytes)).collect()
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        if kind.is_dir() {
            collect(&path, files);
        } else if kind.is_file() {
            let bytes = fs::read(&path).unwrap();
            files.push((path, bytes));
        }
    }
}
