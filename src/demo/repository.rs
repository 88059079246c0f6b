//! What the demo writes past the features: facts that they will have functions for, or that only
//! the time between brings.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::Connection;
use crate::db::schema::tokens;
use crate::error::Error;
use crate::id::Id;

/// A key was paused, until an instant or until somebody resumes it.
pub(super) fn pause(
    connection: &mut Connection,
    id: Id,
    until: Option<Instant>,
    at: Instant,
) -> Result<(), Error> {
    diesel::update(tokens::table.find(id))
        .set((
            tokens::paused_at.eq(at),
            tokens::paused_until.eq(until),
            tokens::updated_at.eq(at),
        ))
        .execute(connection)?;
    Ok(())
}

/// A key was given a successor.
pub(super) fn succeed(connection: &mut Connection, id: Id, successor: Id) -> Result<(), Error> {
    diesel::update(tokens::table.find(id))
        .set(tokens::replaced_by.eq(successor))
        .execute(connection)?;
    Ok(())
}
