//! The table of the operator's own scopes, offered beside the built-in ones.

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::account::model::{Account, Kind, Role};
use crate::clock::Instant;
use crate::db::Connection;
use crate::db::schema::{scopes, tokens};
use crate::error::Error;
use crate::id::Id;
use crate::token::repository::is_live;
use crate::token::scope::{Scope, Scopes};

/// A scope that may be granted and what it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The scope's name.
    pub name: String,
    /// What it opens.
    pub description: String,
}

/// A scope of the operator's own.
pub struct Own {
    /// Its name.
    pub name: String,
    /// What it opens.
    pub description: String,
    /// When it was retired.
    pub retired_at: Option<Instant>,
}

/// A row: name, description, when it was retired.
type Row = (String, String, Option<Instant>);

impl From<Row> for Own {
    fn from((name, description, retired_at): Row) -> Self {
        Self {
            name,
            description,
            retired_at,
        }
    }
}

/// The scopes that an account may grant as far as the policy says nothing of it: the built-in ones,
/// those for admins aside, and then the operator's own that are not retired.
///
/// # Errors
/// Those of the database.
pub fn offers(connection: &mut Connection, grantor: &Account) -> Result<Vec<Offer>, Error> {
    Ok(divided(connection, grantor)?.0)
}

/// Every scope that an account's keys may hold: what it may grant, and what is retired.
///
/// # Errors
/// Those of the database.
pub fn known(connection: &mut Connection, grantor: &Account) -> Result<Vec<Offer>, Error> {
    let (offered, retired) = divided(connection, grantor)?;
    Ok([offered, retired].concat())
}

/// The scopes that an account may grant, and the retired ones.
///
/// # Errors
/// Those of the database.
pub fn divided(
    connection: &mut Connection,
    grantor: &Account,
) -> Result<(Vec<Offer>, Vec<Offer>), Error> {
    let admin = grantor.kind == Kind::User && grantor.role == Role::Admin;
    let built_in = Scope::ALL
        .into_iter()
        .filter(|scope| admin || *scope != Scope::AuditRead)
        .map(|scope| Offer {
            name: scope.name().to_owned(),
            description: scope.description().to_owned(),
        });
    let mut offered: Vec<Offer> = built_in.collect();
    let mut retired = Vec::new();
    for own in list(connection)? {
        let kind = if own.retired_at.is_none() {
            &mut offered
        } else {
            &mut retired
        };
        kind.push(Offer {
            name: own.name,
            description: own.description,
        });
    }
    Ok((offered, retired))
}

/// The operator's own scopes by name, retired ones too.
///
/// # Errors
/// Those of the database.
pub fn list(connection: &mut Connection) -> Result<Vec<Own>, Error> {
    let rows: Vec<Row> = scopes::table
        .order(scopes::name)
        .select((scopes::name, scopes::description, scopes::retired_at))
        .load(connection)?;
    Ok(rows.into_iter().map(Own::from).collect())
}

/// One of the operator's own scopes.
///
/// # Errors
/// [`Error::NotFound`].
pub fn get(connection: &mut Connection, name: &str) -> Result<Own, Error> {
    let row: Row = scopes::table
        .find(name)
        .select((scopes::name, scopes::description, scopes::retired_at))
        .first(connection)?;
    Ok(row.into())
}

/// Adds a scope that is not there yet.
///
/// # Errors
/// Those of the database.
pub(super) fn insert(
    connection: &mut Connection,
    name: &str,
    description: &str,
    now: Instant,
) -> Result<(), Error> {
    diesel::insert_into(scopes::table)
        .values((
            scopes::name.eq(name),
            scopes::description.eq(description),
            scopes::created_at.eq(now),
        ))
        .execute(connection)?;
    Ok(())
}

/// Writes anew what a scope opens.
///
/// # Errors
/// Those of the database.
pub(super) fn describe(
    connection: &mut Connection,
    name: &str,
    description: &str,
) -> Result<(), Error> {
    diesel::update(scopes::table.find(name))
        .set(scopes::description.eq(description))
        .execute(connection)?;
    Ok(())
}

/// Retires a scope, or brings it back with none.
///
/// # Errors
/// Those of the database.
pub(super) fn set_retired(
    connection: &mut Connection,
    name: &str,
    at: Option<Instant>,
) -> Result<(), Error> {
    diesel::update(scopes::table.find(name))
        .set(scopes::retired_at.eq(at))
        .execute(connection)?;
    Ok(())
}

/// Removes a scope.
///
/// # Errors
/// Those of the database.
pub(super) fn delete(connection: &mut Connection, name: &str) -> Result<(), Error> {
    diesel::delete(scopes::table.find(name)).execute(connection)?;
    Ok(())
}

/// The live keys that hold a scope by its own name, each with its owner's id and what it holds.
///
/// # Errors
/// Those of the database.
pub fn holders(
    connection: &mut Connection,
    name: &str,
    now: Instant,
) -> Result<Vec<(Id, Id, Scopes)>, Error> {
    Ok(tokens::table
        .filter(tokens::scopes.like(format!("% {name} %")))
        .filter(is_live(now))
        .order((tokens::owner_id, tokens::id))
        .select((tokens::owner_id, tokens::id, tokens::scopes))
        .load(connection)?)
}

/// How many live keys hold the same scopes, for all that any holds: there are few different ones.
///
/// # Errors
/// Those of the database.
pub fn grants(connection: &mut Connection, now: Instant) -> Result<Vec<(Scopes, i64)>, Error> {
    Ok(tokens::table
        .filter(is_live(now))
        .group_by(tokens::scopes)
        .select((tokens::scopes, count_star()))
        .load(connection)?)
}
