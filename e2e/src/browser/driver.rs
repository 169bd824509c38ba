//! Starting browsers: each with a driver process and a fresh profile of its own, and without the errands that browsers run for
//! themselves.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::Browser;
use crate::{system::System, wait};

/// Which browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium, by chromedriver.
    Chromium,
    /// Firefox, by geckodriver.
    Firefox,
}

/// Opens browsers of one kind.
#[derive(Debug)]
pub struct Driver {
    engine: Engine,
    folder: tempfile::TempDir,
    /// The message bus on which the browsers find somebody who shows notifications.
    bus: Option<String>,
}

impl Driver {
    /// Opens Chromium.
    pub async fn start() -> Self {
        Self::of(Engine::Chromium)
    }

    /// Opens this browser.
    #[must_use]
    pub fn of(engine: Engine) -> Self {
        Self { engine, folder: tempfile::tempdir().unwrap(), bus: None }
    }

    /// Opens Chromium in a system that shows its notifications.
    #[must_use]
    pub fn inside(system: &System) -> Self {
        Self { bus: Some(system.bus()), ..Self::of(Engine::Chromium) }
    }

    /// Opens a browser with a profile of its own.
    pub async fn browser(&self, name: &str) -> Browser {
        self.browser_with(name, &[]).await
    }

    /// Opens a browser with a profile of its own and further arguments.
    ///
    /// # Panics
    /// When the browser or its driver is not there: `cargo xtask test` brings them.
    pub async fn browser_with(&self, name: &str, arguments: &[&str]) -> Browser {
        let log = self.folder.path().join(format!("{name}.log"));
        let mut process = Process::start(self.engine, log, self.bus.as_deref()).await;
        process.downloads = self.folder.path().join(format!("{name}-downloads"));
        fs::create_dir_all(&process.downloads).unwrap();
        let capabilities = match self.engine {
            Engine::Chromium => chromium(&self.folder.path().join(name), &process.downloads, arguments),
            Engine::Firefox => firefox(&process.downloads, arguments),
        };
        let Value::Object(capabilities) = capabilities else { unreachable!("an object") };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let client = builder.connect(&format!("http://127.0.0.1:{}", process.port)).await.expect("a browser session");
        process.session = client.session_id().await.unwrap();
        Browser::new(client, name, process)
    }
}

fn chromium(profile: &Path, downloads: &Path, arguments: &[&str]) -> Value {
    let mut args = vec![
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1200,900",
    ];
    args.extend(arguments);
    let profile = format!("--user-data-dir={}", profile.display());
    args.push(&profile);
    json!({
        "browserName": "chrome",
        "goog:loggingPrefs": {"browser": "ALL"},
        "goog:chromeOptions": {
            "binary": std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".into()),
            "args": args,
            "prefs": { "download.default_directory": downloads },
        },
    })
}

/// The driver makes the profile, and removes it.
fn firefox(downloads: &Path, arguments: &[&str]) -> Value {
    let mut args = vec!["-headless", "--width=1200", "--height=900"];
    args.extend(arguments);
    json!({
        "browserName": "firefox",
        "moz:firefoxOptions": {
            "binary": std::env::var("FIREFOX").unwrap_or_else(|_| "/usr/bin/firefox-esr".into()),
            "args": args,
            "prefs": {
                "browser.download.folderList": 2,
                "browser.download.dir": downloads,
                "devtools.console.stdout.content": true,
                "devtools.jsonview.enabled": false,
                "devtools.console.stdout.chrome": false,
                "services.settings.server": "data:,#remote-settings-dummy/v1",
                "app.normandy.enabled": false,
                "browser.region.network.url": "",
                "dom.push.connection.enabled": false,
                "media.gmp-manager.updateEnabled": false,
                "network.captive-portal-service.enabled": false,
                "network.connectivity-service.enabled": false,
            },
        },
    })
}

/// A driver process; the browser that it started ends with it.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) engine: Engine,
    /// What driver and browser print.
    pub(super) log: PathBuf,
    /// Where the browser keeps what was downloaded.
    pub(super) downloads: PathBuf,
    child: Child,
    port: u16,
    session: Option<String>,
}

impl Process {
    async fn start(engine: Engine, log: PathBuf, bus: Option<&str>) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let output = fs::File::create(&log).unwrap();
        let mut command = match engine {
            Engine::Chromium => {
                let mut command = Command::new(program("CHROMEDRIVER", "/usr/bin/chromedriver"));
                command.arg(format!("--port={port}"));
                command
            }
            Engine::Firefox => {
                let mut command = Command::new(program("GECKODRIVER", "geckodriver"));
                // Else each driver wants the same port for the browser's other protocol.
                command.args(["--port", &port.to_string(), "--websocket-port", "0"]);
                command
            }
        };
        command.stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output);
        command.envs(bus.map(|bus| ("DBUS_SESSION_BUS_ADDRESS", bus)));
        let child = command.spawn().unwrap_or_else(|error| {
            panic!("{} does not start ({error}): run `cargo xtask test`", command.get_program().display())
        });
        wait::until("the driver to listen", async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok())
            .await;
        Self { engine, log, downloads: PathBuf::new(), child, port, session: None }
    }

    /// Its id.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Tells the driver to end its browser.
    fn end_browser(&self) -> io::Result<()> {
        let request = match (self.engine, &self.session) {
            (Engine::Chromium, _) => "GET /shutdown".to_owned(),
            (Engine::Firefox, Some(session)) => format!("DELETE /session/{session}"),
            (Engine::Firefox, None) => return Ok(()),
        };
        let mut connection = TcpStream::connect(("127.0.0.1", self.port))?;
        connection.set_read_timeout(Some(wait::DEADLINE))?;
        let head = format!("{request} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", self.port);
        connection.write_all(head.as_bytes())?;
        connection.read_to_end(&mut Vec::new()).map(drop)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Killed alone, the driver would leave its browser behind.
        let ended = self.end_browser();
        if self.engine == Engine::Firefox || ended.is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn program(variable: &str, usual: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| usual.into(), PathBuf::from)
}
