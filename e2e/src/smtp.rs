//! A real mail server as a process of its own (`smtp/server.py`), which receives mails well or badly, as it is told.

use std::{
    ffi::OsString,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};

use crate::{mail::Mailbox, server::Settings, wait};

/// Whom the mail server knows.
const USER: &str = "igoon@example.org";
const PASSWORD: &str = "mail p@ss:word";
/// Who mails are from.
pub const FROM: &str = "Igoon at home <igoon@example.org>";

/// How connections to it are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Not at all, and anybody may send.
    None,
    /// By STARTTLS and a password.
    StartTls,
    /// By TLS from the start and a password.
    Tls,
}

/// How it receives mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receives {
    /// Well.
    Well,
    /// It takes a mail's content, and answers nothing.
    WithoutAnswer,
    /// It refuses for now (451).
    NotNow,
    /// It refuses for good (550).
    Never,
    /// It keeps a mail, and ends the connection instead of saying so.
    InSilence,
    /// It does not listen.
    Down,
}

/// A mail server. Dropped, it ends, and its mails are gone.
#[derive(Debug)]
pub struct SmtpServer {
    child: Child,
    orders: ChildStdin,
    folder: tempfile::TempDir,
    port: u16,
    protection: Protection,
}

impl SmtpServer {
    /// Starts one that receives mails well.
    ///
    /// # Panics
    /// When the system's Python has no aiosmtpd: `cargo xtask setup --for test` installs it.
    pub async fn start(protection: Protection) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("mails")).unwrap();
        fs::write(path("events"), "").unwrap();
        let mut command = Command::new("/usr/bin/python3");
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("smtp/server.py"));
        command.arg("--folder").arg(path("mails")).arg("--events").arg(path("events"));
        command.args(["--tls", protection.word()]);
        if protection != Protection::None {
            let made: CertifiedKey<KeyPair> = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
            fs::write(path("certificate.pem"), made.cert.pem()).unwrap();
            fs::write(path("key.pem"), made.signing_key.serialize_pem()).unwrap();
            command.arg("--certificate").arg(path("certificate.pem")).arg("--key").arg(path("key.pem"));
            command.args(["--user", USER, "--password", PASSWORD]);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(fs::File::create(path("stdout")).unwrap())
            .stderr(fs::File::create(path("stderr")).unwrap())
            .spawn()
            .expect("the system's Python starts: `cargo xtask setup --for test` installs it");
        let orders = child.stdin.take().unwrap();
        let port = wait::until("the mail server to listen", async || {
            if let Some(status) = child.try_wait().unwrap() {
                panic!("the mail server ended with {status}:\n{}", fs::read_to_string(path("stderr")).unwrap());
            }
            let said = fs::read_to_string(path("stdout")).ok()?;
            said.lines().next().filter(|_| said.contains('\n'))?.strip_prefix("port ")?.parse().ok()
        })
        .await;
        Self { child, orders, folder, port, protection }
    }

    /// From when this returns, it receives mails like this.
    pub async fn receive(&mut self, how: Receives) {
        let said = |server: &Self| server.lines("stdout").len();
        let before = said(self);
        writeln!(self.orders, "{}", how.word()).unwrap();
        wait::until("the mail server to obey", async || (said(self) > before).then_some(())).await;
    }

    /// What Igoon's server is started with so that it sends by this mail server.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let mut settings = Settings { mailbox: Some(self.mailbox()), ..Settings::default() };
        settings.environment.push(("IGOON_SMTP_URL", self.url(PASSWORD)));
        settings.environment.push(("IGOON_MAIL_FROM", FROM.into()));
        if self.protection != Protection::None {
            settings.environment.push(("IGOON_SMTP_CA", self.path("certificate.pem").into()));
        }
        settings
    }

    /// Where it is, for somebody who gives this password where one is asked for.
    #[must_use]
    pub fn url(&self, password: &str) -> OsString {
        let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let user = format!("{}:{}", encoded(USER), encoded(password));
        let port = self.port;
        match self.protection {
            Protection::None => format!("smtp://127.0.0.1:{port}?tls=none"),
            Protection::StartTls => format!("smtp://{user}@127.0.0.1:{port}"),
            Protection::Tls => format!("smtps://{user}@127.0.0.1:{port}"),
        }
        .into()
    }

    /// The mails that it received.
    #[must_use]
    pub fn mailbox(&self) -> Mailbox {
        Mailbox::new(self.path("mails"))
    }

    /// What happened that begins with these words, in order.
    #[must_use]
    pub fn events(&self, beginning: &str) -> Vec<String> {
        self.lines("events").into_iter().filter(|line| line.starts_with(beginning)).collect()
    }

    /// Waits until something that begins with these words has happened so many times altogether.
    pub async fn until(&self, beginning: &str, times: usize) {
        let what = format!("{beginning:?} at the mail server, {times} times");
        wait::until(&what, async || (self.events(beginning).len() >= times).then_some(())).await;
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The lines of a file that are whole.
    fn lines(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.path(name)).unwrap();
        text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')).map(str::to_owned).collect()
    }
}

impl Protection {
    const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::StartTls => "starttls",
            Self::Tls => "implicit",
        }
    }
}

impl Receives {
    const fn word(self) -> &'static str {
        match self {
            Self::Well => "accept",
            Self::WithoutAnswer => "hold",
            Self::NotNow => "refuse-now",
            Self::Never => "refuse",
            Self::InSilence => "drop",
            Self::Down => "down",
        }
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let said = |name| fs::read_to_string(self.path(name)).unwrap_or_default();
            eprintln!("--- the mail server's events ---\n{}\n{}", said("events"), said("stderr"));
        }
    }
}
