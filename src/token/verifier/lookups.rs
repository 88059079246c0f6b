//! Keys that memory does not hold: looked up in the database, many with one query, never more than
//! one query at a time, so that a flood of made-up keys piles up no work.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::Keys;
use super::registry::Digest;
use super::subject::Subject;
use crate::error::Error;

/// How many may wait; whoever comes then is told to try again.
const QUEUE: usize = 1_024;
/// How many one query asks for.
const BATCH: usize = 256;

type Answer = oneshot::Sender<Result<Option<Subject>, Error>>;

/// Where look-ups are asked for.
#[derive(Clone)]
pub(super) struct Lookups {
    questions: mpsc::Sender<(Digest, Answer)>,
}

impl Lookups {
    /// Starts the one task that asks the database.
    pub(super) fn start(keys: Arc<Keys>) -> Self {
        let (questions, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(answer(keys, waiting));
        Self { questions }
    }

    /// The key of this digest, if there is one.
    pub(super) async fn ask(&self, digest: Digest) -> Result<Option<Subject>, Error> {
        let (answer, answered) = oneshot::channel();
        self.questions
            .try_send((digest, answer))
            .map_err(|_| Error::Unavailable)?;
        answered.await.map_err(|_| Error::Unavailable)?
    }
}

async fn answer(keys: Arc<Keys>, mut waiting: mpsc::Receiver<(Digest, Answer)>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let digests: Vec<Digest> = batch.iter().map(|(digest, _)| *digest).collect();
        let filled = {
            let keys = keys.clone();
            let database = keys.database.clone();
            database
                .read(move |connection| keys.registry.fill(connection, &digests))
                .await
        };
        for (digest, answer) in batch.drain(..) {
            let found = match &filled {
                Err(_) => Err(Error::Unavailable),
                Ok(filled) => Ok(filled.get(&digest).cloned()),
            };
            // Whoever asked may have gone away.
            let _ = answer.send(found);
        }
    }
}
