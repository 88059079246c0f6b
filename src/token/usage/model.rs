//! What was counted of a key.

use std::ops::AddAssign;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::clock::Instant;
use crate::id::Id;

/// One key, one day.
#[derive(Clone, Debug, Queryable)]
pub struct Day {
    /// The key.
    pub token_id: Id,
    /// Days since 1970-01-01, in UTC.
    pub day: i32,
    /// Requests that were let through.
    pub requests: i64,
    /// Requests that were refused.
    pub refusals: i64,
}

/// Whoever used a key, or tried to: an address and a client.
#[derive(Clone, Debug, Queryable, Serialize)]
pub struct Caller {
    /// Where the requests came from.
    pub address: String,
    /// What the client called itself.
    pub client: String,
    /// When the first came.
    pub first_used_at: Instant,
    /// When the last came.
    pub last_used_at: Instant,
    /// How many were let through.
    pub requests: i64,
    /// How many were refused.
    pub refusals: i64,
}

/// How many requests there were, by what became of them.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Counts {
    /// Let through.
    pub requests: i64,
    /// Refused as the key was revoked, expired or paused.
    pub refused_dead: i64,
    /// Refused for their address.
    pub refused_address: i64,
    /// Refused for the key's environment.
    pub refused_environment: i64,
    /// Refused for a missing scope.
    pub refused_scope: i64,
}

impl Counts {
    /// One request.
    #[must_use]
    pub fn one(outcome: Outcome) -> Self {
        let mut counts = Self::default();
        *match outcome {
            Outcome::Request => &mut counts.requests,
            Outcome::Dead => &mut counts.refused_dead,
            Outcome::Address => &mut counts.refused_address,
            Outcome::Environment => &mut counts.refused_environment,
            Outcome::Scope => &mut counts.refused_scope,
        } = 1;
        counts
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.refused_dead += other.refused_dead;
        self.refused_address += other.refused_address;
        self.refused_environment += other.refused_environment;
        self.refused_scope += other.refused_scope;
    }
}

/// One key, one day, one caller.
#[derive(Clone, Debug)]
pub struct Uses {
    /// The key.
    pub token_id: Id,
    /// Days since 1970-01-01, in UTC.
    pub day: i32,
    /// Where the requests came from.
    pub address: String,
    /// What the client called itself.
    pub client: String,
    /// How many there were.
    pub counts: Counts,
    /// The first of them.
    pub first_at: Instant,
    /// The last of them.
    pub last_at: Instant,
}

impl Uses {
    /// Counts what another row of the same key and day has counted.
    pub(super) fn absorb(&mut self, other: &Self) {
        self.counts += other.counts;
        self.first_at = self.first_at.min(other.first_at);
        self.last_at = self.last_at.max(other.last_at);
    }

    /// Whose use it is.
    pub(super) fn caller(&self) -> (&str, &str) {
        (&self.address, &self.client)
    }
}
