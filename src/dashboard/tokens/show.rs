//! Who still uses it? Is it safe to delete? One key.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::facts::{CALLERS, Facts};
use super::leaked::is_replaceable;
use crate::clock::Instant;
use crate::dashboard::badge::Badge;
use crate::dashboard::chart::Chart;
use crate::dashboard::choice::environment_label;
use crate::dashboard::form::Form;
use crate::dashboard::life_line::LifeLine;
use crate::dashboard::page::Page;
use crate::dashboard::render;
use crate::dashboard::tokens::keyring::Keyring;
use crate::error::Error;
use crate::server::PathId;
use crate::server::State;
use crate::token::model::{Status, Token};
use crate::token::usage::Caller;

/// The days of usage that can be chosen.
pub(in crate::dashboard) const PERIODS: [i32; 3] = [7, 30, 90];
/// The days that are shown where none are chosen.
const PERIOD: i32 = 30;

/// The page.
#[derive(Template)]
#[template(path = "tokens/show.html")]
struct View {
    page: Page,
    keyring: Keyring,
    facts: Facts,
    days: i32,
    chart: Chart,
}

/// What the pages of a key say of it, its owner's and that of admins.
pub(in crate::dashboard) trait Sight {
    /// What is known of it.
    fn facts(&self) -> &Facts;

    /// When the page was made.
    fn at(&self) -> Instant;

    fn token(&self) -> &Token {
        &self.facts().token
    }

    fn verdict(&self) -> String {
        self.facts().evidence.verdict(self.token(), self.at())
    }

    fn before(&self) -> Option<String> {
        self.facts().evidence.before(self.token(), self.at())
    }

    /// The callers that are listed.
    fn callers(&self) -> impl Iterator<Item = &Caller> {
        self.facts().callers.iter().take(CALLERS)
    }

    fn has_more_callers(&self) -> bool {
        self.facts().callers.len() > CALLERS
    }

    fn is_replaceable(&self) -> bool {
        is_replaceable(self.token())
    }

    fn is_paused(&self) -> bool {
        self.token().status(self.at()) == Status::Paused
    }

    fn status(&self) -> Badge {
        Badge::status(self.token(), self.at())
    }

    fn badges(&self) -> Vec<Badge> {
        Badge::beside(self.token(), self.at())
    }

    fn life(&self) -> LifeLine {
        LifeLine::new(self.token(), self.at())
    }

    fn is_live(&self) -> bool {
        self.token().is_live(self.at())
    }

    fn is_expired(&self) -> bool {
        self.token().status(self.at()) == Status::Expired
    }

    /// Whether its end is behind it, be it revoked before or not.
    fn is_past(&self) -> bool {
        self.token().expires_at.is_some_and(|end| end <= self.at())
    }

    fn environment(&self) -> &'static str {
        environment_label(self.token().environment)
    }
}

impl Sight for View {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn at(&self) -> Instant {
        self.page.now()
    }
}

/// The days of usage that a page is asked for.
///
/// # Errors
/// [`Error::Invalid`].
pub(in crate::dashboard) fn period(request: &HttpRequest) -> Result<i32, Error> {
    let mut query = Form::of_query(request);
    let read = |text: &str| text.parse().ok().filter(|days| PERIODS.contains(days));
    let days = query.parsed("days", "Days must be 7, 30 or 90", read);
    query.finish().or(days.unwrap_or(PERIOD))
}

/// The page of a key.
pub(crate) async fn show(
    state: Data<State>,
    request: HttpRequest,
    keyring: Keyring,
    PathId(id): PathId,
    page: Page,
) -> Result<HttpResponse, Error> {
    let (days, now) = (period(&request)?, page.now());
    let (keys, reader) = (keyring.keys(), keyring.owner.clone());
    let facts = state
        .database
        .read(move |connection| {
            let first_day = now.day() - days + 1;
            Facts::read(connection, keys, &reader, id, first_day, now)
        })
        .await?;
    render::show(&View {
        chart: Chart::new(days, &facts.usage, now),
        page,
        keyring,
        facts,
        days,
    })
}
