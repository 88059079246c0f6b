//! When and how often a key was used.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::{Client, Engine, Key, TestServer, on_each_engine, run};

on_each_engine!(
    a_use_is_seen_within_two_seconds,
    uses_and_refusals_are_counted_by_day,
    a_refused_request_is_no_use,
    a_stopping_server_writes_what_it_has_counted,
    clients_whose_names_become_one_are_counted_as_one,
    what_could_not_be_written_is_written_with_what_came_since,
    a_hundred_callers_of_a_key_are_told_apart_and_the_rest_are_counted,
    uses_of_days_long_gone_are_removed,
);

async fn last_used(reader: &Client, key: &Key) -> Value {
    let path = format!("/tokens/{}", key.id);
    reader.get(&path).await.must_be(200).json()["last_used_at"].clone()
}

/// Days, requests and refusals that are written of a key.
fn counted(server: &TestServer, key: &Key) -> Vec<String> {
    server.words(&format!(
        "SELECT day || ': ' || SUM(requests) || ', ' || SUM(refused_dead + refused_scope) AS word \
         FROM usage WHERE token_id = '{}' GROUP BY day ORDER BY day",
        key.id
    ))
}

async fn a_use_is_seen_within_two_seconds(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    let reader = server.key(&server.generate_scoped(&mira, &["tokens:read"]));
    assert_eq!(last_used(&reader, &key).await, Value::Null);
    // A busy machine may be late once; the promise is about the program.
    let mut waited = Vec::new();
    for minute in 1..=3 {
        server.wait_seconds(60);
        server.key(&key).get("/projects").await.must_be(200);
        let used = Instant::now();
        let seen = format!("2026-11-24T12:0{minute}:00Z");
        while last_used(&reader, &key).await != seen.as_str() {
            assert!(used.elapsed() < Duration::from_mins(1), "never seen");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        waited.push(used.elapsed());
    }
    assert!(
        waited.iter().min() < Some(&Duration::from_secs(2)),
        "{waited:?}"
    );
    let path = format!("/tokens/{}", key.id);
    let token = reader.get(&path).await.json();
    assert_eq!(token["last_used_address"], "127.0.0.1");
    // A use is no change of the key.
    assert_eq!(token["updated_at"], "2026-11-24T12:00:00Z");
}

async fn uses_and_refusals_are_counted_by_day(engine: Engine) {
    let mut server = TestServer::start(engine);
    let key = server.generate(&server.person("Mira"));
    let client = server.key(&key);
    for _ in 0..3 {
        client.get("/projects").await.must_be(200);
    }
    client.get("/tokens").await.must_be(403);
    server.wait_seconds(12 * 3_600);
    for _ in 0..2 {
        client.get("/projects/none").await.must_be(404);
    }
    server.restart().await;
    server.key(&key).get("/projects").await.must_be(200);
    server.revoke(&key);
    server.key(&key).get("/projects").await.must_be(401);
    server.restart().await;
    // 24 and 25 November 2026 are days 20,781 and 20,782.
    assert_eq!(counted(&server, &key), ["20781: 3, 1", "20782: 3, 1"]);
}

async fn a_refused_request_is_no_use(engine: Engine) {
    let mut server = TestServer::start(engine);
    let mira = server.person("Mira");
    let end = server.now().plus_seconds(10);
    let key = server.generate_with(&mira, |draft| draft.expires_at = Some(end));
    server.key(&key).get("/tokens").await.must_be(403);
    server.wait_until(end);
    server.key(&key).get("/projects").await.must_be(401);
    server.restart().await;
    let reader = server.key(&server.generate_scoped(&mira, &["tokens:read"]));
    assert_eq!(last_used(&reader, &key).await, Value::Null);
    assert_eq!(counted(&server, &key), ["20781: 0, 2"]);
}

async fn a_stopping_server_writes_what_it_has_counted(engine: Engine) {
    let mut server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    for _ in 0..5 {
        server.key(&key).get("/projects").await.must_be(200);
        server.restart().await;
    }
    assert_eq!(counted(&server, &key), ["20781: 5, 0"]);
}

async fn clients_whose_names_become_one_are_counted_as_one(engine: Engine) {
    let mut server = TestServer::start(engine);
    let key = server.generate(&server.person("Mira"));
    let long = "x".repeat(200);
    let names = [
        b"app \xff".to_vec(),
        b"app \xfe".to_vec(),
        format!("{long} one").into_bytes(),
        format!("{long} two").into_bytes(),
    ];
    for name in &names {
        let ask = server.key(&key).ask("GET", "/projects");
        ask.header("user-agent", name).send().await.must_be(200);
    }
    server.restart().await;
    assert_eq!(counted(&server, &key), ["20781: 4, 0"]);
    let clients = "SELECT client AS word FROM usage ORDER BY client";
    assert_eq!(server.words(clients), ["app \u{fffd}".to_owned(), long]);
}

async fn what_could_not_be_written_is_written_with_what_came_since(engine: Engine) {
    let mut server = TestServer::start(engine);
    let key = server.generate(&server.person("Mira"));
    let client = server.key(&key);
    for table in ["usage_journal", "usage", "last_uses"] {
        server.refuse(table);
        client.get("/projects").await.must_be(200);
        // Long enough for the server to have tried.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        client.get("/projects").await.must_be(200);
        server.take_again();
    }
    server.restart().await;
    assert_eq!(counted(&server, &key), ["20781: 6, 0"]);
}

async fn a_hundred_callers_of_a_key_are_told_apart_and_the_rest_are_counted(engine: Engine) {
    let mut server = TestServer::start(engine);
    let key = server.generate(&server.person("Mira"));
    // Some come before the others are known, some at once with them, some after.
    for names in [0..40, 0..120, 100..180, 0..10] {
        let client = server.key(&key);
        for number in names {
            let ask = client.ask("GET", "/projects");
            let name = format!("app {number}");
            ask.header("user-agent", name).send().await.must_be(200);
        }
        server.restart().await;
    }
    assert_eq!(counted(&server, &key), ["20781: 250, 0"]);
    let told = "SELECT COUNT(*) AS number FROM usage WHERE client <> 'others'";
    assert_eq!(server.number(told), 100);
    let first = "SELECT requests AS number FROM usage WHERE client = 'app 0'";
    assert_eq!(server.number(first), 3);
}

async fn uses_of_days_long_gone_are_removed(engine: Engine) {
    let mut server = TestServer::start_with(engine, |settings| settings.usage_days = 2);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    server.key(&key).get("/projects").await.must_be(200);
    server.wait_seconds(86_400);
    server.key(&key).get("/projects").await.must_be(200);
    server.restart().await;
    assert_eq!(counted(&server, &key), ["20781: 1, 0", "20782: 1, 0"]);
    server.wait_seconds(86_400);
    server.restart().await;
    let begun = Instant::now();
    while counted(&server, &key) != ["20782: 1, 0"] {
        assert!(begun.elapsed() < Duration::from_secs(10), "never removed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.wait_seconds(86_400);
    server.restart().await;
    let reader = server.key(&server.generate_scoped(&mira, &["tokens:read"]));
    assert_eq!(last_used(&reader, &key).await, "2026-11-25T12:00:00Z");
}

#[test]
fn nodes_that_write_at_once_count_every_use_once() {
    run(async {
        let mut one = TestServer::start(Engine::Postgres);
        let mut other = one.another_node();
        let mira = one.person("Mira");
        let keys: Vec<Key> = (0..3).map(|_| one.generate(&mira)).collect();
        let begun = Instant::now();
        let mut requests = 0;
        while begun.elapsed() < Duration::from_secs(3) {
            for key in &keys {
                for node in [&one, &other] {
                    node.key(key).get("/auth/verify").await.must_be(204);
                }
            }
            requests += 2;
        }
        one.stop().await;
        other.restart().await;
        for key in &keys {
            assert_eq!(counted(&other, key), [format!("20781: {requests}, 0")]);
        }
    });
}
