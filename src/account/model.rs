//! Accounts: those who own keys and projects.

use std::str::FromStr;

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::accounts;
use crate::id::Id;

/// What kind of owner an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person who logs in.
    User,
    /// The organisation's own, without a log-in.
    Service,
}

/// What a person may do beside looking after their own keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nothing more.
    Member,
    /// See and end the keys of every account.
    Admin,
}

/// The database holds a word the program does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown word in a column")]
pub struct UnknownWord;

impl Kind {
    /// The name in JSON and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Service => "service",
        }
    }
}

impl FromStr for Kind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        [Self::User, Self::Service]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(UnknownWord)
    }
}

impl Role {
    /// The name in JSON and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Role {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        [Self::Member, Self::Admin]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownWord)
    }
}

/// One account.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts)]
pub struct Account {
    /// Its id.
    pub id: Id,
    /// A person's or the organisation's.
    pub kind: Kind,
    /// 1 to 100 characters.
    pub name: String,
    /// As the person writes it.
    pub email: Option<String>,
    /// As it is compared.
    pub email_canonical: Option<String>,
    /// The argon2id hash in PHC form.
    pub password_hash: Option<String>,
    /// Member or admin.
    pub role: Role,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// When it was disabled.
    pub disabled_at: Option<Instant>,
    /// What a service account is for.
    pub purpose: String,
    /// The admin who is asked about a service account.
    pub managed_by: Option<Id>,
    /// When the person was last at the dashboard, to the minute.
    pub last_seen_at: Option<Instant>,
}

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Can log in.
    Active,
    /// Has not chosen a password yet.
    Invited,
    /// Cannot log in.
    Disabled,
}

impl Standing {
    /// Every one, in the order in which filters offer them.
    pub const ALL: [Self; 3] = [Self::Active, Self::Invited, Self::Disabled];

    /// The name in URLs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Disabled => "disabled",
        }
    }

    /// The one called `text`, if there is one.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

impl Account {
    /// Where the person stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        if self.disabled_at.is_some() {
            Standing::Disabled
        } else if self.password_hash.is_none() {
            Standing::Invited
        } else {
            Standing::Active
        }
    }

    /// Whether it is that of an admin who can log in.
    #[must_use]
    pub fn is_acting_admin(&self) -> bool {
        self.kind == Kind::User && self.role == Role::Admin && self.standing() == Standing::Active
    }
}
