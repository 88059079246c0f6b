//! Freshness on PostgreSQL: one read of the epoch for all requests that wait at once.
//!
//! Each worker thread has a connection of its own and does this in its own event loop, so that no
//! lock and no wake-up across threads is on the way. A request joins the worker's open batch; the
//! driver closes the batch, *then* sends the read. The read is therefore sent after every request
//! in it began, and a change acknowledged before one of them began is in what it sees.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::{Client, Config, NoTls, Statement};

use super::Freshness;
use crate::busy_poll::look;
use crate::error::Error;
use crate::fault::{self, Fault, planted};
use crate::token::verifier::Keys;

/// How long a read of the epoch may take, and catching up with it, before all who wait are told that
/// it failed.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait before connecting again.
const PAUSE: Duration = Duration::from_millis(200);
/// While others come, gathering goes on: until as many wait as usually do, at most so many looks in a
/// row that bring nobody,
const EMPTY_LOOKS: u32 = 5;
/// or until so much time has passed.
const GATHERING: Duration = Duration::from_micros(400);

/// Requests that wait for the same read.
#[derive(Default)]
struct Batch {
    outcome: Cell<Option<bool>>,
    waiting: RefCell<Vec<Waker>>,
    size: Cell<usize>,
}

impl Batch {
    /// Waits until the batch's read has come to an end; whether it succeeded.
    async fn outcome(&self) -> bool {
        poll_fn(|context| {
            if let Some(outcome) = self.outcome.get() {
                return Poll::Ready(outcome);
            }
            self.waiting.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    fn end(&self, outcome: bool) {
        self.outcome.set(Some(outcome));
        for waker in self.waiting.take() {
            waker.wake();
        }
    }
}

/// What the requests of a worker and its driver share.
#[derive(Default)]
struct Desk {
    open: RefCell<Rc<Batch>>,
    joined: Notify,
}

/// One worker's reader of the epoch.
pub(in crate::token::verifier) struct EpochReader {
    desk: Rc<Desk>,
    driver: tokio::task::JoinHandle<()>,
}

impl EpochReader {
    /// Starts a reader in the event loop of this thread.
    pub(in crate::token::verifier) fn start(url: String, keys: Arc<Keys>) -> Self {
        let desk = Rc::<Desk>::default();
        let driver = tokio::task::spawn_local(drive(desk.clone(), url, keys));
        Self { desk, driver }
    }
}

impl Drop for EpochReader {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Freshness for EpochReader {
    async fn prove(&self) -> Result<(), Error> {
        if planted(Fault::ServeUnproved) && fault::lately() {
            return Ok(());
        }
        let batch = self.desk.open.borrow().clone();
        batch.size.set(batch.size.get() + 1);
        self.desk.joined.notify_one();
        if batch.outcome().await {
            Ok(())
        } else {
            Err(Error::Unavailable)
        }
    }
}

async fn drive(desk: Rc<Desk>, url: String, keys: Arc<Keys>) {
    let mut usual_size = 0;
    let mut session = None;
    loop {
        while desk.open.borrow().size.get() == 0 {
            desk.joined.notified().await;
        }
        if usual_size > 1 {
            gather(&desk, usual_size).await;
        }
        // Closing comes before sending: who comes later waits for the next read.
        let batch = if planted(Fault::JoinReadUnderWay) {
            desk.open.borrow().clone()
        } else {
            desk.open.take()
        };
        // Those who come while a read is under way join by themselves, so it grows when they do.
        usual_size = batch.size.get().max(usual_size - usual_size.div_ceil(8));
        let read = tokio::time::timeout(PATIENCE, read(&mut session, &url)).await;
        let outcome = match read {
            Ok(Ok(epoch)) if epoch == keys.registry.applied() => true,
            Ok(Ok(_)) => {
                // Whoever is cut off here goes on catching up in the background.
                let caught_up = tokio::time::timeout(PATIENCE, keys.catch_up()).await;
                matches!(caught_up, Ok(Ok(())))
            }
            Ok(Err(error)) => {
                log::warn!("the epoch cannot be read: {error}");
                false
            }
            Err(_) => {
                log::warn!("the epoch was not read in {PATIENCE:?}");
                false
            }
        };
        let outcome = outcome || planted(Fault::SwallowError);
        if planted(Fault::JoinReadUnderWay) {
            tokio::time::sleep(fault::GAP).await;
            desk.open.take();
        }
        if !outcome {
            session = None;
        }
        batch.end(outcome);
        if session.is_none() {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Lets more requests join, up to `enough`.
async fn gather(desk: &Desk, enough: usize) {
    let started = Instant::now();
    let mut empty_looks = 0;
    let mut size = desk.open.borrow().size.get();
    while empty_looks < EMPTY_LOOKS && size < enough && started.elapsed() < GATHERING {
        look().await;
        let now = desk.open.borrow().size.get();
        if now == size {
            empty_looks += 1;
        } else {
            empty_looks = 0;
            size = now;
        }
    }
}

/// A connection with its prepared read.
struct Session {
    client: Client,
    statement: Statement,
    connection: tokio::task::JoinHandle<()>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

async fn read(session: &mut Option<Session>, url: &str) -> Result<i64, tokio_postgres::Error> {
    if session.is_none() {
        *session = Some(connect(url).await?);
    }
    match session {
        Some(session) => {
            let row = session.client.query_one(&session.statement, &[]).await?;
            row.try_get(0)
        }
        // Set just above.
        None => unreachable!("a session that was just opened"),
    }
}

async fn connect(url: &str) -> Result<Session, tokio_postgres::Error> {
    let mut config: Config = url.parse()?;
    // A standby lags behind: it would prove nothing, however much it answers.
    config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    let (client, connection) = config.connect(NoTls).await?;
    let connection = tokio::task::spawn_local(async move {
        if let Err(error) = connection.await {
            log::warn!("the connection that reads the epoch ended: {error}");
        }
    });
    let read = if planted(Fault::EpochMovesBeforeCommit) {
        format!("SELECT {}", fault::LOG_POSITION)
    } else {
        "SELECT epoch FROM epochs".to_owned()
    };
    let statement = client.prepare(&read).await?;
    Ok(Session {
        client,
        statement,
        connection,
    })
}
