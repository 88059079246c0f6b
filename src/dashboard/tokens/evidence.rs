//! What the database knows of a key beside its row, for the verdict and the lists beneath it.

use super::pauses::Pause;
use crate::account;
use crate::audit;
use crate::audit::event::Event;
use crate::clock::Instant;
use crate::dashboard::verdict::Evidence;
use crate::db::Connection;
use crate::error::Error;
use crate::server::State;
use crate::token::model::{Status, Token};
use crate::token::usage::callers::repository::{let_through, refused};

/// How many events are read of a key, the latest.
const EVENTS: i64 = 100;

/// What is known of a key at `now`.
///
/// # Errors
/// Those of the database.
pub(in crate::dashboard) async fn of(
    state: &State,
    token: &Token,
    now: Instant,
) -> Result<Evidence, Error> {
    let token = token.clone();
    state
        .database
        .read(move |connection| {
            let pause = Pause::last(&events(connection, &token)?);
            read(connection, &token, pause.as_ref(), now)
        })
        .await
}

/// The last events about a key, the newest first.
///
/// # Errors
/// Those of the database.
pub(super) fn events(connection: &mut Connection, token: &Token) -> Result<Vec<Event>, Error> {
    audit::repository::about(connection, token.id, EVENTS)
}

/// Reads it; `pause` is the last one that the key's events tell of.
///
/// # Errors
/// Those of the database.
pub(super) fn read(
    connection: &mut Connection,
    token: &Token,
    pause: Option<&Pause>,
    now: Instant,
) -> Result<Evidence, Error> {
    let revoker = match token.revoked_by {
        Some(id) => Some(account::repository::get(connection, id)?.name),
        None => None,
    };
    let since = match token.status(now) {
        Status::Active => None,
        // A pause that was made longer began before its last change.
        Status::Paused => pause.map(|pause| pause.from).or(token.paused_at),
        Status::Expired => token.expires_at,
        Status::Revoked => token.revoked_at,
    };
    Ok(Evidence {
        revoker,
        recent: let_through(connection, token.id, now.plus_days(-1))?,
        refused: match since {
            Some(since) => refused(connection, token.id, since, None)?,
            None => Vec::new(),
        },
    })
}
