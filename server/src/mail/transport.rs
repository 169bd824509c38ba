//! How mails leave: by SMTP, or into a folder where no mail server is set up.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use igoon_shared::protocol::http::SecretText;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
    },
};

use super::settings::{MailSettings, Protection};
use crate::accounts::code::Grouped;

/// How long the mail server may take for each step. The last one, when it has the whole mail and has not said so yet, is the
/// one that matters: who gives up too soon there sends it again to a server that takes it each time (RFC 5321, section
/// 4.5.3.2.6).
const PATIENCE: Duration = Duration::from_secs(3 * 60);

/// See the module.
pub enum Transport {
    /// To a mail server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// As `.eml` files into this folder, and codes to the terminal: for trying out.
    Folder(PathBuf),
}

/// Why a mail was not sent. Says nothing of the mail and of what the server answered: that may name people.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The mail server cannot be reached, its certificate is not trusted, it offers no way in that is secure, or it fell
    /// silent.
    #[error("the mail server cannot be used: {0}")]
    Unusable(lettre::transport::smtp::Error),
    /// It does not know us (RFC 4954, section 6).
    #[error("the mail server does not accept user and password (status {0}): see the setting `smtp_url`")]
    NotSignedIn(u16),
    /// It refused with this status (RFC 5321, section 4.2).
    #[error("the mail server refused with status {0}")]
    Refused(u16),
    /// The folder cannot be written to.
    #[error("the mail cannot be written to the folder: {0}")]
    Folder(#[from] io::Error),
}

/// The certificates of the mail server cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the certificates of the mail server cannot be used: {0}")]
pub struct BadCertificates(String);

impl Transport {
    /// To a mail server.
    ///
    /// # Errors
    /// [`BadCertificates`].
    pub fn smtp(settings: &MailSettings) -> Result<Self, BadCertificates> {
        let server = &settings.server;
        let tls = || -> Result<TlsParameters, BadCertificates> {
            let bad = |error: lettre::transport::smtp::Error| BadCertificates(error.to_string());
            let mut parameters =
                TlsParameters::builder(server.host.clone()).certificate_store(CertificateStore::WebpkiRoots);
            if let Some(pem) = &settings.ca {
                parameters = parameters.add_root_certificate(Certificate::from_pem(pem).map_err(bad)?);
            }
            parameters.build_rustls().map_err(bad)
        };
        let tls = match server.protection {
            Protection::StartTls => Tls::Required(tls()?),
            Protection::Tls => Tls::Wrapper(tls()?),
            Protection::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let Some((user, password)) = &server.user {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
        }
        Ok(Self::Smtp(builder.build()))
    }

    /// Sends a mail. `id` names its file, where it becomes one.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(&self, id: &str, message: Message, code: Option<&SecretText>) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => match smtp.send(message).await {
                Ok(_) => Ok(()),
                Err(error) => Err(match error.status().map(u16::from) {
                    Some(status @ (530 | 534 | 535 | 538)) => SendError::NotSignedIn(status),
                    Some(status) => SendError::Refused(status),
                    None => SendError::Unusable(error),
                }),
            },
            Self::Folder(folder) => {
                let file = put(folder, id, &message)?;
                if let Some(code) = code {
                    print(code, &file);
                }
                Ok(())
            }
        }
    }
}

fn put(folder: &Path, id: &str, message: &Message) -> io::Result<PathBuf> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    builder.create(folder)?;
    let file = folder.join(format!("{id}.eml"));
    options.open(&file)?.write_all(&message.formatted())?;
    Ok(file)
}

/// To standard output, not to the log: whoever tries the server out reads it there.
fn print(code: &SecretText, mail: &Path) {
    let text = format!(
        "\nA code was asked for; no mail server is set up, so it stands here:\n\n    {}\n\nThe mail: {}\n",
        Grouped(code),
        mail.display(),
    );
    // Nobody may be listening.
    let _ = io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush());
}
