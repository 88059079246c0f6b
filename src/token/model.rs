//! A key as the database keeps it.

use diesel::dsl::auto_type;
use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::{last_uses, tokens};
use crate::id::Id;
use crate::token::environment::Environment;
use crate::token::lines::Lines;
use crate::token::scope::Scopes;

/// When a key of `tokens` was last used: kept apart, as it changes with every second of use.
pub(crate) const LAST_USED_AT: &str =
    "(SELECT at FROM last_uses WHERE last_uses.token_id = tokens.id)";

/// [`LAST_USED_AT`] for the columns of a key: diesel prepares no query anew that holds no text of ours.
#[auto_type]
fn last_used_at() -> _ {
    last_uses::table
        .filter(last_uses::token_id.eq(tokens::id))
        .select(last_uses::at)
        .single_value()
}

/// Where that was from.
#[auto_type]
fn last_used_address() -> _ {
    last_uses::table
        .filter(last_uses::token_id.eq(tokens::id))
        .select(last_uses::address)
        .single_value()
}

/// One key. The key itself is not here: only the digest of it and its last four characters.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = tokens)]
pub struct Token {
    /// Its id, in URLs and answers.
    pub id: Id,
    /// The account it belongs to.
    pub owner_id: Id,
    /// Shared by all that replace one another.
    pub family_id: Id,
    /// The key this one was made to replace.
    pub replaces: Option<Id>,
    /// The key that was made to replace this one.
    pub replaced_by: Option<Id>,
    /// 1 to 100 characters, unique among the owner's live keys.
    pub name: String,
    /// Up to 1,000 characters.
    pub note: String,
    /// Where it is meant to be used.
    pub environment: Environment,
    /// What it may do.
    pub scopes: Scopes,
    /// The networks it may be used from; none means all.
    pub allowed_cidrs: Lines,
    /// The places it is kept in, by its owner's account.
    pub locations: Lines,
    /// What the key begins with, before the underscore.
    pub prefix: String,
    /// Its last four characters, for display.
    pub last_four: String,
    /// HMAC-SHA-256 of the key.
    pub digest: Vec<u8>,
    /// The secret key under which the digest was made.
    pub secret_key_id: String,
    /// When it was generated.
    pub created_at: Instant,
    /// The account that generated it.
    pub created_by: Id,
    /// When its settings last changed.
    pub updated_at: Instant,
    /// The instant at which it is expired; none means never.
    pub expires_at: Option<Instant>,
    /// When it last let a request through.
    #[diesel(
        skip_insertion,
        select_expression = last_used_at(),
        select_expression_type = last_used_at
    )]
    pub last_used_at: Option<Instant>,
    /// The address of that request.
    #[diesel(
        skip_insertion,
        select_expression = last_used_address(),
        select_expression_type = last_used_address
    )]
    pub last_used_address: Option<String>,
    /// When it was paused.
    pub paused_at: Option<Instant>,
    /// When the pause ends by itself; none means when it is resumed.
    pub paused_until: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
    /// The account that revoked it.
    pub revoked_by: Option<Id>,
    /// Why.
    pub revoked_reason: Option<String>,
    /// When its owner took it off the list.
    pub deleted_at: Option<Instant>,
    /// Digest of the form that made it.
    pub form_digest: Option<Vec<u8>>,
    /// Of a successor that was never used: how long the key before it goes on from the first use.
    pub overlap_seconds: Option<i64>,
}

/// What a key is worth at an instant. Of several that fit, the later in this list is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Lets requests through.
    Active,
    /// Refused until it is resumed.
    Paused,
    /// Past its end.
    Expired,
    /// Refused for ever.
    Revoked,
}

impl Status {
    /// Every status, in the order in which filters offer them.
    pub const ALL: [Self; 4] = [Self::Active, Self::Paused, Self::Expired, Self::Revoked];

    /// The name in URLs and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// The status called `text`, if there is one.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl Token {
    /// Whether it can still be used at `now`, at once or after a pause.
    #[must_use]
    pub fn is_live(&self, now: Instant) -> bool {
        matches!(self.status(now), Status::Active | Status::Paused)
    }

    /// The state at `now`. At the very instant of its end a key is expired.
    #[must_use]
    pub fn status(&self, now: Instant) -> Status {
        if self.revoked_at.is_some() {
            Status::Revoked
        } else if self.expires_at.is_some_and(|end| end <= now) {
            Status::Expired
        } else if self.paused_at.is_some() && self.paused_until.is_none_or(|end| end > now) {
            Status::Paused
        } else {
            Status::Active
        }
    }

    /// "df_…k7Qp": all of a key that is ever shown again.
    #[must_use]
    pub fn hint(&self) -> String {
        format!("{}_…{}", self.prefix, self.last_four)
    }
}
