//! What needs me, and how busy are we? The first page after log-in.

mod need;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::clock::Instant;
use crate::dashboard::chart::{Chart, Count};
use crate::dashboard::form::{ALL, Form};
use crate::dashboard::guard::Member;
use crate::dashboard::page::{HOME, Page};
use crate::dashboard::pager::{self, Pager};
use crate::dashboard::render;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::server::State;
use crate::text::grouped;
use crate::token::attention::{self, Need};
use crate::token::list::{Filter, Order, Sort, Start, repository};
use crate::token::model::{Status, Token};
use crate::token::repository::Whose;
use crate::token::usage;
use need::Line;

/// Days of the chart.
const CHART_DAYS: i32 = 30;
/// How many keys that need somebody are shown, unless all are asked for.
const NEEDS: usize = 10;
/// How many of the last used keys are shown.
const LAST_USED: i64 = 5;

/// The page.
#[derive(Template)]
#[template(path = "overview.html")]
struct View {
    page: Page,
    facts: Facts,
    needs: Vec<Line>,
    see_all: Option<String>,
    pager: Pager,
    chart: Chart,
}

/// The overview.
pub(crate) async fn show(
    state: Data<State>,
    request: HttpRequest,
    member: Member,
    page: Page,
) -> Result<HttpResponse, Error> {
    let mut query = Form::of_query(&request);
    let read = |text: &str| (text == ALL).then_some(());
    let is_all = query.parsed("needs", "Needs must be all", read).is_some();
    let number = pager::number(&mut query);
    query.finish().or(())?;
    let (owner, now) = (member.account.id, page.now());
    let mut facts = state
        .database
        .read(move |connection| Facts::read(connection, owner, now))
        .await?;
    let chart = Chart::new(CHART_DAYS, &facts.usage, now);
    let needs = std::mem::take(&mut facts.needs);
    let total = needs.len();
    let rows = i64::try_from(total).unwrap_or(i64::MAX);
    let pager = Pager::new(number, if is_all { rows } else { 0 }, |page| {
        format!("{HOME}?needs={ALL}&page={page}")
    });
    let (skipped, shown) = if is_all {
        let skipped = usize::try_from(pager::offset(number, rows)).unwrap_or(0);
        (skipped, usize::try_from(pager::ROWS).unwrap_or(NEEDS))
    } else {
        (0, NEEDS)
    };
    let lines = needs.into_iter().skip(skipped).take(shown);
    render::show(&View {
        needs: lines.map(|need| Line::new(need, now)).collect(),
        see_all: (!is_all && total > NEEDS).then(|| format!("See all {}", grouped(total))),
        page,
        facts,
        pager,
        chart,
    })
}

/// What the database holds for the page.
struct Facts {
    has_keys: bool,
    needs: Vec<Need>,
    next_to_end: Option<Token>,
    last_used: Vec<Token>,
    usage: Vec<Count>,
}

impl Facts {
    fn read(connection: &mut Connection, owner: Id, now: Instant) -> Result<Self, Error> {
        let any = Filter::default();
        let live = Filter {
            status: Some(Status::Active),
            ..Filter::default()
        };
        let mut first = |filter: &Filter, sort, descending, limit| {
            let (keys, order) = (Whose::Account(owner), Order { sort, descending });
            let start = Start::Offset(0);
            repository::page(connection, keys, filter, order, start, limit, now).map(|rows| {
                rows.into_iter()
                    .map(|owned| owned.token)
                    .collect::<Vec<_>>()
            })
        };
        let has_keys = !first(&any, Sort::Created, true, 1)?.is_empty();
        let next = first(&live, Sort::Expires, false, 1)?.pop();
        let mut last_used = first(&any, Sort::LastUsed, true, LAST_USED)?;
        last_used.retain(|token| token.last_used_at.is_some());
        let days = usage::repository::days_of_account;
        let usage = days(connection, owner, now.day() - CHART_DAYS + 1)?;
        Ok(Self {
            has_keys,
            needs: attention::needs(connection, owner, now)?,
            next_to_end: next.filter(|token| token.expires_at.is_some()),
            last_used,
            usage: usage.into_iter().map(Count::from).collect(),
        })
    }
}
