//! What becomes of the keys that break a stricter rule, in one transaction with it.

use deskforge::clock::Instant;
use serde_json::{Value, json};

use super::{BROKEN, POLICY, events, form, set};
use crate::harness::{Engine, TestServer, on_each_engine, run, scopes};

on_each_engine!(
    what_was_chosen_is_done_together_with_the_policy,
    nothing_is_changed_before_it_is_chosen,
    a_rule_that_was_there_before_is_not_asked_about_again,
    a_policy_that_cannot_be_recorded_is_not_in_force,
    of_two_admins_at_once_the_second_is_told,
    a_policy_that_does_not_fit_is_told_at_its_fields,
    members_have_no_such_pages,
);

async fn what_was_chosen_is_done_together_with_the_policy(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ada) = (server.person("Mira"), server.admin("Ada"));
    let never = server.generate_scoped(&mira, &["projects:read", "introspect"]);
    server.wait_seconds(20 * 86_400);
    let now = server.now();
    let long = server.generate_with(&mira, |draft| draft.expires_at = Some(now.plus_days(60)));
    let fine = server.generate_with(&mira, |draft| draft.expires_at = Some(now.plus_days(30)));
    let both = server.generate_with(&mira, |draft| draft.scopes = scopes(&["introspect"]));
    let mut browser = server.logged_in(&ada).await;
    let sent = form(&mut browser).await;
    let kept: Vec<_> = sent
        .fields
        .iter()
        .filter(|(_, value)| value != "introspect")
        .cloned()
        .collect();
    let sent = crate::harness::Form {
        fields: kept,
        ..sent
    };
    let sent = sent.with("longest_days", "30").with("default_days", "30");
    let page = browser.send(&sent).await;
    assert_eq!(page.text("h1"), "3 keys break this");
    let rules = page.texts("h2");
    assert_eq!(
        rules,
        [
            "Live longer than 30 days",
            "Hold a scope that members may not grant"
        ]
    );
    assert_eq!(page.texts("h2 + p"), ["3 keys.", "2 keys."]);
    let chosen = page.values("input[type=radio][checked]", "value");
    assert_eq!(chosen, ["leave", "leave"]);
    let before = (
        events(&server, "token.change"),
        events(&server, "token.revoke"),
    );
    let chosen = page.form(BROKEN).with("keys_lifetime", "shorten");
    let page = browser.send(&chosen.with("keys_scopes", "revoke")).await;
    let told = "Done. Policy saved. 2 keys revoked. 1 key ends sooner.";
    assert_eq!(page.text("#message"), told);
    for (key, status) in [(&never, 401), (&both, 401), (&long, 200), (&fine, 200)] {
        server.key(key).get("/token").await.must_be(status);
    }
    let end = |key| {
        let client = server.key(key);
        async move { client.get("/token").await.json()["expires_at"].clone() }
    };
    let after = now.plus_days(30).to_string();
    assert_eq!(end(&long).await, after.as_str());
    assert_eq!(end(&fine).await, after.as_str());
    let after = (
        events(&server, "token.change"),
        events(&server, "token.revoke"),
    );
    assert_eq!((after.0 - before.0, after.1 - before.1), (1, 2));
    let detail =
        server.words("SELECT detail AS word FROM audit_events WHERE action = 'policy.change'");
    let detail: Value = serde_json::from_str(&detail[0]).unwrap();
    assert_eq!(detail["before"]["longest_days"], Value::Null);
    assert_eq!(detail["after"]["longest_days"], 30);
    assert_eq!(
        detail["broken"]["lifetime"],
        json!({ "remedy": "shorten", "tokens": 3 })
    );
    assert_eq!(
        detail["broken"]["scopes"],
        json!({ "remedy": "revoke", "tokens": 2 })
    );
    let reasons = server.words("SELECT revoked_reason AS word FROM tokens WHERE revoked_at > 0");
    assert_eq!(reasons, ["Policy: a scope that members may not grant"; 2]);
}

async fn nothing_is_changed_before_it_is_chosen(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    let old = server.generate(&ada);
    server.wait_seconds(90 * 86_400);
    let mut browser = server.logged_in(&ada).await;
    let page = form(&mut browser).await.with("longest_days", "30");
    let page = browser.send(&page.with("default_days", "30")).await;
    assert_eq!(page.text("h1"), "1 key breaks this");
    assert_eq!(events(&server, "policy.change"), 0);
    let unchosen = page.form(BROKEN).without("keys_lifetime");
    let again = browser.send(&unchosen).await.must_be(422, BROKEN);
    assert!(again.words().contains("Choose what becomes of these keys"));
    assert_eq!(events(&server, "policy.change"), 0);
    let saved = browser
        .send(&again.form(BROKEN).with("keys_lifetime", "shorten"))
        .await;
    assert_eq!(
        saved.text("#message"),
        "Done. Policy saved. 1 key ends sooner."
    );
    // It is older than the rule has it: it has a week, in which it can be rotated.
    let token = server.key(&old).get("/token").await.must_be(200).json();
    let week = server.now().plus_days(7).to_string();
    assert_eq!(token["expires_at"], week.as_str());
}

async fn a_rule_that_was_there_before_is_not_asked_about_again(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    server.generate(&ada);
    set(&server, |policy| policy.environment_required = true);
    let mut browser = server.logged_in(&ada).await;
    let sent = form(&mut browser).await.with("shortest_password", "20");
    let page = browser.send(&sent).await.must_be(200, POLICY);
    assert_eq!(page.text("#message"), "Done. Policy saved.");
}

async fn a_policy_that_cannot_be_recorded_is_not_in_force(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    let key = server.generate(&ada);
    let mut browser = server.logged_in(&ada).await;
    let page = form(&mut browser).await.with("environment_required", "yes");
    let page = browser.send(&page).await;
    let chosen = page.form(BROKEN).with("keys_environment", "revoke");
    server.refuse_events();
    let failing = browser
        .ask("POST", BROKEN)
        .header("origin", server.base())
        .body("application/x-www-form-urlencoded", chosen.encoded());
    assert_eq!(failing.send_for_status().await, 500);
    server.key(&key).get("/projects").await.must_be(200);
    let required = "SELECT count(*) AS number FROM policies WHERE environment_required";
    assert_eq!(server.number(required), 0);
}

async fn of_two_admins_at_once_the_second_is_told(engine: Engine) {
    let server = TestServer::start(engine);
    let (ada, bea) = (server.admin("Ada"), server.admin("Bea"));
    let mut hers = server.logged_in(&ada).await;
    let mut others = server.logged_in(&bea).await;
    let first = form(&mut hers).await.with("default_days", "60");
    let second = form(&mut others).await.with("default_days", "30");
    hers.send(&first).await.must_be(200, POLICY);
    let page = others.send(&second).await.must_be(422, POLICY);
    assert!(
        page.words()
            .contains("Another admin has changed the policy meanwhile")
    );
    let days = "SELECT default_days AS number FROM policies";
    assert_eq!(server.number(days), 60);
}

async fn a_policy_that_does_not_fit_is_told_at_its_fields(engine: Engine) {
    let server = TestServer::start(engine);
    let mut browser = server.logged_in(&server.admin("Ada")).await;
    let sent = form(&mut browser).await;
    for (field, value, told) in [
        ("longest_days", "soon", "Enter a number of days, or nothing"),
        ("longest_days", "0", "Enter 1 to 36,500 days"),
        (
            "longest_days",
            "30",
            "The default lifetime is longer than the longest",
        ),
        ("default_days", "", "Enter 1 to 36,500 days"),
        ("most_keys", "10001", "Enter 1 to 10,000 keys"),
        (
            "scopes",
            "none:such",
            "One of these scopes is there no more",
        ),
        ("unused_days", "-1", "Enter 1 to 36,500 days"),
        ("shortest_password", "14", "Enter 15 to 64 characters"),
        ("spy", "1", "This form has no field \"spy\""),
    ] {
        let page = browser.send(&sent.clone().with(field, value)).await;
        let page = page.must_be(422, POLICY);
        assert!(page.words().contains(told), "{field}: {}", page.words());
    }
    let page = browser
        .send(&sent.without("scopes"))
        .await
        .must_be(422, POLICY);
    assert!(page.words().contains("Choose at least one scope"));
    assert_eq!(events(&server, "policy.change"), 0);
}

async fn members_have_no_such_pages(engine: Engine) {
    let server = TestServer::start(engine);
    let mut browser = server.logged_in(&server.person("Mira")).await;
    let mut proof = browser.open("/dashboard").await.form("/logout");
    for path in [
        POLICY,
        BROKEN,
        "/dashboard/admin/scopes",
        "/dashboard/admin/scopes/new",
    ] {
        browser.get(path).await.must_be(404);
        path.clone_into(&mut proof.action);
        assert!(matches!(browser.post(&proof).await.status, 404 | 405));
    }
}

/// What was taken away is away on the other node when the answer has come.
#[test]
fn what_a_policy_takes_away_is_away_on_every_node_at_once() {
    run(async {
        let server = TestServer::start(Engine::Postgres);
        let node = server.another_node();
        let (mira, ada) = (server.person("Mira"), server.admin("Ada"));
        let mut browser = server.logged_in(&ada).await;
        let page = browser.open("/dashboard/admin/scopes/new").await;
        let sent = page
            .form("/dashboard/admin/scopes")
            .with("name", "invoices:read");
        browser
            .send(&sent.with("description", "Read invoices"))
            .await;
        let held = ["projects:read", "invoices:read"];
        let key = server.generate_scoped(&mira, &held);
        let verify = "/auth/verify?scope=invoices:read";
        node.key(&key).get(verify).await.must_be(204);
        let drop = "/dashboard/admin/scopes/invoices:read/drop";
        let sent = browser.open(drop).await.form(drop);
        browser.post(&sent).await.must_be(303);
        node.key(&key).get(verify).await.must_be(403);

        let page = form(&mut browser).await.with("longest_days", "30");
        let page = browser.send(&page.with("default_days", "30")).await;
        let shorten = page.form(BROKEN).with("keys_lifetime", "shorten");
        browser.post(&shorten).await.must_be(303);
        let answer = node.key(&key).get("/auth/verify").await.must_be(204);
        let end = server.now().plus_days(30).to_string();
        assert_eq!(answer.header("deskforge-key-expires"), Some(end.as_str()));

        let page = form(&mut browser).await.with("environment_required", "yes");
        let page = browser.send(&page).await;
        let revoke = page.form(BROKEN).with("keys_environment", "revoke");
        browser.post(&revoke).await.must_be(303);
        node.key(&key).get("/auth/verify").await.must_be(401);
        assert!(Instant::parse(&end).is_some());
    });
}
