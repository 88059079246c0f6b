//! The table of keys in sums: each table of the report is one statement.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::{LATELY_DAYS, Line, OWNERS, REVOKED_DAYS, Report};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// A key that works, now or after a pause; `$1` is now.
const LIVE: &str = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    word: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// The report at `now`.
///
/// # Errors
/// Those of the database.
pub fn read(connection: &mut Connection, now: Instant) -> Result<Report, Error> {
    let ages = [
        (30, "Up to 30 days"),
        (90, "31 to 90 days"),
        (180, "91 to 180 days"),
        (365, "181 to 365 days"),
    ];
    let lifetimes = [
        (30, "Up to 30 days"),
        (90, "31 to 90 days"),
        (365, "91 to 365 days"),
    ];
    let age = bands("$1 - created_at", &ages, "Over a year");
    let lifetime = bands("expires_at - created_at", &lifetimes, "Over a year");
    let lifetime = format!("CASE WHEN expires_at IS NULL THEN 'Never ends' ELSE {lifetime} END");
    let lately = LATELY_DAYS * DAY;
    let yes = format!("Generated or rotated within {LATELY_DAYS} days");
    let no = format!("Not rotated for {LATELY_DAYS} days");
    let rotated = format!("CASE WHEN created_at > $1 - {lately} THEN '{yes}' ELSE '{no}' END");
    let state =
        "CASE WHEN revoked_at IS NOT NULL THEN 'Revoked' WHEN expires_at <= $1 THEN 'Expired'
         WHEN paused_at IS NOT NULL AND (paused_until IS NULL OR paused_until > $1)
         THEN 'Paused' ELSE 'Active' END";
    let environment = "CASE environment WHEN 'production' THEN 'Production'
        WHEN 'staging' THEN 'Staging' WHEN 'development' THEN 'Development' ELSE 'None' END";
    let words = |bands: &[(i64, &'static str)]| -> Vec<&'static str> {
        bands.iter().map(|(_, word)| *word).collect()
    };
    let in_order = |lines: Vec<Line>, mut words: Vec<&str>, last: &[&'static str]| {
        words.extend(last);
        ordered(&lines, &words)
    };
    let states = ["Active", "Paused", "Expired", "Revoked"];
    let environments = ["Production", "Staging", "Development", "None"];
    let all = lines(connection, state, "$1 = $1", now)?;
    let age = lines(connection, &age, LIVE, now)?;
    let lifetime = lines(connection, &lifetime, LIVE, now)?;
    let environment = lines(connection, environment, LIVE, now)?;
    let rotated = lines(connection, &rotated, LIVE, now)?;
    Ok(Report {
        states: ordered(&all, &states),
        ages: in_order(age, words(&ages), &["Over a year"]),
        lifetimes: in_order(lifetime, words(&lifetimes), &["Over a year", "Never ends"]),
        environments: ordered(&environment, &environments),
        rotated: ordered(&rotated, &[&yes, &no]),
        owners: owners(connection, now)?,
        revoked: revoked(connection, now)?,
    })
}

/// SQL that gives the word of the first band that a length in microseconds fits into.
fn bands(length: &str, bands: &[(i64, &str)], last: &str) -> String {
    let whens = bands
        .iter()
        .map(|(days, word)| format!("WHEN {length} <= {} THEN '{word}'", days * DAY));
    format!(
        "CASE {} ELSE '{last}' END",
        whens.collect::<Vec<_>>().join(" ")
    )
}

/// How many keys there are of each word.
fn lines(
    connection: &mut Connection,
    word: &str,
    condition: &str,
    now: Instant,
) -> Result<Vec<Line>, Error> {
    let query = format!(
        "SELECT {word} AS word, COUNT(*) AS number FROM tokens WHERE {condition} GROUP BY 1"
    );
    let rows: Vec<Row> = sql_query(query).bind::<BigInt, _>(now).load(connection)?;
    Ok(rows.into_iter().map(|row| (row.word, row.number)).collect())
}

/// The lines in the order of their words, those of which there is none among them.
fn ordered(lines: &[Line], words: &[&str]) -> Vec<Line> {
    let number = |word: &str| {
        let line = lines.iter().find(|(own, _)| own == word);
        line.map_or(0, |(_, number)| *number)
    };
    words
        .iter()
        .map(|word| ((*word).to_owned(), number(word)))
        .collect()
}

fn owners(connection: &mut Connection, now: Instant) -> Result<Vec<Line>, Error> {
    let query = format!(
        "SELECT accounts.name || CASE WHEN accounts.email IS NULL THEN '' \
         ELSE ', ' || accounts.email END AS word, counts.number AS number \
         FROM (SELECT owner_id, COUNT(*) AS number FROM tokens WHERE {LIVE} GROUP BY owner_id) \
         AS counts INNER JOIN accounts ON accounts.id = counts.owner_id \
         ORDER BY counts.number DESC, accounts.name, accounts.id"
    );
    let rows: Vec<Row> = sql_query(query).bind::<BigInt, _>(now).load(connection)?;
    let others: i64 = rows.iter().skip(OWNERS).map(|row| row.number).sum();
    let mut lines: Vec<Line> = rows
        .into_iter()
        .take(OWNERS)
        .map(|row| (row.word, row.number))
        .collect();
    if others > 0 {
        lines.push(("Others".to_owned(), others));
    }
    Ok(lines)
}

fn revoked(connection: &mut Connection, now: Instant) -> Result<Vec<Line>, Error> {
    let query = "SELECT COALESCE(revoked_reason, 'No reason given') AS word, \
                 COUNT(*) AS number FROM tokens WHERE revoked_at > $1 \
                 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50";
    let since = now.plus_days(-REVOKED_DAYS);
    let rows: Vec<Row> = sql_query(query).bind::<BigInt, _>(since).load(connection)?;
    Ok(rows.into_iter().map(|row| (row.word, row.number)).collect())
}
