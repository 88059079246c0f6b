//! The policy as the database keeps it: one row.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::policies;
use crate::token::scope::Scopes;

/// The rules that the admins set.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = policies, treat_none_as_null = true)]
pub struct Policy {
    /// Grows with every change.
    pub version: i64,
    /// Days that a key may live at most.
    pub longest_days: Option<i64>,
    /// Whether a key may be without an end.
    pub allow_never: bool,
    /// Days that a key lives where nothing else is chosen.
    pub default_days: i64,
    /// Active keys that an account may have.
    pub most_keys: Option<i64>,
    /// The scopes that members may grant; none means all.
    pub member_scopes: Option<Scopes>,
    /// Whether a key must be of an environment.
    pub environment_required: bool,
    /// Days without a use after which a key is revoked.
    pub unused_days: Option<i64>,
    /// From when on those days are counted, where keys were left at the rule's beginning.
    pub unused_from: Option<Instant>,
    /// Characters that a password has at least.
    pub shortest_password: i64,
}
