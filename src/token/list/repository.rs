//! Pages of the table of keys.

use std::collections::HashMap;

use diesel::dsl::{IntoBoxed, case_when, count_star, sql, sum};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Text};

use super::last_used::repository as last_used;
use super::narrowing::repository::{Condition, Way, conditions};
use crate::account::model::Account;
use crate::clock::Instant;
use crate::db::schema::{accounts, tokens};
use crate::db::{Backend, Connection};
use crate::error::Error;
use crate::id::Id;
use crate::token::list::{Filter, Order, Position, Sort, Start};
use crate::token::model::Token;
use crate::token::repository::{OwnedToken, Whose, whose};

/// The SQL of [`Position::of`].
const fn position_sql(sort: Sort) -> &'static str {
    match sort {
        Sort::Created => "tokens.created_at",
        Sort::Name => "tokens.name",
        Sort::Expires => "COALESCE(tokens.expires_at, 9223372036854775807)",
        Sort::LastUsed => {
            "COALESCE((SELECT at FROM last_uses WHERE last_uses.token_id = tokens.id), -1)"
        }
    }
}

/// The keys alone, without their owners.
fn narrowed(
    connection: &mut Connection,
    keys: Whose,
    filter: &Filter,
    way: Way,
    now: Instant,
) -> Result<IntoBoxed<'static, tokens::table, Backend>, Error> {
    let conditions = conditions::<tokens::table>(connection, keys, filter, way, now)?;
    let all = tokens::table.into_boxed();
    Ok(conditions.into_iter().fold(all, QueryDsl::filter))
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
    let query = narrowed(connection, keys, filter, Way::Narrowest, now)?;
    Ok(query.count().get_result(connection)?)
}

/// How many keys fit, how many of them fit `first` as well, and how many `second`: counted in one
/// go, for what it takes is to come by each key.
///
/// # Errors
/// Those of the database.
pub fn counts(
    connection: &mut Connection,
    keys: Whose,
    filter: &Filter,
    first: &Filter,
    second: &Filter,
    now: Instant,
) -> Result<(i64, i64, i64), Error> {
    let mut that = |filter: &Filter| -> Result<Condition<tokens::table>, Error> {
        let all = conditions(connection, Whose::Everyone, filter, Way::Narrowest, now)?;
        let every = |all: Condition<_>, one| -> Condition<_> { Box::new(all.and(one)) };
        Ok(all.into_iter().fold(Box::new(sql("TRUE")), every))
    };
    let (first, second) = (that(first)?, that(second)?);
    let one = || 1.into_sql::<Integer>();
    let query = narrowed(connection, keys, filter, Way::Narrowest, now)?.select((
        count_star(),
        sum(case_when(first, one())),
        sum(case_when(second, one())),
    ));
    let (all, first, second): (_, Option<_>, Option<_>) = query.get_result(connection)?;
    Ok((all, first.unwrap_or(0), second.unwrap_or(0)))
}

/// How many keys fit, counted up to `most`.
///
/// # Errors
/// Those of the database.
pub fn count_to(
    connection: &mut Connection,
    keys: Whose,
    filter: &Filter,
    most: i64,
    now: Instant,
) -> Result<i64, Error> {
    let query = narrowed(connection, keys, filter, Way::Narrowest, now)?;
    // Which they are need not be told, which would take longer than finding them.
    let found: Vec<i32> = query
        .select(sql::<Integer>("1"))
        .limit(most)
        .load(connection)?;
    Ok(i64::try_from(found.len()).unwrap_or(i64::MAX))
}

/// The ids of keys that fit, of up to `most` of them, in no order.
///
/// # Errors
/// Those of the database.
pub fn some(
    connection: &mut Connection,
    keys: Whose,
    filter: &Filter,
    most: i64,
    now: Instant,
) -> Result<Vec<Id>, Error> {
    let query = narrowed(connection, keys, filter, Way::Narrowest, now)?;
    Ok(query.select(tokens::id).limit(most).load(connection)?)
}

/// The ids of up to `most` keys of all accounts that fit and whose they are, in no order.
///
/// # Errors
/// Those of the database.
pub fn with_owners(
    connection: &mut Connection,
    filter: &Filter,
    most: i64,
    now: Instant,
) -> Result<Vec<(Id, Id)>, Error> {
    let query = narrowed(connection, Whose::Everyone, filter, Way::Narrowest, now)?;
    let columns = (tokens::id, tokens::owner_id);
    Ok(query.select(columns).limit(most).load(connection)?)
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
    let ids = match start {
        Start::Before(id, position) => {
            let (order, after) = (order.reversed(), Start::After(id, position));
            let mut ids = ids(connection, keys, filter, order, after, limit, now)?;
            ids.reverse();
            ids
        }
        start => ids(connection, keys, filter, order, start, limit, now)?,
    };
    rows(connection, &ids)
}

/// Up to `limit` keys of the `total` that fit, in order, after the first `offset`. Those of the second
/// half are looked for from the end on.
///
/// # Errors
/// Those of the database.
#[expect(
    clippy::too_many_arguments,
    reason = "each is a fact of its own that a caller must give"
)]
pub fn part(
    connection: &mut Connection,
    keys: Whose,
    filter: &Filter,
    order: Order,
    offset: i64,
    total: i64,
    limit: i64,
    now: Instant,
) -> Result<Vec<OwnedToken>, Error> {
    let behind = (total - offset - limit).max(0);
    if offset <= behind {
        let start = Start::Offset(offset);
        return page(connection, keys, filter, order, start, limit, now);
    }
    let (order, start) = (order.reversed(), Start::Offset(behind));
    let limit = limit.min(total - offset);
    let mut found = page(connection, keys, filter, order, start, limit, now)?;
    found.reverse();
    Ok(found)
}

/// The ids of a page. Rows are wide: they are read when it is known which are wanted.
fn ids(
    connection: &mut Connection,
    keys: Whose,
    filter: &Filter,
    order: Order,
    start: Start,
    limit: i64,
    now: Instant,
) -> Result<Vec<Id>, Error> {
    if order.sort == Sort::LastUsed && is_of_all(keys, filter) {
        return last_used::ids(
            connection,
            keys,
            filter,
            order.descending,
            start,
            limit,
            now,
        );
    }
    let query = narrowed(connection, keys, filter, Way::Ordered(order.sort), now)?;
    let position = position_sql(order.sort);
    let query = match start {
        Start::Offset(rows) => query.offset(rows),
        Start::After(id, after) => {
            query.filter(beyond(position, "tokens.id", order.descending, id, after))
        }
        Start::Before(..) => return Err(Error::Internal("a page from its end".to_owned())),
    };
    let direction = if order.descending { "DESC" } else { "ASC" };
    let by = format!("{position} {direction}, tokens.id {direction}");
    Ok(query
        .order(sql::<Text>(&by))
        .limit(limit)
        .select(tokens::id)
        .load(connection)?)
}

/// Whether a list is of so many keys that it must go by the indexes of all.
fn is_of_all(keys: Whose, filter: &Filter) -> bool {
    matches!(keys, Whose::Everyone) && filter.owner.is_none() && filter.ids.is_none()
}

/// Those that stand after a key, whose position and id are in these columns.
pub(super) fn beyond<S: 'static>(
    position: &str,
    id_column: &str,
    descending: bool,
    id: Id,
    after: Position,
) -> Condition<S> {
    let comparison = if descending { "<" } else { ">" };
    let beyond = sql::<Bool>(&format!("(({position}, {id_column}) {comparison} ("));
    match after {
        Position::Number(number) => Box::new(
            beyond
                .bind::<BigInt, _>(number)
                .sql(", ")
                .bind::<Text, _>(id)
                .sql("))"),
        ),
        Position::Name(name) => Box::new(
            beyond
                .bind::<Text, _>(name)
                .sql(", ")
                .bind::<Text, _>(id)
                .sql("))"),
        ),
    }
}

/// The keys of these ids with their owners, in the same order.
fn rows(connection: &mut Connection, ids: &[Id]) -> Result<Vec<OwnedToken>, Error> {
    if ids.is_empty() {
        // SQLite would look through all keys for none.
        return Ok(Vec::new());
    }
    let rows: Vec<(Token, Account)> = tokens::table
        .inner_join(accounts::table)
        .filter(tokens::id.eq_any(ids))
        .select((Token::as_select(), Account::as_select()))
        .load(connection)?;
    let mut found: HashMap<Id, OwnedToken> = rows
        .into_iter()
        .map(|(token, owner)| (token.id, OwnedToken { token, owner }))
        .collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
