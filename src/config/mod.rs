//! Settings: flags and environment, checked once, each fault named in one line.

mod values;

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use ipnet::IpNet;
pub use values::{DatabaseUrl, KeyPrefix, Origin};

use crate::error::Error;
use crate::secret_key::SecretKey;

/// The environment's name of the secret key, which has no flag: arguments are seen by everybody.
const SECRET_KEY: &str = "DESKFORGE_SECRET_KEY";

/// Not ours: the authentication guide tells clients to keep their key in it.
const CLIENTS_KEY: &str = "DESKFORGE_API_KEY";

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
    let flags = Flags::augment_args(Command::new("deskforge"));
    for name in names {
        let is_known = [SECRET_KEY, CLIENTS_KEY].iter().any(|known| name == *known)
            || flags
                .get_arguments()
                .any(|flag| flag.get_env() == Some(name));
        let name = name.to_string_lossy();
        if name.starts_with("DESKFORGE_") && !is_known {
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
    fn a_misspelt_variable_is_named() {
        let known = ["PATH", "DESKFORGE_USAGE_DAYS", SECRET_KEY, CLIENTS_KEY].map(OsStr::new);
        assert!(refuse_unknown_variables(known.into_iter()).is_ok());
        let names = ["DESKFORGE_LISTEN", "DESKFORGE_LISTN"].map(OsStr::new);
        let error = refuse_unknown_variables(names.into_iter()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown environment variable DESKFORGE_LISTN"
        );
    }
}
