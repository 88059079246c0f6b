//! What happened to a key, in words.

use serde_json::Value;

use crate::audit::event::{Action, Event};
use crate::clock::Instant;

/// One event.
pub(in crate::dashboard) struct Line {
    pub(in crate::dashboard) at: Instant,
    pub(in crate::dashboard) what: String,
    pub(in crate::dashboard) who: String,
    pub(in crate::dashboard) address: String,
}

impl From<Event> for Line {
    fn from(event: Event) -> Self {
        let what = what(&event);
        let who = match event.actor_kind.as_str() {
            "key" => format!("{}, with a key", event.actor_name),
            _ => event.actor_name,
        };
        Self {
            at: event.at,
            what,
            who,
            address: event.address.unwrap_or_default(),
        }
    }
}

fn what(event: &Event) -> String {
    let detail: Value = serde_json::from_str(&event.detail).unwrap_or_default();
    let words = [
        (Action::TokenGenerate, "Generated"),
        (Action::TokenChange, "Changed"),
        (Action::TokenRevoke, "Revoked"),
        (Action::TokenRotate, "Rotated"),
        (
            Action::TokenSucceed,
            "First used, after which the key before it ends",
        ),
        (Action::TokenPause, "Paused"),
        (Action::TokenResume, "Resumed"),
        (Action::TokenAcknowledge, "Unusual activity acknowledged"),
        (Action::TokenTransfer, "Handed over"),
        (Action::TokenDelete, "Deleted"),
    ];
    let done = words
        .iter()
        .find(|(action, _)| action.as_str() == event.action)
        .map_or(event.action.as_str(), |(_, words)| words);
    let more = match detail.get("reason").and_then(Value::as_str) {
        Some(reason) => format!(": {reason}"),
        None => changed(&detail),
    };
    let denied = if event.result == "denied" {
        " (denied)"
    } else {
        ""
    };
    format!("{done}{more}{denied}")
}

/// The names of the settings that a change touched.
fn changed(detail: &Value) -> String {
    let (Some(before), Some(after)) = (detail.get("before"), detail.get("after")) else {
        return String::new();
    };
    let words = [
        ("name", "name"),
        ("note", "note"),
        ("scopes", "scopes"),
        ("expires_at", "expiry"),
        ("allowed_cidrs", "allowed addresses"),
        ("locations", "where it is used"),
        ("renewed", "places that have it"),
    ];
    let names: Vec<&str> = words
        .iter()
        .filter(|(field, _)| before.get(field) != after.get(field))
        .map(|(_, words)| *words)
        .collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(": {}", names.join(", "))
    }
}
