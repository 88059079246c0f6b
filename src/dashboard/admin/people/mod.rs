//! The pages of people: who is here, what they may, and how they come and go.

pub(crate) mod deeds;
pub(crate) mod disable;
pub(crate) mod invite;
mod leaving;
pub(crate) mod link;
pub(crate) mod list;
pub(crate) mod role;
pub(crate) mod show;
mod standing;

use crate::account::model::{Account, Kind};
use crate::account::repository;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;

/// Where the list is.
pub(crate) const LIST: &str = "/dashboard/admin/users";

/// Where the page of a person is.
fn address(id: Id) -> String {
    format!("{LIST}/{id}")
}

/// The person of this id.
///
/// # Errors
/// [`Error::NotFound`], for a service account too.
fn find(connection: &mut Connection, id: Id) -> Result<Account, Error> {
    let account = repository::get(connection, id)?;
    match account.kind {
        Kind::User => Ok(account),
        Kind::Service => Err(Error::NotFound),
    }
}
