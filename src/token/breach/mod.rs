//! A rule that becomes stricter: which keys break it, and what is to become of them. It is asked of
//! the very function that new keys are judged by.

pub mod repository;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::audit;
use crate::audit::event::{Action, Actor, Event};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::policy::{self, Policy, Rule};
use crate::token::idle;
use crate::token::repository::OwnedToken;
use crate::token::rotation::LONGEST_OVERLAP;
use crate::token::terms;
use crate::token::withdrawal::{self, Act, Done, Order};

/// The keys that are told by name for each rule.
pub const TOLD: usize = 50;
/// Keys read at once.
const SOME: i64 = 2_000;

/// What becomes of the keys that break a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// They go on as they are.
    Leave,
    /// They end as the rule has it, those that are older already in a week.
    Shorten,
    /// They are revoked.
    Revoke,
}

impl Remedy {
    /// The name in forms and events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Shorten => "shorten",
            Self::Revoke => "revoke",
        }
    }

    /// What can be done about a rule.
    #[must_use]
    pub const fn of(rule: Rule) -> &'static [Self] {
        match rule {
            Rule::Lifetime => &[Self::Leave, Self::Shorten, Self::Revoke],
            Rule::Scopes | Rule::Environment | Rule::Count | Rule::Unused => {
                &[Self::Leave, Self::Revoke]
            }
        }
    }
}

/// The keys that break a rule.
#[derive(Debug)]
pub struct Breach {
    /// The rule.
    pub rule: Rule,
    /// The first of them.
    pub told: Vec<OwnedToken>,
    /// All of them: owner, key, and the end that the rule would give it.
    keys: Vec<(Id, Id, Instant)>,
}

impl Breach {
    /// How many keys break the rule.
    #[must_use]
    pub fn count(&self) -> usize {
        self.keys.len()
    }

    /// The ids of all of them.
    pub fn ids(&self) -> impl Iterator<Item = Id> {
        self.keys.iter().map(|(_, id, _)| *id)
    }
}

/// The keys that break those rules of `after` that are stricter than `before`, rule by rule.
///
/// # Errors
/// Those of the database.
pub fn breaches(
    connection: &mut Connection,
    before: &Policy,
    after: &Policy,
    now: Instant,
) -> Result<Vec<Breach>, Error> {
    let stricter = after.stricter_than(before);
    let mut found: BTreeMap<Rule, Breach> = BTreeMap::new();
    if stricter.is_empty() {
        return Ok(Vec::new());
    }
    let beyond = if stricter.contains(&Rule::Count) {
        beyond(connection, after.most_keys(), now)?
    } else {
        BTreeSet::new()
    };
    let mut last = None;
    loop {
        let keys = repository::live_after(connection, last, now, SOME)?;
        let Some(end) = keys.last() else { break };
        last = Some(end.token.id);
        for key in keys {
            let mut broken = after.broken_by(terms::settings(&key.token, &key.owner));
            if beyond.contains(&key.token.family_id) {
                broken.push((Rule::Count, String::new()));
            }
            if after.is_unused(&key.token, now) {
                broken.push((Rule::Unused, String::new()));
            }
            for (rule, _) in broken {
                if stricter.contains(&rule) {
                    note(&mut found, rule, &key, after, now);
                }
            }
        }
    }
    Ok(found.into_values().collect())
}

fn note(
    found: &mut BTreeMap<Rule, Breach>,
    rule: Rule,
    key: &OwnedToken,
    after: &Policy,
    now: Instant,
) {
    let breach = found.entry(rule).or_insert_with(|| Breach {
        rule,
        told: Vec::new(),
        keys: Vec::new(),
    });
    let token = &key.token;
    breach.keys.push((
        token.owner_id,
        token.id,
        shortened(after, token.created_at, now),
    ));
    if breach.told.len() < TOLD {
        breach.told.push(key.clone());
    }
}

/// The end of a key that is shortened: as the rule has it for one of its age, but not before its
/// owner had a week to rotate it.
fn shortened(policy: &Policy, created_at: Instant, now: Instant) -> Instant {
    let days = policy.allowed_days().unwrap_or(policy.default_days);
    created_at
        .plus_days(days)
        .max(now.plus_seconds(LONGEST_OVERLAP))
}

/// The families that an account has beyond the most it may have: those that came last, as they would
/// be refused if all were made once more in their order.
fn beyond(connection: &mut Connection, most: i64, now: Instant) -> Result<BTreeSet<Id>, Error> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let families = repository::live_families(connection, now)?;
    let of_accounts = families.chunk_by(|(one, _), (next, _)| one == next);
    let beyond = of_accounts.flat_map(|families| families.iter().skip(most));
    Ok(beyond.map(|(_, family)| *family).collect())
}

/// What came of a wish for another policy.
#[derive(Debug)]
pub enum Applied {
    /// It is in force.
    Saved(Done),
    /// Nothing is changed: it is to be said first what becomes of the keys that break it.
    Asked(Vec<Breach>),
}

/// Puts a policy in force, and carries out what was chosen for the keys that break it, in one
/// transaction.
///
/// # Errors
/// [`Error::Invalid`] for rules that do not fit; [`Error::Conflict`] where the policy is no more the
/// one that was looked at.
pub fn apply(
    connection: &mut Connection,
    wanted: Policy,
    remedies: &[(Rule, Remedy)],
    actor: &Actor,
    now: Instant,
) -> Result<Applied, Error> {
    let before = policy::repository::lock(connection)?;
    let mut after = checked(wanted, &before)?;
    let found = breaches(connection, &before, &after, now)?;
    let chosen = |rule: Rule| remedies.iter().find(|(one, _)| *one == rule);
    if found.iter().any(|breach| chosen(breach.rule).is_none()) {
        return Ok(Applied::Asked(found));
    }
    let mut acts: BTreeMap<Id, Order> = BTreeMap::new();
    let mut told = Map::new();
    for breach in &found {
        let remedy = chosen(breach.rule).map_or(Remedy::Leave, |(_, remedy)| *remedy);
        let facts = json!({ "remedy": remedy.as_str(), "tokens": breach.count() });
        told.insert(breach.rule.as_str().to_owned(), facts);
        if (breach.rule, remedy) == (Rule::Unused, Remedy::Leave) {
            // They have as many days from here on.
            after.unused_from = Some(now);
        }
        order(&mut acts, breach, remedy, &after);
    }
    after.version = before.version + 1;
    policy::repository::write(connection, &after)?;
    let done = withdrawal::carry_out(connection, acts.into_values().collect(), actor, now)?;
    let detail = json!({
        "before": before.facts(),
        "after": after.facts(),
        "broken": Value::Object(told),
        "tokens_revoked": done.revoked,
        "tokens_shortened": done.changed,
    });
    let event = Event::done(actor, Action::PolicyChange, None, None, &detail, now);
    audit::repository::insert(connection, &event)?;
    Ok(Applied::Saved(done))
}

/// The policy that would be in force in place of `before`.
///
/// # Errors
/// As [`apply`].
pub fn checked(wanted: Policy, before: &Policy) -> Result<Policy, Error> {
    if wanted.version != before.version {
        return Err(Error::Conflict(
            "Another admin has changed the policy meanwhile. Look at it again",
        ));
    }
    Policy {
        unused_from: before.unused_from,
        ..wanted
    }
    .check()
}

/// Of several things that are to become of one key the gravest does.
fn order(acts: &mut BTreeMap<Id, Order>, breach: &Breach, remedy: Remedy, policy: &Policy) {
    for (owner, id, end) in &breach.keys {
        let act = match remedy {
            Remedy::Leave => continue,
            Remedy::Shorten => Act::Shorten(*end),
            Remedy::Revoke => Act::Revoke(reason(breach.rule, policy)),
        };
        let is_graver =
            |there: &Order| matches!((&there.act, &act), (Act::Shorten(_), Act::Revoke(_)));
        if acts.get(id).is_none_or(is_graver) {
            let (owner, id) = (*owner, *id);
            acts.insert(id, Order { owner, id, act });
        }
    }
}

/// Why a key was revoked.
fn reason(rule: Rule, policy: &Policy) -> String {
    match rule {
        Rule::Lifetime => "Policy: lives too long".to_owned(),
        Rule::Scopes => "Policy: a scope that members may not grant".to_owned(),
        Rule::Environment => "Policy: of no environment".to_owned(),
        Rule::Count => "Policy: more keys than an account may have".to_owned(),
        Rule::Unused => idle::reason(policy.unused_days.unwrap_or_default()),
    }
}
