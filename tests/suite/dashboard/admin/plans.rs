//! How the databases go about the list of all keys: the program's own statements, explained.

use std::sync::{Arc, Mutex};

use deskforge::db::Connection as Either;
use deskforge::error::Error;
use deskforge::token::list::repository::{page, some};
use deskforge::token::list::{Filter, Order, Position, Start};
use deskforge::token::model::Status;
use deskforge::token::repository::Whose;
use diesel::Connection as _;
use diesel::connection::InstrumentationEvent;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use crate::dashboard::admin::crowd::fill;
use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(every_filter_and_order_of_all_keys_goes_by_an_index);

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    plan: String,
}

/// The statements that `work` has run.
fn statements(server: &TestServer, work: impl Fn(&mut Either) -> Result<(), Error>) -> Vec<String> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let database = &server.state().database;
    let ran = database.read_now(|connection| {
        let all = seen.clone();
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                all.lock().unwrap().push(query.to_string());
            }
        });
        let done = work(connection);
        connection.set_instrumentation(|_: InstrumentationEvent<'_>| ());
        done
    });
    ran.unwrap();
    let seen = seen.lock().unwrap();
    seen.iter()
        .filter(|one| one.contains("tokens"))
        .cloned()
        .collect()
}

/// A statement as diesel tells it, `… -- binds: […]`, with the values in their places.
fn filled_in(statement: &str) -> String {
    let Some((query, binds)) = statement.split_once(" -- binds: ") else {
        return statement.to_owned();
    };
    let binds = binds.trim();
    let binds = binds
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let mut values = values(binds.unwrap()).into_iter();
    let mut filled = String::new();
    let mut rest = query;
    while let Some(place) = rest.find(['?', '$']) {
        filled.push_str(&rest[..place]);
        filled.push_str(&values.next().unwrap());
        rest = rest[place + 1..].trim_start_matches(|one: char| one.is_ascii_digit());
    }
    filled + rest
}

/// `Id("x"), Instant(5), ["a", "b"]` as SQL.
fn values(text: &str) -> Vec<String> {
    let (mut all, mut one, mut depth, mut quoted) = (Vec::new(), String::new(), 0, false);
    for sign in text.chars() {
        match sign {
            '"' => quoted = !quoted,
            '[' | '(' if !quoted => depth += 1,
            ']' | ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                all.push(std::mem::take(&mut one));
                continue;
            }
            _ => {}
        }
        one.push(sign);
    }
    all.push(one);
    all.iter().map(|one| sql(one.trim())).collect()
}

fn sql(value: &str) -> String {
    if let Some(list) = value.strip_prefix('[') {
        return format!(
            "ARRAY[{}]::text[]",
            values(list.trim_end_matches(']')).join(", ")
        );
    }
    let inner = match value.split_once('(') {
        Some((_, inner)) if !value.starts_with('"') => inner.trim_end_matches(')'),
        _ => value,
    };
    if let Some(text) = inner.strip_prefix('"') {
        format!(
            "'{}'",
            text.trim_end_matches('"')
                .replace('\'', "''")
                .replace("\\\\", "\\")
        )
    } else if inner.chars().all(|one| one.is_ascii_digit() || one == '-') {
        inner.to_owned()
    } else {
        format!("'{}'", inner.to_lowercase())
    }
}

fn plan(server: &TestServer, statement: &str) -> String {
    let engine = server.place().engine();
    let query = filled_in(statement);
    let steps = server.state().database.read_now(|connection| {
        Ok(match engine {
            Engine::Sqlite => sql_query(format!("EXPLAIN QUERY PLAN {query}"))
                .load::<SqliteStep>(connection)?
                .into_iter()
                .map(|step| step.detail)
                .collect::<Vec<_>>(),
            Engine::Postgres => {
                // Of few thousand keys, reading or sorting all may be the cheaper way.
                for way in ["seqscan", "sort"] {
                    sql_query(format!("SET enable_{way} = off")).execute(connection)?;
                }
                let steps = sql_query(format!("EXPLAIN {query}")).load::<PostgresStep>(connection);
                for way in ["seqscan", "sort"] {
                    sql_query(format!("RESET enable_{way}")).execute(connection)?;
                }
                steps?.into_iter().map(|step| step.plan).collect()
            }
        })
    });
    steps
        .unwrap_or_else(|error| panic!("{error}: {query}"))
        .join("\n")
}

/// Filters, and the index of each.
fn filters(server: &TestServer) -> Vec<(&'static str, Filter)> {
    let now = server.now();
    let of = Filter::default;
    vec![
        ("", of()),
        (
            "tokens_ending",
            Filter {
                status: Some(Status::Expired),
                ..of()
            },
        ),
        (
            "tokens_revoked",
            Filter {
                status: Some(Status::Revoked),
                ..of()
            },
        ),
        (
            "tokens_paused",
            Filter {
                status: Some(Status::Paused),
                ..of()
            },
        ),
        (
            "tokens_environment",
            Filter {
                environment: "staging".parse().ok(),
                ..of()
            },
        ),
        (
            "tokens_scopes",
            Filter {
                scope: Some("audit:read".to_owned()),
                ..of()
            },
        ),
        (
            "tokens_end",
            Filter {
                is_endless: true,
                ..of()
            },
        ),
        (
            "tokens_leaked",
            Filter {
                is_leaked: true,
                ..of()
            },
        ),
        (
            "tokens_quiet",
            Filter {
                quiet_since: Some(now.plus_days(-170)),
                ..of()
            },
        ),
        (
            "tokens_made",
            Filter {
                made_before: Some(now.plus_days(-390)),
                ..of()
            },
        ),
        (
            "tokens_refused_day",
            Filter {
                called_since: Some(now.day() - 6),
                ..of()
            },
        ),
    ]
}

async fn every_filter_and_order_of_all_keys_goes_by_an_index(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    fill(&server, &[&mira, &ravi], 12_000);
    let now = server.now();
    let mut orders = 0;
    for (index, filter) in filters(&server) {
        let ran = statements(&server, |connection| {
            some(connection, Whose::Everyone, &filter, 1_001, now).map(drop)
        });
        let plans: Vec<_> = ran
            .iter()
            .map(|statement| plan(&server, statement))
            .collect();
        let told = plans.join("\n");
        // PostgreSQL may read an index that holds all that is asked.
        let is_indexed = told.contains(index) || told.contains("Index Only Scan");
        assert!(is_indexed, "{filter:?}\n{ran:#?}\n{told}");
        let find = |connection: &mut _| some(connection, Whose::Everyone, &filter, 1_001, now);
        let found = server.state().database.read_now(find).unwrap();
        if found.len() <= 1_000 {
            // So few are sorted.
            continue;
        }
        orders += 1;
        for order in [
            "-created_at",
            "name",
            "expires_at",
            "last_used_at",
            "-last_used_at",
        ] {
            let order = Order::named(order).unwrap();
            let first = server.words(&format!(
                "SELECT id AS word FROM tokens WHERE owner_id = '{}'",
                mira.id
            ));
            let id = first[0].parse().unwrap();
            let position = match order.name() {
                "name" => Position::Name("Key number 5".to_owned()),
                _ => Position::Number(5),
            };
            for start in [Start::Offset(0), Start::After(id, position)] {
                let ran = statements(&server, |connection| {
                    let (keys, start) = (Whose::Everyone, start.clone());
                    page(connection, keys, &filter, order, start, 50, now).map(drop)
                });
                for statement in ran.iter().filter(|one| one.contains("LIMIT")) {
                    let told = plan(&server, statement);
                    let is_sorted =
                        told.contains("Sort") || told.contains("USE TEMP B-TREE FOR ORDER BY");
                    assert!(
                        !is_sorted,
                        "{}: {filter:?}\n{statement}\n{told}",
                        order.name()
                    );
                    let is_read_whole = told.contains("Seq Scan on tokens")
                        || told.lines().any(|line| line.trim() == "SCAN tokens");
                    assert!(
                        !is_read_whole,
                        "{}: {filter:?}\n{statement}\n{told}",
                        order.name()
                    );
                }
            }
        }
    }
    assert!(orders > 5, "{orders}");
}
