//! Changing a key's settings, and what a calling key may make of another.

use serde_json::json;

use crate::account;
use crate::audit::event::{Action, Actor};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::policy;
use crate::token::epoch;
use crate::token::escalation::Limit;
use crate::token::lifecycle::{facts, record};
use crate::token::lifetime::Lifetime;
use crate::token::lines::Lines;
use crate::token::model::Token;
use crate::token::repository::{self, OwnedToken, Settings, Whose};
use crate::token::scope::Scopes;
use crate::token::terms::Terms;

/// What is to become of a key's settings; what is none stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The name.
    pub name: Option<String>,
    /// The note.
    pub note: Option<String>,
    /// The scopes.
    pub scopes: Option<Scopes>,
    /// The end, which can be brought forward alone.
    pub expires_at: Option<Lifetime>,
    /// The networks.
    pub allowed_cidrs: Option<Lines>,
    /// The places.
    pub locations: Option<Lines>,
}

/// Changes a key's settings; gives the key as it is then.
///
/// # Errors
/// [`Error::NotFound`], [`Error::NameTaken`], [`Error::Escalation`]; [`Error::Invalid`] for an end
/// that would come later and a scope that cannot be granted; [`Error::Conflict`] for a revoked key.
pub fn change(
    connection: &mut Connection,
    keys: Whose,
    id: Id,
    change: Change,
    limit: Option<&Limit>,
    actor: &Actor,
    now: Instant,
) -> Result<OwnedToken, Error> {
    let policy = policy::repository::hold(connection)?;
    let owner = repository::get(connection, keys, id)?.token.owner_id;
    let owner = account::repository::lock(connection, owner)?;
    let before = repository::get(connection, keys, id)?.token;
    if let Some(limit) = limit {
        permits(limit, &before, &change, now)?;
    }
    if let Some(scopes) = &change.scopes {
        Terms::of(connection, policy, &owner)?.permit_scopes(scopes, &before.scopes)?;
    }
    if let Some(name) = &change.name
        && repository::is_name_taken(connection, before.owner_id, name, before.family_id, now)?
    {
        return Err(Error::NameTaken(name.clone()));
    }
    let settings = Settings {
        name: change.name,
        note: change.note,
        scopes: change.scopes,
        expires_at: match change.expires_at {
            Some(lifetime) => brought_forward(before.expires_at, lifetime, now)?,
            None => None,
        },
        allowed_cidrs: change.allowed_cidrs,
        locations: change.locations,
        updated_at: Some(now),
    };
    if repository::update(connection, id, &settings)? == 0 {
        return Err(Error::Conflict("A revoked key cannot be changed"));
    }
    epoch::advance(connection, &[id])?;
    let after = repository::get(connection, keys, id)?;
    let detail = json!({ "before": facts(&before), "after": facts(&after.token) });
    record(
        connection,
        actor,
        Action::TokenChange,
        &after.token,
        &detail,
        now,
    )?;
    Ok(after)
}

/// Whether the calling key may make this change. What is named must be within its limit; a key that
/// gains by the change must then be within it on every side, or one that is about to end could
/// lend its scopes to one that outlives it.
fn permits(limit: &Limit, before: &Token, change: &Change, now: Instant) -> Result<(), Error> {
    let own = Limit::from(before);
    let scopes = change.scopes.as_ref();
    let cidrs = change.allowed_cidrs.as_ref();
    let gains = scopes.is_some_and(|scopes| own.permits_scopes(scopes).is_err())
        || cidrs.is_some_and(|cidrs| own.permits_cidrs(cidrs).is_err());
    if gains || scopes.is_some() {
        limit.permits_scopes(scopes.unwrap_or(&before.scopes))?;
    }
    match change.expires_at {
        Some(lifetime) => limit.permits_end(end_of(lifetime, now)?)?,
        None if gains => limit.permits_end(before.expires_at)?,
        None => {}
    }
    if gains || cidrs.is_some() {
        limit.permits_cidrs(cidrs.unwrap_or(&before.allowed_cidrs))?;
    }
    if gains {
        limit.permits_environment(before.environment)?;
    }
    Ok(())
}

/// An end can be brought forward, never moved later: gives the new one where it changes.
fn brought_forward(
    present: Option<Instant>,
    lifetime: Lifetime,
    now: Instant,
) -> Result<Option<Instant>, Error> {
    let asked = end_of(lifetime, now)?;
    match (present, asked) {
        (Some(present), asked) if asked.is_none_or(|asked| asked > present) => {
            let fault = "An end can be brought forward, never moved later. To go on, rotate";
            Err(Error::Invalid(FieldErrors::one("expires_at", fault)))
        }
        _ => Ok(asked),
    }
}

fn end_of(lifetime: Lifetime, now: Instant) -> Result<Option<Instant>, Error> {
    lifetime
        .end(now)
        .map_err(|fault| Error::Invalid(FieldErrors::one("expires_at", fault)))
}
