//! The table of keys, many rows at once, and the addresses that callers came from.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::clock::Instant;
use crate::db::Connection;
use crate::db::schema::{tokens, usage};
use crate::error::Error;
use crate::id::Id;
use crate::token::repository::is_live;

/// Revokes those of these keys that are neither revoked nor past their end; gives how many that was.
///
/// # Errors
/// Those of the database.
pub(super) fn revoke(
    connection: &mut Connection,
    ids: &[Id],
    by: Option<Id>,
    reason: Option<&str>,
    now: Instant,
) -> Result<usize, Error> {
    Ok(
        diesel::update(tokens::table.filter(tokens::id.eq_any(ids).and(is_live(now))))
            .set((
                tokens::revoked_at.eq(now),
                tokens::revoked_by.eq(by),
                tokens::revoked_reason.eq(reason),
                tokens::updated_at.eq(now),
            ))
            .execute(connection)?,
    )
}

/// Every address that usage tells of.
///
/// # Errors
/// Those of the database.
pub fn addresses(connection: &mut Connection) -> Result<Vec<String>, Error> {
    Ok(usage::table
        .select(usage::address)
        .distinct()
        .filter(sql::<Text>("address").ne(""))
        .load(connection)?)
}
