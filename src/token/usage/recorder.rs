//! Adds up the pages of all workers and keeps the sums.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::journal;
use super::ledger::{Ledger, Page};
use super::parts::Parts;
use super::sums::Sums;
use crate::db::Database;
use crate::error::Error;

/// Where the ledgers of all workers come together. Clones are the same.
#[derive(Clone)]
pub struct Recorder {
    database: Database,
    writers: Arc<UnboundedSender<Page>>,
    waiting: Arc<Mutex<Waiting>>,
}

/// What was handed over and is not yet kept.
struct Waiting {
    pages: UnboundedReceiver<Page>,
    /// What could not be kept, by part.
    unkept: BTreeMap<i32, Sums>,
}

impl Waiting {
    fn take(&mut self) -> (Parts, BTreeMap<i32, Sums>) {
        let pages = std::iter::from_fn(|| self.pages.try_recv().ok());
        (Parts::of(pages.collect()), std::mem::take(&mut self.unkept))
    }

    fn give_back(&mut self, sums: impl Iterator<Item = (i32, Sums)>) {
        for (part, sums) in sums {
            let unkept = self.unkept.entry(part).or_default();
            unkept.absorb(sums);
            unkept.add_up();
        }
    }
}

impl Recorder {
    /// One that writes to `database`.
    #[must_use]
    pub fn new(database: Database) -> Self {
        let (writers, pages) = unbounded_channel();
        let unkept = BTreeMap::new();
        Self {
            database,
            writers: Arc::new(writers),
            waiting: Arc::new(Mutex::new(Waiting { pages, unkept })),
        }
    }

    /// A ledger for one worker.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        Ledger::new((*self.writers).clone())
    }

    /// Waits until no worker has its ledger any more, for at most `patience`: then all is handed
    /// over.
    pub async fn closed(&self, patience: std::time::Duration) {
        let all_gone = async {
            // One of the handles is ours, whatever number of clones we have.
            while self.writers.strong_count() > 1 {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        let _ = tokio::time::timeout(patience, all_gone).await;
    }

    /// Keeps what was handed over since the last time: a crash does not lose it any more.
    ///
    /// # Errors
    /// Those of the database; what was not kept is kept the next time.
    pub fn flush(&self) -> Result<(), Error> {
        let (parts, unkept) = self.waiting().take();
        if parts.is_empty() && unkept.is_empty() {
            return Ok(());
        }
        let outcome = self.database.write_now(|connection| {
            for (part, sums) in &unkept {
                journal::append(connection, *part, sums)?;
            }
            for (part, sums) in parts.sums() {
                journal::append(connection, part, &sums)?;
            }
            Ok(())
        });
        if outcome.is_err() {
            self.waiting()
                .give_back(unkept.into_iter().chain(parts.sums()));
        }
        outcome
    }

    /// Adds a part of what is kept to the table, the one that waits longest: whether there was one.
    ///
    /// # Errors
    /// Those of the database; then nothing was added.
    pub fn fold(&self) -> Result<bool, Error> {
        self.database.write_now(journal::fold)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
