//! How the rules, and what becomes of the keys that break them, are told.

use crate::clock::Instant;
use crate::dashboard::flash::Flash;
use crate::policy::{Policy, Rule};
use crate::text::{counted, grouped};
use crate::token::breach::{Breach, Remedy};
use crate::token::rotation::LONGEST_OVERLAP;
use crate::token::withdrawal::Done;

/// What is told when the policy is in force.
pub(super) fn saved(done: Done) -> Flash {
    let revoked = match done.revoked {
        0 => String::new(),
        keys => format!(" {} revoked.", counted(keys, "key")),
    };
    let shortened = match done.changed {
        0 => String::new(),
        1 => " 1 key ends sooner.".to_owned(),
        keys => format!(" {} end sooner.", counted(keys, "key")),
    };
    Flash::done(format!("Policy saved.{revoked}{shortened}"))
}

/// The field by which it is chosen what becomes of the keys that break a rule.
pub(super) fn control(rule: Rule) -> String {
    format!("keys_{}", rule.as_str())
}

/// "12 keys", and how many of them are told by name.
pub(super) fn count(breach: &Breach) -> String {
    let keys = counted(breach.count(), "key");
    match breach.told.len() {
        told if told < breach.count() => {
            format!("{keys}, of which these are the first {}.", grouped(told))
        }
        _ => format!("{keys}."),
    }
}

/// The rule in a few words.
pub(super) fn rule(rule: Rule, policy: &Policy) -> String {
    match rule {
        Rule::Lifetime => match policy.longest_days {
            Some(days) => format!("Live longer than {}", counted(days, "day")),
            None => "Never expire".to_owned(),
        },
        Rule::Scopes => "Hold a scope that members may not grant".to_owned(),
        Rule::Environment => "Are of no environment".to_owned(),
        Rule::Count => {
            let keys = counted(policy.most_keys(), "active key");
            format!("Are beyond {keys} of an account")
        }
        Rule::Unused => {
            let days = counted(policy.unused_days.unwrap_or_default(), "day");
            format!("Have been unused for {days}")
        }
    }
}

/// What a choice means for the keys that break a rule.
pub(super) fn remedy(remedy: Remedy, rule: Rule, policy: &Policy, now: Instant) -> String {
    match (remedy, rule) {
        (Remedy::Revoke, _) => "Revoke: requests with them fail at once.".to_owned(),
        (Remedy::Shorten, _) => {
            let days = counted(policy.allowed_days().unwrap_or(policy.default_days), "day");
            let week = now.plus_seconds(LONGEST_OVERLAP).exact();
            format!(
                "Shorten: each ends when it is {days} old. Those that are older already end on \
                 {week}, so that there is time to rotate them."
            )
        }
        (Remedy::Leave, Rule::Lifetime) => {
            let days = counted(policy.allowed_days().unwrap_or(policy.default_days), "day");
            format!("Leave: they go on to their own end. Rotated, they get {days}.")
        }
        (Remedy::Leave, Rule::Scopes | Rule::Environment) => {
            "Leave: they go on to their own end, and cannot be rotated as they are.".to_owned()
        }
        (Remedy::Leave, Rule::Count) => {
            "Leave: they go on. Their owners generate no other until there is room.".to_owned()
        }
        (Remedy::Leave, Rule::Unused) => {
            let days = counted(policy.unused_days.unwrap_or_default(), "day");
            format!("Leave: they have {days} from now on to be used.")
        }
    }
}
