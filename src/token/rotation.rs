//! Rotation: a successor that is born asleep, so that nothing stops before it works.
//!
//! Until its first use the old key keeps its own end. The first use ends the old key after the
//! overlap, in one transaction. Rotating again while the successor was never used replaces it: an
//! answer that was lost on its way costs nothing.

use serde_json::json;

use crate::account;
use crate::audit::event::{Action, Actor};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::policy;
use crate::token::draft::Draft;
use crate::token::epoch;
use crate::token::escalation::Limit;
use crate::token::lifecycle::{Mint, record, record_revocation};
use crate::token::model::Token;
use crate::token::repository::{self, OwnedToken, Whose};
use crate::token::secret::Secret;
use crate::token::terms::Terms;

/// The overlap where none is chosen: a day.
pub const DEFAULT_OVERLAP: i64 = 86_400;
/// The longest overlap: a week.
pub const LONGEST_OVERLAP: i64 = 604_800;

/// Makes a successor to a key: the same settings, the same length of life counted anew, within the
/// longest that the policy allows. Under a `limit` (another key calls) it ends no later than that.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for an overlap out of bounds, and where the policy allows no
/// such key; [`Error::Escalation`];
/// [`Error::Conflict`] for a dead key, or one whose successor has been used.
#[expect(
    clippy::too_many_arguments,
    reason = "each is a fact of its own that a caller must give"
)]
pub fn rotate(
    connection: &mut Connection,
    mint: &Mint,
    keys: Whose,
    id: Id,
    overlap: i64,
    limit: Option<&Limit>,
    actor: &Actor,
    now: Instant,
) -> Result<(OwnedToken, Secret), Error> {
    if !(0..=LONGEST_OVERLAP).contains(&overlap) {
        let fault = "Must be 0 to 604800 seconds";
        return Err(Error::Invalid(FieldErrors::one("overlap_seconds", fault)));
    }
    let policy = policy::repository::hold(connection)?;
    let owner = repository::get(connection, keys, id)?.token.owner_id;
    let owner = account::repository::lock(connection, owner)?;
    account::lifecycle::may_act_for(connection, owner.id, actor)?;
    let old = repository::get(connection, keys, id)?.token;
    if !old.is_live(now) || owner.disabled_at.is_some() {
        return Err(Error::Conflict(
            "A dead key cannot be rotated. Generate a new one",
        ));
    }
    let retired = retire_unused(connection, &old, actor, now)?;
    let terms = Terms::of(connection, policy, &owner)?;
    let draft = successor(&old, &terms, limit, now)?;
    let made_by = actor.account().unwrap_or(owner.id);
    let (mut token, secret) = mint.make(owner.id, draft, made_by, now)?;
    token.family_id = old.family_id;
    token.replaces = Some(old.id);
    token.overlap_seconds = Some(overlap);
    repository::insert(connection, &token)?;
    repository::set_successor(connection, old.id, token.id, now)?;
    let retired_id = retired.as_ref().map(|retired| retired.id);
    let changed: Vec<Id> = retired_id.into_iter().chain([token.id]).collect();
    epoch::advance(connection, &changed)?;
    if let Some(retired) = &retired {
        record_revocation(connection, retired, actor, now)?;
    }
    let detail = json!({ "successor": token.id, "hint": token.hint(), "overlap_seconds": overlap });
    record(connection, actor, Action::TokenRotate, &old, &detail, now)?;
    Ok((OwnedToken { token, owner }, secret))
}

/// Makes a successor for a form. The same form sent again makes no other: none.
///
/// # Errors
/// Those of [`rotate`].
#[expect(
    clippy::too_many_arguments,
    reason = "each is a fact of its own that a caller must give"
)]
pub fn rotate_by_form(
    connection: &mut Connection,
    mint: &Mint,
    keys: Whose,
    id: Id,
    overlap: i64,
    form_digest: [u8; 32],
    actor: &Actor,
    now: Instant,
) -> Result<Option<(OwnedToken, Secret)>, Error> {
    policy::repository::hold(connection)?;
    let owner = repository::get(connection, keys, id)?.token.owner_id;
    // Of two sendings at once the second waits here, and then finds what the first has made.
    account::repository::lock(connection, owner)?;
    if repository::by_form(connection, &form_digest)?.is_some() {
        return Ok(None);
    }
    let made = rotate(connection, mint, keys, id, overlap, None, actor, now)?;
    repository::set_form(connection, made.0.token.id, &form_digest)?;
    Ok(Some(made))
}

/// The first use of a successor: ends the key before it after the overlap, never later than its
/// own end. Of many at once one does it; the others wait for it and change nothing.
///
/// # Errors
/// Those of the database. That the successor was revoked meanwhile is none: it stays as it is, and
/// so does the key before it.
pub fn awaken(connection: &mut Connection, id: Id, now: Instant) -> Result<(), Error> {
    let owner = repository::get(connection, Whose::Everyone, id)?.owner;
    // In the order in which all who write several keys of an account lock them.
    account::repository::lock(connection, owner.id)?;
    // Read once more: it may have gone to another account meanwhile.
    let OwnedToken { token, owner } = repository::get(connection, Whose::Everyone, id)?;
    let (Some(overlap), Some(old)) = (token.overlap_seconds, token.replaces) else {
        return Ok(());
    };
    if repository::awaken(connection, id)? == 0 {
        return Ok(());
    }
    let end = now.plus_seconds(overlap);
    repository::end_by(connection, old, end)?;
    epoch::advance(connection, &[id, old])?;
    let actor = Actor::key(owner.id, &owner.name, id);
    let detail = json!({ "replaces": old, "ends_at": end });
    record(
        connection,
        &actor,
        Action::TokenSucceed,
        &token,
        &detail,
        now,
    )
}

/// A successor that was never used gives way to the next, and is given if it was not revoked
/// before; one that was used stays.
pub(super) fn retire_unused(
    connection: &mut Connection,
    old: &Token,
    actor: &Actor,
    now: Instant,
) -> Result<Option<Token>, Error> {
    let Some(successor) = old.replaced_by else {
        return Ok(None);
    };
    if repository::lock_asleep(connection, successor)? == 0 {
        return Err(Error::Conflict(
            "This key was rotated, and its successor is in use",
        ));
    }
    let reason = Some("Replaced before it was used");
    if repository::revoke(connection, successor, actor.account(), reason, now)? == 0 {
        return Ok(None);
    }
    let retired = repository::get(connection, Whose::Everyone, successor)?;
    Ok(Some(retired.token))
}

/// The settings of a successor.
pub(super) fn successor(
    old: &Token,
    terms: &Terms,
    limit: Option<&Limit>,
    now: Instant,
) -> Result<Draft, Error> {
    let life = old.expires_at.map(|end| end.seconds_since(old.created_at));
    let mut draft = Draft {
        name: old.name.clone(),
        note: old.note.clone(),
        environment: old.environment,
        scopes: old.scopes.clone(),
        expires_at: life.map(|seconds| now.plus_seconds(seconds)),
        allowed_cidrs: old.allowed_cidrs.clone(),
        locations: old.locations.clone(),
    };
    draft = terms.successor(draft, now)?;
    if let Some(limit) = limit {
        draft.expires_at = [draft.expires_at, limit.expires_at()]
            .into_iter()
            .flatten()
            .min();
        limit.permits(&draft)?;
    }
    Ok(draft)
}
