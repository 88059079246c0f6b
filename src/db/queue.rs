//! Who may use the database, and who waits for it: a request without a thread of its own, which
//! would cost memory for as many as come.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{FairMutex, FairMutexGuard};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Error;

/// How long a request waits for a connection before it is told that the database is away.
const WAIT: Duration = Duration::from_secs(3);
/// How long a change waits for those before it.
const TURN: Duration = Duration::from_secs(5);

/// The order of those who use one database.
pub(super) struct Queue {
    /// Requests at work: as many as there are connections.
    requests: Arc<Semaphore>,
    changes: Option<Changes>,
}

/// Whose turn it is to change a SQLite file. SQLite itself has all but one try again and again, in
/// no order, each on a connection that is then missing to those who only read.
struct Changes {
    /// The one request that has a thread to wait for its turn.
    first: Arc<Semaphore>,
    turn: FairMutex<()>,
}

/// What one holds who may use the database.
pub(super) struct Place {
    _request: Option<OwnedSemaphorePermit>,
    first: Option<OwnedSemaphorePermit>,
    /// How long it may take until there is a connection.
    pub(super) patience: Duration,
}

/// The right to change something, until it is dropped.
pub(super) struct Turn<'a> {
    _turn: Option<FairMutexGuard<'a, ()>>,
    _first: Option<OwnedSemaphorePermit>,
}

impl Queue {
    /// For a database of so many connections, where at most one changes something if it says so.
    pub(super) fn new(connections: u32, is_one_at_a_time: bool) -> Self {
        Self {
            requests: Arc::new(Semaphore::new(connections as usize)),
            changes: is_one_at_a_time.then(|| Changes {
                first: Arc::new(Semaphore::new(1)),
                turn: FairMutex::default(),
            }),
        }
    }

    /// The place of a request that reads.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when those before it take too long.
    pub(super) async fn to_read(&self) -> Result<Place, Error> {
        let begun = Instant::now();
        let request = wait(&self.requests, WAIT).await?;
        Ok(Place {
            _request: Some(request),
            first: None,
            patience: WAIT.saturating_sub(begun.elapsed()),
        })
    }

    /// The place of a request that changes something. Those who wait for another's change leave the
    /// connections to those who read.
    ///
    /// # Errors
    /// As [`Queue::to_read`].
    pub(super) async fn to_write(&self) -> Result<Place, Error> {
        let first = match &self.changes {
            Some(changes) => Some(wait(&changes.first, TURN).await?),
            None => None,
        };
        let place = self.to_read().await?;
        Ok(Place { first, ..place })
    }

    /// Waits on this thread until it is the turn of one who changes something.
    ///
    /// # Errors
    /// As [`Queue::to_read`].
    pub(super) fn turn(&self, place: &mut Place) -> Result<Turn<'_>, Error> {
        let turn = match &self.changes {
            Some(Changes { turn, .. }) => Some(turn.try_lock_for(TURN).ok_or(Error::Unavailable)?),
            None => None,
        };
        Ok(Turn {
            _turn: turn,
            _first: place.first.take(),
        })
    }
}

impl Place {
    /// That of a command, or of a thread that is no request's: it waits itself.
    pub(super) fn of_thread() -> Self {
        Self {
            _request: None,
            first: None,
            patience: WAIT,
        }
    }
}

async fn wait(line: &Arc<Semaphore>, patience: Duration) -> Result<OwnedSemaphorePermit, Error> {
    let permit = tokio::time::timeout(patience, line.clone().acquire_owned()).await;
    permit.ok().and_then(Result::ok).ok_or(Error::Unavailable)
}
