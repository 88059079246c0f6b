//! Which scopes keys were used for: the last day of each. What a key holds and nobody demands can
//! be dropped.

pub mod repository;

use serde::{Deserialize, Serialize};

use super::numbered::Numbered;
use crate::id::Id;

/// Stands for requests that left open which scope they need.
pub const OPEN: &str = "";

/// A key, a scope that a request demanded of it, and a day on which it was let through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScopeUse {
    /// The key.
    pub token_id: Id,
    /// The scope.
    pub scope: String,
    /// Days since 1970-01-01, in UTC.
    pub day: i32,
}

/// Key, day and number of a scope.
type Row = (u128, i32, u32);

/// Uses of scopes as they wait to be added to the table.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct ScopeSums {
    names: Numbered<String>,
    rows: Vec<Row>,
}

impl ScopeSums {
    /// The numbers of scopes.
    pub(super) fn numbers(&mut self, scopes: &[Box<str>]) -> Vec<u32> {
        let names = scopes.iter().map(ToString::to_string);
        names.map(|name| self.names.number(name)).collect()
    }

    /// Notes a use of a key on a day, for scopes by their numbers.
    pub(super) fn note(&mut self, token: u128, day: i32, scopes: &[u32]) {
        let rows = scopes.iter().map(|number| (token, day, *number));
        self.rows.extend(rows);
    }

    /// Takes in others.
    pub(super) fn absorb(&mut self, other: Self) {
        let numbers = self.names.absorb(other.names);
        let rows = other.rows.into_iter().filter_map(|(token, day, number)| {
            let number = usize::try_from(number).ok()?;
            Some((token, day, *numbers.get(number)?))
        });
        self.rows.extend(rows);
    }

    /// Brings them into the order of keys, each once.
    pub(super) fn add_up(&mut self) {
        self.rows.sort_unstable();
        self.rows.dedup();
    }

    /// The last day of each key and scope, in order.
    pub(super) fn uses(&self) -> Vec<ScopeUse> {
        let named = self.rows.iter().filter_map(|(token, day, number)| {
            let scope = self.names.value(*number)?.clone();
            let token_id = Id::from_number(*token);
            Some(ScopeUse {
                token_id,
                scope,
                day: *day,
            })
        });
        let mut uses: Vec<ScopeUse> = named.collect();
        uses.sort_unstable();
        uses.dedup_by(|later, kept| {
            let is_same = later.token_id == kept.token_id && later.scope == kept.scope;
            if is_same {
                kept.day = kept.day.max(later.day);
            }
            is_same
        });
        uses
    }
}
