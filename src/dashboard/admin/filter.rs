//! What the list of all keys is asked to show: all of it in the address.

use url::form_urlencoded::Serializer;

use super::LIST;
use crate::account::model::Account;
use crate::dashboard::choice::{self, Choice};
use crate::dashboard::form::{ALL, Form};
use crate::dashboard::pager;
use crate::error::FieldErrors;
use crate::id::Id;
use crate::token::list;
use crate::token::model::Status;

/// The filter form.
#[derive(Debug)]
pub(super) struct Filter {
    /// None means all.
    owner: Option<Id>,
    /// None means all.
    status: Option<Status>,
    /// From 1.
    pub(super) page: i64,
    /// What cannot be taken.
    pub(super) errors: FieldErrors,
}

impl Filter {
    pub(super) fn read(mut query: Form) -> Self {
        Self {
            owner: query.narrowed("owner", "There is no such owner", None, |id| {
                id.parse().ok()
            }),
            status: query.narrowed(
                "status",
                "Status must be active, paused, expired, revoked or all",
                None,
                Status::named,
            ),
            page: pager::number(&mut query),
            errors: query.finish(),
        }
    }

    /// The keys that are meant.
    pub(super) fn keys(&self) -> list::Filter {
        list::Filter {
            owner: self.owner,
            status: self.status,
            ..list::Filter::default()
        }
    }

    /// The address of a page of this list.
    pub(super) fn address(&self, page: i64) -> String {
        let mut query = Serializer::new(format!("{LIST}?"));
        if let Some(owner) = self.owner {
            query.append_pair("owner", owner.as_str());
        }
        if let Some(status) = self.status {
            query.append_pair("status", status.as_str());
        }
        query.append_pair("page", &page.to_string());
        query.finish()
    }

    pub(super) fn statuses(&self) -> Vec<Choice> {
        choice::statuses(self.status)
    }

    pub(super) fn owners(&self, accounts: &[Account]) -> Vec<Choice> {
        let mut owners = vec![Choice::new(ALL, "All", self.owner.is_none())];
        owners.extend(accounts.iter().map(|account| {
            let label = match &account.email {
                Some(email) => format!("{}, {email}", account.name),
                None => account.name.clone(),
            };
            Choice::new(account.id.as_str(), label, self.owner == Some(account.id))
        }));
        owners
    }
}
