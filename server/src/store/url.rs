//! Where the database is.

use std::{fmt, path::PathBuf, str::FromStr};

/// The address of a database: `sqlite:/path/file.db` or `postgres://user:password@host/name`.
///
/// Debug and Display never show a password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// One file beside the server; needs nothing else.
    Sqlite(PathBuf),
    /// A PostgreSQL server, as a URI that libpq understands.
    Postgres(String),
}

/// The text is no address of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected sqlite:/path/file.db or postgres://user@host/name")]
pub struct ParseDatabaseUrlError;

impl FromStr for DatabaseUrl {
    type Err = ParseDatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, ParseDatabaseUrlError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").ok_or(ParseDatabaseUrlError)?;
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() { Err(ParseDatabaseUrlError) } else { Ok(Self::Sqlite(PathBuf::from(path))) }
    }
}

impl DatabaseUrl {
    /// Whether it is plain which part is the password.
    pub(super) fn is_plain(&self) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(uri) => without_secrets(uri).is_some(),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(uri) => write!(f, "postgres://{}", without_secrets(uri).unwrap_or("(hidden)")),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// Host, port and database name. User, password and parameters (which may hold a password too) stay out; where it is not
/// plain which is which, `None`.
fn without_secrets(uri: &str) -> Option<&str> {
    let rest = uri.split_once("://").map_or("", |(_, rest)| rest);
    let place = match rest.split_once('@') {
        None => rest,
        Some((user, place)) if !user.contains(['/', '?']) && !place.contains('@') => place,
        Some(_) => return None,
    };
    let place = place.split('?').next().unwrap_or_default();
    let host = place.split('/').next().unwrap_or_default();
    let port = host.rsplit_once(':').map_or("", |(_, port)| port);
    port.bytes().all(|byte| byte.is_ascii_digit()).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_kinds() {
        let sqlite = |path: &str| Ok(DatabaseUrl::Sqlite(PathBuf::from(path)));
        assert_eq!("sqlite:/var/lib/igoon/igoon.db".parse(), sqlite("/var/lib/igoon/igoon.db"));
        assert_eq!("sqlite:///var/lib/igoon.db".parse(), sqlite("/var/lib/igoon.db"));
        assert_eq!("sqlite:data/igoon.db".parse(), sqlite("data/igoon.db"));
        for wrong in ["", "sqlite:", "mysql://host/name", "/var/lib/igoon.db"] {
            assert_eq!(wrong.parse::<DatabaseUrl>(), Err(ParseDatabaseUrlError), "{wrong}");
        }
    }

    #[test]
    fn shows_where_it_is_and_no_password() {
        for (uri, shown) in [
            ("postgres://igoon:geheim@db.example:5433/igoon", "postgres://db.example:5433/igoon"),
            ("postgresql://igoon:geheim@db.example/igoon?sslmode=require", "postgres://db.example/igoon"),
            ("postgres://igoon:geh?eim@db.example/igoon", "postgres://(hidden)"),
            ("postgres://igoon:geh@eim@db.example/igoon", "postgres://(hidden)"),
            ("postgres://igoon:geh/eim@db.example/igoon", "postgres://(hidden)"),
            ("postgres://db.example/igoon?user=igoon&password=geheim", "postgres://db.example/igoon"),
            ("postgres://db.example/igoon?password=geh@eim", "postgres://(hidden)"),
            ("postgres://igoon:geheim/igoon", "postgres://(hidden)"),
        ] {
            let url: DatabaseUrl = uri.parse().unwrap();
            assert_eq!(url.to_string(), shown, "{uri}");
            assert_eq!(format!("{url:?}"), format!("DatabaseUrl({shown})"));
        }
    }
}
