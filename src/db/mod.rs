//! The database: one repository over SQLite and PostgreSQL.
//!
//! [`Database::read`] and [`Database::write`] are the only ways in. Both take the work off the
//! asynchronous threads; `write` makes one transaction of it.

mod connection;
mod migrations;
mod queue;
pub(crate) mod schema;
#[cfg(test)]
mod tests;
pub(crate) mod types;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use diesel::r2d2::Pool;

// Under its own name it would hide diesel's trait from the derive that makes it.
pub(crate) use connection::on_each_engine;
pub use connection::{AnyConnection as Connection, Backend};

use crate::blocking::blocking;
use crate::config::DatabaseUrl;
use crate::error::Error;
use crate::fault::{self, Fault, planted};
use connection::Opener;
use queue::{Place, Queue};

/// How many connections a node keeps.
const CONNECTIONS: u32 = 8;
/// How long at most until it is tried again to connect to a database that is away. The pool waits
/// longer from one time to the next, up to half of what it takes as its time-out, which is 30 s
/// where nothing is said and of no other use here.
const RECONNECT: Duration = Duration::from_millis(500);

/// A pool of connections to one database. Clones share it.
#[derive(Clone)]
pub struct Database {
    pool: Pool<Opener>,
    queue: Arc<Queue>,
    migrated: Arc<[String]>,
    before_commit: Arc<OnceLock<Begin>>,
    after_commit: Arc<OnceLock<Follow>>,
    after_read: Arc<OnceLock<Follow>>,
}

/// What is done on a connection between a commit, or a read, and the answer that tells of it.
type Follow = Box<dyn Fn(&mut Connection) -> Result<(), Error> + Send + Sync>;

/// What is done when a transaction that writes begins, and gives what is done before its commit.
type Begin = Box<dyn Fn() -> Conclude + Send + Sync>;
/// The last that a transaction does; dropped where it is undone.
pub type Conclude = Box<dyn FnOnce(&mut Connection) -> Result<(), Error>>;

impl Database {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// [`Error::Internal`] when the server cannot be reached; [`Error::Setting`] when the file cannot
    /// be used or is not kept as safely as promised, or the tables cannot be brought up to date.
    pub fn open(url: &DatabaseUrl) -> Result<Self, Error> {
        let opener = Opener::new(url.clone());
        let mut first = opener.open().map_err(|error| {
            let fault = format!("{url:?}: {error}");
            match url {
                // A server may be away for a while; a file that cannot be used is a wrong setting.
                DatabaseUrl::Postgres(_) => Error::Internal(fault),
                DatabaseUrl::Sqlite(_) => Error::Setting(fault),
            }
        })?;
        let migrated = migrations::run(&mut first)
            .map_err(|error| Error::Setting(format!("{url:?}: migration: {error}")))?;
        let pool = Pool::builder()
            .max_size(CONNECTIONS)
            .min_idle(Some(1))
            .connection_timeout(2 * RECONNECT)
            .build_unchecked(opener);
        Ok(Self {
            pool,
            queue: Arc::new(Queue::new(
                CONNECTIONS,
                matches!(url, DatabaseUrl::Sqlite(_)),
            )),
            migrated: migrated.into(),
            before_commit: Arc::default(),
            after_commit: Arc::default(),
            after_read: Arc::default(),
        })
    }

    /// The versions of the migrations that were run to bring the tables up to date.
    #[must_use]
    pub fn migrated(&self) -> &[String] {
        &self.migrated
    }

    /// Has `begin` done on the thread of every transaction of this process that writes, and what it
    /// gives as the last before the commit, which is refused where that fails. The first who asks
    /// is the only one.
    pub fn before_commit(&self, begin: impl Fn() -> Conclude + Send + Sync + 'static) {
        let _ = self.before_commit.set(Box::new(begin));
    }

    /// Has `follow` done after every commit of this process, before it is acknowledged. The first
    /// who asks is the only one.
    pub fn after_commit(
        &self,
        follow: impl Fn(&mut Connection) -> Result<(), Error> + Send + Sync + 'static,
    ) {
        let _ = self.after_commit.set(Box::new(follow));
    }

    /// Has `follow` done after every read of this process, before what was read is told. The first
    /// who asks is the only one.
    pub fn after_read(
        &self,
        follow: impl Fn(&mut Connection) -> Result<(), Error> + Send + Sync + 'static,
    ) {
        let _ = self.after_read.set(Box::new(follow));
    }

    /// Does `work` on a connection, away from the asynchronous threads.
    ///
    /// # Errors
    /// Those of `work`; [`Error::Unavailable`] when there is no connection to be had.
    pub async fn read<T, W>(&self, work: W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    {
        let place = self.queue.to_read().await?;
        let database = self.clone();
        blocking(move || database.read_in(&place, work)).await
    }

    /// Does `work` in one write transaction, away from the asynchronous threads: all of it or none.
    ///
    /// # Errors
    /// As [`Database::read`], and [`Error::Unavailable`] when the commit's answer is lost: then it
    /// is not known whether the work was done. [`Error::NotFollowed`] when it was done, but a server
    /// beside this process did not say that it has followed.
    pub async fn write<T, W>(&self, work: W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    {
        let place = self.queue.to_write().await?;
        let database = self.clone();
        if planted(Fault::AcknowledgeBeforeCommit) {
            return early(database, place, work).await;
        }
        blocking(move || database.write_in(place, work)).await
    }

    /// [`Database::read`] on this thread, for commands and threads of their own.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub fn read_now<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.read_in(&Place::of_thread(), work)
    }

    fn read_in<T>(
        &self,
        place: &Place,
        work: impl FnOnce(&mut Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.on_connection(place, |connection| {
            let value = work(connection)?;
            self.follow_read(connection)?;
            Ok(value)
        })
    }

    /// [`Database::read`] of what tells nothing of keys and accounts: memory, which holds nothing
    /// else, need not follow.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn read_unfollowed<T, W>(&self, work: W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    {
        let place = self.queue.to_read().await?;
        let database = self.clone();
        blocking(move || database.on_connection(&place, work)).await
    }

    fn on_connection<T>(
        &self,
        place: &Place,
        work: impl FnOnce(&mut Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut connection = self
            .pool
            .get_timeout(place.patience)
            .map_err(|_| Error::Unavailable)?;
        let done = work(&mut connection);
        if done.is_err() {
            connection.distrust();
        }
        done
    }

    fn follow_read(&self, connection: &mut Connection) -> Result<(), Error> {
        self.after_read
            .get()
            .map_or(Ok(()), |follow| follow(connection))
    }

    /// [`Database::write`] on this thread, for commands and threads of their own.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub fn write_now<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.write_in(Place::of_thread(), work)
    }

    fn write_in<T>(
        &self,
        mut place: Place,
        work: impl FnOnce(&mut Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let turn = self.queue.turn(&mut place)?;
        self.on_connection(&place, |connection| {
            let written = connection.write_transaction(|connection| {
                let conclude = self.before_commit.get().map(|begin| begin());
                let value = work(connection)?;
                conclude.map_or(Ok(()), |conclude| conclude(connection))?;
                Ok(value)
            });
            drop(turn);
            match written {
                Ok(value) => self.follow_commit(connection).map(|()| value),
                Err(error) => {
                    // That a change is refused tells of what was read, too.
                    self.follow_read(connection)?;
                    Err(error)
                }
            }
        })
    }

    fn follow_commit(&self, connection: &mut Connection) -> Result<(), Error> {
        let Some(follow) = self.after_commit.get() else {
            return Ok(());
        };
        if planted(Fault::AcknowledgeBeforeFollowing) {
            follow_late(self.clone());
            return Ok(());
        }
        follow(connection).map_err(|error| {
            log::error!("committed, but not followed: {error}");
            match error {
                Error::NotFollowed(_) => error,
                _ => Error::Unavailable,
            }
        })
    }
}

/// A planted fault: memory follows when the change is long acknowledged.
fn follow_late(database: Database) {
    std::thread::spawn(move || {
        std::thread::sleep(fault::GAP);
        database.read_now(|_| Ok(()))
    });
}

/// A planted fault: gives what `work` gives while its commit is still to come.
async fn early<T: Send + 'static>(
    database: Database,
    place: Place,
    work: impl FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    tokio::task::spawn_blocking(move || {
        database.write_in(place, |connection| {
            let _ = sender.send(work(connection)?);
            std::thread::sleep(fault::GAP);
            Ok(())
        })
    });
    receiver.await.map_err(|_| Error::Unavailable)
}
