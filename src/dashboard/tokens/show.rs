//! Who still uses it? Is it safe to delete? One key.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::history::Line;
use crate::account;
use crate::audit;
use crate::clock::Instant;
use crate::dashboard::badge::{Badge, is_live};
use crate::dashboard::chart::{Chart, Count};
use crate::dashboard::choice::environment_label;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::life_line::LifeLine;
use crate::dashboard::page::Page;
use crate::dashboard::render;
use crate::dashboard::verdict::verdict;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::server::PathId;
use crate::server::State;
use crate::token::model::{Status, Token};
use crate::token::repository::{self, Whose};
use crate::token::scope::repository::{Offer, offers};
use crate::token::unusual::{self, Finding};
use crate::token::usage;

/// The days of usage that can be chosen.
const PERIODS: [i32; 3] = [7, 30, 90];
/// The days that are shown where none are chosen.
const PERIOD: i32 = 30;
/// How many events are shown, the latest.
const EVENTS: i64 = 100;

/// The page.
#[derive(Template)]
#[template(path = "tokens/show.html")]
struct View {
    page: Page,
    token: Token,
    verdict: String,
    unusual: Vec<Finding>,
    days: i32,
    chart: Chart,
    scopes: Vec<Offer>,
    lineage: Vec<(&'static str, Token)>,
    history: Vec<Line>,
}

impl View {
    fn status(&self) -> Badge {
        Badge::status(&self.token, self.page.now())
    }

    fn badges(&self) -> Vec<Badge> {
        Badge::beside(&self.token, self.page.now())
    }

    fn life(&self) -> LifeLine {
        LifeLine::new(&self.token, self.page.now())
    }

    fn is_live(&self) -> bool {
        is_live(&self.token, self.page.now())
    }

    fn is_expired(&self) -> bool {
        self.token.status(self.page.now()) == Status::Expired
    }

    /// Whether its end is behind it, be it revoked before or not.
    fn is_past(&self) -> bool {
        self.token
            .expires_at
            .is_some_and(|end| end <= self.page.now())
    }

    fn environment(&self) -> &'static str {
        environment_label(self.token.environment)
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
    let mut query = Form::of_query(&request);
    let read = |text: &str| text.parse().ok().filter(|days| PERIODS.contains(days));
    let days = query.parsed("days", "Days must be 7, 30 or 90", read);
    query.finish().or(())?;
    let (days, now) = (days.unwrap_or(PERIOD), page.now());
    let facts = state
        .database
        .read(move |connection| Facts::read(connection, &member, id, days, now))
        .await?;
    render::show(&View {
        page,
        verdict: verdict(&facts.token, facts.revoker.as_deref(), now),
        unusual: facts.unusual,
        days,
        chart: Chart::new(days, &facts.usage, now),
        scopes: facts.scopes,
        lineage: facts.lineage,
        history: facts.history,
        token: facts.token,
    })
}

/// What the database holds for the page.
struct Facts {
    token: Token,
    revoker: Option<String>,
    unusual: Vec<Finding>,
    usage: Vec<Count>,
    scopes: Vec<Offer>,
    lineage: Vec<(&'static str, Token)>,
    history: Vec<Line>,
}

impl Facts {
    fn read(
        connection: &mut Connection,
        member: &Member,
        id: Id,
        days: i32,
        now: Instant,
    ) -> Result<Self, Error> {
        let (owner, keys) = (member.account.id, Whose::Account(member.account.id));
        let token = repository::get(connection, keys, id)?.token;
        let revoker = match token.revoked_by {
            Some(id) => Some(account::repository::get(connection, id)?.name),
            None => None,
        };
        let usage = usage::repository::days(connection, id, now.day() - days + 1)?;
        // What a dead key did is told by its verdict.
        let live: &[Token] = if is_live(&token, now) {
            std::slice::from_ref(&token)
        } else {
            &[]
        };
        let unusual = unusual::findings(connection, live, now)?;
        let offers = offers(connection, &member.account)?;
        let events = audit::repository::about(connection, id, owner, EVENTS)?;
        let mut lineage = Vec::new();
        for (relation, kin) in [
            ("Replaces", token.replaces),
            ("Replaced by", token.replaced_by),
        ] {
            if let Some(kin) = kin
                && let Ok(owned) = repository::get(connection, Whose::History(owner), kin)
            {
                lineage.push((relation, owned.token));
            }
        }
        Ok(Self {
            revoker,
            unusual,
            usage: usage.iter().map(Count::from).collect(),
            scopes: described(&token, &offers),
            lineage,
            history: events.into_iter().map(Line::from).collect(),
            token,
        })
    }
}

/// The key's scopes, each with what it opens, where that is known to the reader.
fn described(token: &Token, offers: &[Offer]) -> Vec<Offer> {
    let opens = |name: &str| {
        let offer = offers.iter().find(|offer| offer.name == name);
        offer.map(|offer| offer.description.clone())
    };
    let scopes = token.scopes.iter().map(|name| Offer {
        description: opens(name).unwrap_or_default(),
        name: name.to_owned(),
    });
    scopes.collect()
}
