//! How keys come, change and go. Each change and its event are one transaction, and every face
//! (dashboard, API, command line) comes through here.

use serde_json::{Value, json};

use crate::account;
use crate::audit;
use crate::audit::event::{Action, Actor, Event};
use crate::clock::Instant;
use crate::config::KeyPrefix;
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::policy;
use crate::secret_key::{MacKey, SecretKey};
use crate::text;
use crate::token::draft::Draft;
use crate::token::epoch;
use crate::token::escalation::Limit;
use crate::token::model::Token;
use crate::token::repository::{self, OwnedToken, Whose};
use crate::token::secret::{self, Secret};
use crate::token::terms::Terms;

/// The most characters of the reason for a revocation.
const REASON: usize = 200;

/// What new keys are made with.
#[derive(Clone)]
pub struct Mint {
    prefix: KeyPrefix,
    digest_key: MacKey,
    secret_key_id: String,
}

impl Mint {
    /// One that makes keys with this prefix and digests under this secret key.
    #[must_use]
    pub fn new(prefix: KeyPrefix, secret_key: &SecretKey) -> Self {
        Self {
            prefix,
            digest_key: digest_key(secret_key),
            secret_key_id: secret_key.id().to_owned(),
        }
    }

    /// What is kept of a key that somebody presents; none where it is no key.
    #[must_use]
    pub fn digest_of(&self, presented: &str) -> Option<[u8; 32]> {
        secret::digest_of(presented.as_bytes(), &self.digest_key)
    }

    /// A key of its own family, stored nowhere yet.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn make(
        &self,
        owner: Id,
        draft: Draft,
        made_by: Id,
        now: Instant,
    ) -> Result<(Token, Secret), Error> {
        let id = Id::new();
        let secret = Secret::generate(&self.prefix)?;
        let token = Token {
            id,
            owner_id: owner,
            family_id: id,
            replaces: None,
            replaced_by: None,
            name: draft.name,
            note: draft.note,
            environment: draft.environment,
            scopes: draft.scopes,
            allowed_cidrs: draft.allowed_cidrs,
            locations: draft.locations,
            prefix: self.prefix.as_str().to_owned(),
            last_four: secret.last_four().to_owned(),
            digest: secret.digest(&self.digest_key).to_vec(),
            secret_key_id: self.secret_key_id.clone(),
            created_at: now,
            created_by: made_by,
            updated_at: now,
            expires_at: draft.expires_at,
            last_used_at: None,
            last_used_address: None,
            paused_at: None,
            paused_until: None,
            revoked_at: None,
            revoked_by: None,
            revoked_reason: None,
            deleted_at: None,
            overlap_seconds: None,
            form_digest: None,
        };
        Ok((token, secret))
    }
}

/// The key under which keys are digested.
#[must_use]
pub fn digest_key(secret_key: &SecretKey) -> MacKey {
    secret_key.derive("token digest")
}

/// What came of a wish for a key.
pub enum Generated {
    /// A new key, with the secret that is shown this once.
    New(Box<Token>, Secret),
    /// The same form was sent before and made this key.
    Before(Id),
}

/// Generates a key for an account.
///
/// `form_digest` tells one sending of a form from another; a form that comes again makes nothing.
/// `limit` is what the calling key may pass on, where a key calls.
///
/// # Errors
/// [`Error::NameTaken`], [`Error::Escalation`]; [`Error::Invalid`] and [`Error::TooManyKeys`] for a
/// key that the policy does not allow; [`Error::NotFound`] for who may not, or no longer.
#[expect(
    clippy::too_many_arguments,
    reason = "each is a fact of its own that a caller must give"
)]
pub fn generate(
    connection: &mut Connection,
    mint: &Mint,
    owner: Id,
    draft: Draft,
    form_digest: Option<[u8; 32]>,
    limit: Option<&Limit>,
    actor: &Actor,
    now: Instant,
) -> Result<Generated, Error> {
    limit.map_or(Ok(()), |limit| limit.permits(&draft))?;
    let policy = policy::repository::hold(connection)?;
    account::lifecycle::may_act_for(connection, owner, actor)?;
    let account = account::repository::lock(connection, owner)?;
    if account.disabled_at.is_some() {
        // Disabled since the request was let in: a key made now would live on when it is enabled.
        return Err(Error::NotFound);
    }
    if let Some(digest) = &form_digest
        && let Some(id) = repository::by_form(connection, digest)?
    {
        return Ok(Generated::Before(id));
    }
    let terms = Terms::of(connection, policy, &account)?;
    terms.permit(&draft, now)?;
    let made_by = actor.account().unwrap_or(owner);
    let (mut token, secret) = mint.make(owner, draft, made_by, now)?;
    token.form_digest = form_digest.map(Vec::from);
    if repository::is_name_taken(connection, owner, &token.name, token.family_id, now)? {
        return Err(Error::NameTaken(token.name));
    }
    terms.room(connection, owner, token.family_id, now)?;
    repository::insert(connection, &token)?;
    // A new key too: whoever holds every key must learn of it before it is used.
    epoch::advance(connection, &[token.id])?;
    record(
        connection,
        actor,
        Action::TokenGenerate,
        &token,
        &json!({ "after": facts(&token) }),
        now,
    )?;
    Ok(Generated::New(Box::new(token), secret))
}

/// Revokes a key; gives it as it is then. A key that is revoked already stays as it was: that is
/// no error.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a reason that is too long.
pub fn revoke(
    connection: &mut Connection,
    keys: Whose,
    id: Id,
    reason: &str,
    actor: &Actor,
    now: Instant,
) -> Result<OwnedToken, Error> {
    let reason = self::reason(reason)?;
    // Looked for first: whether it is one of theirs is the question that comes before all others.
    repository::get(connection, keys, id)?;
    let revoked = repository::revoke(connection, id, actor.account(), reason.as_deref(), now)?;
    let after = repository::get(connection, keys, id)?;
    if revoked == 1 {
        epoch::advance(connection, &[id])?;
        record_revocation(connection, &after.token, actor, now)?;
    }
    Ok(after)
}

/// Revokes several keys of one account; gives those that were not revoked before. One that is not
/// theirs makes it none.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a reason that is too long.
pub fn revoke_several(
    connection: &mut Connection,
    owner: Id,
    ids: &[Id],
    reason: &str,
    actor: &Actor,
    now: Instant,
) -> Result<Vec<Token>, Error> {
    let reason = self::reason(reason)?;
    let by = actor.account();
    // In the order in which all who write several keys of an account lock them.
    account::repository::lock(connection, owner)?;
    let keys = Whose::Account(owner);
    let mut revoked = Vec::new();
    for token in repository::get_several(connection, keys, ids)? {
        if repository::revoke(connection, token.id, by, reason.as_deref(), now)? == 1 {
            revoked.push(repository::get(connection, keys, token.id)?.token);
        }
    }
    let ids: Vec<Id> = revoked.iter().map(|token| token.id).collect();
    if !ids.is_empty() {
        epoch::advance(connection, &ids)?;
    }
    for token in &revoked {
        record_revocation(connection, token, actor, now)?;
    }
    Ok(revoked)
}

/// The reason of a revocation, where one is given.
///
/// # Errors
/// [`Error::Invalid`] for one that is too long.
pub(super) fn reason(text: &str) -> Result<Option<String>, Error> {
    let reason = text::line("Reason", text, REASON)
        .map_err(|fault| Error::Invalid(FieldErrors::one("reason", fault)))?;
    Ok((!reason.is_empty()).then_some(reason))
}

pub(super) fn record_revocation(
    connection: &mut Connection,
    token: &Token,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    let reason = token.revoked_reason.as_deref();
    record_revocation_of(connection, token.id, token.owner_id, reason, actor, now)
}

pub(super) fn record_revocation_of(
    connection: &mut Connection,
    id: Id,
    owner: Id,
    reason: Option<&str>,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    let (action, detail) = (Action::TokenRevoke, json!({ "reason": reason }));
    let event = Event::done(actor, action, Some(id), Some(owner), &detail, now);
    audit::repository::insert(connection, &event)
}

/// Takes a dead key off its owner's list; its events stay.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for a key that may still be used.
pub fn delete(
    connection: &mut Connection,
    keys: Whose,
    id: Id,
    actor: &Actor,
    now: Instant,
) -> Result<Token, Error> {
    let token = repository::get(connection, keys, id)?.token;
    if token.is_live(now) {
        return Err(Error::Conflict(
            "Only a revoked or expired key can be deleted",
        ));
    }
    repository::delete(connection, id, now)?;
    record(
        connection,
        actor,
        Action::TokenDelete,
        &token,
        &json!({ "name": token.name }),
        now,
    )?;
    Ok(token)
}

/// What an event tells of a key: its settings, never anything of the key itself but its hint.
pub(super) fn facts(token: &Token) -> Value {
    json!({
        "name": token.name,
        "note": token.note,
        "hint": token.hint(),
        "environment": token.environment,
        "scopes": token.scopes,
        "expires_at": token.expires_at,
        "allowed_cidrs": token.allowed_cidrs,
        "locations": token.locations,
    })
}

/// Adds the event of a change of a key.
pub(super) fn record(
    connection: &mut Connection,
    actor: &Actor,
    action: Action,
    token: &Token,
    detail: &Value,
    now: Instant,
) -> Result<(), Error> {
    let event = Event::done(
        actor,
        action,
        Some(token.id),
        Some(token.owner_id),
        detail,
        now,
    );
    audit::repository::insert(connection, &event)
}
