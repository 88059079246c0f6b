//! What the rules look at: days and callers of keys, and what was acknowledged.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Text};

use super::rules::{ASLEEP_DAYS, Day, Finding, History, Seen, TOLD_DAYS};
use crate::clock::Instant;
use crate::db::schema::{acknowledgements, tokens, usage};
use crate::db::{Connection, on_each_engine};
use crate::error::Error;
use crate::id::Id;
use crate::token::model::{LAST_USED_AT, Token};
use crate::token::repository::{Whose, is_live, whose};

/// The first day of which something may still be told.
fn first_told(now: Instant) -> i32 {
    now.plus_days(-TOLD_DAYS).day()
}

/// Up to `limit` keys of an account that can still be used and were called of late, those used last
/// first.
///
/// # Errors
/// Those of the database.
pub fn called(
    connection: &mut Connection,
    owner: Id,
    limit: i64,
    now: Instant,
) -> Result<Vec<Token>, Error> {
    let called = "EXISTS (SELECT 1 FROM usage WHERE usage.token_id = tokens.id AND usage.day >= ";
    Ok(whose(Whose::Account(owner))
        .filter(is_live(now))
        .filter(
            sql::<Bool>(called)
                .bind::<Integer, _>(first_told(now))
                .sql(")"),
        )
        .order(sql::<BigInt>(&format!(
            "COALESCE({LAST_USED_AT}, -1) DESC, tokens.id DESC"
        )))
        .limit(limit)
        .select(Token::as_select())
        .load(connection)?)
}

/// All that the rules look at of these keys.
///
/// # Errors
/// Those of the database.
pub fn histories(
    connection: &mut Connection,
    keys: &[Token],
    now: Instant,
) -> Result<Vec<History>, Error> {
    let mut histories = histories_of_newcomers(connection, keys, now)?;
    let ids: Vec<Id> = keys.iter().map(|token| token.id).collect();
    let first = first_told(now) - ASLEEP_DAYS;
    let rows: Vec<(Id, i32, i64, i64, Instant)> = usage::table
        .filter(usage::token_id.eq_any(&ids).and(usage::day.ge(first)))
        .group_by((usage::token_id, usage::day))
        .order((usage::token_id, usage::day))
        .select((
            usage::token_id,
            usage::day,
            sql::<BigInt>("CAST(SUM(requests) AS BIGINT)"),
            sql::<BigInt>(
                "CAST(SUM(refused_address + refused_environment + refused_scope) AS BIGINT)",
            ),
            sql::<BigInt>("MIN(first_at)"),
        ))
        .load(connection)?;
    let mut days: HashMap<Id, Vec<Day>> = HashMap::new();
    for (id, day, requests, refusals, first_at) in rows {
        days.entry(id).or_default().push(Day {
            day,
            requests,
            refusals,
            first_at,
        });
    }
    for history in &mut histories {
        history.days = days.remove(&history.token_id).unwrap_or_default();
    }
    Ok(histories)
}

/// The callers of those keys that somebody new has called; of all others none.
///
/// # Errors
/// Those of the database.
pub fn histories_of_newcomers(
    connection: &mut Connection,
    keys: &[Token],
    now: Instant,
) -> Result<Vec<History>, Error> {
    let ids: Vec<Id> = keys.iter().map(|token| token.id).collect();
    let families = called_by_somebody_new(connection, &ids, first_told(now))?;
    let callers = callers(connection, &families)?;
    let since: Vec<(Id, Instant)> = tokens::table
        .filter(tokens::family_id.eq_any(&families))
        .group_by(tokens::family_id)
        .select((tokens::family_id, sql::<BigInt>("MIN(created_at)")))
        .load(connection)?;
    let history = |token: &Token| {
        let family = token.family_id;
        let since = since.iter().find(|(id, _)| *id == family);
        let own = callers.iter().filter(|(id, _)| *id == family);
        History {
            token_id: token.id,
            created_at: token.created_at,
            family_since: since.map_or(token.created_at, |(_, at)| *at),
            days: Vec::new(),
            callers: own.map(|(_, caller)| caller.clone()).collect(),
        }
    };
    Ok(keys.iter().map(history).collect())
}

/// The families of those keys that were called since `first` by an address or client that none of
/// the family was called by before. Most keys are left out here, at the cost of a few rows each.
fn called_by_somebody_new(
    connection: &mut Connection,
    keys: &[Id],
    first: i32,
) -> Result<Vec<Id>, Error> {
    let never = |column: &str| {
        sql::<Bool>(
            "NOT EXISTS (SELECT 1 FROM tokens AS kin \
             INNER JOIN usage AS past ON past.token_id = kin.id \
             WHERE kin.family_id = tokens.family_id AND past.requests > 0 AND past.day < ",
        )
        .bind::<Integer, _>(first)
        .sql(&format!(" AND past.{column} = usage.{column})"))
    };
    Ok(usage::table
        .inner_join(tokens::table)
        .filter(usage::token_id.eq_any(keys).and(usage::day.ge(first)))
        .filter(usage::requests.gt(0))
        .filter(never("address").or(never("client")))
        .select(tokens::family_id)
        .distinct()
        .load(connection)?)
}

/// Who was ever let through by a key of these families, and when first.
fn callers(connection: &mut Connection, families: &[Id]) -> Result<Vec<(Id, Seen)>, Error> {
    let rows: Vec<(Id, Id, String, String, Instant)> = usage::table
        .inner_join(tokens::table)
        .filter(tokens::family_id.eq_any(families))
        .filter(usage::requests.gt(0))
        .group_by((usage::token_id, usage::address, usage::client))
        .select((
            sql::<Text>("MAX(tokens.family_id)"),
            usage::token_id,
            usage::address,
            usage::client,
            sql::<BigInt>("MIN(first_at)"),
        ))
        .load(connection)?;
    let seen = |(family, token_id, address, client, first_at)| {
        let seen = Seen {
            token_id,
            address,
            client,
            first_at,
        };
        (family, seen)
    };
    Ok(rows.into_iter().map(seen).collect())
}

/// What was acknowledged of these keys: key, kind and thing.
///
/// # Errors
/// Those of the database.
pub(super) fn acknowledged(
    connection: &mut Connection,
    keys: &[Id],
) -> Result<Vec<(Id, String, String)>, Error> {
    Ok(acknowledgements::table
        .filter(acknowledgements::token_id.eq_any(keys))
        .select((
            acknowledgements::token_id,
            acknowledgements::kind,
            acknowledgements::what,
        ))
        .load(connection)?)
}

/// Keeps that something was acknowledged; whether it was not before.
///
/// # Errors
/// Those of the database.
pub(super) fn acknowledge(
    connection: &mut Connection,
    finding: &Finding,
    account: Id,
    now: Instant,
) -> Result<bool, Error> {
    let row = (
        acknowledgements::token_id.eq(finding.token_id),
        acknowledgements::kind.eq(finding.kind.as_str()),
        acknowledgements::what.eq(&finding.what),
        acknowledgements::account_id.eq(account),
        acknowledgements::at.eq(now),
    );
    let inserted = on_each_engine!(connection, inner => diesel::insert_into(acknowledgements::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(inner))?;
    Ok(inserted == 1)
}
