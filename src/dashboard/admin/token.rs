//! One key of any account: what is known of it. An admin looks, and may revoke it; all else is its
//! owner's.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::clock::Instant;
use crate::dashboard::chart::Chart;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render;
use crate::dashboard::tokens::facts::{CALLERS, Facts};
use crate::dashboard::tokens::show::{PERIODS, Sight, period};
use crate::error::Error;
use crate::server::{PathId, State};
use crate::token::repository::Whose;

/// The page.
#[derive(Template)]
#[template(path = "admin/token.html")]
struct View {
    page: Page,
    facts: Facts,
    days: i32,
    chart: Chart,
}

impl Sight for View {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn at(&self) -> Instant {
        self.page.now()
    }
}

/// The page of a key.
pub(crate) async fn show(
    state: Data<State>,
    request: HttpRequest,
    member: Member,
    PathId(id): PathId,
    page: Page,
) -> Result<HttpResponse, Error> {
    let (days, now) = (period(&request)?, page.now());
    let facts = state
        .database
        .read(move |connection| {
            let (keys, first_day) = (Whose::Everyone, now.day() - days + 1);
            Facts::read(connection, keys, &member.account, id, first_day, now)
        })
        .await?;
    render::show(&View {
        chart: Chart::new(days, &facts.usage, now),
        page,
        facts,
        days,
    })
}
