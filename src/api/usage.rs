//! `/tokens/{id}/usage`: what a key was used for, a dead one too.

use actix_web::web::{Data, Json};
use serde::Serialize;

use crate::api::query::Query;
use crate::clock::Instant;
use crate::error::Error;
use crate::server::{PathId, State};
use crate::token;
use crate::token::repository::Whose;
use crate::token::usage::callers::repository::since_day;
use crate::token::usage::repository::days;
use crate::token::usage::{Caller as UsageCaller, Day};
use crate::token::verifier::Caller;

/// The days and the callers, each in order.
#[derive(Serialize)]
pub(crate) struct Usage {
    days: Vec<DayView>,
    callers: Vec<UsageCaller>,
}

#[derive(Serialize)]
struct DayView {
    date: String,
    requests: i64,
    refusals: i64,
}

impl From<Day> for DayView {
    fn from(day: Day) -> Self {
        Self {
            date: Instant::start_of_day(day.day).iso_date(),
            requests: day.requests,
            refusals: day.refusals,
        }
    }
}

/// The last days of a key: 1 to 90, 30 by default. Days without a request are not told.
pub(crate) async fn read(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId,
    mut query: Query,
) -> Result<Json<Usage>, Error> {
    let read = |text: &str| text.parse().ok().filter(|days| (1..=90).contains(days));
    let wanted = query
        .parsed("days", "Must be a number from 1 to 90", read)
        .unwrap_or(30);
    query.finish()?;
    let keys = Whose::Account(caller.subject.owner.id);
    let first = state.clock.now().day() - wanted + 1;
    let (days, callers) = state
        .database
        .read(move |connection| {
            token::repository::get(connection, keys, id)?;
            Ok((
                days(connection, id, first)?,
                since_day(connection, id, first)?,
            ))
        })
        .await?;
    let days = days.into_iter().map(DayView::from).collect();
    Ok(Json(Usage { days, callers }))
}
