//! What was counted of a key.

use diesel::prelude::*;
use serde::Serialize;

use super::Outcome;
use super::recorder::widen;
use crate::clock::Instant;
use crate::db::schema::usage;
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

/// One key, one day, one caller.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = usage)]
pub struct Uses {
    /// The key.
    pub token_id: Id,
    /// Days since 1970-01-01, in UTC.
    pub day: i32,
    /// Where the requests came from.
    pub address: String,
    /// What the client called itself.
    pub client: String,
    /// Requests that were let through.
    pub requests: i64,
    /// Requests refused as the key was revoked, expired or paused.
    pub refused_dead: i64,
    /// Requests refused for their address.
    pub refused_address: i64,
    /// Requests refused for the key's environment.
    pub refused_environment: i64,
    /// Requests refused for a missing scope.
    pub refused_scope: i64,
    /// The first of them.
    pub first_at: Instant,
    /// The last of them.
    pub last_at: Instant,
}

impl Uses {
    /// A row that counts nothing yet.
    #[must_use]
    pub fn none(token: u128, day: i32, address: String, client: String, at: Instant) -> Self {
        Self {
            token_id: Id::from_number(token),
            day,
            address,
            client,
            requests: 0,
            refused_dead: 0,
            refused_address: 0,
            refused_environment: 0,
            refused_scope: 0,
            first_at: at,
            last_at: at,
        }
    }

    /// Counts one request.
    pub fn add(&mut self, outcome: Outcome, at: Instant) {
        let count = match outcome {
            Outcome::Request => &mut self.requests,
            Outcome::Dead => &mut self.refused_dead,
            Outcome::Address => &mut self.refused_address,
            Outcome::Environment => &mut self.refused_environment,
            Outcome::Scope => &mut self.refused_scope,
        };
        *count += 1;
        widen(&mut self.first_at, &mut self.last_at, at);
    }

    /// Counts what another row of the same key has counted.
    pub(super) fn absorb(&mut self, other: &Self) {
        self.requests += other.requests;
        self.refused_dead += other.refused_dead;
        self.refused_address += other.refused_address;
        self.refused_environment += other.refused_environment;
        self.refused_scope += other.refused_scope;
        widen(&mut self.first_at, &mut self.last_at, other.first_at);
        widen(&mut self.first_at, &mut self.last_at, other.last_at);
    }

    /// What tells rows apart, in the table's order.
    #[must_use]
    pub fn key(&self) -> (&str, i32, &str, &str) {
        (
            self.token_id.as_str(),
            self.day,
            &self.address,
            &self.client,
        )
    }
}
