//! What the fields of `POST /tokens` may hold.

use serde_json::{Value, json};

use crate::harness::{Client, Engine, TestServer, on_each_engine};

on_each_engine!(
    every_field_takes_what_is_just_within_bounds,
    every_field_out_of_bounds_is_named,
    all_faults_are_named_at_once,
);

fn writer(server: &TestServer) -> Client {
    let mira = server.person("Mira");
    server.key(&server.generate_scoped(&mira, &["tokens:write", "projects:write"]))
}

fn many(count: usize, one: &str) -> Vec<String> {
    vec![one.to_owned(); count]
}

fn addresses(count: usize) -> Vec<String> {
    (0..count).map(|one| format!("10.0.0.{one}")).collect()
}

async fn every_field_takes_what_is_just_within_bounds(engine: Engine) {
    let server = TestServer::start(engine);
    let client = writer(&server);
    for body in [
        json!({ "name": "é".repeat(100), "note": "字".repeat(1_000) }),
        json!({ "name": "addresses", "allowed_cidrs": addresses(32) }),
        json!({ "name": "locations", "locations": many(20, &"é".repeat(200)) }),
        json!({ "name": "scopes", "scopes": many(64, "projects:read") }),
        json!({ "name": "end", "expires_at": "9999-12-31T23:59:59Z" }),
        json!({ "name": "日本語 🔑 <b>", "note": "= + - @\t\n" }),
    ] {
        client.post("/tokens", &body).await.must_be(201);
    }
}

async fn every_field_out_of_bounds_is_named(engine: Engine) {
    let server = TestServer::start(engine);
    let client = writer(&server);
    let bad = json!({
        "name": ["é".repeat(101), "", " ", "a\u{0}", "a\r\nb", "\u{85}", 1, null, ["a"]],
        "note": ["字".repeat(1_001), "a\u{0}", "\u{1b}[0m", {}, null],
        "environment": ["moon", "", "Production", "none\u{0}", null],
        "scopes": [
            [], ["nothing:read"], ["projects:read "], ["\u{0}"], ["projects:read tokens:write"],
            many(65, "projects:read"), "projects:read", [1], null, ["audit:read"],
        ],
        "expires_at": [
            "2026-11-24T12:00:00Z", "2020-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "tomorrow",
            "2027-02-30T00:00:00Z", "10000-01-01T00:00:00Z", 1_800_000_000, "", true,
        ],
        "allowed_cidrs": [
            ["10.0.0.0/33"], ["localhost"], ["10.0.0.1\u{0}"], addresses(33), "10.0.0.1", null,
        ],
        "locations": [many(21, "x"), ["é".repeat(201)], ["a\nb"], ["\u{7}"], [null]],
        "owner": ["Ravi", null],
        "token": ["df_mine"],
        "__proto__": [{}],
    });
    for (field, values) in bad.as_object().unwrap() {
        for value in values.as_array().unwrap() {
            let mut body = json!({ "name": "Bad" });
            body[field] = value.clone();
            client.post("/tokens", &body).await.must_name(&[field]);
        }
    }
    assert_eq!(server.number("SELECT count(*) AS number FROM tokens"), 1);
}

async fn all_faults_are_named_at_once(engine: Engine) {
    let server = TestServer::start(engine);
    let client = writer(&server);
    let past = "2020-01-01T00:00:00Z";
    let all: Value =
        json!({ "name": "", "scopes": [], "expires_at": past, "allowed_cidrs": ["x"] });
    let answer = client.post("/tokens", &all).await;
    answer.must_name(&["name", "scopes", "expires_at", "allowed_cidrs"]);
    let unknown = json!({ "name": "a", "id": "x", "status": "active" });
    let answer = client.post("/tokens", &unknown).await;
    answer.must_name(&["id", "status"]);
    let twice = "{\"name\":\"a\",\"scopes\":[\"projects:read\"],\"scopes\":[\"tokens:write\"]}";
    let ask = client.ask("POST", "/tokens");
    let answer = ask.body("application/json", twice).send().await;
    answer.must_name(&["scopes"]);
}
