//! The rules that the admins set for everybody's keys and passwords: what they are, and which of
//! them a key would break. Pure; whoever makes a key asks [`Policy::broken_by`], and so does the
//! page that tells which keys a new rule would break.

mod model;
pub mod repository;

use serde_json::{Value, json};

pub use model::Policy;

use crate::account::password::SHORTEST;
use crate::clock::Instant;
use crate::error::{Error, FieldErrors};
use crate::token::environment::Environment;
use crate::token::lifetime::{DEFAULT_DAYS, PRESET_DAYS};
use crate::token::model::Token;
use crate::token::scope::Scopes;

/// The most days of any rule about time.
pub const MOST_DAYS: i64 = 36_500;
/// The most active keys of an account where the admins set no fewer. A key and its successor count
/// as one.
pub const MOST_KEYS: i64 = 10_000;
/// The longest that the shortest password can be.
pub const LONGEST_SHORTEST: i64 = 64;

/// A rule that a key can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// How long a key lives, and whether it ends at all.
    Lifetime,
    /// Which scopes members may grant.
    Scopes,
    /// That a key is of an environment.
    Environment,
    /// How many active keys an account has.
    Count,
    /// That a key is used.
    Unused,
}

impl Rule {
    /// Every rule, in the order in which they are told.
    pub const ALL: [Self; 5] = [
        Self::Lifetime,
        Self::Scopes,
        Self::Environment,
        Self::Count,
        Self::Unused,
    ];

    /// The name in forms and events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lifetime => "lifetime",
            Self::Scopes => "scopes",
            Self::Environment => "environment",
            Self::Count => "count",
            Self::Unused => "unused",
        }
    }

    /// The field of a new key that breaks the rule, where one does.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Lifetime => "expires_at",
            Self::Scopes => "scopes",
            Self::Environment => "environment",
            Self::Count | Self::Unused => "form",
        }
    }
}

/// What the rules look at in a key that is there, or that somebody asks for.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// Whether it is a member's: admins and the organisation itself may grant every scope.
    pub is_member: bool,
    /// What it may do.
    pub scopes: &'a Scopes,
    /// Where it is meant to be used.
    pub environment: Environment,
    /// Seconds from its beginning to its end; none never ends.
    pub life: Option<i64>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            version: 1,
            longest_days: None,
            allow_never: true,
            default_days: DEFAULT_DAYS,
            most_keys: None,
            member_scopes: None,
            environment_required: false,
            unused_days: None,
            unused_from: None,
            shortest_password: SHORTEST,
        }
    }
}

impl Policy {
    /// The policy, if its rules are within their bounds and fit together. Where there is a longest
    /// lifetime, no key is without an end.
    ///
    /// # Errors
    /// [`Error::Invalid`], naming every fault.
    pub fn check(mut self) -> Result<Self, Error> {
        let mut errors = FieldErrors::default();
        let mut bound = |field, value: Option<i64>, least: i64, most: i64, unit: &str| {
            if value.is_some_and(|value| !(least..=most).contains(&value)) {
                let most = crate::text::grouped(most);
                errors.add(field, format!("Enter {least} to {most} {unit}"));
            }
        };
        bound("longest_days", self.longest_days, 1, MOST_DAYS, "days");
        let default = Some(self.default_days);
        bound("default_days", default, 1, MOST_DAYS, "days");
        bound("most_keys", self.most_keys, 1, MOST_KEYS, "keys");
        bound("unused_days", self.unused_days, 1, MOST_DAYS, "days");
        let shortest = Some(self.shortest_password);
        bound(
            "shortest_password",
            shortest,
            SHORTEST,
            LONGEST_SHORTEST,
            "characters",
        );
        if self
            .longest_days
            .is_some_and(|days| self.default_days > days)
        {
            let fault = "The default lifetime is longer than the longest";
            errors.add("default_days", fault);
        }
        let none = |scopes: &Scopes| scopes.iter().next().is_none();
        if self.member_scopes.as_ref().is_some_and(none) {
            errors.add("scopes", "Choose at least one scope");
        }
        self.allow_never = self.allows_never();
        if self.unused_days.is_none() {
            self.unused_from = None;
        }
        errors.or(self)
    }

    /// Whether a key may be without an end.
    #[must_use]
    pub fn allows_never(&self) -> bool {
        self.allow_never && self.longest_days.is_none()
    }

    /// Days that a key may live at most: as many as the longest lifetime, or as the default where
    /// only keys without an end are not allowed; none where all are.
    #[must_use]
    pub fn allowed_days(&self) -> Option<i64> {
        let default = (!self.allow_never).then_some(self.default_days);
        self.longest_days.or(default)
    }

    /// The lengths of life that forms offer, in days.
    #[must_use]
    pub fn offered_days(&self) -> Vec<i64> {
        let own = self.longest_days.into_iter().chain([self.default_days]);
        let mut days: Vec<i64> = PRESET_DAYS.into_iter().chain(own).collect();
        days.retain(|days| self.longest_days.is_none_or(|longest| *days <= longest));
        days.sort_unstable();
        days.dedup();
        days
    }

    /// Whether a member may grant a scope.
    #[must_use]
    pub fn lets_members_grant(&self, scope: &str) -> bool {
        let allowed = self.member_scopes.as_ref();
        allowed.is_none_or(|allowed| allowed.allow(scope))
    }

    /// The rules that a key of these settings breaks, each with the sentence that says so. How many
    /// keys there are, and how they are used, is asked elsewhere.
    #[must_use]
    pub fn broken_by(&self, key: Settings<'_>) -> Vec<(Rule, String)> {
        let mut broken = Vec::new();
        if let Some(sentence) = self.lifetime_fault(key.life) {
            broken.push((Rule::Lifetime, sentence));
        }
        if key.is_member {
            let fault = self.scopes_fault(key.scopes);
            broken.extend(fault.map(|sentence| (Rule::Scopes, sentence)));
        }
        if self.environment_required && key.environment == Environment::None {
            let sentence = "Your admins require an environment: development, staging or production";
            broken.push((Rule::Environment, sentence.to_owned()));
        }
        broken
    }

    /// Why a member may not grant these scopes, where that is so.
    #[must_use]
    pub fn scopes_fault(&self, scopes: &Scopes) -> Option<String> {
        let refused = scopes.iter().find(|one| !self.lets_members_grant(one));
        refused.map(|scope| format!("Your admins do not let members grant \"{scope}\""))
    }

    fn lifetime_fault(&self, life: Option<i64>) -> Option<String> {
        let is_longer = |days: i64| life.is_none_or(|seconds| seconds > days * 86_400);
        match self.longest_days {
            Some(days) if is_longer(days) => {
                let days = crate::text::counted(days, "day");
                Some(format!("Your admins allow at most {days}"))
            }
            None if life.is_none() && !self.allow_never => {
                Some("Your admins allow no key that never expires".to_owned())
            }
            _ => None,
        }
    }

    /// The last instant at which a key must have been used, or generated, not to count as unused.
    #[must_use]
    pub fn quiet_since(&self, now: Instant) -> Option<Instant> {
        self.unused_days.map(|days| now.plus_days(-days))
    }

    /// Whether a key has been unused for as long as the admins give it.
    #[must_use]
    pub fn is_unused(&self, token: &Token, now: Instant) -> bool {
        let begun = [Some(token.created_at), token.last_used_at, self.unused_from];
        let last = begun.into_iter().flatten().max();
        self.quiet_since(now) >= last && self.unused_days.is_some()
    }

    /// How many active keys an account may have.
    #[must_use]
    pub fn most_keys(&self) -> i64 {
        self.most_keys.unwrap_or(MOST_KEYS)
    }

    /// What an event tells of it.
    #[must_use]
    pub fn facts(&self) -> Value {
        json!({
            "version": self.version,
            "longest_days": self.longest_days,
            "allow_never": self.allow_never,
            "default_days": self.default_days,
            "most_keys": self.most_keys,
            "member_scopes": self.member_scopes,
            "environment_required": self.environment_required,
            "unused_days": self.unused_days,
            "unused_from": self.unused_from,
            "shortest_password": self.shortest_password,
        })
    }

    /// The rules that break some key here and that were milder, or not there, before.
    #[must_use]
    pub fn stricter_than(&self, before: &Self) -> Vec<Rule> {
        let less = |now: Option<i64>, then: Option<i64>| {
            now.is_some_and(|now| then.is_none_or(|then| now < then))
        };
        let is_stricter = |rule: &Rule| match rule {
            Rule::Lifetime => {
                less(self.longest_days, before.longest_days)
                    || before.allows_never() && !self.allows_never()
            }
            Rule::Scopes => self.member_scopes.as_ref().is_some_and(|now| {
                let then = before.member_scopes.as_ref();
                then.is_none_or(|then| !now.include(then))
            }),
            Rule::Environment => self.environment_required && !before.environment_required,
            Rule::Count => less(self.most_keys, before.most_keys),
            Rule::Unused => less(self.unused_days, before.unused_days),
        };
        Rule::ALL.into_iter().filter(is_stricter).collect()
    }
}

#[cfg(test)]
mod tests;
