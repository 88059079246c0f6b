//! What is held in memory of a key: enough to judge it, in few bytes.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ipnet::IpNet;

use crate::account::model::{Kind, Role};
use crate::clock::Instant;
use crate::error::Error;
use crate::id::Id;
use crate::token::environment::Environment;
use crate::token::epoch::repository::Row;
use crate::token::lines::Lines;
use crate::token::scope::{Scope, Scopes};

/// The owner of keys; all keys of an account share one.
#[derive(Debug)]
pub struct Owner {
    /// The account.
    pub id: Id,
    /// A person's or the organisation's.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    role: Role,
}

/// What keys may do and from where; all keys that may do the same share one.
#[derive(Debug)]
pub struct Grant {
    /// The scopes.
    pub scopes: Scopes,
    /// The environment.
    pub environment: Environment,
    /// The networks as they are written.
    pub allowed_cidrs: Lines,
    networks: Vec<IpNet>,
}

/// One key. What it is judged by is in here, not behind a pointer: of many keys, each that is followed
/// is one more place that no cache holds.
#[derive(Clone, Debug)]
pub struct Subject {
    id: u128,
    family: u128,
    /// Its owner.
    pub owner: Arc<Owner>,
    /// What it may do.
    pub grant: Arc<Grant>,
    expires_at: Option<Instant>,
    /// When it is no longer paused; long ago where it is not.
    paused_until: Instant,
    /// Revoked, or its owner disabled.
    is_dead: bool,
    is_asleep: bool,
    pub(super) touched: Touched,
}

/// Whether a key was looked up since the cache last thought of dropping it.
#[derive(Debug)]
pub(super) struct Touched(AtomicBool);

impl Touched {
    pub(super) fn note(&self) {
        // Read first: a line that is only read stays in every core's cache.
        if !self.0.load(Ordering::Relaxed) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it was; from now on it was not.
    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

/// A copy begins anew.
impl Clone for Touched {
    fn clone(&self) -> Self {
        Self(AtomicBool::new(true))
    }
}

impl Owner {
    pub(super) fn new(row: &Row) -> Self {
        Self {
            id: row.owner_id,
            kind: row.owner_kind,
            name: row.owner_name.clone(),
            role: row.owner_role,
        }
    }

    pub(super) fn is_of(&self, row: &Row) -> bool {
        self.id == row.owner_id
            && self.kind == row.owner_kind
            && self.name == row.owner_name
            && self.role == row.owner_role
    }
}

impl Grant {
    pub(super) fn new(row: &Row) -> Self {
        Self {
            scopes: row.scopes.clone(),
            environment: row.environment,
            allowed_cidrs: row.allowed_cidrs.clone(),
            networks: row
                .allowed_cidrs
                .iter()
                .filter_map(|cidr| cidr.parse().ok())
                .collect(),
        }
    }

    fn allows_address(&self, address: IpAddr) -> bool {
        // A list that is written but not understood allows nobody.
        self.allowed_cidrs.is_empty()
            || self
                .networks
                .iter()
                .any(|network| network.contains(&address))
    }
}

/// What a request needs its key to be.
#[derive(Clone, Debug, Default)]
pub struct Demands<'a> {
    /// The scopes, all of them.
    pub scopes: Vec<&'a str>,
    /// The environment, if it matters.
    pub environment: Option<Environment>,
}

impl Subject {
    pub(super) fn new(row: &Row, owner: Arc<Owner>, grant: Arc<Grant>) -> Self {
        Self {
            id: row.id.number(),
            family: row.family_id.number(),
            owner,
            grant,
            expires_at: row.expires_at,
            paused_until: match row.paused_at {
                Some(_) => row.paused_until.unwrap_or(Instant::LAST),
                None => Instant::from_micros(0),
            },
            is_dead: row.revoked_at.is_some() || row.owner_disabled_at.is_some(),
            is_asleep: row.overlap_seconds.is_some(),
            touched: Touched(AtomicBool::new(true)),
        }
    }

    /// The key's id.
    #[must_use]
    pub fn id(&self) -> Id {
        Id::from_number(self.id)
    }

    /// The key's id in 128 bits.
    pub(super) fn number(&self) -> u128 {
        self.id
    }

    /// The id its lineage shares.
    #[must_use]
    pub fn family_id(&self) -> Id {
        Id::from_number(self.family)
    }

    /// Its end.
    #[must_use]
    pub fn expires_at(&self) -> Option<Instant> {
        self.expires_at
    }

    /// Whether it is a successor whose first use has yet to end the key before it.
    pub(super) fn is_asleep(&self) -> bool {
        self.is_asleep
    }

    /// Whether the key may do what is demanded, from `address`, at `now`. Revoked comes before
    /// expired, so that only an honest key's end is told; the later checks are told to the key's
    /// holder alone.
    ///
    /// # Errors
    /// [`Error::KeyInvalid`], [`Error::KeyExpired`], [`Error::EnvironmentMismatch`],
    /// [`Error::AddressNotAllowed`], [`Error::ScopeMissing`].
    pub fn judge(&self, demands: &Demands, address: IpAddr, now: Instant) -> Result<(), Error> {
        if self.is_dead {
            return Err(Error::KeyInvalid);
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            return Err(Error::KeyExpired);
        }
        if self.paused_until > now {
            return Err(Error::KeyInvalid);
        }
        if !self.grant.allows_address(address.to_canonical()) {
            return Err(Error::AddressNotAllowed);
        }
        if let Some(wanted) = demands.environment
            && wanted != self.grant.environment
        {
            return Err(Error::EnvironmentMismatch {
                wanted,
                own: self.grant.environment,
            });
        }
        match demands
            .scopes
            .iter()
            .find(|scope| !self.allows_scope(scope))
        {
            Some(missing) => Err(Error::ScopeMissing((*missing).to_owned())),
            None => Ok(()),
        }
    }

    /// The audit trail is for admins: the key of one who is no longer an admin reads none of it.
    fn allows_scope(&self, scope: &str) -> bool {
        self.grant.scopes.allow(scope)
            && (scope != Scope::AuditRead.name() || self.owner.role == Role::Admin)
    }
}
