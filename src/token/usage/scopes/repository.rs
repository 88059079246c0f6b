//! The table of the scopes that keys were used for.

use diesel::prelude::*;

use super::ScopeUse;
use crate::db::Connection;
use crate::db::schema::scope_uses;
use crate::error::Error;
use crate::id::Id;
use crate::token::usage::repository::{execute, rows_of};

/// Notes later days. Each key and scope is named but once, in order. What is known already is not
/// written again: a scope in steady use costs one write a day.
///
/// # Errors
/// Those of the database.
pub fn add(connection: &mut Connection, uses: &[ScopeUse]) -> Result<(), Error> {
    if uses.is_empty() {
        return Ok(());
    }
    let values: Vec<_> = uses
        .iter()
        .map(|one| (one.token_id, &one.scope, one.day))
        .collect();
    let rows = rows_of(connection);
    let statement = format!(
        "INSERT INTO scope_uses (token_id, scope, last_day)
        SELECT value ->> 0, value ->> 1, CAST(value ->> 2 AS INTEGER)
        FROM {rows} WHERE NOT EXISTS (
            SELECT 1 FROM scope_uses AS known
            WHERE known.token_id = value ->> 0 AND known.scope = value ->> 1
                AND known.last_day >= CAST(value ->> 2 AS INTEGER))
        ON CONFLICT (token_id, scope) DO UPDATE SET last_day = excluded.last_day
        WHERE scope_uses.last_day < excluded.last_day"
    );
    execute(connection, statement, &values)
}

/// The scopes that a key was used for from the day `first` on.
///
/// # Errors
/// Those of the database.
pub fn used(connection: &mut Connection, token: Id, first: i32) -> Result<Vec<String>, Error> {
    Ok(scope_uses::table
        .filter(scope_uses::token_id.eq(token))
        .filter(scope_uses::last_day.ge(first))
        .order(scope_uses::scope)
        .select(scope_uses::scope)
        .load(connection)?)
}
