//! The audit trail: an event for every change and every denied change, in the change's own
//! transaction.

mod chain;
mod command;
mod tampering;

use serde_json::{Value, json};

use crate::harness::{Engine, TestServer, lines, on_each_engine};

on_each_engine!(
    every_change_is_an_event,
    every_denied_change_is_an_event,
    a_read_or_a_faulty_change_is_none,
    a_change_whose_event_cannot_be_written_is_not_made,
);

/// What the trail says, oldest first: action, result, and whom it tells of.
fn trail(server: &TestServer) -> Vec<String> {
    server.words(
        "SELECT action || ' ' || result || ' by ' || actor_kind || ' ' || actor_name AS word \
         FROM audit_events ORDER BY id",
    )
}

async fn every_change_is_an_event(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate_scoped(&mira, &["tokens:write", "projects:write"]);
    let client = server.key(&key);
    let project = client
        .post("/projects", &json!({ "name": "Site" }))
        .await
        .json();
    let path = format!("/projects/{}", project["id"].as_str().unwrap());
    client
        .patch(&path, &json!({ "name": "Shop" }))
        .await
        .must_be(200);
    client.delete(&path).await.must_be(204);
    let made = client
        .post("/tokens", &json!({ "name": "CI" }))
        .await
        .must_be(201)
        .json();
    let secret = made["token"].as_str().unwrap();
    let path = format!("/tokens/{}", made["id"].as_str().unwrap());
    client
        .patch(&path, &json!({ "note": "Seen" }))
        .await
        .must_be(200);
    client.delete(&path).await.must_be(204);
    client.delete("/token").await.must_be(204);
    server.disable(&mira);
    assert_eq!(
        trail(&server),
        [
            "account.create done by command Command line",
            "token.generate done by user Mira",
            "project.create done by key Mira",
            "project.change done by key Mira",
            "project.delete done by key Mira",
            "token.generate done by key Mira",
            "token.change done by key Mira",
            "token.revoke done by key Mira",
            "token.revoke done by key Mira",
            "account.disable done by command Command line",
        ]
    );
    let by_key = "SELECT count(*) AS number FROM audit_events WHERE actor_kind = 'key'";
    let known = format!(
        "{by_key} AND token_id = '{}' AND account_id = '{}' AND address = '127.0.0.1' \
         AND request_id IS NOT NULL",
        key.id, mira.id
    );
    assert_eq!(server.number(by_key), server.number(&known));
    let details = server.words("SELECT detail AS word FROM audit_events ORDER BY id");
    for detail in &details {
        assert!(!detail.contains(secret) && !detail.contains(&key.secret));
    }
    let changed: Value = serde_json::from_str(&details[6]).unwrap();
    assert_eq!(changed["before"]["note"], "");
    assert_eq!(changed["after"]["note"], "Seen");
}

async fn every_denied_change_is_an_event(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let narrow = server.generate(&mira);
    let elsewhere = server.generate_with(&mira, |draft| draft.allowed_cidrs = lines(&["::1"]));
    let writer = server.generate_scoped(&mira, &["tokens:write"]);
    let start = trail(&server).len();
    let body = json!({ "name": "More", "scopes": ["projects:write"] });
    let own = format!("/tokens/{}", writer.id);
    let denied = [
        server
            .key(&narrow)
            .post("/tokens", &body)
            .await
            .must_be(403),
        server.key(&narrow).delete(&own).await.must_be(403),
        server
            .key(&elsewhere)
            .post("/projects", &body)
            .await
            .must_be(403),
        server
            .key(&writer)
            .post("/tokens", &body)
            .await
            .must_be(403),
        server
            .key(&writer)
            .patch(&own, &json!({ "scopes": ["self:rotate"] }))
            .await
            .must_be(403),
    ];
    let events = trail(&server)[start..].to_vec();
    assert_eq!(events, ["request denied by key Mira"; 5]);
    let words = server.words(
        "SELECT token_id || ' ' || request_id || ' ' || detail AS word FROM audit_events \
         WHERE result = 'denied' ORDER BY id",
    );
    let keys = [&narrow, &narrow, &elsewhere, &writer, &writer];
    for ((answer, key), event) in denied.iter().zip(keys).zip(&words) {
        let id = answer.header("x-request-id").unwrap();
        assert!(event.starts_with(&format!("{} {id} ", key.id)), "{event}");
        assert!(
            event.contains(answer.header("deskforge-error").unwrap()),
            "{event}"
        );
    }
}

async fn a_read_or_a_faulty_change_is_none(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let narrow = server.key(&server.generate(&mira));
    let writer = server.key(&server.generate_scoped(&mira, &["tokens:write", "projects:write"]));
    let start = trail(&server).len();
    narrow.get("/projects").await.must_be(200);
    narrow.get("/tokens").await.must_be(403);
    writer
        .post("/projects", &json!({ "name": "" }))
        .await
        .must_be(422);
    writer.delete("/projects/none").await.must_be(404);
    server.anonymous().delete("/token").await.must_be(401);
    assert_eq!(trail(&server).len(), start);
}

async fn a_change_whose_event_cannot_be_written_is_not_made(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate_scoped(&mira, &["tokens:write", "projects:write"]);
    let client = server.key(&key);
    let project = client
        .post("/projects", &json!({ "name": "Site" }))
        .await
        .json();
    let other = server.generate(&mira);
    let (project, token) = (
        format!("/projects/{}", project["id"].as_str().unwrap()),
        format!("/tokens/{}", other.id),
    );
    server.refuse_events();
    let body = json!({ "name": "Changed" });
    for (method, path) in [
        ("POST", "/projects"),
        ("PATCH", &project),
        ("DELETE", &project),
        ("POST", "/tokens"),
        ("PATCH", &token),
        ("DELETE", &token),
        ("DELETE", "/token"),
    ] {
        let status = client.ask(method, path).json(&body).send_for_status().await;
        assert_eq!(status, 500, "{method} {path}");
    }
    assert_eq!(server.words("SELECT name AS word FROM projects"), ["Site"]);
    let changed = "SELECT count(*) AS number FROM tokens \
                   WHERE name = 'Changed' OR revoked_at IS NOT NULL";
    assert_eq!(server.number(changed), 0);
    assert_eq!(server.number("SELECT count(*) AS number FROM tokens"), 2);
}
