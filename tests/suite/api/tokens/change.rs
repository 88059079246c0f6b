//! `PATCH /tokens/{id}`.

use serde_json::{Value, json};

use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(
    what_the_body_names_changes_and_nothing_else,
    a_change_counts_at_once,
    an_end_is_brought_forward_and_never_moved_later,
    a_revoked_key_is_not_changed,
    a_name_is_not_taken_from_another_live_key,
);

async fn what_the_body_names_changes_and_nothing_else(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let client = server.key(&server.generate_scoped(&mira, &["tokens:write", "projects:write"]));
    let key = server.generate_scoped(&mira, &["projects:write"]);
    let path = format!("/tokens/{}", key.id);
    let mut token = client.get(&path).await.json();
    server.wait_seconds(5);
    for (field, value) in [
        ("name", json!("Renamed")),
        ("note", json!("two\nlines")),
        ("scopes", json!(["projects:read"])),
        ("expires_at", json!("2027-01-01T00:00:00Z")),
        ("allowed_cidrs", json!(["127.0.0.0/8"])),
        ("locations", json!(["Vault", "Laptop"])),
        ("allowed_cidrs", json!([])),
        ("note", json!("")),
    ] {
        let changed = client
            .patch(&path, &json!({ field: value }))
            .await
            .must_be(200)
            .json();
        token[field] = value;
        token["updated_at"] = json!("2026-11-24T12:00:05Z");
        assert_eq!(changed, token);
    }
    assert_eq!(client.get(&path).await.json(), token);
    for (body, field) in [
        (json!({ "environment": "staging" }), "environment"),
        (json!({ "name": "" }), "name"),
        (json!({ "scopes": [] }), "scopes"),
        (json!({ "allowed_cidrs": ["x"] }), "allowed_cidrs"),
        (json!({ "status": "active" }), "status"),
        (json!({ "revoked_at": null }), "revoked_at"),
    ] {
        client.patch(&path, &body).await.must_name(&[field]);
    }
    assert_eq!(client.get(&path).await.json(), token);
}

async fn a_change_counts_at_once(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let client = server.key(&server.generate_scoped(&mira, &["tokens:write", "projects:write"]));
    let key = server.generate_scoped(&mira, &["projects:write"]);
    let (path, used) = (format!("/tokens/{}", key.id), server.key(&key));
    let body = json!({ "name": "Site" });
    used.post("/projects", &body).await.must_be(201);
    client
        .patch(&path, &json!({ "scopes": ["projects:read"] }))
        .await
        .must_be(200);
    used.post("/projects", &body)
        .await
        .must_be_error(403, "scope_missing");
    used.get("/projects").await.must_be(200);
    client
        .patch(&path, &json!({ "allowed_cidrs": ["192.0.2.0/24"] }))
        .await
        .must_be(200);
    let answer = used.get("/projects").await;
    answer.must_be_error(403, "address_not_allowed");
}

async fn an_end_is_brought_forward_and_never_moved_later(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let client = server.key(&server.generate_scoped(&mira, &["tokens:write", "projects:read"]));
    let key = server.generate(&mira);
    let path = format!("/tokens/{}", key.id);
    for (end, status) in [
        (json!(null), 200),
        (json!("2026-12-10T00:00:00Z"), 200),
        (json!("2026-12-10T00:00:00Z"), 200),
        (json!("2026-12-10T00:00:01Z"), 422),
        (json!(null), 422),
        (json!("2026-11-24T12:00:00Z"), 422),
        (json!("2020-01-01T00:00:00Z"), 422),
        (json!("2026-12-01T00:00:00Z"), 200),
    ] {
        let answer = client.patch(&path, &json!({ "expires_at": end })).await;
        match status {
            200 => answer.must_be(200),
            _ => answer.must_name(&["expires_at"]),
        };
    }
    let end = client.get(&path).await.json()["expires_at"].clone();
    assert_eq!(end, "2026-12-01T00:00:00Z");
    server.wait_seconds(8 * 86_400);
    let later = json!({ "expires_at": "2027-12-01T00:00:00Z" });
    client.patch(&path, &later).await.must_name(&["expires_at"]);
    let answer = server.key(&key).get("/projects").await;
    answer.must_be_error(401, "key_expired");
}

async fn a_revoked_key_is_not_changed(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let client = server.key(&server.generate_scoped(&mira, &["tokens:write"]));
    let key = server.generate(&mira);
    server.revoke(&key);
    let path = format!("/tokens/{}", key.id);
    let before = client.get(&path).await.json();
    let answer = client.patch(&path, &json!({ "name": "Alive" })).await;
    answer.must_be_error(409, "conflict");
    assert_eq!(client.get(&path).await.json(), before);
    assert_ne!(before["revoked_at"], Value::Null);
}

async fn a_name_is_not_taken_from_another_live_key(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let client = server.key(&server.generate_scoped(&mira, &["tokens:write"]));
    let (one, two) = (server.generate(&mira), server.generate(&mira));
    let path = format!("/tokens/{}", two.id);
    let (theirs, own) = (json!({ "name": one.name }), json!({ "name": two.name }));
    client
        .patch(&path, &theirs)
        .await
        .must_be_error(409, "name_taken");
    client.patch(&path, &own).await.must_be(200);
    server.revoke(&one);
    client.patch(&path, &theirs).await.must_be(200);
}
