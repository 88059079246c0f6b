//! Keys that nobody uses are revoked by themselves.

use std::time::Duration;

use serde_json::json;

use super::{BROKEN, events, form, set};
use crate::harness::{Engine, Key, TestServer, on_each_engine, run, scopes};

on_each_engine!(
    a_key_that_is_unused_for_too_long_is_revoked,
    keys_that_were_left_have_their_days_from_then_on,
);

const DAY: i64 = 86_400;

/// Waits until so many keys are revoked; the server looks for them when it starts.
async fn revoked(server: &TestServer, count: i64) {
    let query = "SELECT count(*) AS number FROM tokens WHERE revoked_at IS NOT NULL";
    while server.number(query) < count {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn use_at(server: &TestServer, key: &Key, days_ago: i64) {
    let at = server.now().plus_days(-days_ago).micros();
    server.execute(&format!(
        "INSERT INTO last_uses (token_id, at, address, client) VALUES ('{}', {at}, '10.0.0.1', '')",
        key.id
    ));
}

async fn a_key_that_is_unused_for_too_long_is_revoked(engine: Engine) {
    let mut server = TestServer::start(engine);
    let mira = server.person("Mira");
    let never_used = server.generate(&mira);
    let quiet = server.generate(&mira);
    let busy = server.generate(&mira);
    let rotated = server.generate_with(&mira, |draft| draft.scopes = scopes(&["self:rotate"]));
    server.wait_seconds(40 * DAY);
    let young = server.generate(&mira);
    let successor = server.key(&rotated).post("/token/rotate", &json!({})).await;
    let successor = successor.must_be(201).json();
    use_at(&server, &quiet, 30);
    use_at(&server, &busy, 29);
    let last = "SELECT count(*) AS number FROM last_uses";
    while server.number(last) < 3 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    set(&server, |policy| policy.unused_days = Some(30));
    // Set like this, those that broke it were left; here they are not.
    server.execute("UPDATE policies SET unused_from = NULL");
    server.restart().await;
    revoked(&server, 2).await;
    for (key, status) in [
        (&never_used, 401),
        (&quiet, 401),
        (&busy, 200),
        (&young, 200),
        (&rotated, 403),
    ] {
        let answer = server.key(key).get("/projects").await;
        assert_eq!(answer.status, status, "{}", key.name);
    }
    let told = server.words(
        "SELECT actor_kind || ' ' || actor_name || ' ' || detail AS word FROM audit_events \
         WHERE action = 'token.revoke'",
    );
    let event = "program DeskForge {\"reason\":\"Policy: unused for 30 days\"}";
    assert_eq!(told, [event; 2]);
    // The successor that sleeps counts from when it was made.
    server.wait_seconds(30 * DAY);
    use_at_now(&server, &[&busy, &young, &rotated]);
    server.restart().await;
    revoked(&server, 3).await;
    let sleeper = server.bearer(successor["token"].as_str().unwrap());
    sleeper.get("/projects").await.must_be(401);
    // The key before it goes on, and is rotated again.
    let again = server.key(&rotated).post("/token/rotate", &json!({})).await;
    again.must_be(201);
}

fn use_at_now(server: &TestServer, keys: &[&Key]) {
    for key in keys {
        server.execute(&format!(
            "DELETE FROM last_uses WHERE token_id = '{}'",
            key.id
        ));
        use_at(server, key, 0);
    }
}

async fn keys_that_were_left_have_their_days_from_then_on(engine: Engine) {
    let mut server = TestServer::start(engine);
    let ada = server.admin("Ada");
    let old = server.generate(&ada);
    server.wait_seconds(100 * DAY);
    let mut browser = server.logged_in(&ada).await;
    let sent = form(&mut browser).await.with("unused_days", "30");
    let page = browser.send(&sent).await;
    assert_eq!(page.text("h1"), "1 key breaks this");
    assert_eq!(page.text("h2"), "Have been unused for 30 days");
    let saved = browser.send(&page.form(BROKEN)).await;
    assert_eq!(saved.text("#message"), "Done. Policy saved.");
    server.wait_seconds(29 * DAY);
    server.restart().await;
    let young = server.generate(&ada);
    server.wait_seconds(DAY);
    server.restart().await;
    revoked(&server, 1).await;
    server.key(&old).get("/projects").await.must_be(401);
    server.key(&young).get("/projects").await.must_be(200);
    assert_eq!(events(&server, "token.revoke"), 1);
}

/// Two nodes look at once; each key is revoked once.
#[test]
fn of_two_nodes_one_revokes() {
    run(async {
        let mut server = TestServer::start(Engine::Postgres);
        let mira = server.person("Mira");
        let key = server.generate(&mira);
        for _ in 0..30 {
            server.generate(&mira);
        }
        server.wait_seconds(40 * DAY);
        set(&server, |policy| policy.unused_days = Some(30));
        server.execute("UPDATE policies SET unused_from = NULL");
        server.stop().await;
        server.resume();
        let node = server.another_node();
        revoked(&server, 31).await;
        assert_eq!(events(&server, "token.revoke"), 31);
        node.key(&key).get("/projects").await.must_be(401);
    });
}
