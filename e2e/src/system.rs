//! What a desktop system gives its programs: a screen that nobody sees, a message bus, somebody who shows notifications, a home
//! folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use crate::wait;

/// A program that is told to end, and waited for.
#[derive(Debug)]
pub(crate) struct Running(Child);

impl Running {
    /// Where it hears what is said to it, once.
    pub(crate) fn stdin(&mut self) -> ChildStdin {
        self.0.stdin.take().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Killed, tauri-driver would leave the web view's driver behind.
        let _ = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

/// See the module.
#[derive(Debug)]
pub struct System {
    display: u32,
    // Ended in this order.
    notifier: Option<Running>,
    _bus: Running,
    _screen: Running,
    folder: tempfile::TempDir,
}

impl System {
    /// Starts one.
    ///
    /// # Panics
    /// When one of the programs is not there: `cargo xtask test` installs them.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["home", "run"] {
            fs::create_dir(at(name)).unwrap();
        }
        fs::set_permissions(at("run"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();

        let mut screen = Command::new("Xvfb");
        screen.args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]);
        let screen = run(screen.stdin(Stdio::null()), &at("screen.log"));
        let display = wait::until("the screen", async || {
            let number = fs::read_to_string(at("screen.log")).ok()?;
            number.lines().find_map(|line| line.trim().parse::<u32>().ok()).filter(|_| number.ends_with('\n'))
        })
        .await;

        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--nopidfile", &format!("--address={}", bus_address(folder.path()))]);
        let bus = run(bus.stdin(Stdio::null()), &at("bus.log"));
        wait::until("the message bus", async || at("bus").exists().then_some(())).await;

        let mut system = Self { display, notifier: None, _bus: bus, _screen: screen, folder };
        system.notifier = Some(system.run(system.command("dunst").stdin(Stdio::null()), "notifier.log"));
        system.until_on_the_bus("org.freedesktop.Notifications").await;
        system
    }

    /// A program that belongs to it, not started yet.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "WAYLAND_DISPLAY"] {
            command.env_remove(name);
        }
        command.env("HOME", self.home()).env("XDG_RUNTIME_DIR", self.folder.path().join("run"));
        command.env("DISPLAY", format!(":{}", self.display)).env("DBUS_SESSION_BUS_ADDRESS", self.bus());
        // The system's language would decide what is on the page.
        command.env("LC_ALL", "C.UTF-8").env("NO_AT_BRIDGE", "1");
        command
    }

    /// Starts a program whose output goes to a file of this name.
    pub(crate) fn run(&self, command: &mut Command, log: &str) -> Running {
        run(command, &self.folder.path().join(log))
    }

    /// What a program has printed to its file.
    pub(crate) fn log(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// Where its message bus is.
    #[must_use]
    pub fn bus(&self) -> String {
        bus_address(self.folder.path())
    }

    /// The home folder.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Waits until somebody on the bus has this name.
    pub(crate) async fn until_on_the_bus(&self, name: &str) {
        let mut ask = Command::new("dbus-send");
        let to = ["--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"];
        ask.arg(format!("--bus={}", self.bus())).args(to);
        ask.args(["org.freedesktop.DBus.GetNameOwner", &format!("string:{name}")]);
        let has_name = async || ask.output().is_ok_and(|output| output.status.success()).then_some(());
        wait::until(&format!("{name} on the bus"), has_name).await;
    }

    /// Waits until a notification is shown.
    pub async fn until_notified(&self) {
        let shown = async || (self.notifier_says(&["count", "displayed"]).trim() != "0").then_some(());
        wait::until("a notification", shown).await;
    }

    /// Clicks on the notification that is shown.
    pub fn choose_notification(&self) {
        self.notifier_says(&["action", "0"]);
    }

    /// The notifications that were shown, as `dunstctl history` tells of them.
    #[must_use]
    pub fn notified(&self) -> String {
        // What is still shown is no history.
        self.notifier_says(&["close-all"]);
        self.notifier_says(&["history"])
    }

    fn notifier_says(&self, asked: &[&str]) -> String {
        let output = self.command("dunstctl").args(asked).output().unwrap();
        assert!(output.status.success(), "dunstctl {asked:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

fn run(command: &mut Command, log: &Path) -> Running {
    let log = fs::File::create(log).unwrap();
    let started = command.stdout(log.try_clone().unwrap()).stderr(log).spawn();
    Running(started.unwrap_or_else(|error| {
        panic!("{} does not start ({error}): run `cargo xtask test`", command.get_program().display())
    }))
}

fn bus_address(folder: &Path) -> String {
    format!("unix:path={}", folder.join("bus").display())
}
