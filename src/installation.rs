//! One installation: its settings, its secret key and its database, checked against each other.

use crate::account::repository;
use crate::audit;
use crate::audit::key::AuditKey;
use crate::clock::Clock;
use crate::config::{DatabaseUrl, Settings};
use crate::db::{Connection, Database};
use crate::error::Error;
use crate::secret_key::SecretKey;
use crate::token::lifecycle::Mint;

/// What the server and every command work on.
#[derive(Clone)]
pub struct Installation {
    /// The settings.
    pub settings: Settings,
    /// The database, its tables up to date.
    pub database: Database,
    /// The secret key that belongs to it.
    pub secret_key: SecretKey,
    /// The time.
    pub clock: Clock,
}

impl Installation {
    /// Opens the installation; on a first start makes its directory, database and secret key.
    ///
    /// # Errors
    /// [`Error::Setting`]. A database that has keys or audit events is never given another secret
    /// key: the keys would be dead, the events no longer verified.
    pub fn open(settings: Settings, clock: Clock) -> Result<Self, Error> {
        if matches!(settings.database_url, DatabaseUrl::Sqlite(_)) {
            settings.create_data_dir()?;
        }
        let given = settings.secret_key()?;
        let database = Database::open(&settings.database_url)?;
        let secret_key = database.write_now(|connection| match given {
            Some(key) => adopt(connection, key),
            None if is_bound(connection)? => Err(Error::Setting(format!(
                "{} is missing, but the database has keys or audit events that were made with it: \
                 restore the file",
                settings.secret_key_file().display()
            ))),
            None => adopt(connection, SecretKey::create(&settings.secret_key_file())?),
        })?;
        audit::ledger::keep(&database, &AuditKey::of(&secret_key))?;
        Ok(Self {
            settings,
            database,
            secret_key,
            clock,
        })
    }

    /// What new keys are made with.
    #[must_use]
    pub fn mint(&self) -> Mint {
        Mint::new(self.settings.key_prefix.clone(), &self.secret_key)
    }
}

/// Whether the database has what only its own secret key is good for.
fn is_bound(connection: &mut Connection) -> Result<bool, Error> {
    Ok(repository::holds_tokens(connection)? || audit::repository::has_begun(connection)?)
}

fn adopt(connection: &mut Connection, key: SecretKey) -> Result<SecretKey, Error> {
    match repository::secret_key_id(connection)? {
        Some(id) if id == key.id() => {}
        Some(_) if is_bound(connection)? => {
            return Err(Error::Setting(
                "the secret key is not the one that the database's keys and audit events were made \
                 with"
                    .to_owned(),
            ));
        }
        _ => repository::adopt_secret_key(connection, key.id())?,
    }
    Ok(key)
}
