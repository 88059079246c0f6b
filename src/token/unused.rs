//! Scopes that a key holds and that nobody demands of it: what can be dropped without harm.

use crate::account;
use crate::audit::event::Actor;
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::policy;
use crate::token::change::{self, Change};
use crate::token::model::Token;
use crate::token::repository::{self, OwnedToken, Whose};
use crate::token::scope::Scopes;
use crate::token::usage::scopes::OPEN;
use crate::token::usage::scopes::repository::used;

/// Days in which nobody demanded a scope that is called unused.
pub const DAYS: i32 = 30;

/// What is known of the use of one key's scopes.
#[derive(Debug)]
pub struct Demanded {
    scopes: Vec<String>,
    is_old_enough: bool,
}

impl Demanded {
    /// Reads it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn read(connection: &mut Connection, token: &Token, now: Instant) -> Result<Self, Error> {
        Ok(Self {
            scopes: used(connection, token.id, now.day() - DAYS + 1)?,
            is_old_enough: token.created_at.plus_days(i64::from(DAYS)) <= now,
        })
    }

    /// Whether some requests left open which scope they need: then no scope can be called unused.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.demands(OPEN)
    }

    fn demands(&self, scope: &str) -> bool {
        self.scopes.iter().any(|demanded| demanded == scope)
    }

    /// The scopes that the key needs without `scope`, where that is unused: without a write that
    /// was only ever read with, the read alone. None where it is in use, or where nothing is known
    /// for so many days, or nothing would be left.
    #[must_use]
    pub fn without(&self, held: &Scopes, scope: &str) -> Option<Scopes> {
        let is_held = held.iter().any(|one| one == scope);
        if !is_held || !self.is_old_enough || self.is_open() || self.demands(scope) {
            return None;
        }
        let narrower = scope
            .strip_suffix(":write")
            .map(|name| format!("{name}:read"))
            .filter(|read| self.demands(read));
        let others = held.iter().filter(|one| *one != scope);
        let rest: Scopes = others.map(str::to_owned).chain(narrower).collect();
        // With nothing in use at all it is the key that is not needed.
        let is_used = self.scopes.iter().any(|demanded| rest.allow(demanded));
        is_used.then_some(rest)
    }
}

/// Drops a scope that nobody demands of a key, as is seen in the same transaction.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] where the scope is in use or not held, or the key is
/// revoked.
pub fn drop_scope(
    connection: &mut Connection,
    keys: Whose,
    id: Id,
    scope: &str,
    actor: &Actor,
    now: Instant,
) -> Result<OwnedToken, Error> {
    policy::repository::hold(connection)?;
    let owner = repository::get(connection, keys, id)?.token.owner_id;
    account::repository::lock(connection, owner)?;
    let token = repository::get(connection, keys, id)?.token;
    let rest = Demanded::read(connection, &token, now)?
        .without(&token.scopes, scope)
        .ok_or(Error::Conflict("Only a scope that is not used is dropped"))?;
    let change = Change {
        scopes: Some(rest),
        ..Change::default()
    };
    change::change(connection, keys, id, change, None, actor, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(held: &[&str], demanded: &[&str], scope: &str) -> Option<String> {
        let demanded = Demanded {
            scopes: demanded.iter().map(|one| (*one).to_owned()).collect(),
            is_old_enough: true,
        };
        let held: Scopes = held.iter().collect();
        demanded.without(&held, scope).map(|rest| rest.to_string())
    }

    #[test]
    fn what_nobody_demands_is_dropped_and_what_is_used_is_not() {
        let held = ["projects:read", "tokens:write"];
        let read = Some("projects:read".to_owned());
        assert_eq!(left(&held, &["projects:read"], "tokens:write"), read);
        assert_eq!(left(&held, &["projects:read"], "projects:read"), None);
        assert_eq!(left(&held, &["projects:read"], "introspect"), None);
        assert_eq!(left(&held, &["projects:read", OPEN], "tokens:write"), None);
        assert_eq!(left(&held, &[], "tokens:write"), None);
    }

    #[test]
    fn a_write_that_only_reads_becomes_a_read() {
        let read = Some("projects:read".to_owned());
        let held = ["projects:write"];
        assert_eq!(left(&held, &["projects:read"], "projects:write"), read);
        let both = ["projects:write", "projects:read"];
        assert_eq!(left(&both, &["projects:read"], "projects:write"), read);
        let more = ["projects:write", "introspect"];
        let write = Some("projects:write".to_owned());
        assert_eq!(left(&more, &["projects:read"], "introspect"), write);
    }
}
