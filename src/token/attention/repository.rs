//! Keys in states that need somebody.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use crate::clock::Instant;
use crate::db::Connection;
use crate::db::schema::{tokens, usage};
use crate::error::Error;
use crate::id::Id;
use crate::token::leak::REASONS;
use crate::token::model::Token;
use crate::token::repository::{Joined, Whose, get_several, is_live, whose};

/// Refusals of a key, and when the last came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusals {
    /// How many.
    pub count: i64,
    /// When the last came.
    pub last_at: Instant,
}

fn live(owner: Id, now: Instant) -> Joined<'static> {
    whose(Whose::Account(owner)).filter(is_live(now))
}

/// Keys that leaked since an instant, have no successor and share their name with none that works.
///
/// # Errors
/// Those of the database.
pub(super) fn leaked(
    connection: &mut Connection,
    owner: Id,
    since: Instant,
    limit: i64,
    now: Instant,
) -> Result<Vec<Token>, Error> {
    let again = "NOT EXISTS (SELECT 1 FROM tokens AS other WHERE other.owner_id = tokens.owner_id \
                 AND other.name = tokens.name AND other.revoked_at IS NULL \
                 AND (other.expires_at IS NULL OR other.expires_at > ";
    Ok(whose(Whose::Account(owner))
        .filter(tokens::revoked_at.gt(since))
        .filter(tokens::revoked_reason.eq_any(REASONS))
        .filter(tokens::replaced_by.is_null())
        .filter(sql::<Bool>(again).bind::<BigInt, _>(now).sql("))"))
        .order(tokens::revoked_at.desc())
        .limit(limit)
        .select(Token::as_select())
        .load(connection)?)
}

/// Keys that work and whose successors do, each with whether that waits for its first use.
///
/// # Errors
/// Those of the database.
pub(super) fn rotating(
    connection: &mut Connection,
    owner: Id,
    limit: i64,
    now: Instant,
) -> Result<Vec<(Token, bool)>, Error> {
    let followed = "EXISTS (SELECT 1 FROM tokens AS next WHERE next.id = tokens.replaced_by \
                    AND next.revoked_at IS NULL \
                    AND (next.expires_at IS NULL OR next.expires_at > ";
    let asleep = "EXISTS (SELECT 1 FROM tokens AS next WHERE next.id = tokens.replaced_by \
                  AND next.overlap_seconds IS NOT NULL)";
    Ok(live(owner, now)
        .filter(sql::<Bool>(followed).bind::<BigInt, _>(now).sql("))"))
        .order(tokens::id)
        .limit(limit)
        .select((Token::as_select(), sql::<Bool>(asleep)))
        .load(connection)?)
}

/// Dead keys that were called since the day `first`, the last called first.
///
/// # Errors
/// Those of the database.
pub(super) fn still_called(
    connection: &mut Connection,
    owner: Id,
    first: i32,
    limit: i64,
    now: Instant,
) -> Result<Vec<(Token, Refusals)>, Error> {
    let rows = usage::table
        .inner_join(tokens::table)
        .filter(tokens::owner_id.eq(owner).and(tokens::deleted_at.is_null()))
        .filter(
            tokens::revoked_at
                .is_not_null()
                .or(tokens::expires_at.le(now)),
        )
        .filter(tokens::refused_day.ge(first))
        .filter(usage::day.ge(first).and(usage::refused_dead.gt(0)))
        .group_by(usage::token_id)
        .order(sql::<BigInt>("MAX(last_at) DESC"))
        .limit(limit)
        .select((
            usage::token_id,
            sql::<BigInt>("CAST(SUM(refused_dead) AS BIGINT)"),
            sql::<BigInt>("MAX(last_at)"),
        ))
        .load::<(Id, i64, Instant)>(connection)?;
    let refusals = |(id, count, last_at)| (id, Refusals { count, last_at });
    with_tokens(connection, owner, rows.into_iter().map(refusals).collect())
}

/// Those of these dead keys that were called since the day `first`.
///
/// # Errors
/// Those of the database.
pub fn called_although_dead(
    connection: &mut Connection,
    dead: &[Id],
    first: i32,
) -> Result<Vec<Id>, Error> {
    Ok(tokens::table
        .filter(tokens::id.eq_any(dead).and(tokens::refused_day.ge(first)))
        .select(tokens::id)
        .load(connection)?)
}

/// Paused keys that will be let through again before `end`, the next first.
///
/// # Errors
/// Those of the database.
pub(super) fn pausing_until(
    connection: &mut Connection,
    owner: Id,
    end: Instant,
    limit: i64,
    now: Instant,
) -> Result<Vec<Token>, Error> {
    Ok(live(owner, now)
        .filter(tokens::paused_at.is_not_null())
        .filter(tokens::paused_until.gt(now))
        .filter(tokens::paused_until.le(end))
        .order((tokens::paused_until, tokens::id))
        .limit(limit)
        .select(Token::as_select())
        .load(connection)?)
}

/// Keys that work and were generated before an instant, the oldest first.
///
/// # Errors
/// Those of the database.
pub(super) fn old(
    connection: &mut Connection,
    owner: Id,
    before: Instant,
    limit: i64,
    now: Instant,
) -> Result<Vec<Token>, Error> {
    Ok(live(owner, now)
        .filter(tokens::created_at.lt(before))
        .order(tokens::id)
        .limit(limit)
        .select(Token::as_select())
        .load(connection)?)
}

/// Keys that work and were refused something at least `least` times since the day `first`, with how
/// often; the most often refused first.
///
/// # Errors
/// Those of the database.
pub(super) fn refused(
    connection: &mut Connection,
    owner: Id,
    first: i32,
    least: i64,
    limit: i64,
    now: Instant,
) -> Result<Vec<(Token, i64)>, Error> {
    const COUNT: &str =
        "CAST(SUM(refused_address + refused_environment + refused_scope) AS BIGINT)";
    let rows = usage::table
        .inner_join(tokens::table)
        .filter(tokens::owner_id.eq(owner).and(tokens::deleted_at.is_null()))
        .filter(is_live(now))
        .filter(usage::day.ge(first))
        .group_by(usage::token_id)
        .having(sql::<BigInt>(COUNT).ge(least))
        .order(sql::<BigInt>(&format!("{COUNT} DESC")))
        .limit(limit)
        .select((usage::token_id, sql::<BigInt>(COUNT)))
        .load(connection)?;
    with_tokens(connection, owner, rows)
}

/// The keys of these ids beside what is told of them, in the same order.
fn with_tokens<T>(
    connection: &mut Connection,
    owner: Id,
    rows: Vec<(Id, T)>,
) -> Result<Vec<(Token, T)>, Error> {
    let ids: Vec<Id> = rows.iter().map(|(id, _)| *id).collect();
    let tokens = get_several(connection, Whose::Account(owner), &ids)?;
    let found = rows.into_iter().filter_map(|(id, told)| {
        let token = tokens.iter().find(|token| token.id == id)?;
        Some((token.clone(), told))
    });
    Ok(found.collect())
}
