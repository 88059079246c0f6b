//! Which keys of an account need somebody, and why: the worst first, each key once.

pub mod repository;

use std::collections::HashSet;

use crate::clock::{DAY_SECONDS, Instant};
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::token::list::repository::page;
use crate::token::list::{Filter, Order, Sort, Start};
use crate::token::model::{Status, Token};
use crate::token::repository::Whose;
use crate::token::unusual::{self, Finding};

pub use repository::Refusals;

/// Days before its end at which a key needs a successor.
pub const SOON_DAYS: i64 = 14;
/// Days without a use after which a key is called unused, and of age after which it is called old.
pub const LONG_DAYS: i64 = 90;
/// Days for which refusals are counted.
pub const REFUSAL_DAYS: i64 = 7;
/// So many refusals in these days are often.
const OFTEN: i64 = 20;
/// Seconds before the end of a pause at which somebody should decide.
const PAUSE_SECONDS: i64 = DAY_SECONDS;
/// Days for which a leaked key without a replacement is told.
const LEAKED_DAYS: i64 = 30;
/// The most keys that are told of for one cause.
const MOST: i64 = 500;

/// Why a key needs somebody, the worst first.
#[derive(Clone, Debug)]
pub enum Cause {
    /// It leaked, and nothing has taken its place.
    Leaked,
    /// It does what it never did.
    Unusual(Finding),
    /// It has a successor and is not gone; whether the successor waits for its first use.
    Rotation(bool),
    /// It is dead, and its callers do not know.
    StillCalled(Refusals),
    /// It will be let through again.
    PauseEnds(Instant),
    /// It ends soon.
    Expires(Instant),
    /// It was generated long ago.
    Old,
    /// It asks for more than it may.
    OftenRefused(i64),
    /// Nobody uses it.
    Unused,
}

/// A key that needs somebody.
#[derive(Clone, Debug)]
pub struct Need {
    /// The key.
    pub token: Token,
    /// Why.
    pub cause: Cause,
}

/// The keys of an account that need somebody.
///
/// # Errors
/// Those of the database.
pub fn needs(connection: &mut Connection, owner: Id, now: Instant) -> Result<Vec<Need>, Error> {
    let mut list = List::default();
    for token in repository::leaked(connection, owner, now.plus_days(-LEAKED_DAYS), MOST, now)? {
        list.add(token, Cause::Leaked);
    }
    let called = unusual::repository::called(connection, owner, MOST, now)?;
    for finding in unusual::findings(connection, &called, now)? {
        if let Some(token) = called.iter().find(|token| token.id == finding.token_id) {
            list.add(token.clone(), Cause::Unusual(finding));
        }
    }
    for (token, asleep) in repository::rotating(connection, owner, MOST, now)? {
        list.add(token, Cause::Rotation(asleep));
    }
    let first = now.plus_days(1 - REFUSAL_DAYS).day();
    for (token, refusals) in repository::still_called(connection, owner, first, MOST, now)? {
        list.add(token, Cause::StillCalled(refusals));
    }
    let end = now.plus_seconds(PAUSE_SECONDS);
    for token in repository::pausing_until(connection, owner, end, MOST, now)? {
        if let Some(end) = token.paused_until {
            list.add(token, Cause::PauseEnds(end));
        }
    }
    let active = Filter {
        status: Some(Status::Active),
        ..Filter::default()
    };
    let ending = Filter {
        expires_before: Some(now.plus_days(SOON_DAYS)),
        ..active.clone()
    };
    for token in first_of(connection, owner, &ending, Sort::Expires, now)? {
        if let Some(end) = token.expires_at {
            list.add(token, Cause::Expires(end));
        }
    }
    for token in repository::old(connection, owner, now.plus_days(-LONG_DAYS), MOST, now)? {
        list.add(token, Cause::Old);
    }
    for (token, count) in repository::refused(connection, owner, first, OFTEN, MOST, now)? {
        list.add(token, Cause::OftenRefused(count));
    }
    let unused = Filter {
        quiet_since: Some(now.plus_days(-LONG_DAYS)),
        ..active
    };
    for token in first_of(connection, owner, &unused, Sort::LastUsed, now)? {
        list.add(token, Cause::Unused);
    }
    Ok(list.needs)
}

fn first_of(
    connection: &mut Connection,
    owner: Id,
    filter: &Filter,
    sort: Sort,
    now: Instant,
) -> Result<Vec<Token>, Error> {
    let order = Order {
        sort,
        descending: false,
    };
    let (keys, start) = (Whose::Account(owner), Start::Offset(0));
    let found = page(connection, keys, filter, order, start, MOST, now)?;
    Ok(found.into_iter().map(|owned| owned.token).collect())
}

/// Needs so far, each key once.
#[derive(Default)]
struct List {
    needs: Vec<Need>,
    known: HashSet<Id>,
}

impl List {
    fn add(&mut self, token: Token, cause: Cause) {
        if self.known.insert(token.id) {
            self.needs.push(Need { token, cause });
        }
    }
}
