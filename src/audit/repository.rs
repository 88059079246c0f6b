//! The audit trail's tables: rows are added and read, never changed or removed.

use diesel::prelude::*;

use crate::audit::chain::{Link, Walk};
use crate::audit::event::{Action, Event};
use crate::audit::key::AuditKey;
use crate::audit::ledger;
use crate::audit::model::Row;
use crate::db::schema::{audit_events, audit_head, audit_unsealed};
use crate::db::{Connection, on_each_engine};
use crate::error::Error;
use crate::id::Id;

/// Rows that are written, or read, by one statement.
const BATCH: usize = 500;

/// Adds an event; called in the transaction of the change that it tells of, at whose end it takes
/// its place in the chain.
///
/// # Errors
/// [`Error::Internal`] where there is no such transaction.
pub fn insert(connection: &mut Connection, event: &Event) -> Result<(), Error> {
    ledger::note(connection, event)
}

/// The event of this id, of something that was done.
///
/// # Errors
/// [`Error::NotFound`].
pub fn done(connection: &mut Connection, id: Id, action: Action) -> Result<Event, Error> {
    Ok(audit_events::table
        .filter(audit_events::id.eq(id))
        .filter(audit_events::action.eq(action.as_str()))
        .filter(audit_events::result.eq("done"))
        .select(Event::as_select())
        .first(connection)?)
}

/// The latest events of an action, the newest first.
///
/// # Errors
/// Those of the database.
pub fn latest(
    connection: &mut Connection,
    action: Action,
    limit: i64,
) -> Result<Vec<Event>, Error> {
    Ok(audit_events::table
        .filter(audit_events::action.eq(action.as_str()))
        .order((audit_events::at.desc(), audit_events::number.desc()))
        .limit(limit)
        .select(Event::as_select())
        .load(connection)?)
}

/// The events about one thing, newest first, whoever it belonged to then.
///
/// # Errors
/// Those of the database.
pub fn about(connection: &mut Connection, subject: Id, limit: i64) -> Result<Vec<Event>, Error> {
    Ok(audit_events::table
        .filter(audit_events::subject_id.eq(subject))
        .order((audit_events::at.desc(), audit_events::number.desc()))
        .limit(limit)
        .select(Event::as_select())
        .load(connection)?)
}

/// Where the chain ends.
///
/// # Errors
/// Those of the database; [`Error::Internal`] where the head is not there or is no code.
pub fn head(connection: &mut Connection) -> Result<Link, Error> {
    let row = audit_head::table
        .select((audit_head::number, audit_head::mac))
        .first(connection)
        .optional()?;
    link(row)
}

fn link(row: Option<(i64, Vec<u8>)>) -> Result<Link, Error> {
    let fault = || Error::Internal("the head of the audit log is damaged".to_owned());
    let (number, mac) = row.ok_or_else(fault)?;
    let mac = mac.as_slice().try_into().map_err(|_| fault())?;
    Ok(Link { number, mac })
}

/// The head, locked to the end of the transaction. SQLite's lock is held by all that write.
fn lock_head(connection: &mut Connection) -> Result<Link, Error> {
    let head = audit_head::table.select((audit_head::number, audit_head::mac));
    let row = match connection {
        Connection::Postgres(postgres) => head.for_update().first(postgres),
        Connection::Sqlite(sqlite) => head.first(sqlite),
    };
    link(row.optional()?)
}

/// Gives events the next places in the chain.
///
/// # Errors
/// Those of the database.
pub(super) fn append(
    connection: &mut Connection,
    key: &AuditKey,
    events: Vec<Event>,
) -> Result<(), Error> {
    let mut walk = Walk::after(lock_head(connection)?, key.clone());
    let mut events = events.into_iter().peekable();
    while events.peek().is_some() {
        let batch = events.by_ref().take(BATCH);
        let rows: Vec<Row> = batch.map(|event| Row::sealed(event, &mut walk)).collect();
        let insert = diesel::insert_into(audit_events::table);
        // One alone, as most changes have it, by a statement that is prepared but once.
        on_each_engine!(connection, inner => match rows.as_slice() {
            [row] => insert.values(row).execute(inner)?,
            rows => insert.values(rows).execute(inner)?,
        });
    }
    let head = walk.last();
    diesel::update(audit_head::table)
        .set((
            audit_head::number.eq(head.number),
            audit_head::mac.eq(head.mac.to_vec()),
        ))
        .execute(connection)?;
    Ok(())
}

/// Seals the events of before there was a chain, once: when it has begun, whatever lies there was
/// put there by somebody else.
///
/// # Errors
/// Those of the database.
pub(super) fn seal_older(connection: &mut Connection, key: &AuditKey) -> Result<(), Error> {
    use audit_unsealed as older;
    if lock_head(connection)?.number > 0 {
        return Ok(());
    }
    loop {
        let events: Vec<Event> = older::table
            .order(older::id)
            .limit(i64::try_from(BATCH).unwrap_or(i64::MAX))
            .select((
                older::id,
                older::at,
                older::actor_kind,
                older::actor_id,
                older::actor_name,
                older::session_id,
                older::token_id,
                older::address,
                older::request_id,
                older::action,
                older::subject_kind,
                older::subject_id,
                older::account_id,
                older::result,
                older::detail,
            ))
            .load(connection)?;
        let Some(last) = events.last().map(|event| event.id) else {
            return Ok(());
        };
        append(connection, key, events)?;
        diesel::delete(older::table.filter(older::id.le(last))).execute(connection)?;
    }
}

/// What the tables say of themselves, as of one instant.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// The head; none where it is not there or is no code.
    pub head: Option<Link>,
    /// The highest number of an event, 0 where there is none.
    pub last: i64,
}

/// The head and the last event, read together.
///
/// # Errors
/// Those of the database.
pub fn extent(connection: &mut Connection) -> Result<Extent, Error> {
    let last = audit_events::table
        .select(diesel::dsl::max(audit_events::number))
        .single_value();
    let row: Option<(i64, Vec<u8>, Option<i64>)> = audit_head::table
        .select((audit_head::number, audit_head::mac, last))
        .first(connection)
        .optional()?;
    let last = row.as_ref().and_then(|(_, _, last)| *last).unwrap_or(0);
    let head = link(row.map(|(number, mac, _)| (number, mac))).ok();
    Ok(Extent { head, last })
}

/// Events after a number, in the order of the chain: `limit` at most, none beyond `last`.
///
/// # Errors
/// Those of the database.
pub fn rows(
    connection: &mut Connection,
    after: i64,
    last: i64,
    limit: i64,
) -> Result<Vec<Row>, Error> {
    Ok(audit_events::table
        .filter(audit_events::number.gt(after))
        .filter(audit_events::number.le(last))
        .order(audit_events::number)
        .limit(limit)
        .select(Row::as_select())
        .load(connection)?)
}

/// How many rows there are up to a number: as many as it says, where none is too many.
///
/// # Errors
/// Those of the database.
pub fn count(connection: &mut Connection, last: i64) -> Result<i64, Error> {
    Ok(audit_events::table
        .filter(audit_events::number.le(last))
        .count()
        .get_result(connection)?)
}

/// Whether any event is sealed.
///
/// # Errors
/// Those of the database.
pub fn has_begun(connection: &mut Connection) -> Result<bool, Error> {
    Ok(head(connection)?.number > 0)
}
