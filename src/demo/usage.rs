//! How much the keys of the demo are used, day by day.

use rand::RngExt;
use rand::rngs::StdRng;

use crate::clock::{DAY_SECONDS, Instant};
use crate::db::Connection;
use crate::demo::clients::shares;
use crate::demo::keys::Traffic;
use crate::error::Error;
use crate::token::model::Token;
use crate::token::usage::repository::add;
use crate::token::usage::scopes::{self, ScopeUse};
use crate::token::usage::{Counts, Uses};

/// How far back days are counted.
const DAYS: i32 = 90;
/// Seconds since a dead key was last called.
const KNOCK: i64 = 130;

/// Books the days of a key as it stands at `now`.
pub(super) fn book(
    connection: &mut Connection,
    token: &Token,
    traffic: &Traffic,
    random: &mut StdRng,
    now: Instant,
) -> Result<(), Error> {
    let stopped = stopped(token, now);
    let last = traffic
        .quiet
        .map(|minutes| stopped.unwrap_or(now).plus_seconds(-minutes * 60));
    let shares = shares(traffic.address);
    let counted = |day: i32, at: Instant, requests: i64, refusals: i64| {
        shares.iter().map(move |share| Uses {
            token_id: token.id,
            day,
            address: share.address.to_owned(),
            client: share.client.to_owned(),
            counts: Counts {
                requests: (share.count)(requests),
                refused_dead: (share.count)(refusals),
                ..Counts::default()
            },
            first_at: at,
            last_at: at,
        })
    };
    let mut rows = Vec::new();
    // A use from before the days that are told in full is still the last one.
    if let Some(last) = last.filter(|last| last.day() <= now.day() - DAYS) {
        rows.extend(counted(last.day(), last, 1, 0));
    }
    for ago in (0..DAYS).rev() {
        let day = now.day() - ago;
        let (workday, weekend) = traffic.daily;
        let usual = if is_weekend(day) { weekend } else { workday };
        let used = last.map_or(0, |last| part(day, token.created_at, last));
        let dead = stopped.map_or(0, |stopped| part(day, stopped, now));
        let noise = random.random_range(82..=118);
        let strays = if random.random_ratio(1, 12) {
            random.random_range(1..5)
        } else {
            0
        };
        let mut requests = usual * noise / 100 * used / DAY_SECONDS;
        if last.is_some_and(|last| last.day() == day) {
            requests = requests.max(1);
        }
        let mut refusals = traffic.knocking * noise / 100 * dead / DAY_SECONDS;
        if requests > 0 {
            refusals += strays;
        }
        if let Some((_, refused)) = traffic.burst.filter(|(on, _)| *on == i64::from(ago)) {
            refusals += refused;
        }
        if requests + refusals > 0 {
            let end = Instant::start_of_day(day + 1).plus_seconds(-1);
            let latest = if refusals > 0 && dead > 0 {
                now.plus_seconds(-KNOCK)
            } else {
                last.unwrap_or(Instant::start_of_day(day))
            };
            rows.extend(counted(day, latest.min(end), requests, refusals));
        }
    }
    rows.retain(|row| row.counts.requests + row.counts.refused_dead > 0);
    add(connection, &rows)?;
    scopes::repository::add(connection, &demanded(token, last))
}

/// The scopes that the key is used for, up to the last use: all but those over other keys.
fn demanded(token: &Token, last: Option<Instant>) -> Vec<ScopeUse> {
    let scopes = token
        .scopes
        .iter()
        .filter(|scope| !scope.starts_with("tokens:"));
    let uses = scopes.filter_map(|scope| {
        Some(ScopeUse {
            token_id: token.id,
            scope: scope.to_owned(),
            day: last?.day(),
        })
    });
    uses.collect()
}

/// When the key ceased to let requests through.
fn stopped(token: &Token, now: Instant) -> Option<Instant> {
    let expired = token.expires_at.filter(|end| *end <= now);
    [token.revoked_at, token.paused_at, expired]
        .into_iter()
        .flatten()
        .min()
}

/// How many seconds of a day lie between two instants.
fn part(day: i32, from: Instant, to: Instant) -> i64 {
    let from = from.max(Instant::start_of_day(day));
    let to = to.min(Instant::start_of_day(day + 1));
    to.seconds_since(from).max(0)
}

fn is_weekend(day: i32) -> bool {
    // 1970-01-01 was a Thursday.
    (day + 3).rem_euclid(7) >= 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_are_saturdays_and_sundays() {
        let day = |text: &str| Instant::parse(text).unwrap().day();
        assert!(!is_weekend(day("2026-11-27T12:00:00Z")));
        assert!(is_weekend(day("2026-11-28T00:00:00Z")));
        assert!(is_weekend(day("2026-11-29T23:59:59Z")));
        assert!(!is_weekend(day("2026-11-30T00:00:00Z")));
    }

    #[test]
    fn a_day_that_is_half_over_is_half_as_busy() {
        let noon = Instant::parse("2026-11-27T12:00:00Z").unwrap();
        let before = noon.plus_days(-9);
        assert_eq!(part(noon.day(), before, noon), DAY_SECONDS / 2);
        assert_eq!(part(noon.day() - 1, before, noon), DAY_SECONDS);
        assert_eq!(part(noon.day() + 1, before, noon), 0);
    }
}
