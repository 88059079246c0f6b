//! Lists of keys: which of them, in what order, and where a page begins.

mod last_used;
mod narrowing;
pub mod repository;

use crate::clock::Instant;
use crate::id::Id;
use crate::token::environment::Environment;
use crate::token::model::{Status, Token};

/// Which keys of those that may be touched.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those whose name or note holds this, or whose last four characters are this.
    pub search: String,
    /// Those in this state.
    pub status: Option<Status>,
    /// Those of this environment.
    pub environment: Option<Environment>,
    /// Those that open this: they hold it, or the `:write` that includes it.
    pub scope: Option<String>,
    /// Those that have ended or will end before this.
    pub expires_before: Option<Instant>,
    /// Those not used since this, the never used among them.
    pub last_used_before: Option<Instant>,
    /// Those used after this.
    pub used_since: Option<Instant>,
    /// Those without a use after this, the never used by when they were generated.
    pub quiet_since: Option<Instant>,
    /// Those of this account.
    pub owner: Option<Id>,
    /// Those that never end.
    pub is_endless: bool,
    /// Those that leaked.
    pub is_leaked: bool,
    /// Those that are neither revoked nor past their end.
    pub is_live: bool,
    /// Those generated at this instant or later.
    pub made_from: Option<Instant>,
    /// Those generated before this.
    pub made_before: Option<Instant>,
    /// Those that were called since this day while they were dead or paused.
    pub called_since: Option<i32>,
    /// Those that were called from one of these addresses.
    pub seen_at: Option<Vec<String>>,
    /// Those that were revoked at this instant by this account.
    pub revoked_with: Option<(Instant, Id)>,
    /// Those of these ids.
    pub ids: Option<Vec<Id>>,
}

/// What keys are ordered by; of equal ones the id decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// When they were generated.
    #[default]
    Created,
    /// Their name.
    Name,
    /// Their end; those without one come last.
    Expires,
    /// Their last use; the never used come first.
    LastUsed,
}

/// How many keys there are, counted as far as it is worth it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// So many.
    Exactly(i64),
    /// More than that.
    MoreThan(i64),
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub sort: Sort,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Order {
    /// The same the other way round.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self {
            descending: !self.descending,
            ..self
        }
    }
}

impl Default for Order {
    fn default() -> Self {
        Self {
            sort: Sort::Created,
            descending: true,
        }
    }
}

impl Order {
    /// Reads `created_at`, `name`, `expires_at` or `last_used_at`, with `-` before it for the
    /// greatest first.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        let (descending, name) = text
            .strip_prefix('-')
            .map_or((false, text), |name| (true, name));
        let sort = match name {
            "created_at" => Sort::Created,
            "name" => Sort::Name,
            "expires_at" => Sort::Expires,
            "last_used_at" => Sort::LastUsed,
            _ => return None,
        };
        Some(Self { sort, descending })
    }

    /// What [`Order::named`] reads.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match (self.sort, self.descending) {
            (Sort::Created, false) => "created_at",
            (Sort::Created, true) => "-created_at",
            (Sort::Name, false) => "name",
            (Sort::Name, true) => "-name",
            (Sort::Expires, false) => "expires_at",
            (Sort::Expires, true) => "-expires_at",
            (Sort::LastUsed, false) => "last_used_at",
            (Sort::LastUsed, true) => "-last_used_at",
        }
    }
}

/// Where a page of a list begins.
#[derive(Clone, Debug)]
pub enum Start {
    /// After so many rows.
    Offset(i64),
    /// After the key of this id, whose value in the list's order is this.
    After(Id, Position),
    /// So that it ends before the key of this id, whose value in the list's order is this.
    Before(Id, Position),
}

/// The value by which a key stands where it stands in a list.
#[derive(Clone, Debug)]
pub enum Position {
    /// For lists by time: microseconds, or a stand-in where there is no instant.
    Number(i64),
    /// For lists by name.
    Name(String),
}

impl Position {
    /// The position of a key in a list of this order.
    #[must_use]
    pub fn of(token: &Token, sort: Sort) -> Self {
        match sort {
            Sort::Created => Self::Number(token.created_at.micros()),
            Sort::Name => Self::Name(token.name.clone()),
            Sort::Expires => Self::Number(token.expires_at.map_or(i64::MAX, Instant::micros)),
            Sort::LastUsed => Self::Number(token.last_used_at.map_or(-1, Instant::micros)),
        }
    }
}
