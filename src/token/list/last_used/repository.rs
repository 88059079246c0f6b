//! Two indexes hold that order: the one of last uses, and the one of keys that were never used, which
//! stand before all others. A page takes from the one and goes on in the other.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::clock::Instant;
use crate::db::Connection;
use crate::db::schema::{last_uses, tokens};
use crate::error::Error;
use crate::id::Id;
use crate::token::list::narrowing::repository::{Way, conditions};
use crate::token::list::repository::beyond;
use crate::token::list::{Filter, Position, Sort, Start};
use crate::token::repository::Whose;

/// Where a page begins in one of the two.
enum Place {
    /// After so many rows.
    Offset(i64),
    /// After this key.
    After(Id, Position),
}

/// The ids of a page.
///
/// # Errors
/// Those of the database.
pub(in crate::token::list) fn ids(
    connection: &mut Connection,
    keys: Whose,
    filter: &Filter,
    descending: bool,
    start: Start,
    limit: i64,
    now: Instant,
) -> Result<Vec<Id>, Error> {
    let mut list = |is_used: bool, place: Place, limit: i64| {
        if is_used {
            used(connection, keys, filter, descending, place, limit, now)
        } else {
            never(connection, keys, filter, descending, &place, limit, now)
        }
    };
    let mut offset = match start {
        Start::Offset(offset) => offset,
        Start::After(id, position) | Start::Before(id, position) => {
            let is_used = matches!(position, Position::Number(0..));
            let mut found = list(is_used, Place::After(id, position), limit)?;
            if is_used == descending {
                let rest = limit - count(&found);
                found.extend(list(!descending, Place::Offset(0), rest)?);
            }
            return Ok(found);
        }
    };
    let mut found = list(descending, Place::Offset(0), offset + limit)?;
    let skipped = offset.min(count(&found));
    offset -= skipped;
    found.drain(..usize::try_from(skipped).unwrap_or(0));
    let rest = limit - count(&found);
    found.extend(list(!descending, Place::Offset(offset), rest)?);
    Ok(found)
}

fn count(ids: &[Id]) -> i64 {
    i64::try_from(ids.len()).unwrap_or(i64::MAX)
}

fn direction(descending: bool) -> &'static str {
    if descending { "DESC" } else { "ASC" }
}

/// Keys that were used, by when that was.
fn used(
    connection: &mut Connection,
    keys: Whose,
    filter: &Filter,
    descending: bool,
    place: Place,
    limit: i64,
    now: Instant,
) -> Result<Vec<Id>, Error> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let conditions = conditions(connection, keys, filter, Way::Ordered(Sort::LastUsed), now)?;
    // The sign keeps SQLite from beginning with the keys, all of which it would have to sort.
    let its_key = match connection {
        Connection::Sqlite(_) => "+last_uses.token_id = tokens.id",
        Connection::Postgres(_) => "last_uses.token_id = tokens.id",
    };
    let all = last_uses::table
        .inner_join(tokens::table.on(sql::<Bool>(its_key)))
        .into_boxed();
    let mut query = conditions.into_iter().fold(all, QueryDsl::filter);
    match place {
        Place::Offset(rows) => query = query.offset(rows),
        Place::After(id, position) => {
            query = query.filter(beyond(
                "last_uses.at",
                "last_uses.token_id",
                descending,
                id,
                position,
            ));
        }
    }
    let direction = direction(descending);
    let by = format!("last_uses.at {direction}, last_uses.token_id {direction}");
    Ok(query
        .order(sql::<Text>(&by))
        .limit(limit)
        .select(last_uses::token_id)
        .load(connection)?)
}

/// Keys that were never used, by their ids.
fn never(
    connection: &mut Connection,
    keys: Whose,
    filter: &Filter,
    descending: bool,
    place: &Place,
    limit: i64,
    now: Instant,
) -> Result<Vec<Id>, Error> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let conditions = conditions(connection, keys, filter, Way::Ordered(Sort::LastUsed), now)?;
    let never = "tokens.used_day = -1 AND NOT EXISTS \
                 (SELECT 1 FROM last_uses WHERE last_uses.token_id = tokens.id)";
    let all = tokens::table.filter(sql::<Bool>(never)).into_boxed();
    let mut query = conditions.into_iter().fold(all, QueryDsl::filter);
    query = match place {
        Place::Offset(rows) => query.offset(*rows),
        Place::After(id, _) if descending => query.filter(tokens::id.lt(*id)),
        Place::After(id, _) => query.filter(tokens::id.gt(*id)),
    };
    let by = format!("tokens.id {}", direction(descending));
    Ok(query
        .order(sql::<Text>(&by))
        .limit(limit)
        .select(tokens::id)
        .load(connection)?)
}
