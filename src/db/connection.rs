//! One connection type over two engines, and what each must be set to before it is used.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::dsl::sql;
use diesel::r2d2::ManageConnection;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::Bool;
use diesel::{ConnectionError, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};

use crate::config::DatabaseUrl;
use crate::error::Error;
use crate::fault::{Point, reach};

/// A connection to either engine; queries are written once and run on both.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// The backend of [`AnyConnection`], for boxed queries.
pub type Backend = <AnyConnection as diesel::Connection>::Backend;

/// Runs one diesel expression on whichever engine the connection is of: for what diesel offers on
/// each engine but not on the enum over them (`ON CONFLICT`, batches).
macro_rules! on_each_engine {
    ($connection:expr, $name:ident => $body:expr) => {
        match $connection {
            $crate::db::Connection::Postgres($name) => $body,
            $crate::db::Connection::Sqlite($name) => $body,
        }
    };
}
pub(crate) use on_each_engine;

impl AnyConnection {
    /// One transaction that will write. SQLite takes the write lock at once: a transaction that
    /// turns from reading to writing could fail whatever time it is given to wait.
    pub(super) fn write_transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match self {
            Self::Postgres(postgres) => AnsiTransactionManager::begin_transaction(postgres),
            Self::Sqlite(sqlite) => {
                AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")
            }
        }?;
        match work(self) {
            Ok(value) => {
                on_each_engine!(self, inner => AnsiTransactionManager::commit_transaction(inner))?;
                reach(Point::AfterCommit);
                Ok(value)
            }
            Err(error) => {
                // The pool drops a connection whose transaction could not be ended.
                let _ = on_each_engine!(self, inner => AnsiTransactionManager::rollback_transaction(inner));
                Err(error)
            }
        }
    }
}

impl AnyConnection {
    /// In how many transactions, one in another, the connection is; 0 as well for one that is broken.
    pub(crate) fn depth(&mut self) -> u32 {
        let status = on_each_engine!(
            self,
            inner => AnsiTransactionManager::transaction_manager_status_mut(inner)
        );
        status
            .transaction_depth()
            .ok()
            .flatten()
            .map_or(0, std::num::NonZeroU32::get)
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::SerializationFailure,
                _,
            )
            | DieselError::BrokenTransactionManager => Self::Unavailable,
            // SQLite says so when the lock was not to be had in `busy_timeout`, PostgreSQL when two
            // wait for each other or it is being stopped; none has a kind of its own in diesel.
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, information)
                if [
                    "database is locked",
                    "deadlock detected",
                    "terminating connection",
                    "server closed the connection",
                ]
                .iter()
                .any(|sign| information.message().contains(sign)) =>
            {
                Self::Unavailable
            }
            other => Self::Internal(other.to_string()),
        }
    }
}

/// How long a connection is taken to be there after it was: asking on every use would cost each read
/// a round trip more.
const TRUSTED: Duration = Duration::from_secs(1);

/// Opens connections of the engine that the URL's scheme names, for the pool.
pub(super) struct Opener {
    url: DatabaseUrl,
    /// How many were found broken. Where one is, the others may be.
    broken: AtomicU64,
}

/// A connection, and when it was known to be there.
pub(super) struct Pooled {
    connection: AnyConnection,
    /// None since something failed on it.
    seen: Option<Instant>,
    /// How many others had been found broken by then.
    broken: u64,
}

impl Pooled {
    /// Has it asked whether it is there before it is used again. That a query fails does not say so
    /// by itself: diesel takes note of a server that is away where it sends a query, but not where
    /// it prepares one first.
    pub(super) fn distrust(&mut self) {
        self.seen = None;
    }

    fn is_trusted(&self, broken: u64) -> bool {
        self.broken == broken && self.seen.is_some_and(|seen| seen.elapsed() < TRUSTED)
    }
}

impl Deref for Pooled {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.connection
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }
}

/// Why a connection could not be opened or is of no use.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    #[error("{0}")]
    Connection(#[from] ConnectionError),
    #[error("{0}")]
    Query(#[from] DieselError),
    #[error("{0}")]
    File(#[from] std::io::Error),
    #[error("the path is not UTF-8")]
    Path,
    #[error("SQLite does not keep {0} as set")]
    Pragma(&'static str),
    #[error(
        "the server is a standby or takes no writes: where the URL names several servers, it wants \
         target_session_attrs=read-write"
    )]
    ReadOnly,
}

impl Opener {
    pub(super) fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            broken: AtomicU64::default(),
        }
    }

    pub(super) fn open(&self) -> Result<AnyConnection, OpenError> {
        match &self.url {
            DatabaseUrl::Postgres(url) => open_postgres(url).map(AnyConnection::Postgres),
            DatabaseUrl::Sqlite(path) => open_sqlite(path).map(AnyConnection::Sqlite),
        }
    }
}

/// A standby lags behind the primary: a key read from it may have been revoked since.
fn open_postgres(url: &str) -> Result<PgConnection, OpenError> {
    use diesel::Connection as _;
    let mut connection = PgConnection::establish(url)?;
    let setting = sql::<Bool>("current_setting('transaction_read_only')::boolean");
    if diesel::select(setting).get_result(&mut connection)? {
        return Err(OpenError::ReadOnly);
    }
    // Off, PostgreSQL answers a commit before the disk has it, and a crash takes it back.
    let kept = "SELECT set_config('synchronous_commit', 'on', false) \
                WHERE current_setting('synchronous_commit') = 'off'";
    diesel::sql_query(kept).execute(&mut connection)?;
    Ok(connection)
}

#[derive(QueryableByName)]
struct Pragmas {
    #[diesel(sql_type = diesel::sql_types::Text)]
    journal_mode: String,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    synchronous: i32,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    foreign_keys: i32,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    busy_timeout: i32,
}

fn open_sqlite(path: &Path) -> Result<SqliteConnection, OpenError> {
    use diesel::Connection as _;
    create_private(path)?;
    let mut connection = SqliteConnection::establish(path.to_str().ok_or(OpenError::Path)?)?;
    for pragma in [
        "PRAGMA busy_timeout = 5000",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
    ] {
        connection.batch_execute(pragma)?;
    }
    let kept: Pragmas = diesel::sql_query(
        "SELECT journal_mode, synchronous, foreign_keys, timeout AS busy_timeout \
         FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys, pragma_busy_timeout",
    )
    .get_result(&mut connection)?;
    match kept {
        Pragmas { journal_mode, .. } if journal_mode != "wal" => {
            Err(OpenError::Pragma("journal_mode = WAL"))
        }
        Pragmas { synchronous, .. } if synchronous != 2 => {
            Err(OpenError::Pragma("synchronous = FULL"))
        }
        Pragmas { foreign_keys, .. } if foreign_keys != 1 => {
            Err(OpenError::Pragma("foreign_keys = ON"))
        }
        Pragmas { busy_timeout, .. } if busy_timeout != 5000 => {
            Err(OpenError::Pragma("busy_timeout = 5000"))
        }
        Pragmas { .. } => Ok(connection),
    }
}

/// Makes the file where it is missing, and not by SQLite, so that nobody else can read it; its side
/// files follow it.
///
/// One that is there is not opened: the system drops all locks of a process on a file when any of
/// its handles is closed (fcntl(2)). SQLite would go on without those that it holds by the other
/// connections, and a command that ends beside the server would take itself to be the last, and
/// remove the log that the server writes.
fn create_private(path: &Path) -> std::io::Result<()> {
    let created = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match created {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other.map(drop),
    }
}

impl ManageConnection for Opener {
    type Connection = Pooled;
    type Error = OpenError;

    fn connect(&self) -> Result<Pooled, OpenError> {
        let broken = self.broken.load(Ordering::Relaxed);
        Ok(Pooled {
            connection: self.open()?,
            seen: Some(Instant::now()),
            broken,
        })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), OpenError> {
        let broken = self.broken.load(Ordering::Relaxed);
        if pooled.is_trusted(broken) {
            return Ok(());
        }
        // A file does not go away as a server does.
        let AnyConnection::Postgres(postgres) = &mut pooled.connection else {
            return Ok(());
        };
        if let Err(error) = diesel::sql_query("SELECT 1").execute(postgres) {
            self.broken.fetch_add(1, Ordering::Relaxed);
            return Err(error.into());
        }
        pooled.seen = Some(Instant::now());
        pooled.broken = broken;
        Ok(())
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        let is_broken = std::thread::panicking()
            || on_each_engine!(
                &mut pooled.connection,
                inner => AnsiTransactionManager::is_broken_transaction_manager(inner)
            );
        if is_broken {
            self.broken.fetch_add(1, Ordering::Relaxed);
        }
        is_broken
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;
    use crate::demo::Directory;

    /// Where SQLite keeps the lock by which a connection says that it is there.
    const SHARED: &str = "1073741826";

    #[test]
    fn another_connection_takes_no_lock_from_those_that_are_open() {
        let directory = Directory::create().unwrap();
        let path = directory.path().join("one.db");
        let opener = Opener::new(DatabaseUrl::Sqlite(path.clone()));
        let _open = [opener.open().unwrap(), opener.open().unwrap()];
        let inode = format!(":{}", path.metadata().unwrap().ino());
        let locks = std::fs::read_to_string("/proc/locks").unwrap();
        let is_held = locks.lines().any(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            words[5].ends_with(&inode) && words[6] == SHARED
        });
        assert!(is_held, "{locks}");
    }
}
