//! The server's checkpoints: each minute in which there was an event, after every thousand events,
//! and when it stops.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Moment};

use crate::audit::chain::Link;
use crate::audit::checkpoint::Checkpoint;
use crate::audit::checkpoints::Notebook;
use crate::audit::key::AuditKey;
use crate::audit::repository;
use crate::blocking::blocking;
use crate::clock::Clock;
use crate::db::Database;
use crate::error::Error;

/// How often the head is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// For how long events wait for a checkpoint.
const OFTEN: Duration = Duration::from_mins(1);
/// How many of them wait at most.
const MANY: i64 = 1_000;

/// What keeps them. Clones share the file.
#[derive(Clone)]
pub struct Keeper {
    database: Database,
    key: AuditKey,
    path: PathBuf,
    clock: Clock,
    book: Arc<Mutex<Option<Notebook>>>,
}

impl Keeper {
    /// One that writes to this file, which is opened with the first checkpoint.
    #[must_use]
    pub fn new(database: Database, key: AuditKey, path: PathBuf, clock: Clock) -> Self {
        Self {
            database,
            key,
            path,
            clock,
            book: Arc::default(),
        }
    }

    /// Keeps checkpoints for ever.
    pub async fn run(&self) {
        let mut ticks = tokio::time::interval(LOOK);
        // The first comes at once: commands may have written while no server ran.
        let (mut last, mut since) = (Link::START, None::<Moment>);
        loop {
            ticks.tick().await;
            let is_due = since.is_none_or(|since| since.elapsed() >= OFTEN);
            match self.note(last, if is_due { 1 } else { MANY }).await {
                Ok(noted) if noted == last => {}
                Ok(noted) => (last, since) = (noted, Some(Moment::now())),
                Err(error) => {
                    log::error!("no checkpoint of the audit log is kept: {error}");
                    since = Some(Moment::now());
                }
            }
        }
    }

    /// Keeps the last one of a server that stops.
    pub async fn close(&self) {
        if let Err(error) = self.note(Link::START, 1).await {
            log::error!("no last checkpoint of the audit log is kept: {error}");
        }
    }

    /// Notes the head where `many` events or more were added since `last`; gives what is noted now.
    async fn note(&self, last: Link, many: i64) -> Result<Link, Error> {
        let head = self.database.read(repository::head).await?;
        if head == last || (head.number - last.number).abs() < many {
            return Ok(last);
        }
        let (keeper, at) = (self.clone(), self.clock.now());
        let noted = blocking(move || {
            let written = keeper.write(&Checkpoint { link: head, at });
            written.map_err(|error| Error::Internal(format!("{}: {error}", keeper.path.display())))
        });
        if let Some(line) = noted.await? {
            log::info!("audit checkpoint {line}");
        }
        Ok(head)
    }

    /// Adds a checkpoint, where the file does not end with the same one.
    fn write(&self, checkpoint: &Checkpoint) -> std::io::Result<Option<String>> {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        if book.is_none() {
            *book = Some(Notebook::open(&self.path, &self.key)?);
        }
        match book.as_mut() {
            Some(book) if book.last() != Some(checkpoint.link) => {
                book.add(checkpoint, &self.key).map(Some)
            }
            _ => Ok(None),
        }
    }
}
