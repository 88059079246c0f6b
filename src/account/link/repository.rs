//! The table of one-time links.

use diesel::prelude::*;

use super::Link;
use crate::clock::Instant;
use crate::db::Connection;
use crate::db::schema::one_time_links;
use crate::error::Error;
use crate::id::Id;

/// Keeps a link in place of the one that its account may have.
///
/// # Errors
/// Those of the database.
pub fn put(connection: &mut Connection, link: &Link) -> Result<(), Error> {
    remove(connection, link.account_id)?;
    diesel::insert_into(one_time_links::table)
        .values(link)
        .execute(connection)?;
    Ok(())
}

/// The link of an account, be it over or not.
///
/// # Errors
/// Those of the database.
pub fn of(connection: &mut Connection, account: Id) -> Result<Option<Link>, Error> {
    Ok(one_time_links::table
        .find(account)
        .select(Link::as_select())
        .first(connection)
        .optional()?)
}

/// The link with a code of this digest, if it is not over.
///
/// # Errors
/// [`Error::NotFound`].
pub fn by_digest(connection: &mut Connection, digest: &[u8], now: Instant) -> Result<Link, Error> {
    Ok(one_time_links::table
        .filter(one_time_links::digest.eq(digest))
        .filter(one_time_links::expires_at.gt(now))
        .select(Link::as_select())
        .first(connection)?)
}

/// The account for which this form made a link, if it made the one that is there.
///
/// # Errors
/// Those of the database.
pub fn by_form(connection: &mut Connection, form_digest: &[u8]) -> Result<Option<Id>, Error> {
    Ok(one_time_links::table
        .filter(one_time_links::form_digest.eq(form_digest))
        .select(one_time_links::account_id)
        .first(connection)
        .optional()?)
}

/// Uses a link up; gives how many that was, of several at once one for the first.
///
/// # Errors
/// Those of the database.
pub fn take(connection: &mut Connection, digest: &[u8]) -> Result<usize, Error> {
    let link = one_time_links::table.filter(one_time_links::digest.eq(digest));
    Ok(diesel::delete(link).execute(connection)?)
}

/// Ends the link of an account; gives how many that was.
///
/// # Errors
/// Those of the database.
pub fn remove(connection: &mut Connection, account: Id) -> Result<usize, Error> {
    Ok(diesel::delete(one_time_links::table.find(account)).execute(connection)?)
}

/// Removes links that are over.
///
/// # Errors
/// Those of the database.
pub fn sweep(connection: &mut Connection, now: Instant) -> Result<(), Error> {
    let over = one_time_links::table.filter(one_time_links::expires_at.le(now));
    diesel::delete(over).execute(connection)?;
    Ok(())
}
