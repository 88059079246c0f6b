//! The operator's own scopes.

use serde_json::json;

use super::{LIST, events};
use crate::harness::{Browser, Engine, Page, TestServer, on_each_engine};

on_each_engine!(
    a_scope_that_is_added_is_offered_granted_and_served,
    a_retired_scope_is_granted_no_more_and_kept_by_whoever_holds_it,
    a_scope_is_dropped_from_all_keys_at_once,
    a_scope_is_deleted_when_no_key_holds_it,
    names_that_cannot_be_are_told_at_the_field,
);

const SCOPES: &str = "/dashboard/admin/scopes";
const READ: &str = "invoices:read";

async fn add(browser: &mut Browser, name: &str) -> Page {
    let form = browser.open(&format!("{SCOPES}/new")).await.form(SCOPES);
    let form = form
        .with("name", name)
        .with("description", "Opens <b>it</b>");
    browser.send(&form).await
}

/// Presses the button of a form on the scope's page.
async fn press(browser: &mut Browser, what: &str) -> Page {
    let here = format!("{SCOPES}/{READ}");
    let form = browser.open(&here).await.form(&format!("{here}/{what}"));
    browser.send(&form).await
}

async fn a_scope_that_is_added_is_offered_granted_and_served(engine: Engine) {
    let server = TestServer::start(engine);
    let (ada, mira) = (server.admin("Ada"), server.person("Mira"));
    let mut admin = server.logged_in(&ada).await;
    let page = add(&mut admin, READ).await.must_be(200, SCOPES);
    assert_eq!(page.text("#message"), "Done. Scope invoices:read added.");
    add(&mut admin, "invoices:write").await.must_be(200, SCOPES);
    assert_eq!(events(&server, "scope.add"), 2);

    let mut browser = server.logged_in(&mira).await;
    let docs = browser.open("/dashboard/docs").await.words();
    assert!(docs.contains("invoices:read") && docs.contains("Opens <b>it</b>"));
    let page = browser.open(&format!("{LIST}/new")).await;
    let form = page.form(LIST).with("name", "Billing").with("scopes", READ);
    let key = browser.send(&form).await.text("#new-token");
    let gateway = |key: &str, scope: &str| {
        let client = server.bearer(key);
        let path = format!("/auth/verify?scope={scope}");
        async move { client.get(&path).await.status }
    };
    assert_eq!(gateway(&key, READ).await, 204);
    assert_eq!(gateway(&key, "invoices:write").await, 403);

    let writer = server.generate_scoped(&mira, &["tokens:write", "invoices:write"]);
    let client = server.key(&writer);
    let body = json!({ "name": "Writer", "scopes": ["invoices:write"] });
    let made = client.post("/tokens", &body).await.must_be(201).json();
    let key = made["token"].as_str().unwrap();
    assert_eq!(gateway(key, READ).await, 204);
    let path = format!("/tokens/{}", made["id"].as_str().unwrap());
    let body = json!({ "scopes": [READ] });
    client.patch(&path, &body).await.must_be(200);
    assert_eq!(gateway(key, "invoices:write").await, 403);

    let page = admin.open(SCOPES).await;
    assert_eq!(page.texts("td.number"), ["2", "1"]);
    let here = format!("{SCOPES}/{READ}");
    let form = admin.open(&here).await.form(&here);
    let page = admin
        .send(&form.clone().with("description", "Read them"))
        .await;
    assert!(page.must_be(200, SCOPES).words().contains("Read them"));
    let page = admin.send(&form.with("description", " ")).await;
    assert!(
        page.must_be(422, &here)
            .words()
            .contains("Say what it opens")
    );
}

async fn a_retired_scope_is_granted_no_more_and_kept_by_whoever_holds_it(engine: Engine) {
    let server = TestServer::start(engine);
    let (ada, mira) = (server.admin("Ada"), server.person("Mira"));
    let mut admin = server.logged_in(&ada).await;
    add(&mut admin, READ).await;
    let held = ["tokens:write", "self:rotate", READ];
    let holder = server.generate_scoped(&mira, &held);
    let other = server.generate_scoped(&mira, &["tokens:read"]);
    let page = press(&mut admin, "retire").await;
    assert_eq!(
        page.text("#message"),
        "Done. Scope retired. Keys that hold it keep it."
    );
    let client = server.key(&holder);
    let verify = "/auth/verify?scope=invoices:read";
    client.get(verify).await.must_be(204);

    let mut browser = server.logged_in(&mira).await;
    let page = browser.open(&format!("{LIST}/new")).await;
    let offered = page.values("input[name=scopes]", "value");
    assert!(!offered.contains(&READ.to_owned()), "{offered:?}");
    let forged = page.form(LIST).with("name", "New").with("scopes", READ);
    browser.send(&forged).await.must_be(422, LIST);
    let body = json!({ "name": "New", "scopes": [READ] });
    let refused = client.post("/tokens", &body).await.must_be(422);
    refused.must_name(&["scopes"]);
    let body = json!({ "scopes": ["tokens:read", READ] });
    let refused = client.patch(&format!("/tokens/{}", other.id), &body).await;
    refused.must_be(422).must_name(&["scopes"]);
    // A change of its other scopes leaves it, and so does a rotation.
    let body = json!({ "scopes": ["self:rotate", "tokens:write", READ] });
    let kept = client.patch(&format!("/tokens/{}", holder.id), &body).await;
    kept.must_be(200);
    let rotated = client.post("/token/rotate", &json!({})).await.must_be(201);
    let rotated = rotated.json();
    let successor = server.bearer(rotated["token"].as_str().unwrap());
    successor.get(verify).await.must_be(204);

    let page = press(&mut admin, "restore").await;
    assert_eq!(page.text("#message"), "Done. Scope offered again.");
    let body = json!({ "name": "New", "scopes": [READ] });
    client.post("/tokens", &body).await.must_be(201);
}

async fn a_scope_is_dropped_from_all_keys_at_once(engine: Engine) {
    let server = TestServer::start(engine);
    let (ada, mira) = (server.admin("Ada"), server.person("Mira"));
    let mut admin = server.logged_in(&ada).await;
    add(&mut admin, READ).await;
    let keys = [
        server.generate_scoped(&mira, &["projects:read", READ]),
        server.generate_scoped(&ada, &[READ, "projects:read"]),
        server.generate_scoped(&mira, &[READ]),
    ];
    let dead = server.generate_scoped(&mira, &[READ]);
    server.revoke(&dead);
    let before = (
        events(&server, "token.change"),
        events(&server, "scope.drop"),
    );
    let here = format!("{SCOPES}/{READ}");
    let page = admin.open(&here).await;
    assert!(page.words().contains("Drop it from all 3 keys"));
    let drop = format!("{here}/drop");
    let page = admin.open(&drop).await;
    assert_eq!(page.text("h1"), "Drop invoices:read from 3 keys?");
    assert!(page.words().contains("1 of them holds nothing else"));
    let page = admin.send(&page.form(&drop)).await.must_be(200, &here);
    assert_eq!(page.text("#message"), "Done. Scope dropped from 3 keys.");
    for key in &keys {
        let client = server.key(key);
        client
            .get("/auth/verify?scope=invoices:read")
            .await
            .must_be(403);
        client.get("/token").await.must_be(200);
    }
    server.key(&keys[1]).get("/projects").await.must_be(200);
    let after = (
        events(&server, "token.change"),
        events(&server, "scope.drop"),
    );
    assert_eq!((after.0 - before.0, after.1 - before.1), (3, 1));
}

async fn a_scope_is_deleted_when_no_key_holds_it(engine: Engine) {
    let server = TestServer::start(engine);
    let (ada, mira) = (server.admin("Ada"), server.person("Mira"));
    let mut admin = server.logged_in(&ada).await;
    add(&mut admin, READ).await;
    let here = format!("{SCOPES}/{READ}");
    let delete = format!("{here}/delete");
    let form = admin.open(&delete).await.form(&delete);
    let key = server.generate_scoped(&mira, &[READ]);
    let page = admin.send(&form).await.must_be(200, &here);
    assert_eq!(
        page.text("#message"),
        "Not done. Keys hold this scope. Retire it."
    );
    server.revoke(&key);
    let form = admin.open(&delete).await.form(&delete);
    let page = admin.send(&form).await.must_be(200, SCOPES);
    assert_eq!(page.text("#message"), "Done. Scope deleted.");
    for gone in [
        &here,
        &delete,
        &format!("{here}x"),
        &format!("{SCOPES}/a%00b"),
    ] {
        admin.get(gone).await.must_be(404);
    }
}

async fn names_that_cannot_be_are_told_at_the_field(engine: Engine) {
    let server = TestServer::start(engine);
    let mut admin = server.logged_in(&server.admin("Ada")).await;
    add(&mut admin, READ).await.must_be(200, SCOPES);
    for (name, told) in [
        ("", "Enter two words of small letters"),
        ("invoices", "Enter two words of small letters"),
        ("Invoices:read", "Enter two words of small letters"),
        ("a:b:c", "Enter two words of small letters"),
        ("a:b\u{0}", "Enter two words of small letters"),
        ("introspect", "\"introspect\" is built in"),
        ("projects:read", "\"projects:read\" is built in"),
        (READ, "There is a scope \"invoices:read\" already"),
    ] {
        let page = add(&mut admin, name).await.must_be(422, SCOPES);
        assert!(page.text("#name-error").contains(told), "{name:?}");
    }
    let form = admin.open(&format!("{SCOPES}/new")).await.form(SCOPES);
    let form = form
        .with("name", "a:b")
        .with("description", &"x".repeat(201));
    let page = admin.send(&form).await.must_be(422, SCOPES);
    assert!(page.words().contains("200 characters or fewer"));
}
