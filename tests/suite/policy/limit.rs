//! How many active keys an account may have.

use serde_json::json;
use tokio::task::JoinSet;

use super::{LIST, set};
use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(
    two_hundred_at_once_at_one_below_the_limit_make_one_key_by_the_api,
    two_hundred_at_once_at_one_below_the_limit_make_one_key_by_the_form,
    a_rotation_needs_no_room_and_dead_keys_take_none,
);

const LIVE: &str = "SELECT count(*) AS number FROM tokens WHERE revoked_at IS NULL";

async fn two_hundred_at_once_at_one_below_the_limit_make_one_key_by_the_api(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let client = server.key(&server.generate_scoped(&mira, &["tokens:write"]));
    server.generate(&mira);
    set(&server, |policy| policy.most_keys = Some(3));
    let mut racers = JoinSet::new();
    for number in 0..200 {
        let client = client.clone();
        let body = json!({ "name": format!("Racer {number}"), "scopes": ["tokens:read"] });
        racers.spawn(async move {
            loop {
                let answer = client.post("/tokens", &body).await;
                // So many at once wait long for a connection: some are told to try again.
                if answer.status != 503 {
                    return answer;
                }
            }
        });
    }
    let mut made = 0;
    for answer in racers.join_all().await {
        if answer.status == 201 {
            made += 1;
        } else {
            let answer = answer.must_be_error(409, "too_many_keys");
            let told = "Your admins allow at most 3 active keys an account. Revoke one that is not \
                        needed";
            assert_eq!(answer.json()["message"], told);
        }
    }
    assert_eq!((made, server.number(LIVE)), (1, 3));
}

async fn two_hundred_at_once_at_one_below_the_limit_make_one_key_by_the_form(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    server.generate(&mira);
    set(&server, |policy| policy.most_keys = Some(2));
    let mut browser = server.logged_in(&mira).await;
    let form = browser.open(&format!("{LIST}/new")).await.form(LIST);
    let mut racers = JoinSet::new();
    for number in 0..200 {
        let (mut browser, form) = (browser.clone(), form.clone());
        let form = form.with("name", &format!("Racer {number}"));
        racers.spawn(async move {
            loop {
                let answer = browser.post(&form).await;
                if answer.status != 503 {
                    return answer;
                }
            }
        });
    }
    let mut made = 0;
    for answer in racers.join_all().await {
        match answer.status {
            200 => made += 1,
            _ => assert!(
                answer
                    .must_be(422)
                    .text()
                    .contains("Your admins allow at most 2 active keys an account")
            ),
        }
    }
    assert_eq!((made, server.number(LIVE)), (1, 2));
}

async fn a_rotation_needs_no_room_and_dead_keys_take_none(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let scopes = ["tokens:write", "self:rotate"];
    let client = server.key(&server.generate_scoped(&mira, &scopes));
    let other = server.generate_scoped(&mira, &["tokens:read"]);
    set(&server, |policy| policy.most_keys = Some(2));
    let body = json!({ "name": "Third", "scopes": ["tokens:read"] });
    let refused = client.post("/tokens", &body).await;
    refused.must_be_error(409, "too_many_keys");
    // A key and its successor count as one.
    let rotated = client.post("/token/rotate", &json!({})).await.must_be(201);
    let rotated = rotated.json();
    let successor = server.bearer(rotated["token"].as_str().unwrap());
    successor.get("/token").await.must_be(200);
    let refused = client.post("/tokens", &body).await;
    refused.must_be_error(409, "too_many_keys");
    server.revoke(&other);
    client.post("/tokens", &body).await.must_be(201);
    // Others have room of their own.
    let ravi = server.key(&server.generate_scoped(&server.person("Ravi"), &["tokens:write"]));
    let body = json!({ "name": "His", "scopes": ["tokens:read"] });
    ravi.post("/tokens", &body).await.must_be(201);
}
