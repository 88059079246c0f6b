//! Judging the key of a request: at the speed of memory, and by what the database says now.
//!
//! Shape and checksum come first, so garbage costs neither hash nor query. Then the digest, the
//! proof that memory is fresh, and only after that the look-up: the row found is no older than the
//! request.

mod freshness;
mod lookups;
mod registry;
mod subject;
#[cfg(test)]
mod tests;
mod worker;

use std::net::IpAddr;
use std::sync::Arc;

pub use subject::{Demands, Grant, Owner, Subject};
pub use worker::Worker;

use crate::audit::event::Actor;
use crate::clock::{Clock, Instant};
use crate::db::{Connection, Database};
use crate::error::Error;
use crate::id::Id;
use crate::secret_key::MacKey;
use crate::token;
use crate::token::model::Status;
use crate::token::repository::{OwnedToken, Whose};
use crate::token::rotation;
use crate::token::usage::Recorder;
use lookups::Lookups;
use registry::{Digest, Found, Registry};

/// The keys in memory together with the database they come from.
struct Keys {
    registry: Registry,
    database: Database,
}

impl Keys {
    /// Brings in every committed change.
    async fn catch_up(self: &Arc<Self>) -> Result<(), Error> {
        let keys = self.clone();
        self.database
            .read(move |connection| keys.catch_up_on(connection))
            .await
    }

    /// The same on this thread.
    fn catch_up_on(&self, connection: &mut Connection) -> Result<(), Error> {
        self.registry.catch_up(connection).map(drop)
    }

    /// Brings in what was just read, where nothing else does: whoever is shown that a key is revoked
    /// may rely on it. On PostgreSQL every proof asks the database itself.
    fn follow_reader(&self, connection: &mut Connection) -> Result<(), Error> {
        if matches!(connection, Connection::Postgres(_)) || self.registry.is_current(connection)? {
            return Ok(());
        }
        self.catch_up_on(connection)
    }
}

/// What the workers, which judge keys, have in common.
#[derive(Clone)]
pub struct Verifier {
    keys: Arc<Keys>,
    lookups: Lookups,
    clock: Clock,
    digest_key: MacKey,
    usage: Recorder,
}

/// Whoever a right key stands for.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The key.
    pub subject: Arc<Subject>,
    /// Where the request comes from.
    pub address: IpAddr,
    /// The request's id.
    pub request_id: String,
}

/// A key that was refused: why, and, where it is a key at all, which one.
#[derive(Debug)]
pub struct Refusal {
    /// Why.
    pub error: Error,
    /// The key, as far as it is one.
    pub subject: Option<Arc<Subject>>,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self {
            error,
            subject: None,
        }
    }
}

impl Caller {
    /// The caller as the audit trail knows it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let owner = &self.subject.owner;
        Actor::key(owner.id, &owner.name, self.subject.id()).at(self.address, &self.request_id)
    }

    /// Whether the key may still do what it was let in for, as the transaction sees it that is to do
    /// it. A client can let minutes pass between the head of a request, by which it is judged, and
    /// the end of its body; a key that was revoked meanwhile must not leave another one behind.
    ///
    /// # Errors
    /// [`Error::KeyInvalid`], [`Error::KeyExpired`]; [`Error::Conflict`] for a key whose settings
    /// or owner were changed.
    pub fn check(&self, connection: &mut Connection, now: Instant) -> Result<(), Error> {
        let OwnedToken { token, owner } =
            token::repository::get(connection, Whose::Everyone, self.subject.id())?;
        let grant = &self.subject.grant;
        match token.status(now) {
            _ if owner.disabled_at.is_some() => Err(Error::KeyInvalid),
            Status::Revoked | Status::Paused => Err(Error::KeyInvalid),
            Status::Expired => Err(Error::KeyExpired),
            Status::Active
                if token.scopes != grant.scopes
                    || token.allowed_cidrs != grant.allowed_cidrs
                    || owner.id != self.subject.owner.id =>
            {
                Err(Error::Conflict("The key was changed meanwhile: try again"))
            }
            Status::Active => Ok(()),
        }
    }
}

impl Verifier {
    /// One that holds up to `capacity` keys of `database` in memory and books to `usage`.
    /// To be made inside an event loop.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub fn start(
        database: &Database,
        clock: Clock,
        digest_key: MacKey,
        usage: Recorder,
        capacity: usize,
    ) -> Result<Self, Error> {
        let keys = Arc::new(Keys {
            registry: Registry::new(capacity),
            database: database.clone(),
        });
        database.read_now(|connection| keys.catch_up_on(connection))?;
        // Held by the database that the keys hold: a strong handle would keep both for ever.
        let follower = Arc::downgrade(&keys);
        database.after_commit(move |connection| {
            let keys = follower.upgrade();
            keys.map_or(Ok(()), |keys| keys.catch_up_on(connection))
        });
        let follower = Arc::downgrade(&keys);
        database.after_read(move |connection| {
            let keys = follower.upgrade();
            keys.map_or(Ok(()), |keys| keys.follow_reader(connection))
        });
        Ok(Self {
            lookups: Lookups::start(keys.clone()),
            keys,
            clock,
            digest_key,
            usage,
        })
    }

    /// Brings every committed change into memory; for changes that another process made.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn catch_up(&self) -> Result<(), Error> {
        self.keys.catch_up().await
    }

    /// [`Verifier::catch_up`] on this thread.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub fn catch_up_now(&self) -> Result<(), Error> {
        self.keys
            .database
            .read_now(|connection| self.keys.catch_up_on(connection))
    }

    /// What `look` makes of the key of this digest; by memory, where memory knows.
    async fn find<T>(
        &self,
        digest: &Digest,
        mut look: impl FnMut(&Subject) -> T,
    ) -> Result<T, Error> {
        match self.keys.registry.find(digest, &mut look) {
            Found::Held(seen) => Ok(seen),
            Found::Unknown => Err(Error::KeyInvalid),
            Found::Ask => {
                let subject = self.lookups.ask(*digest).await?;
                subject.as_ref().map(look).ok_or(Error::KeyInvalid)
            }
        }
    }

    async fn awaken(&self, id: Id, now: Instant) -> Result<(), Error> {
        self.keys
            .database
            .write(move |connection| rotation::awaken(connection, id, now))
            .await
    }
}
