//! Pausing: a key stops at once, and comes back.

use serde_json::json;

use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(
    a_paused_key_is_refused_at_once_and_comes_back_by_itself,
    a_paused_key_comes_back_when_it_is_resumed,
    a_pause_is_for_living_keys_and_ends_ahead,
);

async fn a_paused_key_is_refused_at_once_and_comes_back_by_itself(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let keeper = server.key(&server.generate_scoped(&mira, &["tokens:write"]));
    let key = server.generate(&mira);
    server.key(&key).get("/projects").await.must_be(200);
    let until = server.now().plus_seconds(900);
    let path = format!("/tokens/{}/pause", key.id);
    let body = json!({ "until": until.to_string() });
    let paused = keeper.post(&path, &body).await.must_be(200).json();
    assert_eq!(paused["status"], "paused");
    assert_eq!(paused["paused_until"], until.to_string());
    let refused = server.key(&key).get("/projects").await;
    refused.must_be_error(401, "key_invalid");
    server.wait_seconds(899);
    server.key(&key).get("/projects").await.must_be(401);
    server.wait_seconds(1);
    server.key(&key).get("/projects").await.must_be(200);
}

async fn a_paused_key_comes_back_when_it_is_resumed(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let keeper = server.key(&server.generate_scoped(&mira, &["tokens:write"]));
    let key = server.generate(&mira);
    let path = |what: &str| format!("/tokens/{}/{what}", key.id);
    keeper.ask("POST", &path("pause")).send().await.must_be(200);
    server.wait_seconds(30 * 86_400);
    server.key(&key).get("/projects").await.must_be(401);
    for _ in 0..2 {
        let resumed = keeper.ask("POST", &path("resume")).send().await;
        assert_eq!(resumed.must_be(200).json()["status"], "active");
    }
    server.key(&key).get("/projects").await.must_be(200);
}

async fn a_pause_is_for_living_keys_and_ends_ahead(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let keeper = server.key(&server.generate_scoped(&mira, &["tokens:write"]));
    let key = server.generate(&mira);
    let path = format!("/tokens/{}/pause", key.id);
    let past = json!({ "until": server.now().to_string() });
    keeper.post(&path, &past).await.must_name(&["until"]);
    server.revoke(&key);
    keeper
        .post(&path, &json!({}))
        .await
        .must_be_error(409, "conflict");
    let others = server.generate(&server.person("Ravi"));
    let path = format!("/tokens/{}/pause", others.id);
    keeper
        .post(&path, &json!({}))
        .await
        .must_be_error(404, "not_found");
}
