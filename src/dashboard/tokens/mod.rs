//! The pages of keys: of one's own, and of service accounts.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
pub(super) mod evidence;
pub(super) mod facts;
mod filter;
pub(crate) mod first_request;
pub(super) mod history;
pub(crate) mod keyring;
pub(crate) mod leaked;
pub(crate) mod list;
pub(crate) mod new;
pub(crate) mod pause;
mod pauses;
pub(super) mod reason;
mod reveal;
pub(crate) mod revoke;
pub(crate) mod revoke_several;
pub(crate) mod rotate;
pub(super) mod row;
pub(crate) mod scopes;
pub(crate) mod show;
pub(crate) mod unusual;

use crate::error::Error;
use crate::id::Id;
use crate::server::State;
use crate::token::model::Token;
use crate::token::repository;
use keyring::Keyring;

/// Where the list of one's own keys is.
pub(super) const LIST: &str = "/dashboard/settings/tokens";

/// One of the keys.
///
/// # Errors
/// [`Error::NotFound`].
async fn find(state: &State, keyring: &Keyring, id: Id) -> Result<Token, Error> {
    let keys = keyring.keys();
    let owned = state
        .database
        .read(move |connection| repository::get(connection, keys, id))
        .await?;
    Ok(owned.token)
}
