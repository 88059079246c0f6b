//! Whose keys: chosen from a list, or where that would be long by email address.

use crate::account;
use crate::account::email::Email;
use crate::account::model::Account;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;

/// The most accounts that are offered to choose from.
const MOST: i64 = 100;

/// The accounts to choose from; none where they are too many.
///
/// # Errors
/// Those of the database.
pub(super) fn offered(connection: &mut Connection) -> Result<Option<Vec<Account>>, Error> {
    let accounts = account::repository::first(connection, MOST + 1)?;
    Ok((accounts.len() <= usize::try_from(MOST).unwrap_or(0)).then_some(accounts))
}

/// The account of this id or email address.
///
/// # Errors
/// Those of the database.
pub(super) fn find(connection: &mut Connection, text: &str) -> Result<Option<Account>, Error> {
    if let Ok(id) = text.parse::<Id>() {
        return match account::repository::get(connection, id) {
            Err(Error::NotFound) => Ok(None),
            other => other.map(Some),
        };
    }
    match Email::parse(text) {
        Ok(email) => account::repository::by_email(connection, email.canonical()),
        Err(_) => Ok(None),
    }
}
