//! The values of settings: each is read from a text, or says what it wants.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

/// Which database holds the data.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file of this path.
    Sqlite(PathBuf),
    /// A URL for libpq.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            let fits = !path.is_empty() && !path.contains(['\0', '?', '#']);
            let fault =
                "sqlite:// wants the path of a file, such as sqlite:///var/lib/deskforge.db";
            fits.then(|| Self::Sqlite(path.into()))
                .ok_or_else(|| fault.to_owned())
        } else if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Ok(Self::Postgres(text.to_owned()))
        } else {
            Err("the scheme must be sqlite:// or postgres://".to_owned())
        }
    }
}

/// Without the password that a PostgreSQL URL may hold.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(formatter, "sqlite://{}", path.display()),
            Self::Postgres(_) => formatter.write_str("postgres://…"),
        }
    }
}

/// An http or https address without path, query or user: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(Url);

impl Origin {
    /// Whether browsers reach it over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| error.to_string())?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let fault = "want scheme, host and port alone, such as https://keys.example.com";
        plain.then_some(Self(url)).ok_or_else(|| fault.to_owned())
    }
}

/// As browsers write it in the `Origin` header (RFC 6454 section 6.2): no slash at the end.
impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.origin().ascii_serialization())
    }
}

/// What a new key begins with, before the underscore.
#[derive(Clone, Debug)]
pub struct KeyPrefix(String);

impl KeyPrefix {
    /// Whether the text can be one.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        (2..=16).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    }

    /// The prefix itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyPrefix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fault = "want 2 to 16 lower-case letters and digits, a letter first";
        Self::is_one(text)
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| fault.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_database_schemes_are_taken() {
        assert!("sqlite:///tmp/a.db".parse::<DatabaseUrl>().is_ok());
        assert!("postgresql://h/d".parse::<DatabaseUrl>().is_ok());
        for text in [
            "",
            "sqlite://",
            "mysql://h/d",
            "/tmp/a.db",
            ":memory:",
            "sqlite:a.db",
        ] {
            assert!(text.parse::<DatabaseUrl>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_database_password_is_not_shown() {
        let url: DatabaseUrl = "postgres://u:hunter2@h/d".parse().unwrap();
        assert_eq!(format!("{url:?}"), "postgres://…");
    }

    #[test]
    fn an_origin_is_scheme_host_and_port_alone() {
        let origin: Origin = "https://Keys.example.com:443/".parse().unwrap();
        assert_eq!(origin.to_string(), "https://keys.example.com");
        for text in [
            "keys.example.com",
            "ftp://h",
            "https://h/path",
            "https://u@h",
            "https://h?q",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }
}
