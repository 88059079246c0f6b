//! What keys are used for: counted in memory, written behind once a second and at the end.

mod model;
pub mod repository;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::{Clock, Instant};
use crate::db::Database;
use crate::error::Error;
use crate::id::Id;

pub use model::Day;

/// What is not yet written of one key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// The last request that was let through, and the address it came from.
    last_use: Option<(Instant, IpAddr)>,
    /// Requests and refusals by day.
    days: HashMap<i32, (i64, i64)>,
}

/// Counts uses and refusals of keys. Clones count together.
#[derive(Clone)]
pub struct Recorder {
    database: Database,
    clock: Clock,
    tallies: Arc<Mutex<HashMap<Id, Tally>>>,
}

impl Recorder {
    /// One that writes to `database`.
    #[must_use]
    pub fn new(database: Database, clock: Clock) -> Self {
        Self {
            database,
            clock,
            tallies: Arc::default(),
        }
    }

    /// A request was let through with this key.
    pub fn used(&self, token: Id, address: IpAddr) {
        let now = self.clock.now();
        self.count(token, |tally| {
            tally.last_use = Some((now, address));
            tally.days.entry(now.day()).or_default().0 += 1;
        });
    }

    /// A request with this key was refused.
    pub fn refused(&self, token: Id) {
        let day = self.clock.now().day();
        self.count(token, |tally| tally.days.entry(day).or_default().1 += 1);
    }

    /// Writes what was counted since the last time, in one transaction.
    ///
    /// # Errors
    /// Those of the database; then nothing is lost, it is written the next time.
    pub async fn flush(&self) -> Result<(), Error> {
        let taken = std::mem::take(&mut *self.lock());
        if taken.is_empty() {
            return Ok(());
        }
        let written = taken.clone();
        let outcome = self
            .database
            .write(move |connection| repository::add(connection, &written))
            .await;
        if outcome.is_err() {
            self.put_back(taken);
        }
        outcome
    }

    fn put_back(&self, taken: HashMap<Id, Tally>) {
        let mut tallies = self.lock();
        for (token, tally) in taken {
            let newer = tallies.entry(token).or_default();
            newer.last_use = newer.last_use.or(tally.last_use);
            for (day, (requests, refusals)) in tally.days {
                let counts = newer.days.entry(day).or_default();
                counts.0 += requests;
                counts.1 += refusals;
            }
        }
    }

    fn count(&self, token: Id, count: impl FnOnce(&mut Tally)) {
        count(self.lock().entry(token).or_default());
    }

    /// Counting leaves the map whole at every step, so that a panic elsewhere does not spoil it.
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Id, Tally>> {
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
