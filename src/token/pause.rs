//! Pausing: the careful way to learn whether anybody misses a key.

use serde_json::json;

use crate::audit::event::{Action, Actor};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::token::epoch;
use crate::token::lifecycle::record;
use crate::token::repository::{self, OwnedToken, Whose};

/// Pauses a key, until an instant or until it is resumed. A paused key takes the new end.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for an end that is not ahead; [`Error::Conflict`] for a
/// dead key.
pub fn pause(
    connection: &mut Connection,
    keys: Whose,
    id: Id,
    until: Option<Instant>,
    actor: &Actor,
    now: Instant,
) -> Result<OwnedToken, Error> {
    if until.is_some_and(|until| until <= now) {
        let fault = format!("Must be after {}", now.exact());
        return Err(Error::Invalid(FieldErrors::one("until", fault)));
    }
    let token = repository::get(connection, keys, id)?.token;
    if !token.is_live(now) {
        return Err(Error::Conflict("A dead key cannot be paused"));
    }
    repository::set_pause(connection, id, Some(now), until, now)?;
    epoch::advance(connection, &[id])?;
    record(
        connection,
        actor,
        Action::TokenPause,
        &token,
        &json!({ "until": until }),
        now,
    )?;
    repository::get(connection, keys, id)
}

/// Ends a pause. A key that is not paused stays as it is: that is no error.
///
/// # Errors
/// [`Error::NotFound`].
pub fn resume(
    connection: &mut Connection,
    keys: Whose,
    id: Id,
    actor: &Actor,
    now: Instant,
) -> Result<OwnedToken, Error> {
    let before = repository::get(connection, keys, id)?;
    if before.token.paused_at.is_none() {
        return Ok(before);
    }
    repository::set_pause(connection, id, None, None, now)?;
    epoch::advance(connection, &[id])?;
    record(
        connection,
        actor,
        Action::TokenResume,
        &before.token,
        &json!({}),
        now,
    )?;
    repository::get(connection, keys, id)
}
