//! The tables of usage.

use std::collections::BTreeMap;

use diesel::dsl::{Eq, case_when, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::upsert::excluded;

use super::{Caller, Day, Uses};
use crate::clock::Instant;
use crate::db::Connection;
use crate::db::schema::{last_uses, tokens, usage};
use crate::error::Error;
use crate::id::Id;

/// One row more, or its counts added to the one that is there.
macro_rules! add_usage {
    ($values:expr, $connection:expr) => {
        diesel::insert_into(usage::table)
            .values($values)
            .on_conflict((usage::token_id, usage::day, usage::address, usage::client))
            .do_update()
            .set((
                usage::requests.eq(usage::requests + excluded(usage::requests)),
                usage::refused_dead.eq(usage::refused_dead + excluded(usage::refused_dead)),
                usage::refused_address
                    .eq(usage::refused_address + excluded(usage::refused_address)),
                usage::refused_environment
                    .eq(usage::refused_environment + excluded(usage::refused_environment)),
                usage::refused_scope.eq(usage::refused_scope + excluded(usage::refused_scope)),
                usage::first_at.eq(case_when(
                    usage::first_at.lt(excluded(usage::first_at)),
                    usage::first_at,
                )
                .otherwise(excluded(usage::first_at))),
                usage::last_at.eq(case_when(
                    usage::last_at.gt(excluded(usage::last_at)),
                    usage::last_at,
                )
                .otherwise(excluded(usage::last_at))),
            ))
            .execute($connection)?
    };
}

/// The last use, where it is later than the one that is there.
macro_rules! add_last_use {
    ($values:expr, $connection:expr) => {
        diesel::query_dsl::methods::FilterDsl::filter(
            diesel::insert_into(last_uses::table)
                .values($values)
                .on_conflict(last_uses::token_id)
                .do_update()
                .set((
                    last_uses::at.eq(excluded(last_uses::at)),
                    last_uses::address.eq(excluded(last_uses::address)),
                    last_uses::client.eq(excluded(last_uses::client)),
                )),
            last_uses::at.lt(excluded(last_uses::at)),
        )
        .execute($connection)?
    };
}

/// Adds rows to what is stored: with one statement for all where a server is asked, with one a row
/// where none has to be.
///
/// # Errors
/// Those of the database.
pub fn add(connection: &mut Connection, rows: &[Uses]) -> Result<(), Error> {
    let latest = latest(rows);
    match connection {
        Connection::Postgres(postgres) => {
            add_usage!(rows, postgres);
            add_last_use!(latest, postgres);
        }
        Connection::Sqlite(sqlite) => {
            for row in rows {
                add_usage!(row, sqlite);
            }
            for row in latest {
                add_last_use!(row, sqlite);
            }
        }
    }
    Ok(())
}

/// A row of the last use of a key.
type LastUse<'a> = (
    Eq<last_uses::token_id, &'a Id>,
    Eq<last_uses::at, &'a Instant>,
    Eq<last_uses::address, &'a str>,
    Eq<last_uses::client, &'a str>,
);

/// Of each key the last row that let a request through; a statement may name a key but once.
fn latest(rows: &[Uses]) -> Vec<LastUse<'_>> {
    let mut latest: BTreeMap<Id, &Uses> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.requests > 0) {
        let last = latest.entry(row.token_id).or_insert(row);
        if last.last_at < row.last_at {
            *last = row;
        }
    }
    latest
        .into_values()
        .map(|row| {
            (
                last_uses::token_id.eq(&row.token_id),
                last_uses::at.eq(&row.last_at),
                last_uses::address.eq(row.address.as_str()),
                last_uses::client.eq(row.client.as_str()),
            )
        })
        .collect()
}

/// All refusals of a row.
const REFUSALS: &str = "SUM(refused_dead + refused_address + refused_environment + refused_scope)";

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

/// Whoever used a key from the day `first` on, the one seen last first.
///
/// # Errors
/// Those of the database.
pub fn callers(connection: &mut Connection, token: Id, first: i32) -> Result<Vec<Caller>, Error> {
    Ok(usage::table
        .filter(usage::token_id.eq(token).and(usage::day.ge(first)))
        .group_by((usage::address, usage::client))
        .order(sql::<BigInt>("MAX(last_at) DESC, address, client"))
        .select((
            usage::address,
            usage::client,
            sql::<BigInt>("MIN(first_at)"),
            sql::<BigInt>("MAX(last_at)"),
            sql::<BigInt>("CAST(SUM(requests) AS BIGINT)"),
            sql::<BigInt>(&format!("CAST({REFUSALS} AS BIGINT)")),
        ))
        .load(connection)?)
}
