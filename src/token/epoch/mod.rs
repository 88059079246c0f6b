//! The epoch: one number that grows with every change of what some key may do, and that is never
//! given twice.
//!
//! Whoever has read the epoch and holds all changes up to it can judge keys from memory. The row is
//! locked to the end of the transaction, so the order of epochs is the order of commits; a sequence
//! or a transaction id would not do, as they move before the change can be seen.

pub mod repository;

use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;

/// Notes that these keys changed, in the transaction that changes them. To be called after their
/// rows were written: whoever holds a key's row may wait for the epoch's, never the other way. Their
/// stamps are rows apart, which nobody writes who does not hold the epoch's.
///
/// # Errors
/// Those of the database.
pub fn advance(connection: &mut Connection, tokens: &[Id]) -> Result<(), Error> {
    let epoch = repository::increment(connection)?;
    repository::stamp(connection, tokens, epoch)
}

/// Notes that the owner of all these keys changed, in the transaction that changes the account and
/// holds its row, so that no key is added meanwhile.
///
/// # Errors
/// Those of the database.
pub fn advance_all_of(connection: &mut Connection, owner: Id) -> Result<(), Error> {
    let epoch = repository::increment(connection)?;
    repository::stamp_all_of(connection, owner, epoch)
}
