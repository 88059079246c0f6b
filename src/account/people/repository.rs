//! Pages of the table of accounts.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use super::Filter;
use crate::account::model::{Account, Kind, Standing};
use crate::account::repository::acting_admins;
use crate::clock::Instant;
use crate::db::schema::{accounts, tokens};
use crate::db::{Backend, Connection};
use crate::error::Error;
use crate::id::Id;
use crate::project::repository::pattern;
use crate::text;
use crate::token::repository::is_live;

fn filtered(filter: &Filter) -> accounts::BoxedQuery<'static, Backend> {
    let mut query = accounts::table
        .filter(accounts::kind.eq(Kind::User))
        .into_boxed();
    let search = text::searchable(&filter.search);
    if !search.is_empty() {
        let pattern = pattern(&search);
        query = query.filter(
            sql::<Bool>("(lower(accounts.name) LIKE lower(")
                .bind::<Text, _>(pattern.clone())
                .sql(") ESCAPE '\\' OR lower(accounts.email) LIKE lower(")
                .bind::<Text, _>(pattern)
                .sql(") ESCAPE '\\')"),
        );
    }
    match filter.standing {
        None => query,
        Some(Standing::Disabled) => query.filter(accounts::disabled_at.is_not_null()),
        Some(Standing::Invited) => query
            .filter(accounts::disabled_at.is_null())
            .filter(accounts::password_hash.is_null()),
        Some(Standing::Active) => query
            .filter(accounts::disabled_at.is_null())
            .filter(accounts::password_hash.is_not_null()),
    }
}

/// How many people there are of these.
///
/// # Errors
/// Those of the database.
pub fn count(connection: &mut Connection, filter: &Filter) -> Result<i64, Error> {
    Ok(filtered(filter).count().get_result(connection)?)
}

/// Some of these people, by name.
///
/// # Errors
/// Those of the database.
pub fn page(
    connection: &mut Connection,
    filter: &Filter,
    offset: i64,
    limit: i64,
) -> Result<Vec<Account>, Error> {
    Ok(filtered(filter)
        .order((accounts::name, accounts::id))
        .offset(offset)
        .limit(limit)
        .select(Account::as_select())
        .load(connection)?)
}

/// How many live keys each of these accounts has; those without one are not named.
///
/// # Errors
/// Those of the database.
pub fn live_keys(
    connection: &mut Connection,
    owners: &[Id],
    now: Instant,
) -> Result<Vec<(Id, i64)>, Error> {
    Ok(tokens::table
        .filter(tokens::owner_id.eq_any(owners))
        .filter(is_live(now))
        .group_by(tokens::owner_id)
        .select((tokens::owner_id, sql::<BigInt>("COUNT(*)")))
        .load(connection)?)
}

/// Up to `limit` service accounts by name, those that have not ended first.
///
/// # Errors
/// Those of the database.
pub fn services(connection: &mut Connection, limit: i64) -> Result<Vec<Account>, Error> {
    Ok(accounts::table
        .filter(accounts::kind.eq(Kind::Service))
        .order((
            accounts::disabled_at.is_not_null(),
            accounts::name,
            accounts::id,
        ))
        .limit(limit)
        .select(Account::as_select())
        .load(connection)?)
}

/// The admins who can log in, by name.
///
/// # Errors
/// Those of the database.
pub fn admins(connection: &mut Connection) -> Result<Vec<Account>, Error> {
    Ok(acting_admins()
        .order((accounts::name, accounts::id))
        .select(Account::as_select())
        .load(connection)?)
}
