//! What each worker thread of the server has of its own.

use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::freshness::Freshness;
use super::freshness::postgres::EpochReader;
use super::freshness::process::Process;
use super::{Demands, Refusal, Subject, Verifier};
use crate::busy_poll::BusyPoll;
use crate::config::DatabaseUrl;
use crate::error::Error;
use crate::id::Id;
use crate::token::secret;
use crate::token::usage::{Ledger, Outcome};

/// How often a worker hands over what it booked.
const HAND_OVER: Duration = Duration::from_millis(250);

/// Judges keys and books what it decides to the key: with a way of its own to prove that memory is
/// fresh, and a book of its own.
pub struct Worker {
    verifier: Verifier,
    proof: Proof,
    ledger: Rc<Ledger>,
    busy_poll: BusyPoll,
    handing_over: tokio::task::JoinHandle<()>,
}

/// What became of a key at the first look.
enum Seen<T> {
    /// It may pass, once its first use has ended the key before it.
    Asleep(Id),
    Booked(Result<T, Refusal>),
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
            verifier: verifier.clone(),
            proof: match url {
                DatabaseUrl::Sqlite(_) => Proof::Process(Process { keys }),
                DatabaseUrl::Postgres(url) => {
                    Proof::Postgres(EpochReader::start(url.clone(), keys))
                }
            },
            handing_over: tokio::task::spawn_local(hand_over(ledger.clone())),
            ledger,
            busy_poll: BusyPoll::start(),
        }
    }

    /// What `take` makes of the key `presented`, if it may do what is demanded from `address`. What
    /// `client` calls itself is noted with the use of the key. The key is looked at where memory has
    /// it: that touches no count of its users, which all processors would write to.
    ///
    /// # Errors
    /// Those of [`Subject::judge`]; [`Error::KeyInvalid`] for what is no key;
    /// [`Error::Unavailable`] where the key cannot be judged.
    pub async fn verify<T>(
        &self,
        presented: &[u8],
        demands: &Demands<'_>,
        client: &[u8],
        address: IpAddr,
        mut take: impl FnMut(&Subject) -> T,
    ) -> Result<T, Refusal> {
        let verifier = &self.verifier;
        let digest = secret::digest_of(presented, &verifier.digest_key).ok_or(Error::KeyInvalid)?;
        self.busy_poll.note();
        self.prove_freshness().await?;
        let now = verifier.clock.now();
        let judge = |key: &Subject| key.judge(demands, address, now);
        let mut book = |key: &Subject, judged: Result<(), Error>| {
            let refused = judged.as_ref().err();
            let outcome = refused.map_or(Outcome::Request, Outcome::from);
            let token = key.number();
            self.ledger
                .book(token, outcome, &demands.scopes, address, client, now);
            match judged {
                Ok(()) => Ok(take(key)),
                Err(error) => Err(Refusal {
                    error,
                    subject: Some(Arc::new(key.clone())),
                }),
            }
        };
        let seen = |key: &Subject| match judge(key) {
            Ok(()) if key.is_asleep() => Seen::Asleep(key.id()),
            judged => Seen::Booked(book(key, judged)),
        };
        match verifier.find(&digest, seen).await? {
            Seen::Booked(outcome) => outcome,
            Seen::Asleep(id) => {
                // The one slow use of a successor. It may turn out to be revoked: judged once more.
                verifier.awaken(id, now).await?;
                verifier.find(&digest, |key| book(key, judge(key))).await?
            }
        }
    }

    async fn prove_freshness(&self) -> Result<(), Error> {
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
