//! No key makes or changes a key into one that may do more than itself.

use deskforge::token::draft::Draft;
use serde_json::{Value, json};

use crate::harness::{Client, Engine, TestServer, lines, on_each_engine, scopes};

on_each_engine!(
    a_key_makes_no_key_that_may_do_more,
    a_key_changes_none_into_one_that_may_do_more,
    a_key_does_not_lend_its_scopes_to_one_that_outlives_it,
    without_tokens_write_no_scheme_makes_a_key,
    audit_scope_is_for_admins_keys_alone,
);

/// A key with a bound on every side.
fn bounded(draft: &mut Draft) {
    draft.scopes = scopes(&["tokens:write", "projects:read"]);
    draft.environment = "staging".parse().unwrap();
    draft.expires_at = deskforge::clock::Instant::parse("2026-12-24T12:00:00Z");
    draft.allowed_cidrs = lines(&["127.0.0.0/8", "10.0.0.0/8"]);
}

/// What is more than [`bounded`] in one way each.
fn wider() -> Vec<Value> {
    vec![
        json!({ "scopes": ["projects:write"] }),
        json!({ "scopes": ["projects:read", "introspect"] }),
        json!({ "scopes": ["self:rotate"] }),
        json!({ "expires_at": "2026-12-24T12:00:01Z" }),
        json!({ "expires_at": null }),
        json!({ "allowed_cidrs": [] }),
        json!({ "allowed_cidrs": ["127.0.0.0/7"] }),
        json!({ "allowed_cidrs": ["10.1.0.0/16", "192.0.2.1"] }),
        json!({ "allowed_cidrs": ["::ffff:0:0/96"] }),
    ]
}

async fn a_key_makes_no_key_that_may_do_more(engine: Engine) {
    let server = TestServer::start(engine);
    let client = server.key(&server.generate_with(&server.person("Mira"), bounded));
    let mut bodies = wider();
    bodies.push(json!({ "environment": "production" }));
    bodies.push(json!({ "environment": "none" }));
    for mut body in bodies {
        body["name"] = json!("More");
        client
            .post("/tokens", &body)
            .await
            .must_be_error(403, "escalation");
    }
    let made = client
        .post("/tokens", &json!({ "name": "Same" }))
        .await
        .must_be(201)
        .json();
    assert_eq!(made["environment"], "staging");
    assert_eq!(made["expires_at"], "2026-12-24T12:00:00Z");
    assert_eq!(made["allowed_cidrs"], json!(["127.0.0.0/8", "10.0.0.0/8"]));
    let less = json!({
        "name": "Less",
        "scopes": ["tokens:read"],
        "expires_at": "2026-12-24T12:00:00Z",
        "allowed_cidrs": ["10.1.0.0/16"],
    });
    client.post("/tokens", &less).await.must_be(201);
}

/// All of a key but its uses, which are counted meanwhile.
async fn settings(client: &Client, path: &str) -> Value {
    let mut token = client.get(path).await.must_be(200).json();
    for use_of_it in ["last_used_at", "last_used_address"] {
        token[use_of_it] = Value::Null;
    }
    token
}

async fn a_key_changes_none_into_one_that_may_do_more(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let caller = server.generate_with(&mira, bounded);
    let sibling = server.generate_with(&mira, |draft| {
        bounded(draft);
        draft.expires_at = deskforge::clock::Instant::parse("2026-12-01T00:00:00Z");
        draft.scopes = scopes(&["projects:read"]);
    });
    let client = server.key(&caller);
    for id in [caller.id, sibling.id] {
        let path = format!("/tokens/{id}");
        let before = settings(&client, &path).await;
        for body in wider() {
            client
                .patch(&path, &body)
                .await
                .must_be_error(403, "escalation");
        }
        assert_eq!(settings(&client, &path).await, before);
    }
    let path = format!("/tokens/{}", sibling.id);
    let within = json!({ "scopes": ["tokens:write"], "allowed_cidrs": ["10.0.0.1"] });
    client.patch(&path, &within).await.must_be(200);
}

async fn a_key_does_not_lend_its_scopes_to_one_that_outlives_it(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let client = server.key(&server.generate_with(&mira, bounded));
    let outliving = server.generate_with(&mira, |draft| {
        bounded(draft);
        draft.scopes = scopes(&["projects:read"]);
        draft.expires_at = None;
    });
    let elsewhere = server.generate_with(&mira, |draft| {
        bounded(draft);
        draft.scopes = scopes(&["projects:read"]);
        draft.environment = "production".parse().unwrap();
    });
    let anywhere = server.generate_with(&mira, |draft| {
        bounded(draft);
        draft.scopes = scopes(&["projects:read"]);
        draft.allowed_cidrs = lines(&[]);
    });
    for key in [outliving, elsewhere, anywhere] {
        let path = format!("/tokens/{}", key.id);
        let lent = json!({ "scopes": ["projects:read", "tokens:write"] });
        let answer = client.patch(&path, &lent).await;
        answer.must_be_error(403, "escalation");
        // What takes nothing more is allowed.
        client
            .patch(&path, &json!({ "note": "Seen" }))
            .await
            .must_be(200);
        client
            .patch(&path, &json!({ "scopes": ["projects:read"] }))
            .await
            .must_be(200);
    }
}

async fn without_tokens_write_no_scheme_makes_a_key(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let reader = server.generate_scoped(&mira, &["tokens:read", "projects:write"]);
    let writer = server.generate_scoped(&mira, &["tokens:write"]).secret;
    let body = json!({ "name": "More" });
    let paths = [
        "/tokens".to_owned(),
        format!("/tokens?access_token={writer}"),
        format!("/tokens?scope=tokens:write&token={writer}"),
    ];
    for path in paths {
        let ask = server.key(&reader).ask("POST", &path).json(&body);
        ask.send().await.must_be_error(403, "scope_missing");
        let ask = server.anonymous().ask("POST", &path).json(&body);
        let basic = format!("Basic {writer}");
        let answer = ask.header("authorization", basic).send().await;
        answer.must_be_error(401, "key_missing");
    }
    let both = server.key(&reader).ask("POST", "/tokens").json(&body);
    let answer = both
        .header("authorization", format!("Bearer {writer}"))
        .send()
        .await;
    answer.must_be_error(401, "key_invalid");
    assert_eq!(server.number("SELECT count(*) AS number FROM tokens"), 2);
}

async fn audit_scope_is_for_admins_keys_alone(engine: Engine) {
    let server = TestServer::start(engine);
    let names = ["tokens:write", "audit:read"];
    let mira = server.key(&server.generate_scoped(&server.person("Mira"), &names));
    let ada = server.key(&server.generate_scoped(&server.admin("Ada"), &names));
    let body = json!({ "name": "Auditor", "scopes": ["audit:read"] });
    mira.post("/tokens", &body).await.must_name(&["scopes"]);
    ada.post("/tokens", &body).await.must_be(201);
}
