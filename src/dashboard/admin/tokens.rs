//! Whose is it? The keys of every account.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::json;

use super::filter::Filter;
use crate::account::model::Account;
use crate::audit;
use crate::audit::event::{Action, Event};
use crate::clock::Instant;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::pager::{self, Pager};
use crate::dashboard::render::answer;
use crate::dashboard::tokens::row::{self, Row};
use crate::db::Connection;
use crate::error::Error;
use crate::server::State;
use crate::text::{counted, grouped};
use crate::token::list::{self, Order, Start, repository};
use crate::token::repository::Whose;

/// The page.
#[derive(Template)]
#[template(path = "admin/tokens.html")]
struct View {
    page: Page,
    form: Filter,
    owners: Vec<Account>,
    has_keys: bool,
    summary: String,
    rows: Vec<(Row, Account)>,
    pager: Pager,
}

/// The list, newest first.
pub(crate) async fn list(
    state: Data<State>,
    request: HttpRequest,
    member: Member,
    page: Page,
) -> Result<HttpResponse, Error> {
    viewed(&state, &member).await?;
    let form = Filter::read(Form::of_query(&request));
    let status = if form.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let (wanted, number, now) = (form.keys(), form.page, page.now());
    let found = state
        .database
        .read(move |connection| Found::read(connection, &wanted, number, now))
        .await?;
    let pager = Pager::new(number, found.matching, |page| form.address(page));
    answer(
        status,
        &View {
            page,
            has_keys: found.all > 0,
            summary: found.summary(),
            owners: found.owners,
            rows: found.rows,
            pager,
            form,
        },
    )
}

/// Keeps that somebody looked at the keys of all: one event a view.
async fn viewed(state: &State, member: &Member) -> Result<(), Error> {
    let (actor, now) = (member.actor(), state.clock.now());
    let event = Event::done(&actor, Action::InventoryView, None, None, &json!({}), now);
    let keep = move |connection: &mut _| audit::repository::insert(connection, &event);
    state.database.write(keep).await
}

/// What the database holds for the page.
struct Found {
    all: i64,
    matching: i64,
    owners: Vec<Account>,
    rows: Vec<(Row, Account)>,
}

impl Found {
    fn read(
        connection: &mut Connection,
        wanted: &list::Filter,
        page: i64,
        now: Instant,
    ) -> Result<Self, Error> {
        let keys = Whose::Everyone;
        let matching = repository::count(connection, keys, wanted, now)?;
        let (order, start) = (
            Order::default(),
            Start::Offset(pager::offset(page, matching)),
        );
        let owned = repository::page(connection, keys, wanted, order, start, pager::ROWS, now)?;
        let (tokens, owners): (Vec<_>, Vec<_>) = owned
            .into_iter()
            .map(|owned| (owned.token, owned.owner))
            .unzip();
        let rows = row::with_usage(connection, tokens, now)?;
        Ok(Self {
            all: repository::count(connection, keys, &list::Filter::default(), now)?,
            matching,
            owners: repository::owners(connection)?,
            rows: rows.into_iter().zip(owners).collect(),
        })
    }

    /// "1,204 of 96,310 keys match."
    fn summary(&self) -> String {
        if self.matching == self.all {
            return format!("{}.", counted(self.all, "key"));
        }
        let verb = if self.matching == 1 {
            "matches"
        } else {
            "match"
        };
        format!(
            "{} of {} {verb}.",
            grouped(self.matching),
            counted(self.all, "key")
        )
    }
}
