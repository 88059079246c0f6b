//! The tables of usage.

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Integer, Text};
use serde::Serialize;

use super::journal::Crowded;
use super::{Day, Uses};
use crate::clock::Instant;
use crate::db::Connection;
use crate::db::schema::{last_uses, tokens, usage};
use crate::error::Error;
use crate::id::Id;

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;
/// How many rows one statement removes: others may write between two.
const REMOVED: i32 = 5_000;
/// How many ids one statement names at most: SQLite takes 32,766 parameters.
const BATCH: usize = 10_000;

/// Where SQL finds the rows of its one parameter, an array of arrays in JSON. With a parameter a
/// value, a statement for thousands of rows would be long, and be read anew each time.
pub(super) fn rows_of(connection: &Connection) -> &'static str {
    match connection {
        Connection::Postgres(_) => "jsonb_array_elements(CAST($1 AS jsonb)) AS rows (value)",
        Connection::Sqlite(_) => "json_each($1) AS rows",
    }
}

/// Adds rows to what is stored. Each key, day and caller is named but once, in order.
///
/// # Errors
/// Those of the database.
pub fn add(connection: &mut Connection, rows: &[Uses]) -> Result<(), Error> {
    add_uses(connection, rows)?;
    note_refused_days(connection, rows)?;
    add_last_uses(connection, rows)
}

fn add_uses(connection: &mut Connection, rows: &[Uses]) -> Result<(), Error> {
    let values: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.token_id,
                row.day,
                &row.address,
                &row.client,
                row.counts.requests,
                row.counts.refused_dead,
                row.counts.refused_address,
                row.counts.refused_environment,
                row.counts.refused_scope,
                row.first_at.micros(),
                row.last_at.micros(),
            )
        })
        .collect();
    let rows = rows_of(connection);
    let statement = format!(
        "INSERT INTO usage (
            token_id, day, address, client,
            requests, refused_dead, refused_address, refused_environment, refused_scope,
            first_at, last_at)
        SELECT
            value ->> 0, CAST(value ->> 1 AS INTEGER), value ->> 2, value ->> 3,
            CAST(value ->> 4 AS BIGINT), CAST(value ->> 5 AS BIGINT),
            CAST(value ->> 6 AS BIGINT), CAST(value ->> 7 AS BIGINT),
            CAST(value ->> 8 AS BIGINT), CAST(value ->> 9 AS BIGINT),
            CAST(value ->> 10 AS BIGINT)
        FROM {rows} WHERE true
        ON CONFLICT (token_id, day, address, client) DO UPDATE SET
            requests = usage.requests + excluded.requests,
            refused_dead = usage.refused_dead + excluded.refused_dead,
            refused_address = usage.refused_address + excluded.refused_address,
            refused_environment = usage.refused_environment + excluded.refused_environment,
            refused_scope = usage.refused_scope + excluded.refused_scope,
            first_at = CASE WHEN usage.first_at < excluded.first_at
                THEN usage.first_at ELSE excluded.first_at END,
            last_at = CASE WHEN usage.last_at > excluded.last_at
                THEN usage.last_at ELSE excluded.last_at END"
    );
    execute(connection, statement, &values)
}

/// Of each key the last day on which it was called though it was dead.
fn note_refused_days(connection: &mut Connection, rows: &[Uses]) -> Result<(), Error> {
    let mut days: Vec<(Id, i64)> = Vec::new();
    for row in rows.iter().filter(|row| row.counts.refused_dead > 0) {
        let day = i64::from(row.day);
        match days.last_mut() {
            Some((id, last)) if *id == row.token_id => *last = day.max(*last),
            _ => days.push((row.token_id, day)),
        }
    }
    note_days(connection, "refused_day", &days)
}

/// Notes a day of each key, where it is later than the one in `column`.
fn note_days(connection: &mut Connection, column: &str, days: &[(Id, i64)]) -> Result<(), Error> {
    if days.is_empty() {
        return Ok(());
    }
    let rows = rows_of(connection);
    let statement = format!(
        "UPDATE tokens SET {column} = CAST(value ->> 1 AS INTEGER)
        FROM {rows} WHERE tokens.id = value ->> 0 AND {column} < CAST(value ->> 1 AS INTEGER)"
    );
    execute(connection, statement, &days)
}

/// Of each key the last row that let a request through.
fn add_last_uses(connection: &mut Connection, rows: &[Uses]) -> Result<(), Error> {
    let mut latest: Vec<&Uses> = Vec::new();
    for row in rows.iter().filter(|row| row.counts.requests > 0) {
        match latest.last_mut() {
            Some(last) if last.token_id == row.token_id => {
                if last.last_at < row.last_at {
                    *last = row;
                }
            }
            _ => latest.push(row),
        }
    }
    let values: Vec<_> = latest
        .into_iter()
        .map(|row| {
            (
                row.token_id,
                row.last_at.micros(),
                &row.address,
                &row.client,
            )
        })
        .collect();
    let rows = rows_of(connection);
    let statement = format!(
        "INSERT INTO last_uses (token_id, at, address, client)
        SELECT value ->> 0, CAST(value ->> 1 AS BIGINT), value ->> 2, value ->> 3
        FROM {rows} WHERE true
        ON CONFLICT (token_id) DO UPDATE SET
            at = excluded.at, address = excluded.address, client = excluded.client
        WHERE last_uses.at < excluded.at"
    );
    execute(connection, statement, &values)?;
    let days: Vec<_> = values.iter().map(|(id, at, ..)| (*id, at / DAY)).collect();
    note_days(connection, "used_day", &days)
}

pub(super) fn execute(
    connection: &mut Connection,
    statement: String,
    rows: &impl Serialize,
) -> Result<(), Error> {
    let rows = serde_json::to_string(rows)
        .map_err(|error| Error::Internal(format!("rows of usage: {error}")))?;
    sql_query(statement)
        .bind::<Text, _>(rows)
        .execute(connection)?;
    Ok(())
}

/// The callers from `first` on of those among `keys` that have at least `least` on one day.
///
/// # Errors
/// Those of the database.
pub(super) fn crowded(
    connection: &mut Connection,
    keys: &[Id],
    first: i32,
    least: i64,
) -> Result<Crowded, Error> {
    let mut callers = Crowded::new();
    for keys in keys.chunks(BATCH) {
        let crowded: Vec<Id> = usage::table
            .filter(usage::token_id.eq_any(keys).and(usage::day.ge(first)))
            .group_by((usage::token_id, usage::day))
            .having(count_star().ge(least))
            .select(usage::token_id)
            .load(connection)?;
        let rows: Vec<(Id, i32, String, String)> = usage::table
            .filter(usage::token_id.eq_any(crowded).and(usage::day.ge(first)))
            .select((usage::token_id, usage::day, usage::address, usage::client))
            .load(connection)?;
        for (token, day, address, client) in rows {
            let known = callers.entry((token, day)).or_default();
            known.insert((address, client));
        }
    }
    Ok(callers)
}

/// Removes up to so many rows of the days before `first`; whether there may be more.
///
/// # Errors
/// Those of the database.
pub fn remove_before(connection: &mut Connection, first: i32) -> Result<bool, Error> {
    let removed = sql_query(
        "DELETE FROM usage WHERE (token_id, day, address, client) IN (
            SELECT token_id, day, address, client FROM usage WHERE day < $1 LIMIT $2)",
    )
    .bind::<Integer, _>(first)
    .bind::<Integer, _>(REMOVED)
    .execute(connection)?;
    Ok(i32::try_from(removed) == Ok(REMOVED))
}

/// All refusals of a row.
pub(super) const REFUSALS: &str =
    "SUM(refused_dead + refused_address + refused_environment + refused_scope)";

/// A key's days from `first` on, in order; days without a request are not among them.
///
/// # Errors
/// Those of the database.
pub fn days(connection: &mut Connection, token: Id, first: i32) -> Result<Vec<Day>, Error> {
    days_of(connection, &[token], first)
}

/// The days from `first` on of many keys.
///
/// # Errors
/// Those of the database.
pub fn days_of(connection: &mut Connection, keys: &[Id], first: i32) -> Result<Vec<Day>, Error> {
    Ok(usage::table
        .filter(usage::token_id.eq_any(keys).and(usage::day.ge(first)))
        .group_by((usage::token_id, usage::day))
        .order((usage::token_id, usage::day))
        .select((
            usage::token_id,
            usage::day,
            sql::<BigInt>("CAST(SUM(requests) AS BIGINT)"),
            sql::<BigInt>(&format!("CAST({REFUSALS} AS BIGINT)")),
        ))
        .load(connection)?)
}

/// What called each of these keys last, as it names itself.
///
/// # Errors
/// Those of the database.
pub fn last_clients(connection: &mut Connection, keys: &[Id]) -> Result<Vec<(Id, String)>, Error> {
    Ok(last_uses::table
        .filter(last_uses::token_id.eq_any(keys))
        .select((last_uses::token_id, last_uses::client))
        .load(connection)?)
}

/// Day, requests and refusals of all keys of an account together, from `first` on.
///
/// # Errors
/// Those of the database.
pub fn days_of_account(
    connection: &mut Connection,
    owner: Id,
    first: i32,
) -> Result<Vec<(i32, i64, i64)>, Error> {
    Ok(usage::table
        .inner_join(tokens::table)
        .filter(tokens::owner_id.eq(owner).and(usage::day.ge(first)))
        .group_by(usage::day)
        .order(usage::day)
        .select((
            usage::day,
            sql::<BigInt>("CAST(SUM(requests) AS BIGINT)"),
            sql::<BigInt>(&format!("CAST({REFUSALS} AS BIGINT)")),
        ))
        .load(connection)?)
}

/// When and from where a key first let a request through.
///
/// # Errors
/// Those of the database.
pub fn first_request(
    connection: &mut Connection,
    token: Id,
) -> Result<Option<(Instant, String)>, Error> {
    Ok(usage::table
        .filter(usage::token_id.eq(token).and(usage::requests.gt(0)))
        .order((usage::first_at, usage::address))
        .select((usage::first_at, usage::address))
        .first(connection)
        .optional()?)
}
