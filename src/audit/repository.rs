//! The audit trail's table: rows are added and read, never changed or removed.

use diesel::prelude::*;

use crate::audit::event::{Action, Event};
use crate::db::Connection;
use crate::db::schema::audit_events;
use crate::error::Error;
use crate::id::Id;

/// Adds an event; called in the transaction of the change that it tells of.
///
/// # Errors
/// Those of the database.
pub fn insert(connection: &mut Connection, event: &Event) -> Result<(), Error> {
    diesel::insert_into(audit_events::table)
        .values(event)
        .execute(connection)?;
    Ok(())
}

/// The event of this id, of something that was done.
///
/// # Errors
/// [`Error::NotFound`].
pub fn done(connection: &mut Connection, id: Id, action: Action) -> Result<Event, Error> {
    Ok(audit_events::table
        .find(id)
        .filter(audit_events::action.eq(action.as_str()))
        .filter(audit_events::result.eq("done"))
        .select(Event::as_select())
        .first(connection)?)
}

/// The latest events of an action, the newest first.
///
/// # Errors
/// Those of the database.
pub fn latest(connection: &mut Connection, action: &str, limit: i64) -> Result<Vec<Event>, Error> {
    Ok(audit_events::table
        .filter(audit_events::action.eq(action))
        .order(audit_events::id.desc())
        .limit(limit)
        .select(Event::as_select())
        .load(connection)?)
}

/// The events about one thing of an account, newest first.
///
/// # Errors
/// Those of the database.
pub fn about(
    connection: &mut Connection,
    subject: Id,
    account: Id,
    limit: i64,
) -> Result<Vec<Event>, Error> {
    Ok(audit_events::table
        .filter(
            audit_events::subject_id
                .eq(subject)
                .and(audit_events::account_id.eq(account)),
        )
        .order(audit_events::id.desc())
        .limit(limit)
        .select(Event::as_select())
        .load(connection)?)
}
