//! Keys of all accounts, told to programs and spreadsheets.

pub mod csv;

use std::collections::HashMap;

use serde::Serialize;

use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::inert::inert_json;
use crate::token::list::{self, Order, Position, Sort, Start};
use crate::token::repository::{OwnedToken, Whose};
use crate::token::usage;
use crate::token::view::TokenView;

/// How many keys are read at a time.
const ROWS: i64 = 500;
/// Days of usage that are summed up.
const USAGE_DAYS: i32 = 30;
/// The oldest first: keys that are generated meanwhile come at the end.
const ORDER: Order = Order {
    sort: Sort::Created,
    descending: false,
};

/// Some keys and their usage.
pub struct Part {
    keys: Vec<(OwnedToken, Used)>,
    now: Instant,
    next: Option<Start>,
}

/// Requests and refusals of the last days.
#[derive(Clone, Copy, Default)]
struct Used {
    requests: i64,
    refusals: i64,
}

impl Part {
    /// Where the next part begins, if there may be one.
    #[must_use]
    pub fn next(&self) -> Option<Start> {
        self.next.clone()
    }
}

/// The keys that fit, from `start` on.
///
/// # Errors
/// Those of the database.
pub fn part(
    connection: &mut Connection,
    filter: &list::Filter,
    start: Start,
    now: Instant,
) -> Result<Part, Error> {
    let keys = Whose::Everyone;
    let owned = list::repository::page(connection, keys, filter, ORDER, start, ROWS, now)?;
    let ids: Vec<Id> = owned.iter().map(|owned| owned.token.id).collect();
    let mut used: HashMap<Id, Used> = HashMap::new();
    for day in usage::repository::days_of(connection, &ids, now.day() - USAGE_DAYS + 1)? {
        let sums = used.entry(day.token_id).or_default();
        sums.requests += day.requests;
        sums.refusals += day.refusals;
    }
    let is_full = i64::try_from(owned.len()) == Ok(ROWS);
    let last = owned.last().filter(|_| is_full).map(|last| &last.token);
    Ok(Part {
        next: last.map(|last| Start::After(last.id, Position::of(last, ORDER.sort))),
        keys: owned
            .into_iter()
            .map(|owned| {
                let used = used.get(&owned.token.id).copied().unwrap_or_default();
                (owned, used)
            })
            .collect(),
        now,
    })
}

#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    token: TokenView,
    requests_30_days: i64,
    refusals_30_days: i64,
}

/// One JSON object a line, as the API tells a key, with its usage.
///
/// # Errors
/// None but faults of the program.
pub fn json_lines(part: &Part) -> Result<String, Error> {
    let mut lines = String::new();
    for (owned, used) in &part.keys {
        let line = Line {
            token: TokenView::new(owned.clone(), part.now),
            requests_30_days: used.requests,
            refusals_30_days: used.refusals,
        };
        let line = serde_json::to_string(&line)
            .map_err(|error| Error::Internal(format!("a key in JSON: {error}")))?;
        lines.push_str(&inert_json(&line));
        lines.push('\n');
    }
    Ok(lines)
}
