//! Settings: flags and environment, checked once, each fault named in one line.

use std::ffi::OsStr;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use ipnet::IpNet;
use url::Url;

use crate::error::Error;
use crate::secret_key::SecretKey;

/// The environment's name of the secret key, which has no flag: arguments are seen by everybody.
const SECRET_KEY: &str = "DESKFORGE_SECRET_KEY";

/// Every variable of the program; one that begins like these and is not among them is a mistake.
const VARIABLES: [&str; 9] = [
    "DESKFORGE_CACHE_KEYS",
    "DESKFORGE_LISTEN",
    "DESKFORGE_DATA_DIR",
    "DESKFORGE_PUBLIC_URL",
    "DESKFORGE_API_URL",
    "DESKFORGE_TRUSTED_PROXIES",
    "DESKFORGE_KEY_PREFIX",
    SECRET_KEY,
    // Not ours: the authentication guide tells clients to keep their key in it.
    "DESKFORGE_API_KEY",
];

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

/// The settings as the command line and the environment give them.
#[derive(Args, Clone, Debug)]
pub struct Flags {
    /// Address of the HTTP server
    #[arg(
        long,
        global = true,
        env = "DESKFORGE_LISTEN",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
    /// Directory of the database and the secret key
    #[arg(
        long,
        global = true,
        env = "DESKFORGE_DATA_DIR",
        default_value = "./deskforge-data"
    )]
    pub data_dir: PathBuf,
    /// `sqlite://PATH`, or `postgres://…` for several nodes; else deskforge.db in the data directory
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<DatabaseUrl>,
    /// The address people reach it at; every absolute link comes from here; else --listen
    #[arg(long, global = true, env = "DESKFORGE_PUBLIC_URL")]
    pub public_url: Option<Origin>,
    /// The address shown in snippets and docs; else the public one
    #[arg(long, global = true, env = "DESKFORGE_API_URL")]
    pub api_url: Option<Origin>,
    /// Networks whose X-Forwarded-For and X-Request-Id are believed, separated by commas
    #[arg(
        long,
        global = true,
        env = "DESKFORGE_TRUSTED_PROXIES",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<IpNet>,
    /// How many keys are held in memory; those beyond are looked up when they are used
    #[arg(
        long,
        global = true,
        env = "DESKFORGE_CACHE_KEYS",
        default_value = "1000000",
        value_parser = at_least_one
    )]
    pub cache_keys: usize,
    /// For how many days uses of keys are counted by caller; older ones are removed
    #[arg(
        long,
        global = true,
        env = "DESKFORGE_USAGE_DAYS",
        default_value = "400",
        value_parser = clap::value_parser!(i32).range(1..)
    )]
    pub usage_days: i32,
    /// What new keys begin with
    #[arg(
        long,
        global = true,
        env = "DESKFORGE_KEY_PREFIX",
        default_value = "df"
    )]
    pub key_prefix: KeyPrefix,
}

/// The settings, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address of the HTTP server.
    pub listen: SocketAddr,
    /// Directory of the database and the secret key.
    pub data_dir: PathBuf,
    /// The database.
    pub database_url: DatabaseUrl,
    /// The address people reach it at; none means the one that is listened on.
    pub public_url: Option<Origin>,
    /// The address shown in snippets; none means the public one.
    pub api_url: Option<Origin>,
    /// Networks whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How many keys are held in memory.
    pub cache_keys: usize,
    /// For how many days usage is kept, today among them.
    pub usage_days: i32,
    /// What new keys begin with.
    pub key_prefix: KeyPrefix,
    /// A secret key to be taken whatever the environment and the file hold.
    pub given_secret_key: Option<SecretKey>,
}

impl From<Flags> for Settings {
    fn from(flags: Flags) -> Self {
        let database_url = flags
            .database_url
            .unwrap_or_else(|| DatabaseUrl::Sqlite(flags.data_dir.join("deskforge.db")));
        Self {
            listen: flags.listen,
            data_dir: flags.data_dir,
            database_url,
            public_url: flags.public_url,
            api_url: flags.api_url,
            trusted_proxies: flags.trusted_proxies,
            cache_keys: flags.cache_keys,
            usage_days: flags.usage_days,
            key_prefix: flags.key_prefix,
            given_secret_key: None,
        }
    }
}

impl Settings {
    /// Where the secret key lies when the environment does not give it.
    #[must_use]
    pub fn secret_key_file(&self) -> PathBuf {
        self.data_dir.join("secret.key")
    }

    /// The secret key that the environment or the file gives; none on a first start.
    ///
    /// # Errors
    /// When the one given cannot be used, or with PostgreSQL, whose nodes must share it, none is.
    pub fn secret_key(&self) -> Result<Option<SecretKey>, Error> {
        if let Some(given) = &self.given_secret_key {
            return Ok(Some(given.clone()));
        }
        match std::env::var(SECRET_KEY) {
            Ok(text) => SecretKey::from_base64(&text)
                .map(Some)
                .map_err(|error| Error::Setting(format!("{SECRET_KEY}: {error}"))),
            Err(std::env::VarError::NotUnicode(_)) => Err(Error::Setting(format!(
                "{SECRET_KEY}: the secret key is not base64"
            ))),
            Err(std::env::VarError::NotPresent) => match &self.database_url {
                DatabaseUrl::Sqlite(_) => SecretKey::load(&self.secret_key_file()),
                DatabaseUrl::Postgres(_) => Err(Error::Setting(format!(
                    "{SECRET_KEY} is required with PostgreSQL: 32 or more random bytes in base64, \
                     the same on every node"
                ))),
            },
        }
    }

    /// Makes the data directory, for its owner alone, where it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create_data_dir(&self) -> Result<(), Error> {
        create_private_dir(&self.data_dir).map_err(|error| {
            Error::Setting(format!("--data-dir {}: {error}", self.data_dir.display()))
        })
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|count| *count > 0)
        .ok_or_else(|| "want 1 or more".to_owned())
}

fn create_private_dir(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

/// Looks for a variable that begins with `DESKFORGE_` and means nothing: most likely a misspelling.
///
/// # Errors
/// [`Error::Setting`] naming it.
pub fn refuse_unknown_variables<'a>(names: impl Iterator<Item = &'a OsStr>) -> Result<(), Error> {
    for name in names {
        let name = name.to_string_lossy();
        if name.starts_with("DESKFORGE_") && !VARIABLES.contains(&name.as_ref()) {
            return Err(Error::Setting(format!(
                "unknown environment variable {name}"
            )));
        }
    }
    Ok(())
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

    #[test]
    fn a_misspelt_variable_is_named() {
        let names = ["PATH", "DESKFORGE_LISTEN", "DESKFORGE_LISTN"].map(OsStr::new);
        let error = refuse_unknown_variables(names.into_iter()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown environment variable DESKFORGE_LISTN"
        );
    }
}
