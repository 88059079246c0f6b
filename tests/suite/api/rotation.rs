//! Rotation: nothing stops before the new key works.

use serde_json::{Value, json};

use crate::harness::{Engine, Key, TestServer, on_each_engine, run};

on_each_engine!(
    the_old_key_goes_on_until_the_new_one_is_used,
    an_overlap_of_nothing_ends_the_old_key_with_the_first_use,
    a_lost_answer_costs_nothing,
    a_key_whose_successor_is_in_use_is_not_rotated_again,
    a_successor_has_the_same_settings_and_length_of_life,
    a_sibling_is_rotated_within_the_limit_of_the_caller,
    an_overlap_out_of_bounds_is_named,
    racing_first_uses_end_the_old_key_once,
);

const SELF: [&str; 2] = ["projects:read", "self:rotate"];

async fn rotate(server: &TestServer, key: &Key, body: &Value) -> Value {
    let answer = server.key(key).post("/token/rotate", body).await;
    answer.must_be(201).json()
}

fn secret(answer: &Value) -> &str {
    answer["token"].as_str().unwrap()
}

async fn the_old_key_goes_on_until_the_new_one_is_used(engine: Engine) {
    let server = TestServer::start(engine);
    let old = server.generate_scoped(&server.person("Mira"), &SELF);
    let successor = rotate(&server, &old, &json!({ "overlap_seconds": 3600 })).await;
    assert_eq!(successor["replaces"], old.id.as_str());
    assert_eq!(successor["family_id"], old.id.as_str());
    server.wait_seconds(10 * 86_400);
    server.key(&old).get("/projects").await.must_be(200);
    let new = server.bearer(secret(&successor));
    new.get("/projects").await.must_be(200);
    server.wait_seconds(3_599);
    server.key(&old).get("/projects").await.must_be(200);
    server.wait_seconds(1);
    let ended = server.key(&old).get("/projects").await;
    ended.must_be_error(401, "key_expired");
    new.get("/projects").await.must_be(200);
}

async fn an_overlap_of_nothing_ends_the_old_key_with_the_first_use(engine: Engine) {
    let server = TestServer::start(engine);
    let old = server.generate_scoped(&server.person("Mira"), &SELF);
    let successor = rotate(&server, &old, &json!({ "overlap_seconds": 0 })).await;
    server.key(&old).get("/projects").await.must_be(200);
    let new = server.bearer(secret(&successor));
    // A refusal is no use.
    new.get("/tokens").await.must_be(403);
    server.key(&old).get("/projects").await.must_be(200);
    new.get("/projects").await.must_be(200);
    let ended = server.key(&old).get("/projects").await;
    ended.must_be_error(401, "key_expired");
}

async fn a_lost_answer_costs_nothing(engine: Engine) {
    let server = TestServer::start(engine);
    let old = server.generate_scoped(&server.person("Mira"), &SELF);
    let lost = rotate(&server, &old, &json!({})).await;
    let second = rotate(&server, &old, &json!({})).await;
    let refused = server.bearer(secret(&lost)).get("/projects").await;
    refused.must_be_error(401, "key_invalid");
    server.key(&old).get("/projects").await.must_be(200);
    server
        .bearer(secret(&second))
        .get("/projects")
        .await
        .must_be(200);
    let living = server.number(&format!(
        "SELECT COUNT(*) AS number FROM tokens WHERE replaces = '{}' AND revoked_at IS NULL",
        old.id
    ));
    assert_eq!(living, 1);
}

async fn a_key_whose_successor_is_in_use_is_not_rotated_again(engine: Engine) {
    let server = TestServer::start(engine);
    let old = server.generate_scoped(&server.person("Mira"), &SELF);
    let successor = rotate(&server, &old, &json!({})).await;
    server
        .bearer(secret(&successor))
        .get("/projects")
        .await
        .must_be(200);
    let again = server.key(&old).post("/token/rotate", &json!({})).await;
    again.must_be_error(409, "conflict");
    let next = server
        .bearer(secret(&successor))
        .post("/token/rotate", &json!({}))
        .await;
    next.must_be(201);
}

async fn a_successor_has_the_same_settings_and_length_of_life(engine: Engine) {
    let server = TestServer::start(engine);
    let end = server.now().plus_days(30);
    let old = server.generate_with(&server.person("Mira"), |draft| {
        draft.scopes = SELF.iter().collect();
        draft.expires_at = Some(end);
        draft.environment = "staging".parse().unwrap();
        "By the deploy".clone_into(&mut draft.note);
    });
    server.wait_seconds(20 * 86_400);
    let answer = server.key(&old).ask("POST", "/token/rotate").send().await;
    let successor = answer.must_be(201).json();
    assert_eq!(
        successor["expires_at"],
        server.now().plus_days(30).to_string()
    );
    assert_eq!(successor["environment"], "staging");
    assert_eq!(successor["note"], "By the deploy");
    assert_eq!(successor["scopes"], json!(SELF));
}

async fn a_sibling_is_rotated_within_the_limit_of_the_caller(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let end = server.now().plus_days(10);
    let caller = server.generate_with(&mira, |draft| {
        draft.scopes = ["tokens:write", "projects:read"].iter().collect();
        draft.expires_at = Some(end);
    });
    let sibling = server.generate(&mira);
    let wider = server.generate_scoped(&mira, &["projects:write"]);
    let path = |key: &Key| format!("/tokens/{}/rotate", key.id);
    let client = server.key(&caller);
    let successor = client
        .post(&path(&sibling), &json!({}))
        .await
        .must_be(201)
        .json();
    assert_eq!(successor["expires_at"], end.to_string());
    let refused = client.post(&path(&wider), &json!({})).await;
    refused.must_be_error(403, "escalation");
    let others = server.generate(&server.person("Ravi"));
    client
        .post(&path(&others), &json!({}))
        .await
        .must_be_error(404, "not_found");
    server.revoke(&sibling);
    let dead = client.post(&path(&sibling), &json!({})).await;
    dead.must_be_error(409, "conflict");
}

async fn an_overlap_out_of_bounds_is_named(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate_scoped(&server.person("Mira"), &SELF);
    for overlap in [
        json!(-1),
        json!(604_801),
        json!("1"),
        json!(1.5),
        json!(null),
    ] {
        let body = json!({ "overlap_seconds": overlap });
        let answer = server.key(&key).post("/token/rotate", &body).await;
        answer.must_name(&["overlap_seconds"]);
    }
    let body = json!({ "overlap_seconds": 604_800 });
    server
        .key(&key)
        .post("/token/rotate", &body)
        .await
        .must_be(201);
}

async fn racing_first_uses_end_the_old_key_once(engine: Engine) {
    let server = TestServer::start(engine);
    race(&server, &[&server]).await;
}

#[test]
fn racing_first_uses_on_two_nodes_end_the_old_key_once() {
    run(async {
        let one = TestServer::start(Engine::Postgres);
        let two = one.another_node();
        race(&one, &[&one, &two]).await;
    });
}

/// 64 first uses at once, spread over the nodes.
async fn race(server: &TestServer, nodes: &[&TestServer]) {
    let old = server.generate_scoped(&server.person("Mira"), &SELF);
    let successor = rotate(server, &old, &json!({ "overlap_seconds": 60 })).await;
    let mut uses = tokio::task::JoinSet::new();
    for number in 0..64 {
        let client = nodes[number % nodes.len()].bearer(secret(&successor));
        uses.spawn(async move { client.get("/projects").await.status });
    }
    assert!(
        uses.join_all()
            .await
            .into_iter()
            .all(|status| status == 200)
    );
    let ends = server.words(&format!(
        "SELECT detail AS word FROM audit_events WHERE action = 'token.succeed' \
         AND subject_id = '{}'",
        successor["id"].as_str().unwrap()
    ));
    assert_eq!(ends.len(), 1);
    server.wait_seconds(59);
    server.key(&old).get("/projects").await.must_be(200);
    server.wait_seconds(1);
    let ended = server.key(&old).get("/projects").await;
    ended.must_be_error(401, "key_expired");
}
