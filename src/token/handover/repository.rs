//! The places in which a key has been put already.

use diesel::prelude::*;

use crate::db::Connection;
use crate::db::schema::renewed_places;
use crate::error::Error;
use crate::id::Id;

/// The places that are ticked off.
///
/// # Errors
/// Those of the database.
pub fn renewed(connection: &mut Connection, token: Id) -> Result<Vec<String>, Error> {
    Ok(renewed_places::table
        .filter(renewed_places::token_id.eq(token))
        .order(renewed_places::place)
        .select(renewed_places::place)
        .load(connection)?)
}

/// Ticks off these places and no others.
///
/// # Errors
/// Those of the database.
pub(super) fn set_renewed(
    connection: &mut Connection,
    token: Id,
    places: &[&str],
) -> Result<(), Error> {
    diesel::delete(renewed_places::table.filter(renewed_places::token_id.eq(token)))
        .execute(connection)?;
    for place in places {
        diesel::insert_into(renewed_places::table)
            .values((
                renewed_places::token_id.eq(token),
                renewed_places::place.eq(*place),
            ))
            .execute(connection)?;
    }
    Ok(())
}
