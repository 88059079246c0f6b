//! Each rule, at each face: the dashboard, the API, the command line; new keys, rotations, changes.

use serde_json::json;

use super::{LIST, set};
use crate::harness::{Engine, Program, TestServer, on_each_engine, scopes};

on_each_engine!(
    every_face_refuses_what_the_rules_refuse_and_says_who_made_them,
    what_is_left_out_takes_the_default_of_the_policy,
    the_form_offers_what_the_policy_allows,
    a_rotation_ends_within_the_longest_lifetime,
    a_rotation_is_bound_by_the_other_rules,
    a_change_gives_a_key_nothing_that_members_may_not_grant,
    admins_are_bound_but_for_the_scopes,
    a_leaked_key_is_stopped_though_it_may_not_be_replaced,
);

const DAYS: &str = "Your admins allow at most 30 days";
const SCOPE: &str = "Your admins do not let members grant \"introspect\"";
const ENVIRONMENT: &str = "Your admins require an environment: development, staging or production";

fn strict(server: &TestServer) {
    set(server, |policy| {
        policy.longest_days = Some(30);
        policy.default_days = 10;
        policy.member_scopes = Some(scopes(&["projects:write", "tokens:write", "self:rotate"]));
        policy.environment_required = true;
    });
}

async fn every_face_refuses_what_the_rules_refuse_and_says_who_made_them(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let all = ["projects:write", "tokens:write", "introspect"];
    let client = server.key(&server.generate_scoped(&mira, &all));
    strict(&server);
    let bad = json!({
        "name": "CI",
        "expires_at": server.now().plus_days(31),
        "scopes": ["projects:read", "introspect"],
    });
    let answer = client.post("/tokens", &bad).await.must_be(422);
    let fields = &answer.json()["fields"];
    let wanted = json!({ "expires_at": DAYS, "scopes": SCOPE, "environment": ENVIRONMENT });
    assert_eq!(*fields, wanted);
    let never = json!({ "name": "CI", "expires_at": null });
    let answer = client.post("/tokens", &never).await.must_be(422);
    assert_eq!(answer.json()["fields"]["expires_at"], DAYS);

    let mut browser = server.logged_in(&mira).await;
    let form = browser.open(&format!("{LIST}/new")).await.form(LIST);
    let form = form.with("name", "CI").and("scopes", "introspect");
    for (expires_in, expires_on, control) in [
        ("90", "", "expires_in"),
        ("never", "", "expires_in"),
        ("custom", "2026-12-24", "expires_on"),
    ] {
        let form = form.clone().with("expires_in", expires_in);
        let page = browser.send(&form.with("expires_on", expires_on)).await;
        let page = page.must_be(422, LIST);
        assert_eq!(
            page.text(&format!("#{control}-error")),
            format!("Error: {DAYS}")
        );
        assert_eq!(page.text("#scopes-error"), format!("Error: {SCOPE}"));
        let told = format!("Error: {ENVIRONMENT}");
        assert_eq!(page.text("#environment-error"), told);
    }

    let words =
        "token create --user mira@example.com --name CI --expires-in 31d --scope introspect";
    let words: Vec<_> = words.split(' ').collect();
    let run = Program::on(server.place(), &words).finish();
    assert_eq!((run.code, run.printed.as_str()), (1, ""), "{run:?}");
    for line in [
        format!("expires-in: {DAYS}"),
        format!("scopes: {SCOPE}").replace('"', "\""),
        format!("environment: {ENVIRONMENT}"),
    ] {
        assert!(run.told.contains(&line), "{line}: {run:?}");
    }
    assert_eq!(server.number("SELECT count(*) AS number FROM tokens"), 1);
}

async fn what_is_left_out_takes_the_default_of_the_policy(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let client = server.key(&server.generate_scoped(&mira, &["projects:read", "tokens:write"]));
    set(&server, |policy| policy.default_days = 45);
    let end = server.now().plus_days(45).to_string();
    let made = client.post("/tokens", &json!({ "name": "API" })).await;
    assert_eq!(made.must_be(201).json()["expires_at"], end.as_str());
    let mut browser = server.logged_in(&mira).await;
    let form = browser.open(&format!("{LIST}/new")).await.form(LIST);
    let key = browser
        .send(&form.with("name", "Page"))
        .await
        .text("#new-token");
    let token = server.bearer(&key).get("/token").await.json();
    assert_eq!(token["expires_at"], end.as_str());
    let words = [
        "token",
        "create",
        "--user",
        "mira@example.com",
        "--name",
        "Line",
    ];
    let key = Program::on(server.place(), &words).finish().must_succeed();
    let token = server
        .bearer(key.trim())
        .get("/token")
        .await
        .must_be(200)
        .json();
    // The command has a clock of its own, and counts from it.
    let days = |field: &str| {
        let text = token[field].as_str().unwrap();
        deskforge::clock::Instant::parse(text).unwrap()
    };
    let life = days("expires_at").seconds_since(days("created_at"));
    assert_eq!(life, 45 * 86_400);
}

async fn the_form_offers_what_the_policy_allows(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let mut browser = server.logged_in(&mira).await;
    let page = browser.open(&format!("{LIST}/new")).await;
    assert!(!page.words().contains("Your admins"));
    strict(&server);
    let page = browser.open(&format!("{LIST}/new")).await;
    let offered = |name: &str| page.values(&format!("input[name={name}]"), "value");
    assert_eq!(offered("expires_in"), ["7", "10", "30", "custom"]);
    let chosen = page.values("input[name=expires_in][checked]", "value");
    assert_eq!(chosen, ["10"]);
    assert_eq!(
        page.text("#expires_in-hint"),
        "Your admins allow at most 30 days."
    );
    assert_eq!(
        offered("environment"),
        ["development", "staging", "production"]
    );
    let scopes = [
        "projects:read",
        "projects:write",
        "tokens:read",
        "tokens:write",
        "self:rotate",
    ];
    assert_eq!(offered("scopes"), scopes);
    // A key that is to be generated again has what it had, as far as that is allowed.
    let never = server.words("SELECT id AS word FROM tokens");
    assert_eq!(never, [""; 0]);
}

async fn a_rotation_ends_within_the_longest_lifetime(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let year = server.now().plus_days(365);
    let rotating = |draft: &mut deskforge::token::draft::Draft| {
        draft.scopes = scopes(&["self:rotate"]);
    };
    let never = server.generate_with(&mira, rotating);
    let long = server.generate_with(&mira, |draft| {
        rotating(draft);
        draft.expires_at = Some(year);
    });
    let week = server.now().plus_days(7);
    let short = server.generate_with(&mira, |draft| {
        rotating(draft);
        draft.expires_at = Some(week);
    });
    set(&server, |policy| {
        policy.longest_days = Some(30);
        policy.default_days = 30;
    });
    server.wait_seconds(86_400);
    for (key, days) in [(&never, 30), (&long, 30), (&short, 7)] {
        let rotated = server.key(key).post("/token/rotate", &json!({})).await;
        let end = server.now().plus_days(days).to_string();
        assert_eq!(rotated.must_be(201).json()["expires_at"], end.as_str());
    }
    // Keys that never end are allowed no more, and of those that do nothing is said.
    set(&server, |policy| {
        policy.longest_days = None;
        policy.allow_never = false;
        policy.default_days = 60;
    });
    let rotated = server.key(&never).post("/token/rotate", &json!({})).await;
    let end = server.now().plus_days(60).to_string();
    assert_eq!(rotated.must_be(201).json()["expires_at"], end.as_str());
    let rotated = server.key(&long).post("/token/rotate", &json!({})).await;
    let end = server.now().plus_days(365).to_string();
    assert_eq!(rotated.must_be(201).json()["expires_at"], end.as_str());
}

async fn a_rotation_is_bound_by_the_other_rules(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let held = ["self:rotate", "introspect"];
    let key = server.generate_scoped(&mira, &held);
    let page = format!("{LIST}/{}/rotate", key.id);
    let mut browser = server.logged_in(&mira).await;
    let form = browser.open(&page).await.form(&page);
    strict(&server);
    let refused = server.key(&key).post("/token/rotate", &json!({})).await;
    refused.must_be(422).must_name(&["scopes", "environment"]);
    let page = browser.send(&form).await;
    assert_eq!(page.answer.status, 422);
    assert!(page.words().contains(SCOPE), "{}", page.words());
    server.key(&key).get("/token").await.must_be(200);
}

async fn a_change_gives_a_key_nothing_that_members_may_not_grant(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let all = [
        "projects:write",
        "tokens:write",
        "introspect",
        "self:rotate",
    ];
    let client = server.key(&server.generate_scoped(&mira, &all));
    let narrow = server.generate_scoped(&mira, &["projects:read"]);
    let wide = server.generate_scoped(&mira, &["introspect", "projects:write"]);
    strict(&server);
    let patch = |id, body| {
        let client = client.clone();
        async move { client.patch(&format!("/tokens/{id}"), &body).await }
    };
    let body = json!({ "scopes": ["projects:read", "introspect"] });
    let refused = patch(narrow.id, body).await.must_be(422);
    assert_eq!(refused.json()["fields"], json!({ "scopes": SCOPE }));
    let body = json!({ "scopes": ["projects:write"] });
    patch(narrow.id, body).await.must_be(200);
    // What a key holds it may keep: it may do no more than before.
    let body = json!({ "scopes": ["introspect"], "name": "Narrower" });
    patch(wide.id, body).await.must_be(200);
    let body = json!({ "expires_at": server.now().plus_days(300) });
    patch(wide.id, body).await.must_be(200);
}

async fn admins_are_bound_but_for_the_scopes(engine: Engine) {
    let server = TestServer::start(engine);
    let all = ["tokens:write", "introspect", "audit:read"];
    let client = server.key(&server.generate_scoped(&server.admin("Ada"), &all));
    strict(&server);
    let body = json!({
        "name": "CI",
        "scopes": ["introspect", "audit:read"],
        "expires_at": server.now().plus_days(31),
    });
    let refused = client.post("/tokens", &body).await.must_be(422);
    refused.must_name(&["expires_at", "environment"]);
}

async fn a_leaked_key_is_stopped_though_it_may_not_be_replaced(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    let mut browser = server.logged_in(&mira).await;
    let leaked = format!("{LIST}/{}/leaked", key.id);
    let form = browser.open(&leaked).await.form(&leaked);
    strict(&server);
    let page = browser.send(&form).await;
    let told = format!("Note. The leaked key is revoked. It is not replaced: {ENVIRONMENT}.");
    assert_eq!(page.text("#message"), told);
    server.key(&key).get("/projects").await.must_be(401);
    assert_eq!(server.number("SELECT count(*) AS number FROM tokens"), 1);
}
