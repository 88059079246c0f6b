//! What actix-session keeps its sessions in. The trait changes shape with its next release; this
//! file is all that will have to follow.

use std::collections::HashMap;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Session, lifecycle, part, repository};
use crate::clock::Clock;
use crate::db::Database;
use crate::error::Error;
use crate::id::Id;
use crate::secret_key::{self, MacKey};

/// Sessions in the database.
#[derive(Clone)]
pub struct DatabaseStore {
    database: Database,
    clock: Clock,
    digest_key: MacKey,
}

impl DatabaseStore {
    /// A store that digests session keys with `digest_key`.
    #[must_use]
    pub fn new(database: Database, clock: Clock, digest_key: MacKey) -> Self {
        Self {
            database,
            clock,
            digest_key,
        }
    }

    fn digest(&self, key: &SessionKey) -> [u8; 32] {
        self.digest_key.code(&[key.as_ref().as_bytes()])
    }
}

impl SessionStore for DatabaseStore {
    async fn load(
        &self,
        session_key: &SessionKey,
    ) -> Result<Option<HashMap<String, String>>, LoadError> {
        let (digest, now) = (self.digest(session_key), self.clock.now());
        let state = self
            .database
            .read(move |connection| repository::state(connection, &digest, now))
            .await
            .map_err(|error| LoadError::Other(error.into()))?;
        state
            .map(|state| serde_json::from_str(&state))
            .transpose()
            .map_err(|error| LoadError::Deserialization(error.into()))
    }

    async fn save(
        &self,
        session_state: HashMap<String, String>,
        _ttl: &Duration,
    ) -> Result<SessionKey, SaveError> {
        let key = new_key().map_err(|error| SaveError::Other(error.into()))?;
        let (digest, now) = (self.digest(&key), self.clock.now());
        let state = serde_json::to_string(&session_state)
            .map_err(|error| SaveError::Serialization(error.into()))?;
        let id = |part| -> Option<Id> {
            serde_json::from_str::<String>(session_state.get(part)?)
                .ok()?
                .parse()
                .ok()
        };
        let session = Session {
            id: id(part::SESSION).unwrap_or_else(Id::new),
            key_digest: digest.to_vec(),
            account_id: id(part::ACCOUNT),
            state,
            created_at: now,
            last_seen_at: now,
        };
        self.database
            .write(move |connection| lifecycle::begin(connection, &session, now))
            .await
            .map_err(|error| SaveError::Other(error.into()))?;
        Ok(key)
    }

    /// A session that was ended while its request was under way stays ended: nothing is saved
    /// anew, and the cookie names a row that is gone.
    async fn update(
        &self,
        session_key: SessionKey,
        session_state: HashMap<String, String>,
        _ttl: &Duration,
    ) -> Result<SessionKey, UpdateError> {
        let (digest, now) = (self.digest(&session_key), self.clock.now());
        let state = serde_json::to_string(&session_state)
            .map_err(|error| UpdateError::Serialization(error.into()))?;
        self.database
            .write(move |connection| repository::update(connection, &digest, &state, now))
            .await
            .map_err(|error| UpdateError::Other(error.into()))?;
        Ok(session_key)
    }

    async fn update_ttl(
        &self,
        session_key: &SessionKey,
        _ttl: &Duration,
    ) -> Result<(), anyhow::Error> {
        let (digest, now) = (self.digest(session_key), self.clock.now());
        let stale = self
            .database
            .read(move |connection| repository::is_stale(connection, &digest, now))
            .await?;
        if stale {
            self.database
                .write(move |connection| repository::touch(connection, &digest, now))
                .await?;
        }
        Ok(())
    }

    async fn delete(&self, session_key: &SessionKey) -> Result<(), anyhow::Error> {
        let digest = self.digest(session_key);
        Ok(self
            .database
            .write(move |connection| repository::remove(connection, &digest))
            .await?)
    }
}

/// 256 random bits.
fn new_key() -> Result<SessionKey, Error> {
    SessionKey::try_from(URL_SAFE_NO_PAD.encode(*secret_key::random::<32>()?))
        .map_err(|error| Error::Internal(error.to_string()))
}
