//! A key for tests of what is said and drawn of keys.

use crate::clock::Instant;
use crate::id::Id;
use crate::token::environment::Environment;
use crate::token::lines::Lines;
use crate::token::model::Token;
use crate::token::scope::Scopes;

/// The time in these tests.
pub(super) fn now() -> Instant {
    Instant::parse("2026-11-27T14:03:00Z").unwrap()
}

/// A key of 90 days that was generated on 5 Sep 2026 and never used.
pub(super) fn token() -> Token {
    let id = Id::new();
    let created_at = Instant::parse("2026-09-05T13:03:00Z").unwrap();
    Token {
        id,
        owner_id: id,
        family_id: id,
        replaces: None,
        replaced_by: None,
        name: "CI/CD Pipeline".to_owned(),
        note: String::new(),
        environment: Environment::Production,
        scopes: Scopes::default(),
        allowed_cidrs: Lines::default(),
        locations: Lines::default(),
        prefix: "df".to_owned(),
        last_four: "k7Qp".to_owned(),
        digest: Vec::new(),
        secret_key_id: String::new(),
        created_at,
        created_by: id,
        updated_at: created_at,
        expires_at: Some(created_at.plus_days(90)),
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
    }
}
