//! The desktop app on a desk of its own: a screen that nobody sees, a message bus, somebody who shows notifications, a key
//! store or none, a home folder; driven by WebDriver like a browser.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::{browser::Browser, wait};

/// Where the system of a desk keeps secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStore {
    /// GNOME's keyring, unlocked.
    Keyring,
    /// Nowhere: there is no such service.
    None,
}

/// A program that is told to end, and waited for.
#[derive(Debug)]
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Killed, tauri-driver would leave the web view's driver behind.
        let _ = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

/// See the module.
#[derive(Debug)]
pub struct Desk {
    port: u16,
    display: u32,
    // Ended in this order.
    _driver: Running,
    _notifier: Running,
    _keyring: Option<Running>,
    _bus: Running,
    _screen: Running,
    folder: tempfile::TempDir,
}

impl Desk {
    /// Sets it up, without the app.
    ///
    /// # Panics
    /// When one of the programs is not there: `cargo xtask test` installs them.
    pub async fn start(keys: KeyStore) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["home", "run"] {
            fs::create_dir(at(name)).unwrap();
        }
        fs::set_permissions(at("run"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let logged = |command: &mut Command, log: &str| {
            let log = fs::File::create(at(log)).unwrap();
            let program = command.get_program().to_owned();
            let started = command.stdout(log.try_clone().unwrap()).stderr(log).spawn();
            started.unwrap_or_else(|error| panic!("{program:?} does not start ({error}): run `cargo xtask test`"))
        };

        let mut screen = Command::new("Xvfb");
        screen.args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]).stdin(Stdio::null());
        let screen = Running(logged(&mut screen, "screen.log"));
        let display = wait::until("the screen", async || {
            let number = fs::read_to_string(at("screen.log")).ok()?;
            number.lines().find_map(|line| line.trim().parse::<u32>().ok()).filter(|_| number.ends_with('\n'))
        })
        .await;

        let address = bus_address(folder.path());
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--nopidfile", &format!("--address={address}")]).stdin(Stdio::null());
        let bus = Running(logged(&mut bus, "bus.log"));
        wait::until("the message bus", async || at("bus").exists().then_some(())).await;

        let on_it = |program: &str| command(program, folder.path(), display);
        let notifier = Running(logged(on_it("dunst").stdin(Stdio::null()), "notifier.log"));
        wait::until("notifications", async || has_name(&address, "org.freedesktop.Notifications").then_some(())).await;

        let keyring = match keys {
            KeyStore::None => None,
            KeyStore::Keyring => {
                let mut command = on_it("gnome-keyring-daemon");
                command.args(["--foreground", "--components=secrets", "--unlock"]).stdin(Stdio::piped());
                let mut child = logged(&mut command, "keyring.log");
                child.stdin.take().unwrap().write_all(b"the password of the keyring\n").unwrap();
                wait::until("the key store", async || has_name(&address, "org.freedesktop.secrets").then_some(()))
                    .await;
                Some(Running(child))
            }
        };

        let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (port, native) = (free(), free());
        let program = std::env::var("TAURI_DRIVER").unwrap_or_else(|_| "tauri-driver".to_owned());
        let mut driver = on_it(&program);
        driver.args(["--port", &port.to_string(), "--native-port", &native.to_string()]).stdin(Stdio::null());
        let driver = Running(logged(&mut driver, "driver.log"));
        // It listens before the browser's own driver does, to which it hands everything on.
        for port in [native, port] {
            let listens = async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok();
            wait::until("tauri-driver and its driver to listen", listens).await;
        }
        Self {
            port,
            display,
            _driver: driver,
            _notifier: notifier,
            _keyring: keyring,
            _bus: bus,
            _screen: screen,
            folder,
        }
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
        let log = || fs::read_to_string(self.folder.path().join("driver.log")).unwrap_or_default();
        Browser::of(client.unwrap_or_else(|error| panic!("the app does not open: {error}\n{}", log())), name)
    }

    /// The notifications that were shown, as `dunstctl history` tells of them.
    #[must_use]
    pub fn notified(&self) -> String {
        let control = |what| command("dunstctl", self.folder.path(), self.display).arg(what).output().unwrap().stdout;
        // What is still shown is no history.
        control("close-all");
        String::from_utf8(control("history")).unwrap()
    }

    /// Everything in the home folder, with each file's path in it.
    #[must_use]
    pub fn home(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let home = self.folder.path().join("home");
        collect(&home, &mut files);
        files.into_iter().map(|(path, bytes)| (path.strip_prefix(&home).unwrap().to_owned(), bytes)).collect()
    }
}

/// A program that belongs to the desk in this folder, with this screen.
fn command(program: &str, folder: &Path, display: u32) -> Command {
    let mut command = Command::new(program);
    for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "WAYLAND_DISPLAY"] {
        command.env_remove(name);
    }
    command.env("HOME", folder.join("home")).env("XDG_RUNTIME_DIR", folder.join("run"));
    command.env("DISPLAY", format!(":{display}")).env("DBUS_SESSION_BUS_ADDRESS", bus_address(folder));
    // The system's language would decide what is on the page.
    command.env("LC_ALL", "C.UTF-8").env("NO_AT_BRIDGE", "1");
    command
}

fn bus_address(folder: &Path) -> String {
    format!("unix:path={}", folder.join("bus").display())
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

/// Whether somebody on the bus has a name.
fn has_name(address: &str, name: &str) -> bool {
    let mut ask = Command::new("dbus-send");
    ask.args([&format!("--bus={address}"), "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"]);
    ask.args(["org.freedesktop.DBus.GetNameOwner", &format!("string:{name}")]);
    ask.output().is_ok_and(|output| output.status.success())
}
