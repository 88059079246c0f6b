//! Whose is it, what breaks our rules? The keys of every account.

use actix_session::Session;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::json;

use super::filter::{Filter, Turn};
use super::found::{Asked, Found};
use crate::account::model::Account;
use crate::audit;
use crate::audit::event::{Action, Event};
use crate::dashboard::column::{self, Column};
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::pager::Pager;
use crate::dashboard::render::{answer, checked};
use crate::dashboard::tokens::list::PASTED;
use crate::dashboard::tokens::row::Row;
use crate::error::Error;
use crate::server::State;
use crate::token::list::Total;
use crate::token::scope::repository::Offer;
use crate::token::secret;

/// The page.
#[derive(Template)]
#[template(path = "admin/tokens.html")]
struct View {
    page: Page,
    form: Filter,
    owners: Option<Vec<Account>>,
    offers: Vec<Offer>,
    has_keys: bool,
    summary: String,
    revoke_all: Option<String>,
    rows: Vec<(Row, Account)>,
    columns: [Column; 7],
    pager: Pager,
}

impl View {
    /// Whether any key of the page can be selected.
    fn can_revoke(&self) -> bool {
        self.rows.iter().any(|(row, _)| row.can_be_revoked())
    }
}

/// The list. As in the list of one's own keys, a whole key that is looked for is cut at once.
pub(crate) async fn list(
    state: Data<State>,
    request: HttpRequest,
    member: Member,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    viewed(&state, &member).await?;
    let mut form = Filter::find(&state, Form::of_query(&request)).await?;
    if let Some(hint) = secret::hint_in(&form.q).map(str::to_owned) {
        form.q = hint;
        let cut = form.address(form.order, 1, Turn::Number);
        return Flash::note(PASTED).on(&session, &cut);
    }
    let status = checked(&form.errors);
    let now = page.now();
    let asked = Asked {
        filter: form.keys(now),
        order: form.order,
        page: form.page,
        turn: form.turn,
        reader: member.account,
        may_revoke: !form.is_of_dead(),
    };
    let found = state
        .database
        .read(move |connection| Found::read(connection, &asked, now))
        .await?;
    answer(
        status,
        &View {
            page,
            has_keys: found.all != Total::Exactly(0),
            summary: found.summary(form.is_wide()),
            revoke_all: found.revoke_all(form.is_wide()),
            pager: pager(&form, &found),
            columns: columns(&form),
            owners: found.owners,
            offers: found.offers,
            rows: found.rows,
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

/// The way to the neighbours: by number where all are counted, else from key to key.
fn pager(form: &Filter, found: &Found) -> Pager {
    let address = |page, turn| form.address(form.order, page, turn);
    if let Total::Exactly(count) = found.matching {
        return Pager::new(form.page, count, |page| address(page, Turn::Number));
    }
    let before = found.rows.first().filter(|_| form.page > 1);
    let after = found.rows.last().filter(|_| found.goes_on);
    Pager {
        page: form.page,
        pages: None,
        previous: before.map(|(row, _)| match form.page {
            2 => address(1, Turn::Number),
            page => address(page - 1, Turn::Before(row.token.id)),
        }),
        next: after.map(|(row, _)| address(form.page + 1, Turn::After(row.token.id))),
    }
}

fn columns(form: &Filter) -> [Column; 7] {
    let sorted = |label, order| {
        Column::sorted(label, order, form.order, |order| {
            form.address(order, 1, Turn::Number)
        })
    };
    [
        sorted("Name", column::NAME),
        Column::plain("Owner", ""),
        Column::plain("Status", ""),
        sorted("Last used", column::LAST_USED),
        Column::plain("30 days", "number wide-only"),
        sorted("Expires", column::EXPIRES),
        Column::plain("Actions", ""),
    ]
}
