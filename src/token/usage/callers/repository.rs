//! The table of usage, asked for callers. A row is a day's; its instants tell more.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer};

use crate::clock::Instant;
use crate::db::schema::usage;
use crate::db::{Backend, Connection};
use crate::error::Error;
use crate::id::Id;
use crate::token::usage::Caller;
use crate::token::usage::repository::REFUSALS;

/// Whoever is known to have used a key and was seen on or after the day `first`, the one seen last
/// first. Requests and refusals are counted from that day on; the first use may be older.
///
/// # Errors
/// Those of the database.
pub fn known(
    connection: &mut Connection,
    token: Id,
    first: i32,
    limit: i64,
) -> Result<Vec<Caller>, Error> {
    let from = |counts: &str| {
        sql::<BigInt>(&format!("CAST({counts} FILTER (WHERE day >= "))
            .bind::<Integer, _>(first)
            .sql(") AS BIGINT)")
    };
    Ok(usage::table
        .filter(usage::token_id.eq(token))
        .group_by((usage::address, usage::client))
        .having(sql::<Bool>("MAX(day) >= ").bind::<Integer, _>(first))
        .order(sql::<BigInt>("MAX(last_at) DESC, address, client"))
        .limit(limit)
        .select((
            usage::address,
            usage::client,
            sql::<BigInt>("MIN(first_at)"),
            sql::<BigInt>("MAX(last_at)"),
            from("SUM(requests)"),
            from(REFUSALS),
        ))
        .load(connection)?)
}

/// Whoever used a key from the day `first` on, the one seen last first.
///
/// # Errors
/// Those of the database.
pub fn since_day(connection: &mut Connection, token: Id, first: i32) -> Result<Vec<Caller>, Error> {
    list(connection, token, Box::new(usage::day.ge(first)), REFUSALS)
}

/// Whoever a key has let through and was seen after `since`, the one seen last first.
///
/// # Errors
/// Those of the database.
pub fn let_through(
    connection: &mut Connection,
    token: Id,
    since: Instant,
) -> Result<Vec<Caller>, Error> {
    let seen = usage::day
        .ge(since.day())
        .and(usage::last_at.gt(since))
        .and(usage::requests.gt(0));
    list(connection, token, Box::new(seen), REFUSALS)
}

/// Whoever was refused as a key was dead or paused, from `since` on and, where that is known, before
/// `until`; the one seen last first.
///
/// # Errors
/// Those of the database.
pub fn refused(
    connection: &mut Connection,
    token: Id,
    since: Instant,
    until: Option<Instant>,
) -> Result<Vec<Caller>, Error> {
    let until = until.unwrap_or(Instant::LAST);
    let refused = usage::day
        .ge(since.day())
        .and(usage::last_at.ge(since))
        .and(usage::first_at.lt(until))
        .and(usage::refused_dead.gt(0));
    list(connection, token, Box::new(refused), "SUM(refused_dead)")
}

/// Which rows count.
type Condition = Box<dyn BoxableExpression<usage::table, Backend, SqlType = Bool>>;

/// The callers that the rows of a key tell of, the one seen last first. `refusals` is what is counted
/// as such.
fn list(
    connection: &mut Connection,
    token: Id,
    condition: Condition,
    refusals: &str,
) -> Result<Vec<Caller>, Error> {
    Ok(usage::table
        .filter(usage::token_id.eq(token))
        .filter(condition)
        .group_by((usage::address, usage::client))
        .order(sql::<BigInt>("MAX(last_at) DESC, address, client"))
        .select((
            usage::address,
            usage::client,
            sql::<BigInt>("MIN(first_at)"),
            sql::<BigInt>("MAX(last_at)"),
            sql::<BigInt>("CAST(SUM(requests) AS BIGINT)"),
            sql::<BigInt>(&format!("CAST({refusals} AS BIGINT)")),
        ))
        .load(connection)?)
}
