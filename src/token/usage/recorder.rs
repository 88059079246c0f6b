//! Adds up the pages of all workers and writes the sums.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::client_name;
use super::ledger::{Ledger, Page};
use super::model::Uses;
use super::repository;
use crate::clock::Instant;
use crate::db::Database;
use crate::error::Error;

/// Rows written in one transaction: others may write between two.
const BATCH: usize = 5_000;
type Key = (u128, i32, usize);

/// Sums not yet written: by key, day and caller.
#[derive(Default)]
struct Sums {
    rows: HashMap<Key, Uses>,
    callers: Vec<(String, String)>,
    numbers: HashMap<(IpAddr, Box<[u8]>), usize>,
}

/// Where the ledgers of all workers come together. Clones are the same.
#[derive(Clone)]
pub struct Recorder {
    database: Database,
    writers: Arc<UnboundedSender<Page>>,
    readers: Arc<Mutex<UnboundedReceiver<Page>>>,
    unwritten: Arc<Mutex<Vec<Uses>>>,
}

impl Recorder {
    /// One that writes to `database`.
    #[must_use]
    pub fn new(database: Database) -> Self {
        let (writers, readers) = unbounded_channel();
        Self {
            database,
            writers: Arc::new(writers),
            readers: Arc::new(Mutex::new(readers)),
            unwritten: Arc::default(),
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

    /// Writes what was handed over since the last time.
    ///
    /// # Errors
    /// Those of the database; what was not written is written the next time.
    pub async fn flush(&self) -> Result<(), Error> {
        let mut rows = std::mem::take(
            &mut *self
                .unwritten
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        rows.extend(self.added_up());
        let mut rows = merged(rows);
        while !rows.is_empty() {
            let batch = rows.split_off(rows.len().saturating_sub(BATCH));
            let written = batch.clone();
            let outcome = self
                .database
                .write(move |connection| repository::add(connection, &written))
                .await;
            if let Err(error) = outcome {
                rows.extend(batch);
                *self
                    .unwritten
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner) = rows;
                return Err(error);
            }
        }
        Ok(())
    }

    /// The sums of all pages that were handed over.
    fn added_up(&self) -> Vec<Uses> {
        let mut sums = Sums::default();
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        while let Ok(page) = readers.try_recv() {
            sums.add(page);
        }
        sums.rows.into_values().collect()
    }
}

/// The rows in the order of keys, the last first, as the last is written first: neighbours in the
/// table are written together, and nodes that write at once wait for each other and not in a
/// circle. Rows of one key are made one, as a statement may name a row but once: clients whose
/// names are cut to the same, and what could not be written with what came since.
fn merged(mut rows: Vec<Uses>) -> Vec<Uses> {
    rows.sort_unstable_by(|one, other| other.key().cmp(&one.key()));
    rows.dedup_by(|row, kept| {
        let is_same = row.key() == kept.key();
        if is_same {
            kept.absorb(row);
        }
        is_same
    });
    rows
}

impl Sums {
    fn add(&mut self, page: Page) {
        let numbers: Vec<usize> = page
            .callers
            .into_iter()
            .map(|caller| self.number(caller))
            .collect();
        for entry in page.entries {
            let caller = numbers.get(entry.caller).copied().unwrap_or(0);
            let day = entry.at.day();
            let uses = match self.rows.entry((entry.token, day, caller)) {
                Slot::Occupied(slot) => slot.into_mut(),
                Slot::Vacant(slot) => {
                    let (address, client) = self.callers.get(caller).cloned().unwrap_or_default();
                    slot.insert(Uses::none(entry.token, day, address, client, entry.at))
                }
            };
            uses.add(entry.outcome, entry.at);
        }
    }

    /// The number of a caller among all pages.
    fn number(&mut self, caller: (IpAddr, Box<[u8]>)) -> usize {
        let next = self.callers.len();
        match self.numbers.entry(caller) {
            Slot::Occupied(slot) => *slot.get(),
            Slot::Vacant(slot) => {
                let (address, client) = slot.key();
                self.callers
                    .push((address.to_string(), client_name(client)));
                *slot.insert(next)
            }
        }
    }
}

/// The instants of a row.
pub(super) fn widen(first: &mut Instant, last: &mut Instant, at: Instant) {
    *first = (*first).min(at);
    *last = (*last).max(at);
}
