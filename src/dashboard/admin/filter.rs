//! What the list of all keys is asked to show: all of it in the address.

use url::form_urlencoded::Serializer;

use super::{LIST, owners};
use crate::account::model::Account;
use crate::clock::Instant;
use crate::dashboard::choice::{self, Choice};
use crate::dashboard::form::{ALL, Form};
use crate::dashboard::pager;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::server::State;
use crate::token::attention;
use crate::token::environment::Environment;
use crate::token::list::{self, Order};
use crate::token::model::Status;
use crate::token::scope;
use crate::token::scope::repository::Offer;

/// The most days of quiet that can be asked for.
const MOST_DAYS: i64 = 36_500;

/// Where a page begins, beside its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// By its number.
    Number,
    /// After this key.
    After(Id),
    /// Before this key.
    Before(Id),
}

/// The filter form.
#[derive(Debug)]
pub(super) struct Filter {
    /// Part of a name or note, or the last four characters.
    pub(super) q: String,
    /// Whose, by id or email address, as it was sent.
    owner_text: String,
    /// None means all.
    pub(super) owner: Option<Account>,
    status: Option<Status>,
    environment: Option<Environment>,
    scope: Option<String>,
    /// Without a use for so many days.
    unused: Option<i64>,
    /// Of these each that is on narrows the list.
    pub(super) signs: [(Sign, bool); 4],
    pub(super) order: Order,
    /// From 1.
    pub(super) page: i64,
    pub(super) turn: Turn,
    pub(super) errors: FieldErrors,
}

/// What can be true of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Endless,
    Old,
    Called,
    Leaked,
}

impl Sign {
    const ALL: [Self; 4] = [Self::Endless, Self::Old, Self::Called, Self::Leaked];

    /// Its name in the address.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Endless => "endless",
            Self::Old => "old",
            Self::Called => "called",
            Self::Leaked => "leaked",
        }
    }

    /// Its words.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Endless => "Never expires",
            Self::Old => "Over 90 days old",
            Self::Called => "Dead, still called",
            Self::Leaked => "Leaked",
        }
    }
}

impl Filter {
    pub(super) fn read(query: &mut Form) -> Self {
        let id = |text: &str| text.parse::<Id>().ok();
        let mut turn = Turn::Number;
        if let Some(after) = query.parsed("after", "There is no such key", id) {
            turn = Turn::After(after);
        }
        if let Some(before) = query.parsed("before", "There is no such key", id) {
            turn = Turn::Before(before);
        }
        let yes = |text: &str| (text == "yes").then_some(true);
        Self {
            q: query.text("q"),
            owner_text: query.text("owner").trim().to_owned(),
            owner: None,
            status: query.narrowed(
                "status",
                "Status must be active, paused, expired, revoked or all",
                None,
                Status::named,
            ),
            environment: query.narrowed(
                "environment",
                "Environment must be none, development, staging, production or all",
                None,
                |text| text.parse().ok(),
            ),
            scope: query.narrowed("scope", "There is no such scope", None, |text| {
                scope::is_name(text).then(|| text.to_owned())
            }),
            unused: query.parsed("unused", "Days must be a number from 1 to 36,500", |text| {
                text.trim()
                    .parse()
                    .ok()
                    .filter(|days| (1..=MOST_DAYS).contains(days))
            }),
            signs: Sign::ALL.map(|sign| {
                let is_on = query.parsed(sign.name(), "This is either \"yes\" or left out", yes);
                (sign, is_on.is_some())
            }),
            order: query
                .parsed("sort", "There is no such order", Order::named)
                .unwrap_or_default(),
            page: pager::number(query),
            turn,
            errors: FieldErrors::default(),
        }
    }

    /// The filter that a query asks for, its owner found. What is left of the query is taken by nobody.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn find(state: &State, mut query: Form) -> Result<Self, Error> {
        let mut filter = Self::read(&mut query);
        filter.errors = query.finish();
        filter.found(state).await
    }

    /// The same with its owner found.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn found(mut self, state: &State) -> Result<Self, Error> {
        let text = self.owner_text.clone();
        if text.is_empty() || text == ALL {
            return Ok(self);
        }
        self.owner = state
            .database
            .read(move |connection| owners::find(connection, &text))
            .await?;
        if self.owner.is_none() {
            self.errors.add("owner", "There is no such owner");
        }
        Ok(self)
    }

    /// The keys that are meant.
    pub(super) fn keys(&self, now: Instant) -> list::Filter {
        let first = now.plus_days(1 - attention::REFUSAL_DAYS).day();
        list::Filter {
            search: self.q.clone(),
            status: self.status,
            environment: self.environment,
            scope: self.scope.clone(),
            owner: self.owner.as_ref().map(|owner| owner.id),
            quiet_since: self.unused.map(|days| now.plus_days(-days)),
            is_endless: self.has(Sign::Endless),
            made_before: self
                .has(Sign::Old)
                .then(|| now.plus_days(-attention::LONG_DAYS)),
            called_since: self.has(Sign::Called).then_some(first),
            is_leaked: self.has(Sign::Leaked),
            ..list::Filter::default()
        }
    }

    fn has(&self, sign: Sign) -> bool {
        self.signs.contains(&(sign, true))
    }

    /// Whether it narrows nothing.
    pub(super) fn is_wide(&self) -> bool {
        self.query().is_empty()
    }

    /// Whether none of the keys can be revoked.
    pub(super) fn is_of_dead(&self) -> bool {
        matches!(self.status, Some(Status::Expired | Status::Revoked))
            || self.has(Sign::Called)
            || self.has(Sign::Leaked)
    }

    /// Whose, as one types it.
    pub(super) fn owner_text(&self) -> &str {
        let email = self.owner.as_ref().and_then(|owner| owner.email.as_deref());
        email.unwrap_or(&self.owner_text)
    }

    pub(super) fn unused(&self) -> String {
        self.unused.map(|days| days.to_string()).unwrap_or_default()
    }

    /// What narrows the list, as a query.
    pub(super) fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        let mut add = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        };
        add("q", Some(self.q.as_str()).filter(|q| !q.is_empty()));
        add("owner", self.owner.as_ref().map(|owner| owner.id.as_str()));
        add("status", self.status.map(Status::as_str));
        add("environment", self.environment.map(Environment::as_str));
        add("scope", self.scope.as_deref());
        add(
            "unused",
            self.unused.map(|days| days.to_string()).as_deref(),
        );
        for (sign, is_on) in self.signs {
            add(sign.name(), is_on.then_some("yes"));
        }
        query.finish()
    }

    /// The address of something about the keys that are meant.
    pub(super) fn beneath(&self, path: &str) -> String {
        match self.query().as_str() {
            "" => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// The address of a page of this list in an order.
    pub(super) fn address(&self, order: Order, page: i64, turn: Turn) -> String {
        let mut query = Serializer::new(self.query());
        if order != Order::default() {
            query.append_pair("sort", order.name());
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        match turn {
            Turn::Number => {}
            Turn::After(id) => {
                query.append_pair("after", id.as_str());
            }
            Turn::Before(id) => {
                query.append_pair("before", id.as_str());
            }
        }
        match query.finish().as_str() {
            "" => LIST.to_owned(),
            query => format!("{LIST}?{query}"),
        }
    }

    /// What narrows the list, in words.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut add = |label: &str, value: Option<String>| {
            words.extend(value.map(|value| format!("{label}: {value}")));
        };
        add("Search", Some(self.q.clone()).filter(|q| !q.is_empty()));
        let owner = self.owner.as_ref().map(|owner| owner.name.clone());
        add("Owner", owner);
        let status = self
            .status
            .map(|status| choice::status_label(status).to_owned());
        add("Status", status);
        let environment = self.environment.map(choice::environment_label);
        add("Environment", environment.map(str::to_owned));
        add("Scope", self.scope.clone());
        add("Unused", self.unused.map(|days| format!("for {days} days")));
        for (sign, _) in self.signs.iter().filter(|(_, is_on)| *is_on) {
            words.push(sign.label().to_owned());
        }
        if words.is_empty() {
            words.push("All keys of all accounts".to_owned());
        }
        words
    }

    pub(super) fn statuses(&self) -> Vec<Choice> {
        choice::statuses(self.status)
    }

    pub(super) fn environments(&self) -> Vec<Choice> {
        choice::environments_or_all(self.environment)
    }

    pub(super) fn scopes(&self, offers: &[Offer]) -> Vec<Choice> {
        choice::scopes_or_all(self.scope.as_deref(), offers)
    }

    pub(super) fn orders(&self) -> Vec<Choice> {
        choice::orders(self.order)
    }

    pub(super) fn owners(&self, accounts: &[Account]) -> Vec<Choice> {
        let mut owners = vec![Choice::new(ALL, "All", self.owner.is_none())];
        let owner = self.owner.as_ref().map(|owner| owner.id);
        owners.extend(choice::accounts(owner, accounts));
        owners
    }
}
