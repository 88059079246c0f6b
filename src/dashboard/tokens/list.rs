//! Which key is this, who uses it, may it go? The list of one's keys.

use actix_session::Session;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::filter::Filter;
use super::row::{self, Row};
use crate::account::model::Account;
use crate::clock::Instant;
use crate::dashboard::badge::{LONG_DAYS, SOON_DAYS};
use crate::dashboard::column::{self, Column};
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::page::Page;
use crate::dashboard::pager::{self, Pager};
use crate::dashboard::render::{answer, checked};
use crate::dashboard::tokens::keyring::Keyring;
use crate::db::Connection;
use crate::error::Error;
use crate::server::State;
use crate::text::{counted, grouped};
use crate::token::list::{self, Order, repository};
use crate::token::model::Status;
use crate::token::repository::Whose;
use crate::token::scope::repository::{Offer, known};
use crate::token::secret;

pub(in crate::dashboard) const PASTED: &str =
    "You pasted a whole key; your browser's history may hold it. Rotate it.";

/// The page.
#[derive(Template)]
#[template(path = "tokens/list.html")]
struct View {
    page: Page,
    keyring: Keyring,
    form: Filter,
    has_keys: bool,
    offers: Vec<Offer>,
    summary: String,
    rows: Vec<Row>,
    columns: [Column; 6],
    pager: Pager,
}

impl View {
    /// Whether any key of the page can be selected.
    fn can_revoke(&self) -> bool {
        self.rows.iter().any(Row::can_be_revoked)
    }
}

/// The list. A whole key that is looked for is cut to its last four characters before anything
/// else is done with it.
pub(crate) async fn list(
    state: Data<State>,
    request: HttpRequest,
    keyring: Keyring,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    let mut filter = Filter::read(Form::of_query(&request));
    if let Some(hint) = secret::hint_in(&filter.q).map(str::to_owned) {
        filter.q = hint;
        return Flash::note(PASTED).on(&session, &filter.address(&keyring, filter.order, 1));
    }
    let status = checked(&filter.errors);
    let wanted = filter.keys();
    let (order, number, now) = (filter.order, filter.page, page.now());
    let owner = keyring.owner.clone();
    let found = state
        .database
        .read(move |connection| Found::read(connection, &owner, &wanted, order, number, now))
        .await?;
    let pager = Pager::new(number, found.matching, |page| {
        filter.address(&keyring, order, page)
    });
    let columns = columns(&filter, &keyring);
    answer(
        status,
        &View {
            page,
            keyring,
            has_keys: found.has_keys,
            summary: found.summary(),
            offers: found.offers,
            rows: found.rows,
            columns,
            pager,
            form: filter,
        },
    )
}

/// What the database holds for the page.
struct Found {
    has_keys: bool,
    matching: i64,
    ending: i64,
    unused: i64,
    offers: Vec<Offer>,
    rows: Vec<Row>,
}

impl Found {
    fn read(
        connection: &mut Connection,
        member: &Account,
        wanted: &list::Filter,
        order: Order,
        page: i64,
        now: Instant,
    ) -> Result<Self, Error> {
        let keys = Whose::Account(member.id);
        // What is asked of all of them need not be asked of each once more.
        let live = list::Filter {
            status: (wanted.status != Some(Status::Active)).then_some(Status::Active),
            ..list::Filter::default()
        };
        let ends = list::Filter {
            expires_before: Some(now.plus_days(SOON_DAYS)),
            ..live.clone()
        };
        let is_unused = list::Filter {
            quiet_since: Some(now.plus_days(-LONG_DAYS)),
            ..live
        };
        let (matching, ending, unused) =
            repository::counts(connection, keys, wanted, &ends, &is_unused, now)?;
        let offset = pager::offset(page, matching);
        let tokens = repository::part(
            connection,
            keys,
            wanted,
            order,
            offset,
            matching,
            pager::ROWS,
            now,
        )?;
        let tokens = tokens.into_iter().map(|owned| owned.token).collect();
        let has_keys = matching > 0 || repository::any(connection, keys)?;
        Ok(Self {
            has_keys,
            matching,
            ending,
            unused,
            offers: known(connection, member)?,
            rows: row::with_usage(connection, tokens, now)?,
        })
    }

    /// "24 keys. 2 expire within 14 days. 3 unused for 90 days."
    fn summary(&self) -> String {
        let verb = if self.ending == 1 {
            "expires"
        } else {
            "expire"
        };
        let matching = format!("{}.", counted(self.matching, "key"));
        let ending = format!("{} {verb} within {SOON_DAYS} days.", grouped(self.ending));
        let unused = format!("{} unused for {LONG_DAYS} days.", grouped(self.unused));
        let sentences = [(1, matching), (self.ending, ending), (self.unused, unused)];
        let told: Vec<_> = sentences
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(_, sentence)| sentence)
            .collect();
        told.join(" ")
    }
}

/// The columns of the list under `filter`.
fn columns(filter: &Filter, keyring: &Keyring) -> [Column; 6] {
    let sorted = |label, order| {
        let address = |order| filter.address(keyring, order, 1);
        Column::sorted(label, order, filter.order, address)
    };
    [
        sorted("Name", column::NAME),
        Column::plain("Status", ""),
        sorted("Last used", column::LAST_USED),
        Column::plain("30 days", "number"),
        sorted("Expires", column::EXPIRES),
        Column::plain("Actions", ""),
    ]
}
