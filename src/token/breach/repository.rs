//! Reads over the live keys of all accounts.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use diesel::{QueryableByName, sql_query};

use crate::account::model::Account;
use crate::clock::Instant;
use crate::db::Connection;
use crate::db::schema::tokens;
use crate::error::Error;
use crate::id::Id;
use crate::token::model::{LAST_USED_AT, Token};
use crate::token::repository::{OwnedToken, Whose, is_live, whose};

/// The lock of whoever revokes unused keys: any number that nothing else of the program locks.
const TURN: i64 = 0x6465_736b_0001;

/// Up to `limit` live keys with their owners in the order of their ids, from after `last` on.
///
/// # Errors
/// Those of the database.
pub(super) fn live_after(
    connection: &mut Connection,
    last: Option<Id>,
    now: Instant,
    limit: i64,
) -> Result<Vec<OwnedToken>, Error> {
    let mut live = whose(Whose::Everyone).filter(is_live(now));
    if let Some(last) = last {
        live = live.filter(tokens::id.gt(last));
    }
    let rows: Vec<(Token, Account)> = live
        .order(tokens::id)
        .limit(limit)
        .select((Token::as_select(), Account::as_select()))
        .load(connection)?;
    let owned = |(token, owner)| OwnedToken { token, owner };
    Ok(rows.into_iter().map(owned).collect())
}

/// The families of each account that have a live key, the oldest first.
///
/// # Errors
/// Those of the database.
pub(super) fn live_families(
    connection: &mut Connection,
    now: Instant,
) -> Result<Vec<(Id, Id)>, Error> {
    Ok(tokens::table
        .filter(is_live(now))
        .group_by((tokens::owner_id, tokens::family_id))
        .order((tokens::owner_id, tokens::family_id))
        .select((tokens::owner_id, tokens::family_id))
        .load(connection)?)
}

/// Up to `limit` live keys that were neither used nor generated after `since`.
///
/// # Errors
/// Those of the database.
pub fn quiet(
    connection: &mut Connection,
    since: Instant,
    now: Instant,
    limit: i64,
) -> Result<Vec<Token>, Error> {
    Ok(tokens::table
        .filter(is_live(now))
        .filter(tokens::created_at.le(since))
        .filter(
            sql::<Bool>("COALESCE(")
                .sql(LAST_USED_AT)
                .sql(", tokens.created_at) <= ")
                .bind::<BigInt, _>(since),
        )
        .order(tokens::id)
        .limit(limit)
        .select(Token::as_select())
        .load(connection)?)
}

#[derive(QueryableByName)]
struct Turn {
    #[diesel(sql_type = Bool)]
    is_ours: bool,
}

/// Whether no other node revokes unused keys just now; then none does to the end of the transaction.
///
/// # Errors
/// Those of the database.
pub fn take_turn(connection: &mut Connection) -> Result<bool, Error> {
    let Connection::Postgres(postgres) = connection else {
        // Whoever writes has the whole database.
        return Ok(true);
    };
    let turn: Turn = sql_query("SELECT pg_try_advisory_xact_lock($1) AS is_ours")
        .bind::<BigInt, _>(TURN)
        .get_result(postgres)?;
    Ok(turn.is_ours)
}
