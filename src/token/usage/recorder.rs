//! Adds up the pages of all workers and keeps the sums.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::journal;
use super::ledger::{Ledger, Page};
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
    /// What could not be kept.
    sums: Sums,
}

impl Waiting {
    fn added_up(&mut self) -> Sums {
        let mut sums = std::mem::take(&mut self.sums);
        while let Ok(page) = self.pages.try_recv() {
            sums.book(page);
        }
        sums.add_up();
        sums
    }
}

impl Recorder {
    /// One that writes to `database`.
    #[must_use]
    pub fn new(database: Database) -> Self {
        let (writers, pages) = unbounded_channel();
        let sums = Sums::default();
        Self {
            database,
            writers: Arc::new(writers),
            waiting: Arc::new(Mutex::new(Waiting { pages, sums })),
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
    pub async fn flush(&self) -> Result<(), Error> {
        let sums = Arc::new(self.waiting().added_up());
        if sums.is_empty() {
            return Ok(());
        }
        let kept = sums.clone();
        let outcome = self
            .database
            .write(move |connection| journal::append(connection, &kept))
            .await;
        if outcome.is_err()
            && let Some(sums) = Arc::into_inner(sums)
        {
            self.waiting().sums.absorb(sums);
        }
        outcome
    }

    /// Adds a part of what is kept to the table, the one that waits longest: whether there was one.
    ///
    /// # Errors
    /// Those of the database; then nothing was added.
    pub async fn fold(&self) -> Result<bool, Error> {
        self.database.write(journal::fold).await
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
