//! The table of usage by key and day.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::{Day, Tally};
use crate::db::schema::{tokens, usage_days};
use crate::db::{Connection, on_each_engine};
use crate::error::Error;
use crate::id::Id;

/// Adds what was counted to what is stored. In the order of ids, so that nodes writing at once wait
/// for each other instead of in a circle.
pub(super) fn add(connection: &mut Connection, tallies: &HashMap<Id, Tally>) -> Result<(), Error> {
    let mut tallies: Vec<_> = tallies.iter().collect();
    tallies.sort_by_key(|(token, _)| **token);
    for (token, tally) in tallies {
        if let Some((at, address)) = tally.last_use {
            let older = tokens::last_used_at
                .is_null()
                .or(tokens::last_used_at.lt(at));
            diesel::update(tokens::table.find(token).filter(older))
                .set((
                    tokens::last_used_at.eq(at),
                    tokens::last_used_address.eq(address.to_string()),
                ))
                .execute(connection)?;
        }
        let mut days: Vec<_> = tally.days.iter().collect();
        days.sort_unstable();
        for (day, (requests, refusals)) in days {
            let row = Day {
                token_id: *token,
                day: *day,
                requests: *requests,
                refusals: *refusals,
            };
            add_day(connection, &row)?;
        }
    }
    Ok(())
}

/// Adds one day's counts of one key.
///
/// # Errors
/// Those of the database.
pub fn add_day(connection: &mut Connection, row: &Day) -> Result<(), Error> {
    on_each_engine!(connection, inner => diesel::insert_into(usage_days::table)
        .values(row)
        .on_conflict((usage_days::token_id, usage_days::day))
        .do_update()
        .set((
            usage_days::requests.eq(usage_days::requests + excluded(usage_days::requests)),
            usage_days::refusals.eq(usage_days::refusals + excluded(usage_days::refusals)),
        ))
        .execute(inner))?;
    Ok(())
}

/// A key's days from `first` on, in order; days without a request are not among them.
///
/// # Errors
/// Those of the database.
pub fn days(connection: &mut Connection, token: Id, first: i32) -> Result<Vec<Day>, Error> {
    Ok(usage_days::table
        .filter(
            usage_days::token_id
                .eq(token)
                .and(usage_days::day.ge(first)),
        )
        .order(usage_days::day)
        .select(Day::as_select())
        .load(connection)?)
}

/// The days from `first` on of many keys.
///
/// # Errors
/// Those of the database.
pub fn days_of(connection: &mut Connection, keys: &[Id], first: i32) -> Result<Vec<Day>, Error> {
    Ok(usage_days::table
        .filter(
            usage_days::token_id
                .eq_any(keys)
                .and(usage_days::day.ge(first)),
        )
        .order((usage_days::token_id, usage_days::day))
        .select(Day::as_select())
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
    // Summed here: the engines give sums of BIGINT in types of their own.
    let rows: Vec<(i32, i64, i64)> = usage_days::table
        .inner_join(tokens::table)
        .filter(tokens::owner_id.eq(owner).and(usage_days::day.ge(first)))
        .order(usage_days::day)
        .select((usage_days::day, usage_days::requests, usage_days::refusals))
        .load(connection)?;
    let mut days: Vec<(i32, i64, i64)> = Vec::new();
    for (day, requests, refusals) in rows {
        match days.last_mut() {
            Some(last) if last.0 == day => {
                last.1 += requests;
                last.2 += refusals;
            }
            _ => days.push((day, requests, refusals)),
        }
    }
    Ok(days)
}
