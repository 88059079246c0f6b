//! From the old key to the new one: who has switched, what is left to do, and the end of it. All of
//! it is read from what is stored anyway, so that nothing is lost when the page is closed.

pub mod repository;

use std::collections::HashSet;

use serde_json::json;

use crate::account;
use crate::audit::event::{Action, Actor};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::token::lifecycle::{self, record};
use crate::token::model::{Status, Token};
use crate::token::repository::{self as tokens, Whose};
use crate::token::usage::callers::repository::since_day;
use crate::token::usage::{Caller, repository as usage};

/// Days in which whoever used the old key counts as a caller of it.
pub const CALLER_DAYS: i32 = 30;

/// Why the old key is revoked.
const REASON: &str = "Rotated";

/// A place in which the old key is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Whether it has the new key.
    pub is_renewed: bool,
}

/// The new key, and how far it has got.
#[derive(Clone, Debug)]
pub struct Successor {
    /// The key.
    pub token: Token,
    /// Its first request and where it came from, once that is counted.
    pub first_request: Option<(Instant, String)>,
    /// Where the old key is kept.
    pub places: Vec<Place>,
}

impl Successor {
    /// Whether it was ever used.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.token.overlap_seconds.is_none()
    }
}

/// The callers of the old key in the last days.
#[derive(Clone, Debug, Default)]
pub struct Callers {
    /// Seen on the new key.
    pub switched: Vec<Caller>,
    /// Seen on the old key alone since there is a new one.
    pub remaining: Vec<Caller>,
    /// Seen on neither since then.
    pub unseen: Vec<Caller>,
}

/// How far a rotation has got.
#[derive(Clone, Debug)]
pub struct Handover {
    /// The old key.
    pub old: Token,
    /// The living key that the old one is itself to replace: a rotation still under way.
    pub predecessor: Option<Token>,
    /// The new key, unless there is none or it was revoked unused.
    pub successor: Option<Successor>,
    /// Who uses the old key.
    pub callers: Callers,
}

impl Handover {
    /// Whether the new key has been used.
    #[must_use]
    pub fn is_used(&self) -> bool {
        let successor = self.successor.as_ref();
        successor.is_some_and(Successor::is_used)
    }

    /// Whether nobody is known to need the old key: while the new one was never used, whoever used the
    /// old one lately does. A dead key serves nobody.
    #[must_use]
    pub fn is_quiet(&self, now: Instant) -> bool {
        !self.old.is_live(now)
            || self.callers.remaining.is_empty()
                && (self.is_used() || self.callers.unseen.is_empty())
    }

    /// How far the rotation of a key has got.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn read(
        connection: &mut Connection,
        keys: Whose,
        id: Id,
        now: Instant,
    ) -> Result<Self, Error> {
        let old = tokens::get(connection, keys, id)?.token;
        let first_day = now.day() - CALLER_DAYS + 1;
        let of_old = since_day(connection, id, first_day)?;
        let successor = match old.replaced_by {
            Some(id) => read_successor(connection, old.owner_id, id)?,
            None => None,
        };
        let predecessor = match old.replaces {
            Some(id) => read_living(connection, old.owner_id, id, now)?,
            None => None,
        };
        let callers = match &successor {
            Some(successor) => {
                let of_new = since_day(connection, successor.token.id, first_day)?;
                sorted(of_old, &of_new, successor.token.created_at)
            }
            None => Callers::default(),
        };
        Ok(Self {
            old,
            predecessor,
            successor,
            callers,
        })
    }
}

/// Ticks off the places that have the new key, of those that the key is kept in.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for a key without a successor.
pub fn renew_places(
    connection: &mut Connection,
    keys: Whose,
    id: Id,
    places: &[String],
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    let handover = Handover::read(connection, keys, id, now)?;
    let successor = handover.successor.ok_or(NO_SUCCESSOR)?;
    let chosen = |place: &&Place| places.contains(&place.name);
    let names = |chosen: &dyn Fn(&&Place) -> bool| -> Vec<&str> {
        let places = successor.places.iter().filter(chosen);
        places.map(|place| place.name.as_str()).collect()
    };
    let (before, after) = (names(&|place| place.is_renewed), names(&chosen));
    account::repository::lock(connection, successor.token.owner_id)?;
    repository::set_renewed(connection, successor.token.id, &after)?;
    let detail = json!({ "before": { "renewed": before }, "after": { "renewed": after } });
    let token = &successor.token;
    record(connection, actor, Action::TokenChange, token, &detail, now)
}

/// Ends a rotation: the old key is revoked and taken off the list. Where callers are left on it,
/// only with `anyway`. Gives the new key.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for a key without a successor, or one with callers.
pub fn finish(
    connection: &mut Connection,
    keys: Whose,
    id: Id,
    anyway: bool,
    actor: &Actor,
    now: Instant,
) -> Result<Token, Error> {
    let handover = Handover::read(connection, keys, id, now)?;
    let is_quiet = handover.is_quiet(now);
    let successor = handover.successor.ok_or(NO_SUCCESSOR)?;
    if !anyway && !is_quiet {
        return Err(Error::Conflict("The old key is still used"));
    }
    if handover.old.status(now) != Status::Expired {
        lifecycle::revoke(connection, keys, id, REASON, actor, now)?;
    }
    lifecycle::delete(connection, keys, id, actor, now)?;
    Ok(successor.token)
}

const NO_SUCCESSOR: Error = Error::Conflict("There is no new key yet");

/// The successor of a key, deleted or not; none where it was revoked before it was used, as the next
/// one takes its place.
fn read_successor(
    connection: &mut Connection,
    owner: Id,
    id: Id,
) -> Result<Option<Successor>, Error> {
    let token = tokens::get(connection, Whose::History(owner), id)?.token;
    if token.overlap_seconds.is_some() && token.revoked_at.is_some() {
        return Ok(None);
    }
    let renewed = repository::renewed(connection, id)?;
    let places = token.locations.iter().map(|name| Place {
        name: name.to_owned(),
        is_renewed: renewed.iter().any(|place| place == name),
    });
    Ok(Some(Successor {
        first_request: usage::first_request(connection, id)?,
        places: places.collect(),
        token,
    }))
}

/// A key on the list, while it can let anybody through.
fn read_living(
    connection: &mut Connection,
    owner: Id,
    id: Id,
    now: Instant,
) -> Result<Option<Token>, Error> {
    match tokens::get(connection, Whose::Account(owner), id) {
        Ok(found) => Ok(found.token.is_live(now).then_some(found.token)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Tells the callers of the old key apart. Whose requests were all refused has nothing to lose.
fn sorted(of_old: Vec<Caller>, of_new: &[Caller], rotated_at: Instant) -> Callers {
    let seen: HashSet<(&str, &str)> = of_new
        .iter()
        .filter(|caller| caller.requests > 0)
        .map(|caller| (caller.address.as_str(), caller.client.as_str()))
        .collect();
    let mut callers = Callers::default();
    for caller in of_old.into_iter().filter(|caller| caller.requests > 0) {
        if seen.contains(&(&caller.address, &caller.client)) {
            callers.switched.push(caller);
        } else if caller.last_used_at >= rotated_at {
            callers.remaining.push(caller);
        } else {
            callers.unseen.push(caller);
        }
    }
    callers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(address: &str, last: Instant, requests: i64) -> Caller {
        Caller {
            address: address.to_owned(),
            client: "curl/8.5".to_owned(),
            first_used_at: last,
            last_used_at: last,
            requests,
            refusals: 1,
        }
    }

    #[test]
    fn a_caller_has_switched_once_it_is_seen_on_the_new_key() {
        let rotated = Instant::parse("2026-11-27T14:03:00Z").unwrap();
        let (before, after) = (rotated.plus_days(-1), rotated.plus_seconds(60));
        let of_old = vec![
            caller("10.0.0.1", after, 9),
            caller("10.0.0.2", after, 9),
            caller("10.0.0.3", before, 9),
            caller("10.0.0.4", after, 9),
            caller("10.0.0.5", after, 0),
        ];
        // The fourth was refused with the new key, the fifth with the old one.
        let of_new = [caller("10.0.0.1", after, 1), caller("10.0.0.4", after, 0)];
        let callers = sorted(of_old, &of_new, rotated);
        let addresses = |callers: &[Caller]| -> Vec<String> {
            callers.iter().map(|one| one.address.clone()).collect()
        };
        assert_eq!(addresses(&callers.switched), ["10.0.0.1"]);
        assert_eq!(addresses(&callers.remaining), ["10.0.0.2", "10.0.0.4"]);
        assert_eq!(addresses(&callers.unseen), ["10.0.0.3"]);
    }
}
