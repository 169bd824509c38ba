//! What can be given, and what comes of it.

use clap::Parser as _;

use super::{
    arguments::{Settings, read},
    *,
};

fn arguments(text: &str) -> Arguments {
    Arguments::try_parse_from(std::iter::once("igoon-server").chain(text.split_whitespace())).unwrap()
}

fn file(text: &str) -> Settings {
    toml::from_str(text).unwrap()
}

#[test]
fn without_settings_everything_has_a_default() {
    let config = merge(Settings::default(), Settings::default()).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database_url.to_string(), "sqlite:igoon-data/igoon.db");
    assert_eq!(config.rates, Rates::default());
    assert!(config.mail.is_none() && !config.anyone_may_create_rooms);
    assert!(config.workers >= 1);
    assert!(config.tls.is_none() && config.trusted_proxies.is_empty());
    assert_eq!(config.scheme(), "http");
}

#[test]
fn a_file_that_cannot_be_used_is_not_quoted() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, "workers = 1\nsmtp_ulr = \"smtp://ada:hush@localhost\"\n").unwrap();
    let said = read(file.path()).map(drop).unwrap_err().to_string();
    assert!(said.contains("line 2") && said.contains("smtp_ulr") && !said.contains("hush"), "{said}");
}

#[test]
fn flags_come_before_the_file() {
    let flags = arguments("--listen 127.0.0.1:0 check --workers 3").settings;
    let config = merge(flags, file("listen = \"0.0.0.0:1\"\nworkers = 1\ndata_dir = \"elsewhere\"")).unwrap();
    assert_eq!((config.listen.port(), config.workers), (0, 3));
    assert_eq!(config.database_url.to_string(), "sqlite:elsewhere/igoon.db");
    let flags = arguments("--anyone-may-create-rooms false").settings;
    assert!(!merge(flags, file("anyone_may_create_rooms = true")).unwrap().anyone_may_create_rooms);
    assert!(merge(Settings::default(), file("anyone_may_create_rooms = true")).unwrap().anyone_may_create_rooms);
}

#[test]
fn the_admin_token_is_kept_as_a_hash_and_never_shown() {
    let token = "0123456789abcdefghijklmnopqrstuv";
    let arguments = arguments(&format!("--admin-token {token}"));
    assert!(!format!("{arguments:?}").contains(token));
    let config = merge(arguments.settings, Settings::default()).unwrap();
    assert!(config.admin_token.unwrap().is(token) && !format!("{config:?}").contains(token));
    let short = merge(Settings::default(), file("admin_token = \"short-one\"")).unwrap_err().to_string();
    assert!(!short.contains("short-one"), "{short}");
}

#[test]
fn subcommands_are_known() {
    assert_eq!(arguments("check").command(), Some(Command::Check));
    assert_eq!(arguments("forget-master-key").command(), Some(Command::ForgetMasterKey));
    assert_eq!(arguments("restored").command(), Some(Command::Restored));
    assert_eq!(arguments("").command(), None);
}

#[test]
fn what_does_not_fit_is_named() {
    assert!(toml::from_str::<Settings>("listen = 1").map(drop).unwrap_err().to_string().contains("listen"));
    for (text, setting) in [
        ("database_url = \"mysql://x\"", "database_url"),
        ("session_days = 0", "session_days"),
        ("log = \"a=b=c\"", "log"),
        ("requests_burst = 0", "requests_burst"),
        ("requests_per_minute = 0", "requests_per_minute"),
        ("tls_cert = \"a.pem\"", "tls_key"),
        ("tls_key = \"a.pem\"", "tls_cert"),
        ("tls_cert = \"/nowhere/cert.pem\"\ntls_key = \"/nowhere/key.pem\"", "/nowhere/cert.pem"),
        ("admin_token = \"short\"", "admin_token"),
    ] {
        let error = merge(Settings::default(), file(text)).unwrap_err().to_string();
        assert!(error.contains(setting), "{error}");
    }
}

#[test]
fn settings_about_mail_belong_together() {
    let merged = |text| merge(Settings::default(), file(text)).map(|config| config.mail.is_some());
    assert!(merged("smtp_url = \"smtp://u:p@mail.example.org\"\nmail_from = \"Igoon <i@example.org>\"").unwrap());
    for (text, named) in [
        ("smtp_url = \"smtp://u:hush@mail.example.org\"", "mail_from"),
        ("mail_from = \"i@example.org\"", "smtp_url"),
        ("smtp_url = \"http://u:hush@m\"\nmail_from = \"i@example.org\"", "smtp_url"),
        ("smtp_url = \"smtp://u:hush@m\"\nmail_from = \"i\"", "mail_from"),
        ("smtp_url = \"smtp://m\"\nmail_from = \"i@m.org\"\nsmtp_ca = \"/nowhere\"", "smtp_ca"),
        ("master_key = \"hush\"", "master_key"),
    ] {
        let error = merged(text).unwrap_err().to_string();
        assert!(error.contains(named) && !error.contains("hush"), "{error}");
    }
}

#[test]
fn a_contact_is_somebody_who_can_be_asked() {
    let contact = |text| merge(Settings::default(), file(text)).unwrap().contact.map(|contact| contact.to_string());
    assert_eq!(contact("contact = \"ask@example.org\""), Some("ask@example.org".to_owned()));
    assert_eq!(contact(""), None);
    let flags = arguments("--contact https://example.org/igoon").settings;
    let config = merge(flags, file("contact = \"ask@example.org\"")).unwrap();
    assert_eq!(config.contact.unwrap().to_string(), "https://example.org/igoon");
    let error = toml::from_str::<Settings>("contact = \"ask me\"").map(drop).unwrap_err().to_string();
    assert!(error.contains("e-mail address"), "{error}");
}

#[test]
fn proxies_come_as_a_list_in_the_file_and_with_commas_as_a_flag() {
    let expected = ["127.0.0.1", "10.0.0.0/8", "::1"].map(|text| text.parse().unwrap());
    let by_file = merge(Settings::default(), file("trusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\", \"::1\"]"));
    assert_eq!(by_file.unwrap().trusted_proxies, expected);
    let flags = arguments("--trusted-proxy 127.0.0.1,10.0.0.0/8 --trusted-proxy ::1").settings;
    assert_eq!(merge(flags, Settings::default()).unwrap().trusted_proxies, expected);
    assert!(toml::from_str::<Settings>("trusted_proxies = [\"proxy\"]").is_err());
}

#[test]
fn the_arguments_are_well_formed() {
    <Arguments as clap::CommandFactory>::command().debug_assert();
}
