//! Mails as they arrive: files in a folder, whether a mail server put them there or the server under test itself.

use std::{fs, path::PathBuf};

use crate::wait;

/// A folder of mails.
#[derive(Clone, Debug)]
pub struct Mailbox {
    folder: PathBuf,
}

/// A mail.
#[derive(Clone, Debug)]
pub struct Mail {
    path: PathBuf,
    /// Headers and body, as they came.
    pub text: String,
}

impl Mail {
    /// The eight digits in it.
    #[must_use]
    pub fn code(&self) -> Option<String> {
        self.text.lines().find_map(|line| {
            let digits: String = line.trim().chars().filter(|c| *c != ' ').collect();
            (digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
        })
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.text.lines().take_while(|line| !line.is_empty());
        lines
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }
}

impl Mailbox {
    /// The mails in this folder, which need not exist yet.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// All mails to this address that are there now.
    #[must_use]
    pub fn mails(&self, address: &str) -> Vec<Mail> {
        let files = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        // What is still being written may have another name.
        let files = files.filter(|file| file.path().extension().is_some_and(|end| end == "eml"));
        let mails = files.filter_map(|file| {
            let text = fs::read_to_string(file.path()).ok()?;
            Some(Mail { path: file.path(), text })
        });
        // A mail that is still being written has no end.
        let whole =
            |mail: &Mail| mail.text.ends_with('\n') && mail.text.contains("\n\n") | mail.text.contains("\r\n\r\n");
        mails.filter(|mail| whole(mail) && mail.header("To").is_some_and(|to| to.contains(address))).collect()
    }

    /// The next mail to this address; it is taken out.
    pub async fn take(&self, address: &str) -> Mail {
        let mail = wait::until(&format!("a mail to {address}"), async || self.mails(address).pop()).await;
        fs::remove_file(&mail.path).unwrap();
        mail
    }

    /// The code in the next mail to this address; the mail is taken out.
    pub async fn code(&self, address: &str) -> String {
        let mail = self.take(address).await;
        mail.code().unwrap_or_else(|| panic!("no code in {}", mail.text))
    }
}
