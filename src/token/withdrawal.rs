//! Authority that is taken from many keys of many accounts in one transaction: one epoch, and an
//! event for each key.

use serde_json::json;

use crate::account;
use crate::audit::event::{Action, Actor};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::token::epoch;
use crate::token::lifecycle::{facts, record, record_revocation};
use crate::token::model::Token;
use crate::token::repository::{self, Settings, Whose};
use crate::token::scope::Scopes;

/// What becomes of a key.
#[derive(Clone, Debug)]
pub enum Act {
    /// It is revoked for this reason.
    Revoke(String),
    /// Its end is brought forward to this instant, where it is later.
    Shorten(Instant),
    /// It loses this scope.
    Drop(String),
}

/// What becomes of one key.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its owner.
    pub owner: Id,
    /// The key.
    pub id: Id,
    /// What becomes of it.
    pub act: Act,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Keys that were revoked.
    pub revoked: usize,
    /// Keys that end sooner, or may do less.
    pub changed: usize,
}

/// Carries out one order a key. A key that is as it is to be, or that somebody revoked meanwhile,
/// stays as it is and has no event.
///
/// # Errors
/// Those of the database.
pub fn carry_out(
    connection: &mut Connection,
    mut orders: Vec<Order>,
    actor: &Actor,
    now: Instant,
) -> Result<Done, Error> {
    orders.sort_unstable_by_key(|order| (order.owner, order.id));
    let mut owners: Vec<Id> = orders.iter().map(|order| order.owner).collect();
    owners.dedup();
    // In the order in which all who write keys of several accounts lock them.
    for owner in owners {
        account::repository::lock(connection, owner)?;
    }
    let mut changes = Vec::new();
    for order in orders {
        let before = repository::get(connection, Whose::Everyone, order.id)?.token;
        if write(connection, &before, &order.act, actor, now)? {
            changes.push((before, order.act));
        }
    }
    // Once, when the last row is written: whoever has the epoch's row waits for no key's.
    let ids: Vec<Id> = changes.iter().map(|(before, _)| before.id).collect();
    if !ids.is_empty() {
        epoch::advance(connection, &ids)?;
    }
    let mut done = Done::default();
    for (before, act) in changes {
        let after = repository::get(connection, Whose::Everyone, before.id)?.token;
        if matches!(act, Act::Revoke(_)) {
            done.revoked += 1;
            record_revocation(connection, &after, actor, now)?;
        } else {
            done.changed += 1;
            let detail = json!({ "before": facts(&before), "after": facts(&after) });
            record(connection, actor, Action::TokenChange, &after, &detail, now)?;
        }
    }
    Ok(done)
}

/// Writes the key's row; whether that changed anything.
fn write(
    connection: &mut Connection,
    before: &Token,
    act: &Act,
    actor: &Actor,
    now: Instant,
) -> Result<bool, Error> {
    let settings = match act {
        Act::Revoke(reason) => {
            let by = actor.account();
            return Ok(repository::revoke(connection, before.id, by, Some(reason), now)? == 1);
        }
        Act::Shorten(end) if before.expires_at.is_none_or(|own| own > *end) => Settings {
            expires_at: Some(*end),
            ..Settings::default()
        },
        Act::Drop(scope) if before.scopes.iter().any(|held| held == scope) => Settings {
            scopes: Some(without(&before.scopes, scope)),
            ..Settings::default()
        },
        Act::Shorten(_) | Act::Drop(_) => return Ok(false),
    };
    let settings = Settings {
        updated_at: Some(now),
        ..settings
    };
    Ok(repository::update(connection, before.id, &settings)? == 1)
}

fn without(scopes: &Scopes, scope: &str) -> Scopes {
    scopes.iter().filter(|held| *held != scope).collect()
}
