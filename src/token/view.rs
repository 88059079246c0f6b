//! A key in JSON, as the API and the command line tell it.

use serde::Serialize;

use crate::clock::Instant;
use crate::id::Id;
use crate::token::environment::Environment;
use crate::token::lines::Lines;
use crate::token::repository::OwnedToken;
use crate::token::scope::Scopes;
use crate::token::secret::Secret;

/// The owner of a key.
#[derive(Serialize)]
struct Owner {
    kind: &'static str,
    id: Id,
    name: String,
}

/// A key as it is told to people and programs.
#[derive(Serialize)]
pub struct TokenView {
    id: Id,
    family_id: Id,
    name: String,
    note: String,
    hint: String,
    environment: Environment,
    scopes: Scopes,
    allowed_cidrs: Lines,
    /// Every key is without a limit as yet.
    rate_limit_per_minute: Option<u32>,
    locations: Lines,
    owner: Owner,
    created_at: Instant,
    created_by: Id,
    updated_at: Instant,
    expires_at: Option<Instant>,
    last_used_at: Option<Instant>,
    last_used_address: Option<String>,
    replaces: Option<Id>,
    replaced_by: Option<Id>,
    paused_at: Option<Instant>,
    paused_until: Option<Instant>,
    revoked_at: Option<Instant>,
    revoked_by: Option<Id>,
    revoked_reason: Option<String>,
    status: &'static str,
    /// The key itself, in the one answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl TokenView {
    /// The key at `now`.
    #[must_use]
    pub fn new(OwnedToken { token, owner }: OwnedToken, now: Instant) -> Self {
        Self {
            id: token.id,
            family_id: token.family_id,
            hint: token.hint(),
            status: token.status(now).as_str(),
            name: token.name,
            note: token.note,
            environment: token.environment,
            scopes: token.scopes,
            allowed_cidrs: token.allowed_cidrs,
            rate_limit_per_minute: None,
            locations: token.locations,
            owner: Owner {
                kind: owner.kind.as_str(),
                id: owner.id,
                name: owner.name,
            },
            created_at: token.created_at,
            created_by: token.created_by,
            updated_at: token.updated_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            last_used_address: token.last_used_address,
            replaces: token.replaces,
            replaced_by: token.replaced_by,
            paused_at: token.paused_at,
            paused_until: token.paused_until,
            revoked_at: token.revoked_at,
            revoked_by: token.revoked_by,
            revoked_reason: token.revoked_reason,
            token: None,
        }
    }

    /// The same with the key itself.
    #[must_use]
    pub fn with_secret(self, secret: &Secret) -> Self {
        Self {
            token: Some(secret.expose().to_owned()),
            ..self
        }
    }
}
