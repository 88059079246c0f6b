//! A filter in SQL, in fragments that any query over `tokens` takes.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Integer, Text};

use crate::clock::Instant;
use crate::db::{Backend, Connection};
use crate::error::Error;
use crate::project::repository::pattern;
use crate::text;
use crate::token::leak;
use crate::token::list::{Filter, Sort};
use crate::token::model::{LAST_USED_AT, Status};
use crate::token::repository::Whose;
use crate::token::scope::Scopes;

/// One condition on the rows of `S`, of which `tokens` is a part.
pub(in crate::token::list) type Condition<S> =
    Box<dyn BoxableExpression<S, Backend, SqlType = Bool>>;

/// How a query finds its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::token::list) enum Way {
    /// By whatever index narrows them best; in no order.
    Narrowest,
    /// By the index of this order, from its beginning on, until enough are found. Where many rows
    /// fit that is soon, and sorting all that do would not be.
    Ordered(Sort),
}

/// Of the scopes that a key holds, so many characters are indexed.
const INDEXED: usize = 400;

/// The scopes that keys hold together, as indexed.
const SCOPE_SETS: &str = "WITH RECURSIVE sets (word) AS (
        SELECT min(substr(scopes, 1, 400)) FROM tokens
        UNION ALL
        SELECT (SELECT min(substr(scopes, 1, 400)) FROM tokens
            WHERE substr(scopes, 1, 400) > sets.word)
        FROM sets WHERE sets.word IS NOT NULL)
    SELECT word FROM sets WHERE word IS NOT NULL";

#[derive(QueryableByName)]
struct ScopeSet {
    #[diesel(sql_type = Text)]
    word: String,
}

/// The scopes that keys hold together and that allow `scope`, as far as the index has them. Many keys
/// share few sets, so that asking the index for each set in turn is far less than asking each key.
fn scope_sets(connection: &mut Connection, scope: &str) -> Result<Vec<String>, Error> {
    let sets: Vec<ScopeSet> = sql_query(SCOPE_SETS).load(connection)?;
    let words = sets.into_iter().map(|set| set.word);
    Ok(words
        .filter(|word| word.len() >= INDEXED || Scopes::from_stored(word.clone()).allow(scope))
        .collect())
}

/// The conditions that keys of `keys` fit `filter` at `now`.
pub(in crate::token::list) fn conditions<S: 'static>(
    connection: &mut Connection,
    keys: Whose,
    filter: &Filter,
    way: Way,
    now: Instant,
) -> Result<Vec<Condition<S>>, Error> {
    let of_all = matches!(keys, Whose::Everyone) && filter.owner.is_none();
    // SQLite does not know how many rows fit, and would sort them all: a sign in front of a column
    // keeps it from taking that column's index. PostgreSQL knows.
    let plus = match (way, &*connection) {
        (Way::Ordered(_), Connection::Sqlite(_)) if of_all => "+",
        _ => "",
    };
    // Most keys have no end or a later one: two searches for them are no way to any.
    let either = match connection {
        Connection::Sqlite(_) => "+",
        Connection::Postgres(_) => "",
    };
    // A list in the order of their making begins where the time does; those of which there are few
    // have an index in this order.
    let (made, quiet, few) = match way {
        Way::Ordered(Sort::Created) => ("", "", ""),
        _ => (plus, either, plus),
    };
    // The day from which on a key was quiet, as indexed for all keys; an account's are told by an
    // index that holds both days.
    let sign = if of_all { plus } else { either };
    let later = match connection {
        Connection::Sqlite(_) => "max",
        Connection::Postgres(_) => "GREATEST",
    };
    let quiet_day = format!("{sign}{later}(tokens.used_day, tokens.created_at / 86400000000)");
    let mut all: Vec<Condition<S>> = Vec::new();
    if let Whose::Account(owner) | Whose::History(owner) = keys {
        all.push(Box::new(
            sql::<Bool>("tokens.owner_id = ").bind::<Text, _>(owner),
        ));
    }
    if let Whose::Account(_) = keys {
        all.push(Box::new(sql::<Bool>("tokens.deleted_at IS NULL")));
    }
    if let Some(owner) = filter.owner {
        all.push(Box::new(
            sql::<Bool>("tokens.owner_id = ").bind::<Text, _>(owner),
        ));
    }
    if let Some(ids) = &filter.ids {
        all.push(Box::new(sql::<Text>("tokens.id").eq_any(ids.clone())));
    }
    if let Some(environment) = filter.environment {
        let is = sql::<Bool>(&format!("{plus}tokens.environment = "));
        all.push(Box::new(is.bind::<Text, _>(environment)));
    }
    if let Some(scope) = &filter.scope {
        let is_told_by_index = way == Way::Narrowest || matches!(connection, Connection::Sqlite(_));
        if of_all && is_told_by_index {
            let sets = scope_sets(connection, scope)?;
            if sets.iter().any(|set| set.len() >= INDEXED) {
                all.push(holding(scope));
            }
            all.push(Box::new(
                sql::<Text>(&format!("{plus}substr(tokens.scopes, 1, 400)")).eq_any(sets),
            ));
        } else {
            all.push(holding(scope));
        }
    }
    all.extend(searched(&filter.search));
    all.extend(in_time(filter, plus, made));
    all.extend(in_use(filter, plus, &quiet_day, quiet));
    all.extend(seen(connection, filter));
    if filter.is_leaked {
        // In the words of the index that holds them: a parameter might be any reason.
        let reasons = leak::REASONS.join("', '");
        all.push(Box::new(sql::<Bool>(&format!(
            "{few}tokens.revoked_reason IN ('{reasons}')"
        ))));
    }
    if let Some((at, by)) = filter.revoked_with {
        let is = sql::<Bool>(&format!("{plus}tokens.revoked_at = ")).bind::<BigInt, _>(at);
        all.push(Box::new(
            is.sql(" AND tokens.revoked_by = ").bind::<Text, _>(by),
        ));
    }
    if filter.is_live {
        all.push(live(plus, either, now));
    }
    all.extend(
        filter
            .status
            .map(|status| in_state(status, (plus, either, few), now)),
    );
    Ok(all)
}

/// As `Scopes::allow` has it: `x:write` opens what `x:read` does.
fn holding<S: 'static>(scope: &str) -> Condition<S> {
    let wider = scope
        .strip_suffix(":read")
        .map(|thing| format!("{thing}:write"));
    let holds = |name: &str| format!("% {name} %");
    Box::new(
        sql::<Bool>("(tokens.scopes LIKE ")
            .bind::<Text, _>(holds(scope))
            .sql(" OR tokens.scopes LIKE ")
            .bind::<Text, _>(holds(wider.as_deref().unwrap_or(scope)))
            .sql(")"),
    )
}

/// Whose name or note holds this, or whose last four characters are this.
fn searched<S: 'static>(search: &str) -> Option<Condition<S>> {
    let search = text::searchable(search);
    if search.is_empty() {
        return None;
    }
    let pattern = pattern(&search);
    Some(Box::new(
        sql::<Bool>("(lower(tokens.name) LIKE lower(")
            .bind::<Text, _>(pattern.clone())
            .sql(") ESCAPE '\\' OR lower(tokens.note) LIKE lower(")
            .bind::<Text, _>(pattern)
            .sql(") ESCAPE '\\' OR tokens.last_four = ")
            .bind::<Text, _>(search)
            .sql(")"),
    ))
}

/// When they were generated, and when they end.
fn in_time<S: 'static>(filter: &Filter, plus: &str, made: &str) -> Vec<Condition<S>> {
    let mut all: Vec<Condition<S>> = Vec::new();
    let mut bound = |column: &str, comparison: &str, instant: Option<Instant>| {
        if let Some(instant) = instant {
            let is = sql::<Bool>(&format!("{column} {comparison} "));
            all.push(Box::new(is.bind::<BigInt, _>(instant)));
        }
    };
    let end = format!("{plus}tokens.expires_at");
    let made = format!("{made}tokens.created_at");
    bound(&end, "<", filter.expires_before);
    bound(&made, ">=", filter.made_from);
    bound(&made, "<", filter.made_before);
    if filter.is_endless {
        let never = format!("{plus}tokens.expires_at IS NULL");
        all.push(Box::new(sql::<Bool>(&never)));
    }
    all
}

/// What they were used for.
fn in_use<S: 'static>(
    filter: &Filter,
    plus: &str,
    quiet_day: &str,
    made: &str,
) -> Vec<Condition<S>> {
    let mut all: Vec<Condition<S>> = Vec::new();
    if let Some(before) = filter.last_used_before {
        all.push(Box::new(
            sql::<Bool>("COALESCE(")
                .sql(LAST_USED_AT)
                .sql(", -1) < ")
                .bind::<BigInt, _>(before),
        ));
    }
    if let Some(since) = filter.quiet_since {
        // The day tells most keys apart; of those last used on the very day the instant is asked for.
        // A younger key cannot have been quiet for so long.
        all.push(Box::new(
            sql::<Bool>(quiet_day)
                .sql(" <= ")
                .bind::<BigInt, _>(i64::from(since.day()))
                .sql(&format!(" AND {made}tokens.created_at <= "))
                .bind::<BigInt, _>(since)
                .sql(" AND (tokens.used_day < ")
                .bind::<Integer, _>(since.day())
                .sql(" OR COALESCE(")
                .sql(LAST_USED_AT)
                .sql(", 0) <= ")
                .bind::<BigInt, _>(since)
                .sql(")"),
        ));
    }
    if let Some(since) = filter.used_since {
        let used = "tokens.id IN (SELECT token_id FROM last_uses WHERE at > ";
        all.push(Box::new(
            sql::<Bool>(used).bind::<BigInt, _>(since).sql(")"),
        ));
    }
    if let Some(day) = filter.called_since {
        let called = format!("{plus}tokens.refused_day >= ");
        all.push(Box::new(sql::<Bool>(&called).bind::<Integer, _>(day)));
    }
    all
}

/// Whom they were seen with: as one parameter, for there may be many.
fn seen<S: 'static>(connection: &Connection, filter: &Filter) -> Option<Condition<S>> {
    let addresses = filter.seen_at.as_ref()?;
    let (list, end) = match connection {
        Connection::Postgres(_) => ("* FROM jsonb_array_elements_text(CAST(", " AS jsonb))))"),
        Connection::Sqlite(_) => ("value FROM json_each(", ")))"),
    };
    let seen = format!("tokens.id IN (SELECT token_id FROM usage WHERE address IN (SELECT {list}");
    let addresses = serde_json::Value::from(addresses.clone()).to_string();
    Some(Box::new(
        sql::<Bool>(&seen).bind::<Text, _>(addresses).sql(end),
    ))
}

/// Neither revoked nor past its end.
fn live<S: 'static>(plus: &str, either: &str, now: Instant) -> Condition<S> {
    Box::new(
        sql::<Bool>(&alive(plus, either))
            .bind::<BigInt, _>(now)
            .sql(")"),
    )
}

/// The same up to the instant, which and a parenthesis are to follow.
fn alive(plus: &str, either: &str) -> String {
    format!(
        "{plus}tokens.revoked_at IS NULL \
         AND ({either}tokens.expires_at IS NULL OR {either}tokens.expires_at > "
    )
}

/// [`Token::status`](crate::token::model::Token::status) as the database judges it.
fn in_state<S: 'static>(
    status: Status,
    (plus, either, few): (&str, &str, &str),
    now: Instant,
) -> Condition<S> {
    match status {
        Status::Revoked => Box::new(sql::<Bool>(&format!("{plus}tokens.revoked_at IS NOT NULL"))),
        Status::Expired => Box::new(
            sql::<Bool>(&format!(
                "{plus}tokens.revoked_at IS NULL AND {plus}tokens.expires_at <= "
            ))
            .bind::<BigInt, _>(now),
        ),
        Status::Paused => Box::new(
            sql::<Bool>(&alive(plus, either))
                .bind::<BigInt, _>(now)
                .sql(&format!(
                    ") AND {few}tokens.paused_at > 0 \
                     AND (tokens.paused_until IS NULL OR tokens.paused_until > "
                ))
                .bind::<BigInt, _>(now)
                .sql(")"),
        ),
        Status::Active => Box::new(
            sql::<Bool>(&alive(plus, either))
                .bind::<BigInt, _>(now)
                .sql(") AND (tokens.paused_at IS NULL OR tokens.paused_until <= ")
                .bind::<BigInt, _>(now)
                .sql(")"),
        ),
    }
}
