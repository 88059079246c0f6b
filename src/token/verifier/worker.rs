//! What each worker thread of the server has of its own.

use std::rc::Rc;
use std::time::Duration;

use super::Verifier;
use super::freshness::Freshness;
use super::freshness::postgres::EpochReader;
use super::freshness::process::Process;
use crate::config::DatabaseUrl;
use crate::error::Error;
use crate::token::usage::Ledger;

/// How often a worker hands over what it booked.
const HAND_OVER: Duration = Duration::from_millis(500);

/// A worker's way to prove that memory is fresh, and its book of what it decided.
pub struct Worker {
    proof: Proof,
    pub(super) ledger: Rc<Ledger>,
    handing_over: tokio::task::JoinHandle<()>,
}

enum Proof {
    Process(Process),
    Postgres(EpochReader),
}

impl Worker {
    /// The way that fits the database. To be made inside the worker's own event loop.
    #[must_use]
    pub fn start(verifier: &Verifier, url: &DatabaseUrl) -> Self {
        let keys = verifier.keys.clone();
        let ledger = Rc::new(verifier.usage.ledger());
        Self {
            proof: match url {
                DatabaseUrl::Sqlite(_) => Proof::Process(Process { keys }),
                DatabaseUrl::Postgres(url) => {
                    Proof::Postgres(EpochReader::start(url.clone(), keys))
                }
            },
            handing_over: tokio::task::spawn_local(hand_over(ledger.clone())),
            ledger,
        }
    }

    pub(super) async fn prove_freshness(&self) -> Result<(), Error> {
        match &self.proof {
            Proof::Process(process) => process.prove().await,
            Proof::Postgres(reader) => reader.prove().await,
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.handing_over.abort();
        self.ledger.hand_over();
    }
}

async fn hand_over(ledger: Rc<Ledger>) {
    let mut ticks = tokio::time::interval(HAND_OVER);
    loop {
        ticks.tick().await;
        ledger.hand_over();
    }
}
