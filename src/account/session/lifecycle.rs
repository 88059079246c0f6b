//! How sessions end by somebody's will. Each end and its event are one transaction.

use serde_json::json;

use crate::account;
use crate::account::session::{MOST, Session, repository};
use crate::audit;
use crate::audit::event::{Action, Actor, Event};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;

/// How many sessions are swept at once.
const SWEPT: i64 = 500;

/// Begins a session. Of somebody who has too many the ones seen least lately end.
///
/// # Errors
/// Those of the database.
pub fn begin(connection: &mut Connection, session: &Session, now: Instant) -> Result<(), Error> {
    let Some(account) = session.account_id else {
        return repository::insert(connection, session);
    };
    // Of many that begin at once each sees the others.
    account::repository::lock(connection, account)?;
    let mut others = repository::list(connection, account, now)?.into_iter();
    repository::insert(connection, session)?;
    others.nth(MOST.saturating_sub(2));
    for other in others {
        end(connection, account, other.id, &Actor::program(), now)?;
    }
    Ok(())
}

/// Ends the session that its own browser logs out of. One that has ended already is no error.
///
/// # Errors
/// Those of the database.
pub fn log_out(
    connection: &mut Connection,
    account: Id,
    session: Id,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    match repository::end(connection, account, session) {
        Err(Error::NotFound) => Ok(()),
        Err(error) => Err(error),
        Ok(()) => record(connection, actor, Action::LogOut, session, account, now),
    }
}

/// Ends one session of an account from another.
///
/// # Errors
/// [`Error::NotFound`] where the account has no such session.
pub fn end(
    connection: &mut Connection,
    account: Id,
    session: Id,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    repository::end(connection, account, session)?;
    record(connection, actor, Action::SessionEnd, session, account, now)
}

/// Ends all sessions of an account, or all but the one to keep; gives how many.
///
/// # Errors
/// Those of the database.
pub fn end_others(
    connection: &mut Connection,
    account: Id,
    kept: Option<Id>,
    actor: &Actor,
    now: Instant,
) -> Result<usize, Error> {
    let others = repository::list(connection, account, now)?;
    let others = others.iter().filter(|session| Some(session.id) != kept);
    let mut ended = 0;
    for session in others {
        end(connection, account, session.id, actor, now)?;
        ended += 1;
    }
    Ok(ended)
}

/// Removes some of the sessions that have ended by themselves; whether there may be more.
///
/// # Errors
/// Those of the database.
pub fn sweep(connection: &mut Connection, now: Instant) -> Result<bool, Error> {
    let ended = repository::remove_ended(connection, now, SWEPT)?;
    let more = i64::try_from(ended.len()) == Ok(SWEPT);
    for (session, account) in ended {
        // A browser that nobody logged in with leaves nothing to tell of.
        if let Some(account) = account {
            let (actor, action) = (Actor::program(), Action::SessionExpire);
            record(connection, &actor, action, session, account, now)?;
        }
    }
    Ok(more)
}

fn record(
    connection: &mut Connection,
    actor: &Actor,
    action: Action,
    session: Id,
    account: Id,
    now: Instant,
) -> Result<(), Error> {
    let event = Event::done(actor, action, Some(session), Some(account), &json!({}), now);
    audit::repository::insert(connection, &event)
}
