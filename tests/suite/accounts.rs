//! What becomes of the keys when something becomes of their owner.

use deskforge::account::lifecycle;
use deskforge::audit::event::Actor;
use serde_json::json;

use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(
    the_keys_of_a_disabled_account_die_at_once_and_for_good,
    a_disabled_account_gets_no_key_from_a_request_under_way,
    a_disabling_that_cannot_be_recorded_ends_nothing,
);

async fn the_keys_of_a_disabled_account_die_at_once_and_for_good(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    let keys = [server.generate(&mira), server.generate(&mira)];
    let his = server.generate(&ravi);
    for key in &keys {
        server.key(key).get("/projects").await.must_be(200);
    }
    server.disable(&mira);
    for key in &keys {
        let answer = server.key(key).get("/projects").await;
        answer.must_be_error(401, "key_invalid");
    }
    server.enable(&mira);
    for key in &keys {
        let answer = server.key(key).get("/projects").await;
        answer.must_be_error(401, "key_invalid");
    }
    server.key(&his).get("/projects").await.must_be(200);
    let again = server.generate(&mira);
    server.key(&again).get("/projects").await.must_be(200);
}

async fn a_disabled_account_gets_no_key_from_a_request_under_way(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let client = server.key(&server.generate_scoped(&mira, &["tokens:write"]));
    let mut racers = tokio::task::JoinSet::new();
    for number in 0..20 {
        let client = client.clone();
        let body = json!({ "name": format!("Late {number}") });
        racers.spawn(async move { client.post("/tokens", &body).await });
    }
    racers.join_next().await;
    server.disable(&mira);
    racers.join_all().await;
    let live = "SELECT count(*) AS number FROM tokens WHERE revoked_at IS NULL";
    assert_eq!(server.number(live), 0);
}

async fn a_disabling_that_cannot_be_recorded_ends_nothing(engine: Engine) {
    let server = TestServer::start(engine);
    server.admin("Ada");
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    let mut browser = server.logged_in(&mira).await;
    server.refuse_events();
    let (now, database) = (server.now(), &server.state().database);
    let disabled = database.write_now(|connection| {
        lifecycle::disable(connection, mira.id, &Actor::command_line(), now)
    });
    assert!(disabled.is_err());
    server.key(&key).get("/projects").await.must_be(200);
    browser.get("/dashboard").await.must_be(200);
}
