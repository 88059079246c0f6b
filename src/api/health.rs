//! Whether the server lives, and whether it can serve.

use actix_web::web::Data;

use crate::account;
use crate::error::Error;
use crate::server::State;

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// The database answers and has its tables.
pub(crate) async fn ready(state: Data<State>) -> Result<&'static str, Error> {
    state
        .database
        .read(account::repository::is_set_up)
        .await
        .map(|_| "ready\n")
        .map_err(|_| Error::Unavailable)
}
