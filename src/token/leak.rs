//! A key that leaked: stopped at once, and replaced in the same step.

use serde_json::json;

use crate::account;
use crate::audit::event::{Action, Actor};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::policy;
use crate::token::draft::Draft;
use crate::token::epoch;
use crate::token::lifecycle::{Mint, facts, record, record_revocation};
use crate::token::model::{Status, Token};
use crate::token::repository::{self, OwnedToken, Whose};
use crate::token::rotation;
use crate::token::secret::Secret;
use crate::token::terms::Terms;

/// The reason for the revocation of a key that leaked.
pub const REASON: &str = "Leaked";
/// The reasons of a revocation that mean that others may have the key.
pub const REASONS: [&str; 2] = [REASON, "Compromised"];

/// Whether a key was revoked because others have it.
#[must_use]
pub fn is_leaked(token: &Token) -> bool {
    let reason = token.revoked_reason.as_deref();
    reason.is_some_and(|reason| REASONS.contains(&reason))
}

/// What came of it.
pub enum Replaced {
    /// The key is revoked; the new one, with the secret that is shown this once.
    New(Box<Token>, Secret),
    /// The key is revoked; the one that was made to replace it is in use already.
    InUse(Id),
    /// The key is revoked; the policy allows no such key any more, as the sentence says.
    Refused(String),
    /// The same form was sent before and made this key.
    Before(Id),
}

/// Revokes a key that leaked and makes another with the same settings and the same length of life,
/// counted anew. A key that is revoked already stays so and is replaced.
///
/// A successor that was never used gives way: it was made to take over from a key that is no more,
/// and may have been lost. `form_digest` tells one sending of a form from another.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for a key that was revoked for something else;
/// [`Error::NameTaken`] where another key has taken the name of a dead one.
pub fn replace(
    connection: &mut Connection,
    mint: &Mint,
    keys: Whose,
    id: Id,
    form_digest: [u8; 32],
    actor: &Actor,
    now: Instant,
) -> Result<Replaced, Error> {
    let policy = policy::repository::hold(connection)?;
    let owner = repository::get(connection, keys, id)?.token.owner_id;
    let owner = account::repository::lock(connection, owner)?;
    if let Some(made) = repository::by_form(connection, &form_digest)? {
        return Ok(Replaced::Before(made));
    }
    account::lifecycle::may_act_for(connection, owner.id, actor)?;
    let OwnedToken { token: old, .. } = repository::get(connection, keys, id)?;
    if owner.disabled_at.is_some() {
        return Err(Error::NotFound);
    }
    if old.revoked_at.is_some() && !is_leaked(&old) {
        return Err(Error::Conflict("Only a key that leaked is replaced"));
    }
    let next = successor(connection, &old, now)?;
    if let Successor::InUse(successor) = next {
        stop(connection, id, actor, now)?;
        return Ok(Replaced::InUse(successor));
    }
    let terms = Terms::of(connection, policy, &owner)?;
    let draft = match replacement(connection, &old, &terms, now) {
        Ok(draft) => draft,
        // What leaked is stopped whatever the policy says of another.
        Err(error @ (Error::Invalid(_) | Error::TooManyKeys(_))) => {
            stop(connection, id, actor, now)?;
            return Ok(Replaced::Refused(told(&error)));
        }
        Err(error) => return Err(error),
    };
    let unused = match next {
        Successor::Unused => rotation::retire_unused(connection, &old, actor, now)?,
        Successor::None | Successor::InUse(_) => None,
    };
    let is_stopped = repository::revoke(connection, id, actor.account(), Some(REASON), now)? == 1;
    if repository::is_name_taken(connection, owner.id, &draft.name, old.family_id, now)? {
        return Err(Error::NameTaken(draft.name));
    }
    let made_by = actor.account().unwrap_or(owner.id);
    let (mut token, secret) = mint.make(owner.id, draft, made_by, now)?;
    token.family_id = old.family_id;
    token.replaces = Some(id);
    token.form_digest = Some(form_digest.to_vec());
    repository::insert(connection, &token)?;
    repository::set_successor(connection, id, token.id, now)?;
    let unused_id = unused.as_ref().map(|unused| unused.id);
    let changed: Vec<Id> = [id, token.id].into_iter().chain(unused_id).collect();
    epoch::advance(connection, &changed)?;
    if let Some(unused) = &unused {
        record_revocation(connection, unused, actor, now)?;
    }
    if is_stopped {
        record_stop(connection, id, actor, now)?;
    }
    let detail = json!({ "after": facts(&token), "replaces": id });
    record(
        connection,
        actor,
        Action::TokenGenerate,
        &token,
        &detail,
        now,
    )?;
    Ok(Replaced::New(Box::new(token), secret))
}

/// The settings of the replacement, if there may be one.
fn replacement(
    connection: &mut Connection,
    old: &Token,
    terms: &Terms,
    now: Instant,
) -> Result<Draft, Error> {
    let draft = rotation::successor(old, terms, None, now)?;
    terms.room(connection, old.owner_id, old.family_id, now)?;
    Ok(draft)
}

/// Why there is no replacement.
fn told(error: &Error) -> String {
    match error {
        Error::Invalid(faults) => faults
            .iter()
            .map(|(_, fault)| fault)
            .collect::<Vec<_>>()
            .join(". "),
        other => other.to_string(),
    }
}

/// What is there to go on with.
enum Successor {
    /// No key that can be used.
    None,
    /// One that was never used.
    Unused,
    /// One that is in use.
    InUse(Id),
}

/// Nobody can use a successor for the first time meanwhile: that takes the owner's lock too.
fn successor(connection: &mut Connection, old: &Token, now: Instant) -> Result<Successor, Error> {
    let Some(id) = old.replaced_by else {
        return Ok(Successor::None);
    };
    let successor = repository::get(connection, Whose::Everyone, id)?.token;
    Ok(match successor.status(now) {
        Status::Revoked | Status::Expired => Successor::None,
        _ if successor.overlap_seconds.is_some() => Successor::Unused,
        Status::Active | Status::Paused => Successor::InUse(id),
    })
}

/// Revokes the key, and no more.
fn stop(connection: &mut Connection, id: Id, actor: &Actor, now: Instant) -> Result<(), Error> {
    if repository::revoke(connection, id, actor.account(), Some(REASON), now)? == 1 {
        epoch::advance(connection, &[id])?;
        record_stop(connection, id, actor, now)?;
    }
    Ok(())
}

fn record_stop(
    connection: &mut Connection,
    id: Id,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    let stopped = repository::get(connection, Whose::Everyone, id)?.token;
    record_revocation(connection, &stopped, actor, now)
}
