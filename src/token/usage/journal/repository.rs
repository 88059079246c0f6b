//! The table of the journal.

use diesel::prelude::*;

use crate::db::Connection;
use crate::db::schema::usage_journal;
use crate::error::Error;
use crate::id::Id;

/// How many pages are read at once: those of a part can be many, and large.
const PAGES: i64 = 16;

/// Keeps the packed sums of a part.
pub(super) fn insert(connection: &mut Connection, part: i32, sums: &[u8]) -> Result<(), Error> {
    diesel::insert_into(usage_journal::table)
        .values((
            usage_journal::id.eq(Id::new()),
            usage_journal::part.eq(part),
            usage_journal::sums.eq(sums),
        ))
        .execute(connection)?;
    Ok(())
}

/// The part that waits longest.
pub(super) fn oldest_part(connection: &mut Connection) -> Result<Option<i32>, Error> {
    Ok(usage_journal::table
        .order(usage_journal::id)
        .select(usage_journal::part)
        .first(connection)
        .optional()?)
}

/// The oldest pages of a part from after `last` on, the transaction's own from now on: those that
/// another node adds at this moment are not among them.
pub(super) fn take(
    connection: &mut Connection,
    part: i32,
    last: Option<Id>,
) -> Result<Vec<(Id, Vec<u8>)>, Error> {
    let pages = usage_journal::table
        .filter(usage_journal::part.eq(part))
        // No id is less than the empty text.
        .filter(usage_journal::id.gt(last.as_ref().map_or("", Id::as_str)))
        .order(usage_journal::id)
        .limit(PAGES)
        .select((usage_journal::id, usage_journal::sums));
    Ok(match connection {
        Connection::Postgres(postgres) => pages.for_update().skip_locked().load(postgres)?,
        Connection::Sqlite(sqlite) => pages.load(sqlite)?,
    })
}

/// Removes pages.
pub(super) fn remove(connection: &mut Connection, pages: &[Id]) -> Result<(), Error> {
    diesel::delete(usage_journal::table.filter(usage_journal::id.eq_any(pages)))
        .execute(connection)?;
    Ok(())
}
