//! What the list of keys is asked to show: all of it in the address.

use url::form_urlencoded::Serializer;

use crate::dashboard::choice::{self, Choice};
use crate::dashboard::form::{ALL, Form};
use crate::dashboard::pager;
use crate::dashboard::tokens::keyring::Keyring;
use crate::error::FieldErrors;
use crate::token::environment::Environment;
use crate::token::list::{self, Order};
use crate::token::model::Status;
use crate::token::scope;
use crate::token::scope::repository::Offer;

/// The filter form.
#[derive(Debug)]
pub(super) struct Filter {
    /// Part of a name or note, or the last four characters.
    pub(super) q: String,
    /// None means all.
    status: Option<Status>,
    /// None means all.
    environment: Option<Environment>,
    /// None means all.
    scope: Option<String>,
    /// The order.
    pub(super) order: Order,
    /// From 1.
    pub(super) page: i64,
    /// What cannot be taken.
    pub(super) errors: FieldErrors,
}

impl Filter {
    pub(super) fn read(mut query: Form) -> Self {
        let q = query.text("q");
        let status = query.narrowed(
            "status",
            "Status must be active, paused, expired, revoked or all",
            Some(Status::Active),
            Status::named,
        );
        let environment = query.narrowed(
            "environment",
            "Environment must be none, development, staging, production or all",
            None,
            |text| text.parse().ok(),
        );
        let scope = query.narrowed("scope", "There is no such scope", None, |text| {
            scope::is_name(text).then(|| text.to_owned())
        });
        let order = query.parsed("sort", "There is no such order", Order::named);
        Self {
            q,
            status,
            environment,
            scope,
            order: order.unwrap_or_default(),
            page: pager::number(&mut query),
            errors: query.finish(),
        }
    }

    /// The keys that are meant.
    pub(super) fn keys(&self) -> list::Filter {
        list::Filter {
            search: self.q.clone(),
            status: self.status,
            environment: self.environment,
            scope: self.scope.clone(),
            ..list::Filter::default()
        }
    }

    /// The address of a page of the list of these keys in an order.
    pub(super) fn address(&self, keyring: &Keyring, order: Order, page: i64) -> String {
        let mut query = Serializer::new(String::new());
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        if self.status != Some(Status::Active) {
            query.append_pair("status", self.status.map_or(ALL, Status::as_str));
        }
        if let Some(environment) = self.environment {
            query.append_pair("environment", environment.as_str());
        }
        if let Some(scope) = &self.scope {
            query.append_pair("scope", scope);
        }
        if order != Order::default() {
            query.append_pair("sort", order.name());
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        match query.finish().as_str() {
            "" => keyring.list(),
            query => format!("{}?{query}", keyring.list()),
        }
    }

    pub(super) fn statuses(&self) -> Vec<Choice> {
        choice::statuses(self.status)
    }

    pub(super) fn environments(&self) -> Vec<Choice> {
        choice::environments_or_all(self.environment)
    }

    /// The scopes that the member may grant, and the one that is asked for whatever it is.
    pub(super) fn scopes(&self, offers: &[Offer]) -> Vec<Choice> {
        choice::scopes_or_all(self.scope.as_deref(), offers)
    }

    pub(super) fn orders(&self) -> Vec<Choice> {
        choice::orders(self.order)
    }
}
