//! `/tokens/{id}/usage`: by day and by caller, dead keys too.

use deskforge::token::secret::Secret;
use serde_json::{Value, json};

use crate::harness::{Client, Engine, Key, TestServer, on_each_engine};

on_each_engine!(
    requests_and_refusals_are_told_by_day_and_by_caller,
    unknown_keys_leave_no_row,
    a_window_of_days_is_told,
);

async fn ask(client: &Client, agent: &str, path: &str) -> u16 {
    let ask = client.ask("GET", path).header("user-agent", agent);
    ask.send().await.status
}

async fn usage(reader: &Client, key: &Key, query: &str) -> Value {
    let path = format!("/tokens/{}/usage{query}", key.id);
    reader.get(&path).await.must_be(200).json()
}

async fn requests_and_refusals_are_told_by_day_and_by_caller(engine: Engine) {
    let mut server = TestServer::start(engine);
    let mira = server.person("Mira");
    let reader = server.generate_scoped(&mira, &["tokens:read"]);
    let key = server.generate(&mira);
    let client = server.key(&key);
    for _ in 0..3 {
        assert_eq!(ask(&client, "curl/8.5", "/projects").await, 200);
    }
    server.wait_seconds(60);
    assert_eq!(ask(&client, "axios/1.7", "/auth/verify").await, 204);
    assert_eq!(ask(&client, "axios/1.7", "/tokens").await, 403);
    server.revoke(&key);
    server.wait_seconds(86_400);
    assert_eq!(ask(&client, "curl/8.5", "/projects").await, 401);
    server.restart().await;
    let told = usage(&server.key(&reader), &key, "").await;
    assert_eq!(
        told,
        json!({
            "days": [
                { "date": "2026-11-24", "requests": 4, "refusals": 1 },
                { "date": "2026-11-25", "requests": 0, "refusals": 1 },
            ],
            "callers": [
                {
                    "address": "127.0.0.1",
                    "client": "curl/8.5",
                    "first_used_at": "2026-11-24T12:00:00Z",
                    "last_used_at": "2026-11-25T12:01:00Z",
                    "requests": 3,
                    "refusals": 1,
                },
                {
                    "address": "127.0.0.1",
                    "client": "axios/1.7",
                    "first_used_at": "2026-11-24T12:01:00Z",
                    "last_used_at": "2026-11-24T12:01:00Z",
                    "requests": 1,
                    "refusals": 1,
                },
            ],
        })
    );
}

async fn unknown_keys_leave_no_row(engine: Engine) {
    let mut server = TestServer::start(engine);
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let unknown: Vec<Client> = (0..1_000)
            .map(|_| Secret::generate(&"df".parse().unwrap()).unwrap())
            .map(|secret| server.bearer(secret.expose()))
            .collect();
        callers.spawn(async move {
            for unknown in unknown {
                assert_eq!(ask(&unknown, "curl/8.5", "/auth/verify").await, 401);
            }
        });
    }
    callers.join_all().await;
    server.restart().await;
    for table in ["usage", "usage_journal", "last_uses"] {
        let rows = format!("SELECT COUNT(*) AS number FROM {table}");
        assert_eq!(server.number(&rows), 0, "{table}");
    }
}

async fn a_window_of_days_is_told(engine: Engine) {
    let mut server = TestServer::start(engine);
    let mira = server.person("Mira");
    let reader = server.generate_scoped(&mira, &["tokens:read"]);
    let key = server.generate(&mira);
    for _ in 0..3 {
        assert_eq!(ask(&server.key(&key), "curl/8.5", "/projects").await, 200);
        server.wait_seconds(86_400);
    }
    server.restart().await;
    let reader = server.key(&reader);
    for (query, days) in [("?days=1", 0), ("?days=2", 1), ("?days=90", 3)] {
        let told = usage(&reader, &key, query).await;
        assert_eq!(told["days"].as_array().unwrap().len(), days, "{query}");
    }
    for days in ["0", "91", "x"] {
        let path = format!("/tokens/{}/usage?days={days}", key.id);
        reader.get(&path).await.must_name(&["days"]);
    }
    let others = server.generate(&server.person("Ravi"));
    let path = format!("/tokens/{}/usage", others.id);
    reader.get(&path).await.must_be_error(404, "not_found");
}
