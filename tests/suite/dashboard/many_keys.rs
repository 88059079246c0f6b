//! The list of an account with ten thousand keys: what is asked of the database goes by its indexes.

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use crate::harness::{Engine, Person, TestServer, on_each_engine};

on_each_engine!(ten_thousand_keys_are_listed_by_index);

const LIST: &str = "/dashboard/settings/tokens";

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
                // Where one account owns nearly all keys, reading all of them is cheaper.
                sql_query("SET enable_seqscan = off").execute(connection)?;
                let steps =
                    sql_query(format!("EXPLAIN {query}")).load::<PostgresStep>(connection)?;
                sql_query("RESET enable_seqscan").execute(connection)?;
                steps.into_iter().map(|step| step.plan).collect()
            }
        })
    });
    steps.unwrap().join("\n")
}

/// Copies of one key, until there are ten thousand.
fn fill(server: &TestServer, owner: &Person) {
    let key = server.generate(owner);
    let (series, bytes) = match server.place().engine() {
        Engine::Sqlite => (
            "WITH RECURSIVE series (n) AS \
             (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < 9999)",
            "CAST('digest ' || n AS BLOB)",
        ),
        Engine::Postgres => (
            "WITH series (n) AS (SELECT * FROM generate_series(1, 9999))",
            "convert_to('digest ' || n, 'UTF8')",
        ),
    };
    // Ids are of one length.
    let id = "substr(id, 1, 24) || (100000000000 + n)";
    server.execute(&format!(
        "{series} INSERT INTO tokens (id, owner_id, family_id, name, note, environment, scopes, \
         allowed_cidrs, locations, prefix, last_four, digest, secret_key_id, created_at, \
         created_by, updated_at, expires_at) \
         SELECT {id}, owner_id, {id}, 'Key number ' || n, note, environment, scopes, \
         allowed_cidrs, locations, prefix, last_four, {bytes}, secret_key_id, created_at, \
         created_by, updated_at, created_at + 30 * 86400000000 + n \
         FROM tokens, series WHERE id = '{}'",
        key.id
    ));
    if server.place().engine() == Engine::Postgres {
        server.vacuum();
    }
}

async fn ten_thousand_keys_are_listed_by_index(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    fill(&server, &mira);
    for _ in 0..10 {
        server.generate(&ravi);
    }
    let (owner, now) = (&mira.id, server.now().micros());
    let of = format!("FROM tokens WHERE owner_id = '{owner}' AND deleted_at IS NULL");
    let active = format!("revoked_at IS NULL AND (expires_at IS NULL OR expires_at > {now})");
    let counted = plan(&server, &format!("SELECT count(*) {of} AND {active}"));
    assert!(counted.contains("tokens_owner"), "{counted}");
    // As she owns nearly all keys, the orders of all are as good.
    let owns_all = ["tokens_made", "tokens_end"];
    for (order, index) in [
        ("created_at DESC, id DESC", "tokens_owner_made"),
        (
            "COALESCE(expires_at, 9223372036854775807), id",
            "tokens_owner_end",
        ),
    ] {
        let query = format!("SELECT * {of} AND {active} ORDER BY {order} LIMIT 50");
        let listed = plan(&server, &query);
        let is_sorted = listed.contains("Sort") || listed.contains("TEMP B-TREE");
        assert!(!is_sorted, "{order}: {listed}");
        assert!(
            listed.contains(index) || owns_all.iter().any(|name| listed.contains(name)),
            "{order}: {listed}"
        );
    }
    let mut her = server.logged_in(&mira).await;
    let page = her.open(LIST).await;
    assert!(page.words().contains("10,000 keys."), "{}", page.words());
    assert!(page.words().contains("Page 1 of 200"));
    let mut his = server.logged_in(&ravi).await;
    let mut fastest = Vec::new();
    for browser in [&mut his, &mut her] {
        let mut times = Vec::new();
        for _ in 0..5 {
            let begun = std::time::Instant::now();
            browser.get(LIST).await.must_be(200);
            times.push(begun.elapsed());
        }
        fastest.push(times.into_iter().min().unwrap());
    }
    println!("10 keys: {:?}, 10,000 keys: {:?}", fastest[0], fastest[1]);
    // Five times as many rows are drawn, by a program that is not optimized; that all keys were
    // looked at would take far longer.
    assert!(fastest[1] < fastest[0] * 12, "{fastest:?}");
}
