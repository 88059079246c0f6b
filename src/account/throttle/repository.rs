//! The table of counted failures.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::throttles;
use crate::db::{Connection, on_each_engine};
use crate::error::Error;

/// Counts one more, beginning anew where the window began at or before `over`; gives the count and
/// when its window began. One statement inserts or counts on, so of many at once none is lost.
pub(super) fn count(
    connection: &mut Connection,
    subject: &str,
    now: Instant,
    over: Instant,
) -> Result<(i32, Instant), Error> {
    diesel::delete(
        throttles::table
            .find(subject)
            .filter(throttles::window_started_at.le(over)),
    )
    .execute(connection)?;
    let row = (
        throttles::subject.eq(subject),
        throttles::failures.eq(1),
        throttles::window_started_at.eq(now),
    );
    on_each_engine!(connection, inner => diesel::insert_into(throttles::table)
        .values(row)
        .on_conflict(throttles::subject)
        .do_update()
        .set(throttles::failures.eq(throttles::failures + 1))
        .execute(inner))?;
    Ok(throttles::table
        .find(subject)
        .select((throttles::failures, throttles::window_started_at))
        .first(connection)?)
}

/// Forgets a subject's failures.
pub(super) fn remove(connection: &mut Connection, subject: &str) -> Result<(), Error> {
    diesel::delete(throttles::table.find(subject)).execute(connection)?;
    Ok(())
}

/// Counts one less.
pub(super) fn take_back(connection: &mut Connection, subject: &str) -> Result<(), Error> {
    diesel::update(throttles::table.find(subject))
        .set(throttles::failures.eq(throttles::failures - 1))
        .execute(connection)?;
    Ok(())
}

/// Removes every count whose window began at or before `over`.
pub(super) fn remove_started_before(
    connection: &mut Connection,
    over: Instant,
) -> Result<(), Error> {
    diesel::delete(throttles::table.filter(throttles::window_started_at.le(over)))
        .execute(connection)?;
    Ok(())
}
