//! What can be chosen from: options of a list, radio buttons.

use crate::account::model::Account;
use crate::dashboard::column;
use crate::dashboard::form::ALL;
use crate::id::Id;
use crate::token::environment::Environment;
use crate::token::list::Order;
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
        Choice::new(
            status.as_str(),
            status_label(status),
            chosen == Some(status),
        )
    });
    states.chain([Choice::all(chosen.is_none())]).collect()
}

/// A state's name on the page.
pub(crate) const fn status_label(status: Status) -> &'static str {
    match status {
        Status::Active => "Active",
        Status::Paused => "Paused",
        Status::Expired => "Expired",
        Status::Revoked => "Revoked",
    }
}

/// Accounts by name and address.
pub(crate) fn accounts(chosen: Option<Id>, accounts: &[Account]) -> impl Iterator<Item = Choice> {
    accounts.iter().map(move |account| {
        let label = match &account.email {
            Some(email) => format!("{}, {email}", account.name),
            None => account.name.clone(),
        };
        Choice::new(account.id.as_str(), label, chosen == Some(account.id))
    })
}

/// The orders of a list of keys.
pub(crate) fn orders(chosen: Order) -> Vec<Choice> {
    let orders = [
        ("Newest first", Order::default()),
        ("Name", column::NAME),
        ("Last used", column::LAST_USED),
        ("Next to expire", column::EXPIRES),
    ];
    let choice = |(label, order): (&str, Order)| Choice::new(order.name(), label, order == chosen);
    orders.into_iter().map(choice).collect()
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
