//! Who is here? The people, and below them the accounts that are nobody's.

use std::collections::HashMap;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use url::form_urlencoded::Serializer;

use super::{LIST, standing};
use crate::account::model::{Account, Standing};
use crate::account::people::{Filter, repository};
use crate::account::repository as accounts;
use crate::clock::Instant;
use crate::dashboard::badge::Badge;
use crate::dashboard::choice::Choice;
use crate::dashboard::form::{ALL, Form};
use crate::dashboard::page::Page;
use crate::dashboard::pager::{self, Pager};
use crate::dashboard::render::{answer, checked};
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::server::State;
use crate::text::grouped;

/// The most service accounts that are listed.
const SERVICES: i64 = 500;

/// The page.
#[derive(Template)]
#[template(path = "admin/people/list.html")]
struct View {
    page: Page,
    form: Narrowed,
    summary: String,
    people: Vec<Row>,
    services: Vec<Service>,
    pager: Pager,
}

/// What the list is asked to show: all of it in the address.
struct Narrowed {
    filter: Filter,
    page: i64,
    errors: FieldErrors,
}

impl Narrowed {
    fn read(mut query: Form) -> Self {
        let filter = Filter {
            search: query.text("q"),
            standing: query.narrowed(
                "status",
                "Status must be active, invited, disabled or all",
                None,
                Standing::named,
            ),
        };
        Self {
            filter,
            page: pager::number(&mut query),
            errors: query.finish(),
        }
    }

    fn address(&self, page: i64) -> String {
        let mut query = Serializer::new(format!("{LIST}?"));
        if !self.filter.search.is_empty() {
            query.append_pair("q", &self.filter.search);
        }
        if let Some(standing) = self.filter.standing {
            query.append_pair("status", standing.as_str());
        }
        query.append_pair("page", &page.to_string());
        query.finish()
    }

    fn standings(&self) -> Vec<Choice> {
        let chosen = self.filter.standing;
        let all = Choice::new(ALL, "All", chosen.is_none());
        let standings = Standing::ALL.into_iter().map(|standing| {
            let label = match standing {
                Standing::Active => "Active",
                Standing::Invited => "Invited",
                Standing::Disabled => "Disabled",
            };
            Choice::new(standing.as_str(), label, chosen == Some(standing))
        });
        [all].into_iter().chain(standings).collect()
    }
}

/// A person.
struct Row {
    account: Account,
    keys: i64,
}

impl Row {
    fn status(&self) -> Badge {
        standing::badge(&self.account)
    }

    fn role(&self) -> &'static str {
        standing::role(self.account.role)
    }
}

/// An account that is nobody's.
struct Service {
    account: Account,
    keys: i64,
    /// Who is asked about it, and what has become of them.
    manager: Option<(String, &'static str)>,
}

/// The page.
pub(crate) async fn list(
    state: Data<State>,
    request: HttpRequest,
    page: Page,
) -> Result<HttpResponse, Error> {
    let form = Narrowed::read(Form::of_query(&request));
    let status = checked(&form.errors);
    let (filter, number, now) = (form.filter.clone(), form.page, page.now());
    let found = state
        .database
        .read(move |connection| Found::read(connection, &filter, number, now))
        .await?;
    let pager = Pager::new(number, found.matching, |page| form.address(page));
    answer(
        status,
        &View {
            page,
            form,
            summary: found.summary(),
            people: found.people,
            services: found.services,
            pager,
        },
    )
}

/// What the database holds for the page.
struct Found {
    all: i64,
    matching: i64,
    people: Vec<Row>,
    services: Vec<Service>,
}

impl Found {
    fn read(
        connection: &mut Connection,
        filter: &Filter,
        page: i64,
        now: Instant,
    ) -> Result<Self, Error> {
        let matching = repository::count(connection, filter)?;
        let offset = pager::offset(page, matching);
        let people = repository::page(connection, filter, offset, pager::ROWS)?;
        let services = repository::services(connection, SERVICES)?;
        let ids: Vec<Id> = people.iter().chain(&services).map(|one| one.id).collect();
        let keys: HashMap<Id, i64> = repository::live_keys(connection, &ids, now)?
            .into_iter()
            .collect();
        let count = |account: &Account| keys.get(&account.id).copied().unwrap_or(0);
        let people = people.into_iter().map(|account| Row {
            keys: count(&account),
            account,
        });
        let mut listed = Vec::with_capacity(services.len());
        for account in services {
            listed.push(Service {
                keys: count(&account),
                manager: manager(connection, &account)?,
                account,
            });
        }
        Ok(Self {
            all: repository::count(connection, &Filter::default())?,
            matching,
            people: people.collect(),
            services: listed,
        })
    }

    /// "3 of 1,204 people match."
    fn summary(&self) -> String {
        let noun = if self.all == 1 { "person" } else { "people" };
        if self.matching == self.all {
            return format!("{} {noun}.", grouped(self.all));
        }
        let verb = if self.matching == 1 {
            "matches"
        } else {
            "match"
        };
        let (matching, all) = (grouped(self.matching), grouped(self.all));
        format!("{matching} of {all} {noun} {verb}.")
    }
}

fn manager(
    connection: &mut Connection,
    account: &Account,
) -> Result<Option<(String, &'static str)>, Error> {
    let Some(id) = account.managed_by else {
        return Ok(None);
    };
    match accounts::get(connection, id) {
        Ok(manager) => {
            let gone = match manager.standing() {
                _ if manager.is_acting_admin() => "",
                Standing::Active => "no admin any more",
                _ => "disabled",
            };
            Ok(Some((manager.name, gone)))
        }
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
