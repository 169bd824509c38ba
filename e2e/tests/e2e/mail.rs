//! Codes by a real mail server: however connections to it are protected, and whatever it does, the request is answered at once
//! and the mail goes out later, once.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt as _, time::Duration};

use igoon_e2e::{
    account::{Session, Visitor, address},
    clock::Clock,
    database::Kind,
    mail::Mail,
    native::NativeClient,
    server::{Settings, TestServer},
    smtp::{FROM, Protection, Receives, SmtpServer},
    wait,
};
use igoon_shared::{
    crypto::invite::InviteSecret,
    ids::RoomId,
    protocol::{error::ErrorCode, http::CodeSent},
};

/// A server that sends by a mail server, its owner, and a link for newcomers.
struct Scene {
    server: TestServer,
    smtp: SmtpServer,
    room: RoomId,
    link: InviteSecret,
}

impl Scene {
    async fn new(kind: Kind, protection: Protection) -> Self {
        let smtp = SmtpServer::start(protection).await;
        let settings = smtp.settings();
        Self::of(kind, smtp, settings).await
    }

    async fn of(kind: Kind, smtp: SmtpServer, settings: Settings) -> Self {
        let server = TestServer::start_as(kind, settings).await;
        let owner = Session::set_up(&server, "ada").await.unwrap();
        let owner = NativeClient::start(owner).await;
        let room = owner.create_room("Post office").await;
        let link = owner.invite(room, 3).await;
        Self { server, smtp, room, link }
    }

    /// Begins an account: what the server answered.
    async fn ask(&self, handle: &str) -> (Visitor, CodeSent) {
        let visitor = Visitor::new(&self.server.url());
        let sent = visitor.sign_up(self.room, &self.link, &address(handle)).await.unwrap();
        (visitor, sent)
    }

    /// Begins an account while the mail server is down; the first attempt to send the mail is over.
    async fn ask_in_vain(&self, handle: &str) -> (Visitor, CodeSent) {
        let begun = self.ask(handle).await;
        let failed = async || self.server.logs().contains("a mail was not sent").then_some(());
        wait::until("the first attempt to fail", failed).await;
        begun
    }

    /// The one mail to somebody: nothing waits for anybody any more, and no other came.
    async fn only_mail(&self, handle: &str) -> Mail {
        self.smtp.until(&format!("accepted {}", address(handle)), 1).await;
        self.nothing_waits().await;
        let mails = self.smtp.mailbox().mails(&address(handle));
        assert_eq!(mails.len(), 1, "one mail");
        mails.into_iter().next().unwrap()
    }

    async fn nothing_waits(&self) {
        wait::until("an empty outbox", async || (self.server.waiting_mails() == 0).then_some(())).await;
    }

    /// The code in the one mail to somebody makes the account.
    async fn the_mail_makes_the_account(&self, handle: &str, visitor: &Visitor, sent: &CodeSent) {
        let digits = self.only_mail(handle).await.code().unwrap();
        visitor.confirm_sign_up(sent, &digits, handle).await.unwrap();
    }
}

async fn a_code_comes_by(protection: Protection, kind: Kind) {
    let scene = Scene::new(kind, protection).await;
    let (visitor, sent) = scene.ask("grace").await;
    let mail = scene.only_mail("grace").await;
    assert_eq!(mail.header("From"), Some("\"Igoon at home\" <igoon@example.org>"), "as {FROM}");
    assert_eq!(mail.header("To"), Some("grace@example.org"));
    assert_eq!(mail.header("Subject"), Some("Your code for a new Igoon account"));
    assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated"));
    assert!(mail.header("Message-ID").is_some_and(|id| id.ends_with("@example.org>")));
    assert!(mail.text.contains(&scene.server.url()), "where the account is: {}", mail.text);
    visitor.confirm_sign_up(&sent, &mail.code().unwrap(), "grace").await.unwrap();

    let (tls, user) = match protection {
        Protection::None => ("plain", "nobody"),
        Protection::StartTls | Protection::Tls => ("tls", "igoon@example.org"),
    };
    let recipients = scene.smtp.events("recipient");
    assert_eq!(recipients.len(), 2, "owner and newcomer");
    for recipient in recipients {
        let words: Vec<&str> = recipient.split(' ').collect();
        assert_eq!((words[2], words[3]), (tls, user), "{recipient}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_comes_by_a_mail_server_on_this_computer() {
    a_code_comes_by(Protection::None, Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_comes_by_starttls_and_password() {
    a_code_comes_by(Protection::StartTls, Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_comes_by_tls_and_password() {
    a_code_comes_by(Protection::Tls, Kind::Sqlite).await;
}

/// The operator reads why in the log, and no more than that; the mail goes when the settings are right.
async fn wrong_settings_hold_a_mail_back(change: impl FnOnce(&mut Settings, &SmtpServer), said: &str) {
    let smtp = SmtpServer::start(Protection::Tls).await;
    let right = smtp.settings();
    let mut wrong = right.clone();
    change(&mut wrong, &smtp);
    let mut server = TestServer::start_as(Kind::Sqlite, wrong).await;
    let visitor = Visitor::new(&server.url());
    let sent = visitor.set_up(&server.setup_code(), &address("ada")).await.unwrap();
    wait::until("the reason in the log", async || server.logs().contains(said).then_some(())).await;
    assert!(!server.logs().contains(&address("ada")), "addresses of people are not logged");
    assert!(smtp.events("recipient").is_empty());
    assert_eq!(server.waiting_mails(), 1);

    server.stop().await;
    server.settings = right;
    server.launch().await;
    let digits = server.mailbox().code(&address("ada")).await;
    // The set-up code of the first start counts no more, but this code was given out for it and does.
    visitor.confirm_sign_up(&sent, &digits, "ada").await.unwrap();
    assert_eq!(smtp.events("accepted").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_of_the_mail_account_holds_mails_back() {
    let wrong = |settings: &mut Settings, smtp: &SmtpServer| {
        settings.environment.push(("IGOON_SMTP_URL", smtp.url("wrong")));
    };
    wrong_settings_hold_a_mail_back(wrong, "the mail server does not accept user and password (status 535)").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_is_not_trusted_holds_mails_back() {
    let wrong = |settings: &mut Settings, _: &SmtpServer| {
        settings.environment.retain(|(name, _)| *name != "IGOON_SMTP_CA");
    };
    wrong_settings_hold_a_mail_back(wrong, "invalid peer certificate").await;
}

/// Whoever stands between cannot have the password by taking STARTTLS out of what the mail server offers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_where_starttls_is_missing() {
    let smtp = SmtpServer::start(Protection::None).await;
    let mut settings = smtp.settings();
    let url = smtp.url("").into_string().unwrap();
    let insisting = url.replace("?tls=none", "").replace("smtp://", "smtp://igoon:hush@");
    settings.environment.push(("IGOON_SMTP_URL", insisting.into()));
    let server = TestServer::start_as(Kind::Sqlite, settings).await;
    let visitor = Visitor::new(&server.url());
    visitor.set_up(&server.setup_code(), &address("ada")).await.unwrap();
    let said = "STARTTLS is not supported";
    wait::until("the reason in the log", async || server.logs().contains(said).then_some(())).await;
    assert!(smtp.events("sign-in").is_empty() && smtp.events("recipient").is_empty());
    assert!(!server.logs().contains("hush"));
}

/// The answer comes while the mail server holds the connection; and however long it does, it is given the mail once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_up_is_answered_while_the_mail_server_holds_its_mail() {
    let mut scene = Scene::new(Kind::Sqlite, Protection::StartTls).await;
    scene.smtp.receive(Receives::WithoutAnswer).await;
    let (visitor, sent) = scene.ask("grace").await;
    scene.smtp.until("holding grace@example.org", 1).await;
    // Others are answered meanwhile, too.
    let (other, other_sent) = scene.ask("edsger").await;
    scene.smtp.until("holding edsger@example.org", 1).await;
    // Longer than a mail belongs to whoever took it: that is renewed until there is an answer.
    let until = || scene.server.number("SELECT min(due_at) AS number FROM outbox").unwrap();
    let mut last = until();
    for renewal in 0..5 {
        last = wait::until(&format!("renewal {renewal}"), async || Some(until()).filter(|now| *now > last)).await;
    }
    assert_eq!(scene.smtp.events("holding").len(), 2, "each mail was given once");
    assert!(scene.smtp.events("accepted grace@example.org").is_empty());

    scene.smtp.receive(Receives::Well).await;
    scene.the_mail_makes_the_account("grace", &visitor, &sent).await;
    scene.the_mail_makes_the_account("edsger", &other, &other_sent).await;
}

/// Refusals are believed for a while only, and what is tried again becomes rarer.
async fn a_refused_mail_goes_later(how: Receives, status: &str) {
    let mut scene = Scene::new(Kind::Sqlite, Protection::Tls).await;
    scene.smtp.receive(how).await;
    let (visitor, sent) = scene.ask("grace").await;
    scene.smtp.until("recipient grace@example.org", 3).await;
    let log = scene.server.logs();
    assert!(log.contains(&format!("the mail server refused with status {status}")), "{log}");
    assert!(!log.contains("grace@"), "addresses of people are not logged");

    scene.smtp.receive(Receives::Well).await;
    scene.the_mail_makes_the_account("grace", &visitor, &sent).await;
    let attempts = scene.smtp.events("recipient grace@example.org");
    let moments: Vec<f64> = attempts.iter().map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect();
    // Two seconds, then twice as long each time; a little less, because the mail server's clock is another one.
    for (number, pair) in moments.windows(2).enumerate() {
        let least = 2.0 * f64::from(1 << u32::try_from(number).unwrap()) - 0.05;
        assert!(pair[1] - pair[0] >= least, "attempt {} came too soon: {moments:?}", number + 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_is_refused_for_now_goes_later() {
    a_refused_mail_goes_later(Receives::NotNow, "451").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_is_refused_for_good_goes_once_the_mail_server_thinks_better() {
    a_refused_mail_goes_later(Receives::Never, "550").await;
}

/// The mail server is out of reach, and then Igoon's own server goes: by and by, or at once.
async fn a_mail_outlives_the_server(kind: Kind, killed: bool) {
    let mut scene = Scene::new(kind, Protection::StartTls).await;
    scene.smtp.receive(Receives::Down).await;
    let (visitor, sent) = scene.ask("grace").await;
    let before = scene.server.everything();
    if killed {
        scene.server.kill();
    } else {
        scene.server.stop().await;
    }
    scene.smtp.receive(Receives::Well).await;
    scene.server.launch().await;
    let mail = scene.only_mail("grace").await;
    let code = mail.code().unwrap();

    // The row was there, and nowhere was the code; nor is it now.
    assert!(before.iter().any(|(_, bytes)| holds(bytes, b"grace@example.org")), "the mail waited in the database");
    for (file, bytes) in before.iter().chain(&scene.server.everything()) {
        for form in [code.clone(), format!("{} {}", &code[..4], &code[4..])] {
            assert!(!holds(bytes, form.as_bytes()), "the code stands in {file}");
        }
    }
    visitor.confirm_sign_up(&sent, &code, "grace").await.unwrap();
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_outlives_a_restart() {
    a_mail_outlives_the_server(Kind::Sqlite, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_outlives_kill_9_on_sqlite() {
    a_mail_outlives_the_server(Kind::Sqlite, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_outlives_kill_9_on_postgres() {
    a_mail_outlives_the_server(Kind::Postgres, true).await;
}

/// The mail server has the mail already, but has not said so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_under_way_at_kill_9_goes_again() {
    let mut scene = Scene::new(Kind::Sqlite, Protection::Tls).await;
    scene.smtp.receive(Receives::WithoutAnswer).await;
    let (visitor, sent) = scene.ask("grace").await;
    scene.smtp.until("holding grace@example.org", 1).await;
    scene.server.kill();
    scene.server.launch().await;
    scene.smtp.until("holding grace@example.org", 2).await;
    scene.smtp.receive(Receives::Well).await;
    let mails = same_mails(&scene).await;
    visitor.confirm_sign_up(&sent, &mails[0].code().unwrap(), "grace").await.unwrap();
}

/// A mail server that keeps a mail and does not say so gets it again, and can tell by its Message-ID.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_whose_answer_is_lost_goes_again_under_its_name() {
    let mut scene = Scene::new(Kind::Sqlite, Protection::StartTls).await;
    scene.smtp.receive(Receives::InSilence).await;
    let (visitor, sent) = scene.ask("grace").await;
    scene.smtp.until("accepted grace@example.org", 1).await;
    scene.smtp.receive(Receives::Well).await;
    scene.smtp.until("accepted grace@example.org", 2).await;
    let mails = same_mails(&scene).await;
    visitor.confirm_sign_up(&sent, &mails[0].code().unwrap(), "grace").await.unwrap();
}

/// All mails to Grace, which are the same.
async fn same_mails(scene: &Scene) -> Vec<Mail> {
    scene.smtp.until("accepted grace@example.org", 1).await;
    scene.nothing_waits().await;
    let mails = scene.smtp.mailbox().mails(&address("grace"));
    let different: BTreeSet<_> = mails.iter().map(|mail| (mail.header("Message-ID"), mail.code())).collect();
    assert_eq!(different.len(), 1, "{different:?}");
    mails
}

/// A code that would come too late is given up, and the next one is not held back by it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_is_void_is_not_sent_any_more() {
    let smtp = SmtpServer::start(Protection::Tls).await;
    let mut clock = Clock::new();
    let mut settings = smtp.settings();
    clock.give_to(&mut settings);
    let mut scene = Scene::of(Kind::Sqlite, smtp, settings).await;
    scene.smtp.receive(Receives::Down).await;
    let (visitor, sent) = scene.ask_in_vain("grace").await;
    assert_eq!(scene.server.waiting_mails(), 1);
    clock.advance(Duration::from_secs(10 * 60));
    scene.smtp.receive(Receives::Well).await;
    let (late, late_sent) = scene.ask("edsger").await;
    scene.the_mail_makes_the_account("edsger", &late, &late_sent).await;
    assert!(scene.smtp.mailbox().mails(&address("grace")).is_empty());
    assert!(scene.server.logs().contains("mails were given up"));
    let refused = visitor.confirm_sign_up(&sent, "12345678", "grace").await.unwrap_err();
    assert_eq!(refused, (410, ErrorCode::CodeExpired));
}

/// Without a mail server: mails as files, codes on the terminal, and that is said loudly.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_mail_server_codes_stand_on_the_terminal() {
    let server = TestServer::start(Kind::Sqlite).await;
    assert!(server.logs().contains("NO MAIL SERVER IS SET UP"));
    let visitor = Visitor::new(&server.url());
    let sent = visitor.set_up(&server.setup_code(), &address("ada")).await.unwrap();
    let printed = wait::until("the code on the terminal", async || {
        let printed = server.logs();
        printed.contains("The mail: ").then_some(printed)
    })
    .await;
    let folder = server.data_dir().join("outbox");
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(printed.contains(file.path().to_str().unwrap()), "{printed}");
    let digits = server.mailbox().code(&address("ada")).await;
    assert!(printed.contains(&format!("\n    {} {}\n", &digits[..4], &digits[4..])), "{printed}");
    visitor.confirm_sign_up(&sent, &digits, "ada").await.unwrap();
}

/// The code that waits cannot be opened by another key: the server neither makes nor takes one by itself.
async fn a_database_keeps_its_master_key(kind: Kind) {
    let mut scene = Scene::new(kind, Protection::StartTls).await;
    scene.smtp.receive(Receives::Down).await;
    let (visitor, sent) = scene.ask("grace").await;
    scene.server.stop().await;
    scene.smtp.receive(Receives::Well).await;
    let file = scene.server.data_dir().join("master.key");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let key = fs::read_to_string(&file).unwrap();

    let refused = |server: &TestServer, named: &str| {
        let output = server.command().output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert!(said.contains(named) && said.contains("forget-master-key"), "{said}");
    };
    fs::remove_file(&file).unwrap();
    refused(&scene.server, "the master key is missing");
    assert!(!file.exists(), "none is made in its place");
    fs::write(&file, "A".repeat(43)).unwrap();
    refused(&scene.server, "this is not the master key");
    // The right one in the environment comes before the file.
    scene.server.settings.environment.push(("IGOON_MASTER_KEY", key.trim().into()));
    scene.server.launch().await;
    scene.the_mail_makes_the_account("grace", &visitor, &sent).await;

    // Lost for good: what waits is given up, in so many words, and accounts stay.
    scene.smtp.receive(Receives::Down).await;
    let (late, late_sent) = scene.ask("edsger").await;
    scene.server.stop().await;
    scene.server.settings.environment.retain(|(name, _)| *name != "IGOON_MASTER_KEY");
    let output = scene.server.command().arg("forget-master-key").output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("1 mails"));
    scene.smtp.receive(Receives::Well).await;
    scene.server.launch().await;
    assert_eq!(scene.server.waiting_mails(), 0);
    assert_eq!(late.confirm_sign_up(&late_sent, "12345678", "edsger").await.unwrap_err(), (403, ErrorCode::BadCode));
    let (again, sent) = scene.ask("barbara").await;
    scene.the_mail_makes_the_account("barbara", &again, &sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_keeps_its_master_key_on_sqlite() {
    a_database_keeps_its_master_key(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_keeps_its_master_key_on_postgres() {
    a_database_keeps_its_master_key(Kind::Postgres).await;
}

/// A row that no key opens is given up; the mailer goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_code_does_not_stop_the_mailer() {
    let mut scene = Scene::new(Kind::Sqlite, Protection::StartTls).await;
    scene.smtp.receive(Receives::Down).await;
    scene.ask_in_vain("grace").await;
    assert_eq!(scene.server.change("UPDATE outbox SET sealed = x'00'"), 1);
    scene.smtp.receive(Receives::Well).await;
    let (visitor, sent) = scene.ask("edsger").await;
    scene.the_mail_makes_the_account("edsger", &visitor, &sent).await;
    assert!(scene.smtp.events("recipient grace@example.org").is_empty());
    assert!(scene.server.logs().contains("a mail cannot be sent, and is given up"));
}

/// Settings about mail that do not fit are named, and what stands in them is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_check_names_settings_about_mail_that_do_not_fit() {
    let mut server = TestServer::start(Kind::Sqlite).await;
    server.stop().await;
    let mut check = |settings: &[(&'static str, &str)]| {
        server.settings.environment = settings.iter().map(|(name, value)| (*name, (*value).into())).collect();
        let output = server.command().arg("check").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains("hush"), "{said}");
        (output.status.success(), said)
    };
    let (url, from) = (("IGOON_SMTP_URL", "smtps://igoon:hush@mail.example.org"), ("IGOON_MAIL_FROM", "i@example.org"));
    assert!(check(&[url, from]).0);
    for (settings, named) in [
        (&[url][..], "mail_from"),
        (&[from], "smtp_url"),
        (&[("IGOON_SMTP_URL", "imap://igoon:hush@mail.example.org"), from], "smtp_url"),
        (&[("IGOON_SMTP_URL", "smtp://mail.example.org?tls=none"), from], "smtp_url"),
        (&[url, ("IGOON_MAIL_FROM", "nobody")], "mail_from"),
        (&[url, from, ("IGOON_SMTP_CA", "/nowhere.pem")], "smtp_ca"),
        (&[("IGOON_MASTER_KEY", "hush")], "master_key"),
    ] {
        let (fine, said) = check(settings);
        assert!(!fine && said.contains(named), "{named}: {said}");
    }
}
