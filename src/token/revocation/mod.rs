//! Many keys of any accounts revoked at once: all that fit, in one transaction, with a receipt.

pub mod repository;

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::account;
use crate::account::model::Account;
use crate::audit;
use crate::audit::event::{Action, Actor, Event};
use crate::clock::{DAY_SECONDS, Instant};
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::token::epoch;
use crate::token::lifecycle::{self, record_revocation_of};
use crate::token::list::{self, Filter, Order, Sort, Start};
use crate::token::repository::{OwnedToken, Whose};

/// How many keys a statement names at most.
const CHUNK: usize = 1_000;
/// How many keys are shown of those that fit.
const SHOWN: i64 = 20;
/// How many owners are told apart.
const OWNERS: usize = 20;
/// Where other keys than those that were counted would be revoked.
const CHANGED: &str = "The count has changed meanwhile. Nothing was revoked.";

/// Keys and whose they are.
#[derive(Debug, Default)]
pub struct Crowd {
    /// How many keys.
    pub count: usize,
    /// Who owns how many, who owns most first.
    pub owners: Vec<(Account, usize)>,
    /// How many belong to others than these.
    pub others: usize,
}

/// What would be revoked.
#[derive(Debug, Default)]
pub struct Preview {
    /// All of it.
    pub all: Crowd,
    /// How many were used within a day.
    pub in_use: i64,
    /// Some of the keys, the last used first.
    pub some: Vec<OwnedToken>,
}

/// Those that fit and can be revoked still.
fn revocable(filter: &Filter) -> Filter {
    Filter {
        is_live: true,
        ..filter.clone()
    }
}

/// What would be revoked of the keys that fit: those that are neither revoked nor past their end.
///
/// # Errors
/// Those of the database.
pub fn preview(
    connection: &mut Connection,
    filter: &Filter,
    now: Instant,
) -> Result<Preview, Error> {
    let filter = revocable(filter);
    let in_use = Filter {
        used_since: Some(now.plus_seconds(-DAY_SECONDS)),
        ..filter.clone()
    };
    let keys = Whose::Everyone;
    let order = Order {
        sort: Sort::LastUsed,
        descending: true,
    };
    Ok(Preview {
        in_use: list::repository::count(connection, keys, &in_use, now)?,
        some: list::repository::page(
            connection,
            keys,
            &filter,
            order,
            Start::Offset(0),
            SHOWN,
            now,
        )?,
        all: crowd(connection, &filter, now)?,
    })
}

/// Whose the keys are that fit.
///
/// # Errors
/// Those of the database.
pub fn crowd(connection: &mut Connection, filter: &Filter, now: Instant) -> Result<Crowd, Error> {
    let keys = list::repository::with_owners(connection, filter, i64::MAX, now)?;
    let mut counts: HashMap<Id, usize> = HashMap::new();
    for (_, owner) in &keys {
        *counts.entry(*owner).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|(owner, count)| (std::cmp::Reverse(*count), *owner));
    let others = counts.iter().skip(OWNERS).map(|(_, count)| count).sum();
    let owners = counts.into_iter().take(OWNERS);
    let owners = owners
        .map(|(owner, count)| Ok((account::repository::get(connection, owner)?, count)))
        .collect::<Result<_, Error>>()?;
    Ok(Crowd {
        count: keys.len(),
        owners,
        others,
    })
}

/// Revokes what [`preview`] tells of, if that is as many keys as were counted; gives the id of the
/// event that tells of all of them. `which` says in words which keys those are.
///
/// # Errors
/// [`Error::Conflict`] where it is another number; [`Error::Invalid`] for a reason that is too long.
pub fn revoke(
    connection: &mut Connection,
    filter: &Filter,
    which: &Value,
    expected: usize,
    reason: &str,
    actor: &Actor,
    now: Instant,
) -> Result<Id, Error> {
    let reason = lifecycle::reason(reason)?;
    let now = instant(connection, actor, now)?;
    let most = i64::try_from(expected)
        .unwrap_or(i64::MAX)
        .saturating_add(1);
    let mut keys = list::repository::with_owners(connection, &revocable(filter), most, now)?;
    if keys.len() != expected {
        return Err(Error::Conflict(CHANGED));
    }
    // In the order in which all lock who write several keys.
    keys.sort_unstable();
    let ids: Vec<Id> = keys.iter().map(|(id, _)| *id).collect();
    let mut revoked = 0;
    for ids in ids.chunks(CHUNK) {
        revoked += repository::revoke(connection, ids, actor.account(), reason.as_deref(), now)?;
    }
    if revoked != expected {
        // Somebody else has ended one of them since they were counted, a moment ago.
        return Err(Error::Conflict(CHANGED));
    }
    epoch::advance(connection, &ids)?;
    for (id, owner) in &keys {
        record_revocation_of(connection, *id, *owner, reason.as_deref(), actor, now)?;
    }
    let detail = json!({ "which": which, "count": expected, "reason": reason });
    let event = Event::done(actor, Action::TokenRevokeMany, None, None, &detail, now);
    audit::repository::insert(connection, &event)?;
    Ok(event.id)
}

/// The first instant from `now` on at which this actor has revoked nothing yet: by it, and by them, a
/// receipt tells its keys from those of any other.
fn instant(connection: &mut Connection, actor: &Actor, now: Instant) -> Result<Instant, Error> {
    let Some(by) = actor.account() else {
        return Ok(now);
    };
    let mut at = now;
    loop {
        let then = Filter {
            revoked_with: Some((at, by)),
            ..Filter::default()
        };
        if list::repository::some(connection, Whose::Everyone, &then, 1, now)?.is_empty() {
            return Ok(at);
        }
        at = Instant::from_micros(at.micros() + 1);
    }
}

/// What was revoked at once.
#[derive(Debug)]
pub struct Receipt {
    /// When, by whom and why.
    pub event: Event,
    /// Which keys those are, in words.
    pub which: Vec<String>,
    /// Why.
    pub reason: Option<String>,
}

impl Receipt {
    /// The receipt of this id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn read(connection: &mut Connection, id: Id) -> Result<Self, Error> {
        let event = audit::repository::done(connection, id, Action::TokenRevokeMany)?;
        let detail: Value = serde_json::from_str(&event.detail).unwrap_or_default();
        let words = detail.get("which").and_then(Value::as_array);
        let words = words.into_iter().flatten().filter_map(Value::as_str);
        Ok(Self {
            which: words.map(str::to_owned).collect(),
            reason: detail
                .get("reason")
                .and_then(Value::as_str)
                .map(str::to_owned),
            event,
        })
    }

    /// The keys it is of.
    #[must_use]
    pub fn keys(&self) -> Filter {
        Filter {
            revoked_with: self.event.actor_id.map(|by| (self.event.at, by)),
            // Without somebody who acted there are none: a receipt is of a person's deed.
            ids: self.event.actor_id.is_none().then(Vec::new),
            ..Filter::default()
        }
    }
}
