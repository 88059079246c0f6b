//! The audit log with very many events: whatever it is narrowed to, a page is read by an index that
//! is in the list's order, and not one event more than it shows.

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(a_page_of_a_long_log_is_read_by_index);

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

/// How the database would go about a query.
fn plan(server: &TestServer, query: &str) -> String {
    let engine = server.place().engine();
    let steps = server.state().database.read_now(|connection| {
        Ok(match engine {
            Engine::Sqlite => sql_query(format!("EXPLAIN QUERY PLAN {query}"))
                .load::<SqliteStep>(connection)?
                .into_iter()
                .map(|step| step.detail)
                .collect::<Vec<_>>(),
            Engine::Postgres => {
                // Of so few events all are as soon read and sorted; of a million they are not.
                for way in ["seqscan", "bitmapscan", "sort"] {
                    sql_query(format!("SET enable_{way} = off")).execute(connection)?;
                }
                let steps =
                    sql_query(format!("EXPLAIN {query}")).load::<PostgresStep>(connection)?;
                for way in ["seqscan", "bitmapscan", "sort"] {
                    sql_query(format!("RESET enable_{way}")).execute(connection)?;
                }
                steps.into_iter().map(|step| step.plan).collect()
            }
        })
    });
    steps.unwrap().join("\n")
}

/// Adds so many events that a plan by index is worth it. They are sealed by nobody.
fn fill(server: &TestServer) {
    let series = match server.place().engine() {
        Engine::Sqlite => {
            "WITH RECURSIVE series (n) AS \
             (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < 20000)"
        }
        Engine::Postgres => "WITH series (n) AS (SELECT * FROM generate_series(1, 20000))",
    };
    server.execute(&format!(
        "{series} INSERT INTO audit_events SELECT 1000 + n, 'event ' || n, \
         CAST(1000000 AS BIGINT) * n, 'user', \
         'person ' || (n % 50), 'Mira', NULL, 'key ' || (n % 100), '10.0.0.' || (n % 200), NULL, \
         'action.' || (n % 150), 'token', 'key ' || (n % 100), 'person ' || (n % 50), \
         CASE WHEN n % 40 = 0 THEN 'denied' ELSE 'done' END, '{{}}', mac \
         FROM series, audit_head"
    ));
    if server.place().engine() == Engine::Postgres {
        server.execute("ANALYZE audit_events");
    }
}

async fn a_page_of_a_long_log_is_read_by_index(engine: Engine) {
    let server = TestServer::start(engine);
    fill(&server);
    for (narrowed, index) in [
        ("at > 0", "audit_events_at"),
        ("at >= 5000000 AND at < 16000000000", "audit_events_at"),
        ("actor_id = 'person 7'", "audit_events_actor"),
        ("account_id = 'person 7'", "audit_events_account"),
        ("token_id = 'key 7'", "audit_events_token"),
        ("subject_id = 'key 7'", "audit_events_subject"),
        ("action = 'action.7'", "audit_events_action"),
        ("address = '10.0.0.7'", "audit_events_address"),
        ("result = 'denied'", "audit_events_denied"),
    ] {
        for place in [
            "",
            "AND at <= 15000000000 AND (at < 15000000000 OR number < 16000)",
        ] {
            let query = format!(
                "SELECT * FROM audit_events WHERE {narrowed} {place} \
                 ORDER BY at DESC, number DESC LIMIT 51"
            );
            let plan = plan(&server, &query);
            let is_sorted = plan.contains("Sort") || plan.contains("TEMP B-TREE");
            assert!(
                !is_sorted && plan.contains(index),
                "{narrowed} {place}: {plan}"
            );
        }
    }
    let one_word = "SELECT min(action) FROM audit_events WHERE action > 'action.3'";
    let plan = plan(&server, one_word);
    assert!(plan.contains("audit_events_action"), "{plan}");
}
