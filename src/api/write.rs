//! The one way in which a key changes anything.

use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::server::State;
use crate::token::verifier::Caller;

/// Does `work` for the caller in one transaction, in which the key is checked once more: minutes may
/// lie between the head of a request, by which it was let in, and the end of its body.
///
/// # Errors
/// Those of `work`, of [`Caller::check`] and of [`crate::db::Database::write`].
pub(super) async fn write<T, W>(state: &State, caller: Caller, work: W) -> Result<T, Error>
where
    T: Send + 'static,
    W: FnOnce(&mut Connection, &Caller, Instant) -> Result<T, Error> + Send + 'static,
{
    let now = state.clock.now();
    let checked = move |connection: &mut Connection| {
        caller.check(connection, now)?;
        work(connection, &caller, now)
    };
    state.database.write(checked).await
}
