//! What needs me, and how busy are we? The first page after log-in.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use crate::clock::Instant;
use crate::dashboard::badge::{LONG_DAYS, SOON_DAYS};
use crate::dashboard::chart::{Chart, Count};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::server::State;
use crate::text::grouped;
use crate::token::list::{Filter, Order, Sort, Start, repository};
use crate::token::model::{Status, Token};
use crate::token::repository::Whose;
use crate::token::usage;

/// Days of the chart.
const CHART_DAYS: i32 = 30;
/// How many keys of each kind that need their owner are shown.
const NEEDS: i64 = 5;
/// How many of the last used keys are shown.
const LAST_USED: i64 = 5;

/// The page.
#[derive(Template)]
#[template(path = "overview.html")]
struct View {
    page: Page,
    facts: Facts,
    chart: Chart,
}

/// The overview.
pub(crate) async fn show(
    state: Data<State>,
    member: Member,
    page: Page,
) -> Result<HttpResponse, Error> {
    let (owner, now) = (member.account.id, page.now());
    let facts = state
        .database
        .read(move |connection| Facts::read(connection, owner, now))
        .await?;
    let chart = Chart::new(CHART_DAYS, &facts.usage, now);
    render::show(&View { page, facts, chart })
}

/// Keys of one kind that need their owner: the first few, and how many there are.
struct Needing {
    tokens: Vec<Token>,
    count: i64,
}

/// What the database holds for the page.
struct Facts {
    all: i64,
    ending: Needing,
    unused: Needing,
    next_to_end: Option<Token>,
    last_used: Vec<Token>,
    usage: Vec<Count>,
}

impl Facts {
    fn read(connection: &mut Connection, owner: Id, now: Instant) -> Result<Self, Error> {
        let live = Filter {
            status: Some(Status::Active),
            ..Filter::default()
        };
        let ending = Filter {
            expires_before: Some(now.plus_days(SOON_DAYS)),
            ..live.clone()
        };
        let unused = Filter {
            quiet_since: Some(now.plus_days(-LONG_DAYS)),
            ..live.clone()
        };
        let mut keys = Keys {
            connection,
            owner,
            now,
        };
        let next = keys.first(&live, Sort::Expires, false, 1)?.pop();
        let mut last_used = keys.first(&Filter::default(), Sort::LastUsed, true, LAST_USED)?;
        last_used.retain(|token| token.last_used_at.is_some());
        let ending = keys.needing(&ending, Sort::Expires)?;
        let mut unused = keys.needing(&unused, Sort::LastUsed)?;
        // What ends soon is told once.
        unused
            .tokens
            .retain(|token| ending.tokens.iter().all(|other| other.id != token.id));
        Ok(Self {
            all: keys.count(&Filter::default())?,
            ending,
            unused,
            next_to_end: next.filter(|token| token.expires_at.is_some()),
            last_used,
            usage: usage::repository::days_of_account(
                connection,
                owner,
                now.day() - CHART_DAYS + 1,
            )?
            .into_iter()
            .map(Count::from)
            .collect(),
        })
    }

    fn needs_nothing(&self) -> bool {
        self.ending.count == 0 && self.unused.count == 0
    }

    /// Links to the rest of those that need their owner.
    fn more(&self) -> Vec<(&'static str, String)> {
        let rest = [
            (
                &self.ending,
                "/dashboard/settings/tokens?sort=expires_at",
                format!("that expire within {SOON_DAYS} days"),
            ),
            (
                &self.unused,
                "/dashboard/settings/tokens?sort=last_used_at",
                format!("unused for {LONG_DAYS} days"),
            ),
        ];
        rest.into_iter()
            .filter(|(needing, _, _)| needing.count > NEEDS)
            .map(|(needing, href, words)| {
                (href, format!("See all {} {words}", grouped(needing.count)))
            })
            .collect()
    }
}

/// The keys of one account.
struct Keys<'a> {
    connection: &'a mut Connection,
    owner: Id,
    now: Instant,
}

impl Keys<'_> {
    fn count(&mut self, filter: &Filter) -> Result<i64, Error> {
        repository::count(
            self.connection,
            Whose::Account(self.owner),
            filter,
            self.now,
        )
    }

    fn first(
        &mut self,
        filter: &Filter,
        sort: Sort,
        descending: bool,
        limit: i64,
    ) -> Result<Vec<Token>, Error> {
        let (keys, order) = (Whose::Account(self.owner), Order { sort, descending });
        let start = Start::Offset(0);
        let rows = repository::page(self.connection, keys, filter, order, start, limit, self.now)?;
        Ok(rows.into_iter().map(|owned| owned.token).collect())
    }

    fn needing(&mut self, filter: &Filter, sort: Sort) -> Result<Needing, Error> {
        Ok(Needing {
            tokens: self.first(filter, sort, false, NEEDS)?,
            count: self.count(filter)?,
        })
    }
}
