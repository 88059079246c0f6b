//! One key in a list.

use super::keyring::Keyring;
use crate::clock::Instant;
use crate::dashboard::badge::{Badge, Signs};
use crate::dashboard::chart::{Chart, Count};
use crate::dashboard::life_line::LifeLine;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::text::grouped;
use crate::token::environment::Environment;
use crate::token::model::{Status, Token};
use crate::token::unusual::{self, Kind};
use crate::token::{attention, usage};

/// Days of usage that a row sums up.
const USAGE_DAYS: i32 = 30;

/// A key and what is seen of it at a glance.
#[derive(Debug)]
pub(crate) struct Row {
    /// The key.
    pub(crate) token: Token,
    /// Its status in a word.
    pub(crate) status: Badge,
    /// What called it last, where that names itself.
    pub(crate) last_client: Option<String>,
    /// What else to know.
    pub(crate) badges: Vec<Badge>,
    /// From generated to expiry.
    pub(crate) life: LifeLine,
    /// Its last days.
    pub(crate) chart: Chart,
    /// Whether it can still be used.
    pub(crate) is_live: bool,
    state: Status,
}

impl Row {
    fn new(
        token: Token,
        days: &[Count],
        last_client: Option<String>,
        signs: Signs,
        now: Instant,
    ) -> Self {
        Self {
            last_client: last_client.filter(|client| !client.is_empty()),
            status: Badge::status(&token, now),
            badges: Badge::with_signs(&token, signs, now),
            life: LifeLine::new(&token, now),
            chart: Chart::new(USAGE_DAYS, days, now),
            is_live: token.is_live(now),
            state: token.status(now),
            token,
        }
    }

    /// Where it is meant to be used, if that was said.
    pub(crate) fn environment(&self) -> Option<&'static str> {
        (self.token.environment != Environment::None).then(|| self.token.environment.as_str())
    }

    /// How far its end is, where that says more than the date.
    pub(crate) fn expiry(&self, now: Instant) -> Option<String> {
        let end = self.token.expires_at?;
        let words = if end > now {
            end.ahead(now)
        } else {
            end.ago(now)
        };
        (words != end.date()).then_some(words)
    }

    /// Requests of the last days.
    pub(crate) fn requests(&self) -> String {
        grouped(self.chart.requests)
    }

    /// Whether it is not revoked yet. One that is expired need not be: it works no more.
    pub(crate) fn can_be_revoked(&self) -> bool {
        self.is_live
    }

    /// What can be done with it now: a verb and the page that asks.
    pub(crate) fn actions(&self, keyring: &Keyring) -> Vec<(&'static str, String)> {
        let address = keyring.address(self.token.id);
        match self.state {
            Status::Active | Status::Paused => vec![
                ("Rotate", format!("{address}/rotate")),
                ("Revoke", format!("{address}/revoke")),
                ("Leaked", format!("{address}/leaked")),
            ],
            Status::Expired => {
                vec![(
                    "Generate again",
                    format!("{}/new?again={}", keyring.list(), self.token.id),
                )]
            }
            Status::Revoked => vec![("Delete", format!("{address}/delete"))],
        }
    }
}

/// The keys as rows, each with its usage.
///
/// # Errors
/// Those of the database.
pub(crate) fn with_usage(
    connection: &mut Connection,
    tokens: Vec<Token>,
    now: Instant,
) -> Result<Vec<Row>, Error> {
    let ids: Vec<Id> = tokens.iter().map(|token| token.id).collect();
    let days = usage::repository::days_of(connection, &ids, now.day() - USAGE_DAYS + 1)?;
    let of = |id: Id| -> Vec<Count> {
        days.iter()
            .filter(|day| day.token_id == id)
            .map(Count::from)
            .collect()
    };
    let is_dead = |token: &&Token| !token.is_live(now);
    let dead: Vec<Id> = tokens
        .iter()
        .filter(is_dead)
        .map(|token| token.id)
        .collect();
    let first = now.plus_days(1 - attention::REFUSAL_DAYS).day();
    let called = attention::repository::called_although_dead(connection, &dead, first)?;
    let clients = usage::repository::last_clients(connection, &ids)?;
    let newcomers = unusual::newcomers(connection, &tokens, now)?;
    let rows = tokens.into_iter().map(|token| {
        let days = of(token.id);
        let signs = Signs {
            is_still_called: called.contains(&token.id),
            has_new_address: newcomers
                .iter()
                .any(|one| one.token_id == token.id && one.kind == Kind::Address),
        };
        let client = clients.iter().find(|(id, _)| *id == token.id);
        let client = client.map(|(_, client)| client.clone());
        Row::new(token, &days, client, signs, now)
    });
    Ok(rows.collect())
}
