//! Judging the key of a request.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::audit::event::Actor;
use crate::clock::Clock;
use crate::db::Database;
use crate::error::Error;
use crate::secret_key::MacKey;
use crate::token::model::Status;
use crate::token::repository::{self, OwnedToken};
use crate::token::secret::Secret;
use crate::token::usage::Recorder;

/// Judges keys and books what it decides to the key.
#[derive(Clone)]
pub struct Verifier {
    database: Database,
    clock: Clock,
    digest_key: MacKey,
    usage: Recorder,
}

/// Whoever a right key stands for.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The key and its owner.
    pub owned: OwnedToken,
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
    pub caller: Option<Box<Caller>>,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self {
            error,
            caller: None,
        }
    }
}

impl Caller {
    /// The caller as the audit trail knows it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let OwnedToken { token, owner } = &self.owned;
        Actor::key(owner.id, &owner.name, token.id).at(self.address, &self.request_id)
    }
}

impl Verifier {
    /// One that reads keys from `database` and books to `usage`.
    #[must_use]
    pub fn new(database: Database, clock: Clock, digest_key: MacKey, usage: Recorder) -> Self {
        Self {
            database,
            clock,
            digest_key,
            usage,
        }
    }

    /// The caller that `presented` stands for, if it may call from `address` with all of `scopes`.
    ///
    /// Shape and checksum are looked at first: garbage costs neither hash nor query. Expiry is told
    /// only of a key that is right, and never of a revoked one.
    ///
    /// # Errors
    /// [`Error::KeyInvalid`], [`Error::KeyExpired`], [`Error::AddressNotAllowed`],
    /// [`Error::ScopeMissing`]; [`Error::Unavailable`] where the key cannot be judged.
    pub async fn verify(
        &self,
        presented: &[u8],
        scopes: &[&str],
        address: IpAddr,
        request_id: &str,
    ) -> Result<Caller, Refusal> {
        let secret = Secret::parse(presented).ok_or(Error::KeyInvalid)?;
        let digest = secret.digest(&self.digest_key);
        let owned = self
            .database
            .read(move |connection| repository::by_digest(connection, &digest))
            .await?
            .ok_or(Error::KeyInvalid)?;
        let caller = Caller {
            owned,
            address,
            request_id: request_id.to_owned(),
        };
        let id = caller.owned.token.id;
        match self.judge(&caller.owned, scopes, address) {
            Ok(()) => {
                self.usage.used(id, address);
                Ok(caller)
            }
            Err(error) => {
                self.usage.refused(id);
                Err(Refusal {
                    error,
                    caller: Some(Box::new(caller)),
                })
            }
        }
    }

    fn judge(&self, owned: &OwnedToken, scopes: &[&str], address: IpAddr) -> Result<(), Error> {
        let OwnedToken { token, owner } = owned;
        match token.status(self.clock.now()) {
            _ if owner.disabled_at.is_some() => return Err(Error::KeyInvalid),
            Status::Revoked | Status::Paused => return Err(Error::KeyInvalid),
            Status::Expired => return Err(Error::KeyExpired),
            Status::Active => {}
        }
        let address = address.to_canonical();
        let allowed = token.allowed_cidrs.is_empty()
            || token
                .allowed_cidrs
                .iter()
                .filter_map(|cidr| cidr.parse::<IpNet>().ok())
                .any(|network| network.contains(&address));
        if !allowed {
            return Err(Error::AddressNotAllowed);
        }
        match scopes.iter().find(|scope| !token.scopes.allow(scope)) {
            Some(missing) => Err(Error::ScopeMissing((*missing).to_owned())),
            None => Ok(()),
        }
    }
}
