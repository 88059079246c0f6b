//! What the demo writes past the features: a lineage whose keys differ, as years of it would.

use diesel::prelude::*;

use crate::db::Connection;
use crate::db::schema::tokens;
use crate::error::Error;
use crate::id::Id;

/// A key was given a successor.
pub(super) fn succeed(connection: &mut Connection, id: Id, successor: Id) -> Result<(), Error> {
    diesel::update(tokens::table.find(id))
        .set(tokens::replaced_by.eq(successor))
        .execute(connection)?;
    Ok(())
}
