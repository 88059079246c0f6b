//! What a server knew before it stopped it knows when it starts again, and its neighbour at once.

use serde_json::json;

use crate::harness::{Engine, TestServer, on_each_engine, run};

on_each_engine!(a_restart_loses_nothing);

async fn a_restart_loses_nothing(engine: Engine) {
    let mut server = TestServer::start(engine);
    let mira = server.person("Mira");
    let keeper = server.generate_scoped(&mira, &["tokens:write", "projects:write"]);
    let client = server.key(&keeper);
    let end = server.now().plus_days(1);
    let expiring = server.generate_with(&mira, |draft| draft.expires_at = Some(end));
    let revoked = server.generate(&mira);
    for name in ["Site", "Shop"] {
        client
            .post("/projects", &json!({ "name": name }))
            .await
            .must_be(201);
    }
    let made = client
        .post("/tokens", &json!({ "name": "CI" }))
        .await
        .must_be(201)
        .json();
    let made = made["token"].as_str().unwrap().to_owned();
    client
        .delete(&format!("/tokens/{}", revoked.id))
        .await
        .must_be(204);
    server.key(&expiring).get("/projects").await.must_be(200);
    // The keys but for the time of the last use, which may yet be unwritten; that of the restart is
    // asked for by itself.
    let projects = client.get("/projects").await.json();
    let forget_use = |mut tokens: serde_json::Value| {
        for token in tokens["data"].as_array_mut().unwrap() {
            token["last_used_at"] = json!(null);
            token["last_used_address"] = json!(null);
        }
        tokens
    };
    let tokens = forget_use(client.get("/tokens").await.json());
    server.wait_seconds(60);
    server.restart().await;

    let client = server.key(&keeper);
    assert_eq!(client.get("/projects").await.json(), projects);
    let path = format!("/tokens/{}", expiring.id);
    let used = client.get(&path).await.json();
    assert_eq!(used["last_used_at"], "2026-11-24T12:00:00Z");
    assert_eq!(used["last_used_address"], "127.0.0.1");
    assert_eq!(forget_use(client.get("/tokens").await.json()), tokens);
    server.bearer(&made).get("/projects").await.must_be(200);
    server.key(&expiring).get("/projects").await.must_be(200);
    server
        .key(&revoked)
        .get("/projects")
        .await
        .must_be_error(401, "key_invalid");
    server.wait_until(end);
    server
        .key(&expiring)
        .get("/projects")
        .await
        .must_be_error(401, "key_expired");
}

#[test]
fn nodes_on_one_database_see_each_others_changes_at_once() {
    run(async {
        let one = TestServer::start(Engine::Postgres);
        let two = one.another_node();
        let mira = one.person("Mira");
        for _ in 0..20 {
            let key = one.generate(&mira);
            two.key(&key).get("/projects").await.must_be(200);
            one.key(&key).delete("/token").await.must_be(204);
            let answer = two.key(&key).get("/projects").await;
            answer.must_be_error(401, "key_invalid");
        }
    });
}
