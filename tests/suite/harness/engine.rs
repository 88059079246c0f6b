//! The two databases, and the place of its own that a test gets in one of them.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deskforge::config::Settings;
use deskforge::db::Database;
use deskforge::id::Id;
use deskforge::secret_key::SecretKey;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, QueryResult, RunQueryDsl, sql_query};
use tempfile::TempDir;

use super::sql::Word;
use super::watch;

/// Where the PostgreSQL of the tests is.
const POSTGRES_URL: &str = "TEST_POSTGRES_URL";

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// A directory, and where the engine is a server a schema in it, of one test; both go with it.
pub(crate) struct Place {
    engine: Engine,
    directory: TempDir,
    schema: String,
}

impl Place {
    pub(crate) fn new(engine: Engine) -> Self {
        let place = Self {
            engine,
            directory: TempDir::new().unwrap(),
            schema: format!("test_{}", Id::new().as_str().replace('-', "")),
        };
        if engine == Engine::Postgres {
            let statement = format!("CREATE SCHEMA {}", place.schema);
            on_postgres(|connection| connection.batch_execute(&statement));
        }
        place
    }

    /// A place whose database is there and watched before any program comes.
    pub(crate) fn watched(engine: Engine) -> Self {
        let place = Self::new(engine);
        let settings = place.settings();
        settings.create_data_dir().unwrap();
        watch::begin(engine, &Database::open(&settings.database_url).unwrap());
        place
    }

    /// The settings of a server here: any free port, all else as it is by default.
    pub(crate) fn settings(&self) -> Settings {
        let secret_key = SecretKey::from_base64(&Self::secret_key()).unwrap();
        Settings {
            cache_keys: 1_000_000,
            usage_days: 400,
            listen: "127.0.0.1:0".parse().unwrap(),
            data_dir: self.data_dir(),
            database_url: self.database_url().parse().unwrap(),
            public_url: None,
            api_url: None,
            trusted_proxies: Vec::new(),
            key_prefix: "df".parse().unwrap(),
            given_secret_key: (self.engine == Engine::Postgres).then_some(secret_key),
        }
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// The URL by which the program reaches this test's database.
    pub(crate) fn database_url(&self) -> String {
        match self.engine {
            Engine::Sqlite => format!(
                "sqlite://{}",
                self.data_dir().join("deskforge.db").display()
            ),
            Engine::Postgres => {
                let server = postgres();
                let sign = if server.contains('?') { '&' } else { '?' };
                format!("{server}{sign}options=-csearch_path%3D{}", self.schema)
            }
        }
    }

    /// The secret key that nodes on PostgreSQL share.
    pub(crate) fn secret_key() -> String {
        STANDARD.encode([7; 32])
    }

    /// The schema in which this test's tables are.
    pub(crate) fn schema(&self) -> &str {
        &self.schema
    }

    /// Every row of every table of this test's schema, as text.
    pub(crate) fn dump(&self) -> String {
        let schema = &self.schema;
        let tables = on_postgres(|connection| {
            sql_query(format!(
                "SELECT tablename::text AS word FROM pg_tables WHERE schemaname = '{schema}'"
            ))
            .load::<Word>(connection)
        });
        tables
            .into_iter()
            .map(|table| {
                let rows = on_postgres(|connection| {
                    let query = format!("SELECT t::text AS word FROM {schema}.{} t", table.word);
                    sql_query(query).load::<Word>(connection)
                });
                rows.into_iter()
                    .map(|row| row.word + "\n")
                    .collect::<String>()
            })
            .collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.engine == Engine::Postgres && !std::thread::panicking() {
            let statement = format!("DROP SCHEMA {} CASCADE", self.schema);
            on_postgres(|connection| connection.batch_execute(&statement));
        }
    }
}

fn on_postgres<T>(work: impl FnOnce(&mut PgConnection) -> QueryResult<T>) -> T {
    let mut connection = PgConnection::establish(&postgres()).expect("PostgreSQL of the tests");
    work(&mut connection).unwrap()
}

pub(super) fn postgres() -> String {
    std::env::var(POSTGRES_URL).unwrap_or_else(|_| {
        panic!("{POSTGRES_URL} is not set: run scripts/test, which starts PostgreSQL")
    })
}
