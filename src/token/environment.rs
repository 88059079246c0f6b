//! Where a key is meant to be used.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// The environment a key belongs to; gateways can ask that a key be of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Environment {
    /// Not said.
    #[default]
    None,
    /// A developer's machine.
    Development,
    /// The rehearsal.
    Staging,
    /// The real thing.
    Production,
}

impl Environment {
    /// Every environment, in the order in which forms offer them.
    pub const ALL: [Self; 4] = [
        Self::None,
        Self::Development,
        Self::Staging,
        Self::Production,
    ];

    /// The name in URLs, JSON and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}

/// The text names no environment.
#[derive(Debug, thiserror::Error)]
#[error("Choose none, development, staging or production")]
pub struct NotAnEnvironment;

impl FromStr for Environment {
    type Err = NotAnEnvironment;

    fn from_str(text: &str) -> Result<Self, NotAnEnvironment> {
        Self::ALL
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or(NotAnEnvironment)
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for Environment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
