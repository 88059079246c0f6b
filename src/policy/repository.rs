//! The one row of the policy. Whoever makes or widens a key holds it to the end of the transaction,
//! and takes it before any account: so a new rule and the keys it is to bind are never made past
//! one another.

use diesel::prelude::*;

use crate::db::Connection;
use crate::db::schema::policies;
use crate::error::Error;
use crate::policy::Policy;

/// The policy, to be looked at.
///
/// # Errors
/// Those of the database.
pub fn read(connection: &mut Connection) -> Result<Policy, Error> {
    Ok(policies::table
        .select(Policy::as_select())
        .first(connection)?)
}

/// The policy, which stays as it is to the end of the transaction. Any number may hold it at once.
///
/// # Errors
/// Those of the database.
pub fn hold(connection: &mut Connection) -> Result<Policy, Error> {
    match connection {
        Connection::Postgres(postgres) => Ok(policies::table
            .select(Policy::as_select())
            .for_share()
            .get_result(postgres)?),
        // Whoever writes has the whole database.
        Connection::Sqlite(_) => read(connection),
    }
}

/// The policy, to be changed: nobody else holds it to the end of the transaction.
///
/// # Errors
/// Those of the database.
pub fn lock(connection: &mut Connection) -> Result<Policy, Error> {
    diesel::update(policies::table)
        .set(policies::id.eq(1))
        .execute(connection)?;
    read(connection)
}

/// Puts the policy in place of the one before.
///
/// # Errors
/// Those of the database.
pub fn write(connection: &mut Connection, policy: &Policy) -> Result<(), Error> {
    diesel::update(policies::table)
        .set(policy)
        .execute(connection)?;
    Ok(())
}
