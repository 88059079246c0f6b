//! The table of the operator's own scopes, offered beside the built-in ones.

use diesel::prelude::*;

use crate::account::model::{Account, Kind, Role};
use crate::db::Connection;
use crate::db::schema::scopes;
use crate::error::Error;
use crate::token::scope::Scope;

/// A scope that may be granted and what it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The scope's name.
    pub name: String,
    /// What it opens.
    pub description: String,
}

/// The scopes that an account may grant: the built-in ones, those for admins aside, and then the
/// operator's own.
///
/// # Errors
/// Those of the database.
pub fn offers(connection: &mut Connection, grantor: &Account) -> Result<Vec<Offer>, Error> {
    let admin = grantor.kind == Kind::User && grantor.role == Role::Admin;
    let own: Vec<(String, String)> = scopes::table
        .order(scopes::name)
        .select((scopes::name, scopes::description))
        .load(connection)?;
    let built_in = Scope::ALL
        .into_iter()
        .filter(|scope| admin || *scope != Scope::AuditRead)
        .map(|scope| (scope.name().to_owned(), scope.description().to_owned()));
    Ok(built_in
        .chain(own)
        .map(|(name, description)| Offer { name, description })
        .collect())
}
