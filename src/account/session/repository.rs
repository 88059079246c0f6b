//! The table of sessions.

use diesel::prelude::*;

use super::{ABSOLUTE_SECONDS, IDLE_SECONDS, Session};
use crate::account::repository as account;
use crate::clock::Instant;
use crate::db::Connection;
use crate::db::schema::{accounts, sessions};
use crate::error::Error;
use crate::id::Id;

/// Adds a session.
///
/// # Errors
/// Those of the database.
pub fn insert(connection: &mut Connection, session: &Session) -> Result<(), Error> {
    diesel::insert_into(sessions::table)
        .values(session)
        .execute(connection)?;
    Ok(())
}

/// The state of a session that has not ended, and whose account is not disabled.
///
/// # Errors
/// Those of the database.
pub fn state(
    connection: &mut Connection,
    key_digest: &[u8],
    now: Instant,
) -> Result<Option<String>, Error> {
    Ok(sessions::table
        .left_join(accounts::table)
        .filter(sessions::key_digest.eq(key_digest))
        .filter(sessions::last_seen_at.gt(now.plus_seconds(-IDLE_SECONDS)))
        .filter(sessions::created_at.gt(now.plus_seconds(-ABSOLUTE_SECONDS)))
        .filter(accounts::disabled_at.nullable().is_null())
        .select(sessions::state)
        .first(connection)
        .optional()?)
}

/// Writes a session's state. A session that has ended meanwhile stays ended.
///
/// # Errors
/// Those of the database.
pub fn update(
    connection: &mut Connection,
    key_digest: &[u8],
    state: &str,
    now: Instant,
) -> Result<(), Error> {
    diesel::update(sessions::table.filter(sessions::key_digest.eq(key_digest)))
        .set((sessions::state.eq(state), sessions::last_seen_at.eq(now)))
        .execute(connection)?;
    Ok(())
}

/// Notes that a request came, once a minute: not every page view is worth a write.
///
/// # Errors
/// Those of the database.
pub fn touch(connection: &mut Connection, key_digest: &[u8], now: Instant) -> Result<(), Error> {
    let account: Option<Option<Id>> = sessions::table
        .filter(sessions::key_digest.eq(key_digest))
        .select(sessions::account_id)
        .first(connection)
        .optional()?;
    // The account first, as whoever ends all its sessions does.
    if let Some(account) = account.flatten() {
        account::touch(connection, account, now)?;
    }
    diesel::update(
        sessions::table
            .filter(sessions::key_digest.eq(key_digest))
            .filter(sessions::last_seen_at.le(now.plus_seconds(-60))),
    )
    .set(sessions::last_seen_at.eq(now))
    .execute(connection)?;
    Ok(())
}

/// Whether [`touch`] would write.
///
/// # Errors
/// Those of the database.
pub fn is_stale(
    connection: &mut Connection,
    key_digest: &[u8],
    now: Instant,
) -> Result<bool, Error> {
    let stale: Option<Id> = sessions::table
        .filter(sessions::key_digest.eq(key_digest))
        .filter(sessions::last_seen_at.le(now.plus_seconds(-60)))
        .select(sessions::id)
        .first(connection)
        .optional()?;
    Ok(stale.is_some())
}

/// Ends the session of this key.
///
/// # Errors
/// Those of the database.
pub fn remove(connection: &mut Connection, key_digest: &[u8]) -> Result<(), Error> {
    diesel::delete(sessions::table.filter(sessions::key_digest.eq(key_digest)))
        .execute(connection)?;
    Ok(())
}

/// An account's sessions that have not ended, the one seen last first.
///
/// # Errors
/// Those of the database.
pub fn list(connection: &mut Connection, account: Id, now: Instant) -> Result<Vec<Session>, Error> {
    Ok(sessions::table
        .filter(sessions::account_id.eq(account))
        .filter(sessions::last_seen_at.gt(now.plus_seconds(-IDLE_SECONDS)))
        .filter(sessions::created_at.gt(now.plus_seconds(-ABSOLUTE_SECONDS)))
        .order((sessions::last_seen_at.desc(), sessions::id.desc()))
        .select(Session::as_select())
        .load(connection)?)
}

/// Ends one session of an account.
///
/// # Errors
/// [`Error::NotFound`] where the account has no such session.
pub fn end(connection: &mut Connection, account: Id, id: Id) -> Result<(), Error> {
    let ended = diesel::delete(
        sessions::table
            .find(id)
            .filter(sessions::account_id.eq(account)),
    )
    .execute(connection)?;
    if ended == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Ends all sessions of an account but the one to keep; gives how many.
///
/// # Errors
/// Those of the database.
pub fn end_all(connection: &mut Connection, account: Id, kept: Option<Id>) -> Result<usize, Error> {
    let all = sessions::table.filter(sessions::account_id.eq(account));
    Ok(match kept {
        None => diesel::delete(all).execute(connection)?,
        Some(kept) => diesel::delete(all.filter(sessions::id.ne(kept))).execute(connection)?,
    })
}

/// Removes up to `limit` sessions that have ended by themselves; gives their ids and whose they
/// were.
///
/// # Errors
/// Those of the database.
pub fn remove_ended(
    connection: &mut Connection,
    now: Instant,
    limit: i64,
) -> Result<Vec<(Id, Option<Id>)>, Error> {
    let ended: Vec<(Id, Option<Id>)> = sessions::table
        .filter(
            sessions::last_seen_at
                .le(now.plus_seconds(-IDLE_SECONDS))
                .or(sessions::created_at.le(now.plus_seconds(-ABSOLUTE_SECONDS))),
        )
        .order(sessions::id)
        .limit(limit)
        .select((sessions::id, sessions::account_id))
        .load(connection)?;
    let mut removed = Vec::with_capacity(ended.len());
    for (id, account) in ended {
        // Another node may have been quicker, or its owner have logged out.
        if diesel::delete(sessions::table.find(id)).execute(connection)? == 1 {
            removed.push((id, account));
        }
    }
    Ok(removed)
}
