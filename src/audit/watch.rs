//! The server's own verification: all of the log at its start, once a day and when somebody asks,
//! and what is new every few seconds.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Moment};

use tokio::sync::Notify;

use crate::audit::chain::{Broken, Link};
use crate::audit::checkpoints;
use crate::audit::key::AuditKey;
use crate::audit::walk::{Fault, LogWalk, ROWS};
use crate::clock::{Clock, Instant};
use crate::db::Database;
use crate::error::Error;

/// How often what is new is looked at.
const LOOK: Duration = Duration::from_secs(15);
/// How often all of it is.
const WHOLE: Duration = Duration::from_hours(24);
/// A walk that nobody waits for rests so many times as long as each of its steps took.
const REST: u32 = 9;

/// What is known of the log.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The last event that was found right, and when.
    pub verified: Option<(i64, Instant)>,
    /// What was found wrong since, and when.
    pub broken: Option<(Found, Instant)>,
    /// How far a walk over all of it has come, and how far it goes.
    pub under_way: Option<(i64, i64)>,
}

/// What was found wrong.
#[derive(Clone, Debug)]
pub enum Found {
    /// An event.
    Event(Broken),
    /// The file of checkpoints.
    Checkpoints(String),
}

/// The verification of one node.
pub struct Watch {
    database: Database,
    key: AuditKey,
    checkpoints: PathBuf,
    clock: Clock,
    report: Mutex<Report>,
    /// What was verified up to now.
    last: Mutex<Link>,
    asked: Notify,
}

impl Watch {
    /// One that holds the log against a file of checkpoints, too.
    #[must_use]
    pub fn new(database: Database, key: AuditKey, checkpoints: PathBuf, clock: Clock) -> Self {
        Self {
            database,
            key,
            checkpoints,
            clock,
            report: Mutex::default(),
            last: Mutex::new(Link::START),
            asked: Notify::new(),
        }
    }

    /// What is known now.
    #[must_use]
    pub fn report(&self) -> Report {
        lock(&self.report).clone()
    }

    /// Has all of the log verified soon.
    pub fn ask(&self) {
        self.asked.notify_one();
    }

    /// Verifies for ever.
    pub async fn run(&self) {
        let mut is_asked = false;
        loop {
            self.look(Link::START, !is_asked).await;
            let begun = Moment::now();
            is_asked = false;
            while !is_asked && begun.elapsed() < WHOLE {
                is_asked = tokio::time::timeout(LOOK, self.asked.notified())
                    .await
                    .is_ok();
                // Where something is broken, what comes after cannot be told.
                if !is_asked && self.report().broken.is_none() {
                    let last = *lock(&self.last);
                    self.look(last, true).await;
                }
            }
        }
    }

    async fn look(&self, from: Link, is_patient: bool) {
        let outcome = self.walk(from, is_patient).await;
        let now = self.clock.now();
        let mut report = lock(&self.report);
        report.under_way = None;
        let found = match outcome {
            Ok(last) => {
                report.verified = Some((last.number, now));
                report.broken = None;
                *lock(&self.last) = last;
                return;
            }
            Err(Trouble::Fault(Fault::Failed(error))) => {
                log::warn!("the audit log cannot be verified: {error}");
                return;
            }
            Err(Trouble::Fault(Fault::Broken(broken))) => {
                log::error!("audit log: {broken}");
                Found::Event(broken)
            }
            Err(Trouble::Checkpoints(fault)) => {
                log::error!("audit log: {fault}");
                Found::Checkpoints(fault)
            }
        };
        report.broken = Some((found, now));
    }

    async fn walk(&self, from: Link, is_patient: bool) -> Result<Link, Trouble> {
        let (key, path) = (self.key.clone(), self.checkpoints.clone());
        let mut walk = self
            .blocking(move |connection| {
                let seen = checkpoints::read_if_there(&path, &key)
                    .map_err(|fault| Trouble::Checkpoints(fault.to_string()))?;
                Ok(LogWalk::begin(connection, from, &key, seen)?)
            })
            .await?;
        let is_whole = from == Link::START;
        loop {
            let begun = Moment::now();
            let more;
            (walk, more) = self
                .blocking(move |connection| {
                    let more = walk.step(connection, ROWS)?;
                    Ok((walk, more))
                })
                .await?;
            if !more {
                break;
            }
            if is_whole {
                lock(&self.report).under_way = Some(walk.progress());
            }
            if is_patient {
                tokio::time::sleep(begun.elapsed() * REST).await;
            }
        }
        self.blocking(move |connection| {
            Ok(if is_whole {
                walk.end(connection)?
            } else {
                walk.end_of_few().map_err(Fault::from)?
            })
        })
        .await
    }

    /// Does a part of a walk on a connection.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut crate::db::Connection) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let done = self.database.read(move |connection| Ok(work(connection)));
        done.await.map_err(Fault::Failed)?
    }
}

/// Why a walk ends early.
enum Trouble {
    Fault(Fault),
    Checkpoints(String),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Fault(Fault::Failed(error))
    }
}

/// What it guards is whole after every statement, so that a panic elsewhere spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
