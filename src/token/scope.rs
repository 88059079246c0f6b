//! What a key may do.

pub mod lifecycle;
pub mod repository;

use std::fmt;

use serde::{Serialize, Serializer};

/// A scope the program itself understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// List and read projects.
    ProjectsRead,
    /// Also create, change and delete them.
    ProjectsWrite,
    /// List keys.
    TokensRead,
    /// Also generate, change and revoke them.
    TokensWrite,
    /// Replace the calling key itself.
    SelfRotate,
    /// Check other keys.
    Introspect,
    /// Read the audit events; admins' keys only.
    AuditRead,
}

impl Scope {
    /// Every built-in scope, in the order in which forms offer them.
    pub const ALL: [Self; 7] = [
        Self::ProjectsRead,
        Self::ProjectsWrite,
        Self::TokensRead,
        Self::TokensWrite,
        Self::SelfRotate,
        Self::Introspect,
        Self::AuditRead,
    ];

    /// The name in requests, answers and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProjectsRead => "projects:read",
            Self::ProjectsWrite => "projects:write",
            Self::TokensRead => "tokens:read",
            Self::TokensWrite => "tokens:write",
            Self::SelfRotate => "self:rotate",
            Self::Introspect => "introspect",
            Self::AuditRead => "audit:read",
        }
    }

    /// What the scope opens, as the generate form says it.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::ProjectsRead => "List and read projects",
            Self::ProjectsWrite => "Also create, change, delete them",
            Self::TokensRead => "List keys",
            Self::TokensWrite => "Also generate, change, revoke them",
            Self::SelfRotate => "Replace itself",
            Self::Introspect => "Check other keys",
            Self::AuditRead => "Read audit",
        }
    }
}

/// Whether `text` is of the form of a scope's name.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b":-".contains(&byte))
}

/// Whether `text` can be the name of a scope of the operator's own: two words of small letters,
/// digits and hyphens with a colon between, each beginning with a letter.
#[must_use]
pub fn is_own_name(text: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|one: char| one.is_ascii_lowercase())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let words = text.split_once(':');
    text.len() <= 100 && words.is_some_and(|(thing, act)| is_word(thing) && is_word(act))
}

/// The scopes of one key: names in the order they were given, none twice.
///
/// Kept as one text with a space before and after each name, so that a query finds a scope by
/// `LIKE '% name %'`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(String);

impl Scopes {
    /// The names one by one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split_ascii_whitespace()
    }

    /// Whether a request that needs `scope` may pass: by the scope itself, or, as `x:write`
    /// includes `x:read`, by the wider one.
    #[must_use]
    pub fn allow(&self, scope: &str) -> bool {
        self.iter().any(|held| {
            held == scope
                || match (held.strip_suffix(":write"), scope.strip_suffix(":read")) {
                    (Some(held), Some(asked)) => held == asked,
                    _ => false,
                }
        })
    }

    /// Whether everything that `others` allow is allowed by these.
    #[must_use]
    pub fn include(&self, others: &Self) -> bool {
        others.iter().all(|other| self.allow(other))
    }

    /// The names with a space between them.
    #[must_use]
    pub fn listed(&self) -> &str {
        self.0.trim_matches(' ')
    }

    pub(crate) fn stored(&self) -> &str {
        &self.0
    }

    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }
}

impl<S: AsRef<str>> FromIterator<S> for Scopes {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        let mut stored = String::from(" ");
        for name in names {
            let name = name.as_ref();
            if !stored.contains(&format!(" {name} ")) {
                stored.push_str(name);
                stored.push(' ');
            }
        }
        Self(stored)
    }
}

/// The names with a space between each, as RFC 6749 section 3.3 writes scopes.
impl fmt::Display for Scopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.listed())
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_of_the_operators_own_is_two_words_with_a_colon() {
        for name in ["invoices:read", "a:b", "ci-2:run-all"] {
            assert!(is_own_name(name), "{name}");
        }
        let long = format!("{}:read", "x".repeat(96));
        for name in [
            "",
            "invoices",
            "invoices:",
            ":read",
            "a:b:c",
            "2a:b",
            "a:2b",
            "-a:b",
            "A:b",
            "a:b ",
            "a_b:c",
            "é:b",
            &long,
        ] {
            assert!(!is_own_name(name), "{name}");
        }
    }

    #[test]
    fn write_includes_read_and_nothing_else() {
        let scopes: Scopes = ["projects:write", "invoices:read"].into_iter().collect();
        assert!(scopes.allow("projects:read") && scopes.allow("projects:write"));
        assert!(scopes.allow("invoices:read") && !scopes.allow("invoices:write"));
        assert!(!scopes.allow("projects") && !scopes.allow("") && !scopes.allow("tokens:read"));
        let narrow: Scopes = ["projects:read", "projects:read"].into_iter().collect();
        assert_eq!(narrow.to_string(), "projects:read");
        assert!(scopes.include(&narrow) && !narrow.include(&scopes));
    }
}
