//! What can be chosen from: options of a list, radio buttons.

use crate::dashboard::form::ALL;
use crate::token::environment::Environment;
use crate::token::model::Status;
use crate::token::scope::repository::Offer;

/// One of several.
#[derive(Debug)]
pub(crate) struct Choice {
    /// What is sent.
    pub(crate) value: String,
    /// What is read.
    pub(crate) label: String,
    /// Whether it is the one.
    pub(crate) is_chosen: bool,
}

impl Choice {
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>, is_chosen: bool) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            is_chosen,
        }
    }

    /// No choice, where a list is narrowed.
    fn all(is_chosen: bool) -> Self {
        Self::new(ALL, "All", is_chosen)
    }
}

/// The states that a list of keys is narrowed to.
pub(crate) fn statuses(chosen: Option<Status>) -> Vec<Choice> {
    let states = Status::ALL.into_iter().map(|status| {
        let label = match status {
            Status::Active => "Active",
            Status::Paused => "Paused",
            Status::Expired => "Expired",
            Status::Revoked => "Revoked",
        };
        Choice::new(status.as_str(), label, chosen == Some(status))
    });
    states.chain([Choice::all(chosen.is_none())]).collect()
}

/// The environments that a list of keys is narrowed to.
pub(crate) fn environments_or_all(chosen: Option<Environment>) -> Vec<Choice> {
    let mut choices = vec![Choice::all(chosen.is_none())];
    choices.extend(environments(chosen.map_or("", Environment::as_str)));
    choices
}

/// The scopes that a list of keys is narrowed to: those on offer, and the one that is asked for
/// even where it is not among them.
pub(crate) fn scopes_or_all(chosen: Option<&str>, offers: &[Offer]) -> Vec<Choice> {
    let offered = offers.iter().map(|offer| offer.name.as_str());
    let other = chosen.filter(|name| offers.iter().all(|offer| offer.name != *name));
    let names = offered.chain(other);
    let choices = names.map(|name| Choice::new(name, name, chosen == Some(name)));
    [Choice::all(chosen.is_none())]
        .into_iter()
        .chain(choices)
        .collect()
}

/// The environments that a key can be of.
pub(crate) fn environments(chosen: &str) -> impl Iterator<Item = Choice> {
    Environment::ALL.into_iter().map(move |environment| {
        let value = environment.as_str();
        Choice::new(value, environment_label(environment), value == chosen)
    })
}

/// An environment's name on the page.
pub(crate) const fn environment_label(environment: Environment) -> &'static str {
    match environment {
        Environment::None => "None",
        Environment::Development => "Development",
        Environment::Staging => "Staging",
        Environment::Production => "Production",
    }
}
