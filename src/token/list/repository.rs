//! Pages of the table of keys.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use crate::account::model::Account;
use crate::clock::Instant;
use crate::db::Connection;
use crate::db::schema::{accounts, tokens};
use crate::error::Error;
use crate::id::Id;
use crate::project::repository::pattern;
use crate::text;
use crate::token::list::{Filter, Order, Position, Sort, Start};
use crate::token::model::{LAST_USED_AT, Status, Token};
use crate::token::repository::{Joined, OwnedToken, Whose, whose};

/// The SQL of [`Position::of`].
const fn position_sql(sort: Sort) -> &'static str {
    match sort {
        Sort::Created => "0",
        Sort::Name => "tokens.name",
        Sort::Expires => "COALESCE(tokens.expires_at, 9223372036854775807)",
        Sort::LastUsed => {
            "COALESCE((SELECT at FROM last_uses WHERE last_uses.token_id = tokens.id), -1)"
        }
    }
}

fn filtered(keys: Whose, filter: &Filter, now: Instant) -> Joined<'static> {
    let mut query = whose(keys);
    let search = text::searchable(&filter.search);
    if !search.is_empty() {
        let pattern = pattern(&search);
        query = query.filter(
            sql::<Bool>("(lower(tokens.name) LIKE lower(")
                .bind::<Text, _>(pattern.clone())
                .sql(") ESCAPE '\\' OR lower(tokens.note) LIKE lower(")
                .bind::<Text, _>(pattern)
                .sql(") ESCAPE '\\' OR tokens.last_four = ")
                .bind::<Text, _>(search)
                .sql(")"),
        );
    }
    if let Some(environment) = filter.environment {
        query = query.filter(tokens::environment.eq(environment));
    }
    if let Some(scope) = &filter.scope {
        // As `Scopes::allow` has it: `x:write` opens what `x:read` does.
        let wider = scope
            .strip_suffix(":read")
            .map(|thing| format!("{thing}:write"));
        let holds = |name: &str| format!("% {name} %");
        query = query.filter(
            tokens::scopes
                .like(holds(scope))
                .or(tokens::scopes.like(holds(wider.as_deref().unwrap_or(scope)))),
        );
    }
    if let Some(owner) = filter.owner {
        query = query.filter(tokens::owner_id.eq(owner));
    }
    if let Some(before) = filter.expires_before {
        query = query.filter(tokens::expires_at.lt(before));
    }
    if let Some(before) = filter.last_used_before {
        query = query.filter(
            sql::<Bool>("COALESCE(")
                .sql(LAST_USED_AT)
                .sql(", -1) < ")
                .bind::<BigInt, _>(before),
        );
    }
    if let Some(since) = filter.quiet_since {
        // A younger key cannot have been quiet for so long: its last use is not looked for.
        query = query.filter(tokens::created_at.le(since)).filter(
            sql::<Bool>("COALESCE(")
                .sql(LAST_USED_AT)
                .sql(", tokens.created_at) <= ")
                .bind::<BigInt, _>(since),
        );
    }
    match filter.status {
        None => query,
        Some(status) => in_state(query, status, now),
    }
}

/// [`Token::status`] as the database judges it.
fn in_state(query: Joined<'_>, status: Status, now: Instant) -> Joined<'_> {
    if status == Status::Revoked {
        return query.filter(tokens::revoked_at.is_not_null());
    }
    let query = query.filter(tokens::revoked_at.is_null());
    if status == Status::Expired {
        return query.filter(tokens::expires_at.le(now));
    }
    let query = query.filter(tokens::expires_at.is_null().or(tokens::expires_at.gt(now)));
    if status == Status::Paused {
        return query.filter(tokens::paused_at.is_not_null()).filter(
            tokens::paused_until
                .is_null()
                .or(tokens::paused_until.gt(now)),
        );
    }
    query.filter(tokens::paused_at.is_null().or(tokens::paused_until.le(now)))
}

/// How many keys fit.
///
/// # Errors
/// Those of the database.
pub fn count(
    connection: &mut Connection,
    keys: Whose,
    filter: &Filter,
    now: Instant,
) -> Result<i64, Error> {
    Ok(filtered(keys, filter, now).count().get_result(connection)?)
}

/// Whether there is any key.
///
/// # Errors
/// Those of the database.
pub fn any(connection: &mut Connection, keys: Whose) -> Result<bool, Error> {
    let first: Option<Id> = whose(keys)
        .select(tokens::id)
        .first(connection)
        .optional()?;
    Ok(first.is_some())
}

/// Up to `limit` keys that fit, in order.
///
/// # Errors
/// Those of the database.
pub fn page(
    connection: &mut Connection,
    keys: Whose,
    filter: &Filter,
    order: Order,
    start: Start,
    limit: i64,
    now: Instant,
) -> Result<Vec<OwnedToken>, Error> {
    let position = position_sql(order.sort);
    let (direction, comparison) = if order.descending {
        ("DESC", "<")
    } else {
        ("ASC", ">")
    };
    let mut query = filtered(keys, filter, now);
    match start {
        Start::Offset(rows) => query = query.offset(rows),
        Start::After(id, after) => {
            let beyond = format!("(({position}, tokens.id) {comparison} (");
            query = match after {
                Position::Number(number) => query.filter(
                    sql::<Bool>(&beyond)
                        .bind::<BigInt, _>(number)
                        .sql(", ")
                        .bind::<Text, _>(id)
                        .sql("))"),
                ),
                Position::Name(name) => query.filter(
                    sql::<Bool>(&beyond)
                        .bind::<Text, _>(name)
                        .sql(", ")
                        .bind::<Text, _>(id)
                        .sql("))"),
                ),
            };
        }
    }
    // The constant of a list by time of generation is no expression that ORDER BY takes.
    let by_position = match order.sort {
        Sort::Created => String::new(),
        _ => format!("{position} {direction}, "),
    };
    let rows: Vec<(Token, Account)> = query
        .order(sql::<Text>(&format!("{by_position}tokens.id {direction}")))
        .limit(limit)
        .select((Token::as_select(), Account::as_select()))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(token, owner)| OwnedToken { token, owner })
        .collect())
}

/// The accounts that own any key, by name.
///
/// # Errors
/// Those of the database.
pub fn owners(connection: &mut Connection) -> Result<Vec<Account>, Error> {
    Ok(accounts::table
        .filter(accounts::id.eq_any(tokens::table.select(tokens::owner_id)))
        .order((accounts::name, accounts::id))
        .select(Account::as_select())
        .load(connection)?)
}
