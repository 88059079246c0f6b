//! Service accounts: nobody logs in to them, and their keys are looked after on the same pages as
//! one's own.

use deskforge::audit::event::Actor;
use deskforge::error::Error;
use deskforge::id::Id;
use deskforge::token::lifecycle::generate;
use deskforge::token::repository::Whose;
use deskforge::token::rotation::rotate;
use serde_json::json;

use crate::harness::{Engine, PASSWORD, TestServer, draft, on_each_engine};

on_each_engine!(
    a_service_account_has_keys_and_no_log_in,
    its_keys_are_looked_after_as_ones_own_are,
    a_service_accounts_key_reaches_its_own_things_alone,
    a_service_account_ends_with_its_keys,
    who_is_no_admin_any_more_leaves_no_key_behind,
);

const LIST: &str = "/dashboard/admin/service-accounts";

async fn a_service_account_has_keys_and_no_log_in(engine: Engine) {
    let server = TestServer::start(engine);
    let mut admin = server.logged_in(&server.admin("Ada")).await;
    let form = admin.open(&format!("{LIST}/new")).await.form(LIST);
    let form = form.with("name", "Deployments").with("purpose", "Ships it");
    let page = admin.send(&form).await;
    assert!(
        page.words().contains("Deployments made."),
        "{}",
        page.words()
    );
    let id = page.path.split('/').nth(4).unwrap().to_owned();
    let again = admin.send(&form).await.must_be(422, LIST);
    let told = "There is a service account named \"Deployments\"";
    assert!(again.words().contains(told));
    let people = admin.open("/dashboard/admin/users").await;
    for words in ["Deployments", "Ships it", "Ada"] {
        assert!(people.words().contains(words), "{words}");
    }
    for email in ["", "Deployments", &id] {
        let mut browser = server.browser();
        let page = browser.log_in_with(email, PASSWORD).await;
        page.must_be(422, "/login");
    }
    let mut proof = admin.open("/dashboard").await.form("/logout");
    let user = format!("/dashboard/admin/users/{id}");
    for path in [&user, &format!("{user}/role"), &format!("{user}/disable")] {
        admin.get(path).await.must_be(404);
    }
    for name in [
        "link",
        "cancel",
        "role",
        "disable",
        "enable",
        "end-sessions",
    ] {
        proof.action = format!("{user}/{name}");
        let form = match name {
            "role" => proof.clone().with("role", "admin"),
            _ => proof.clone(),
        };
        admin.post(&form).await.must_be(404);
    }
    let path = format!("{LIST}/{id}");
    let form = admin.open(&path).await.form(&path);
    let form = form.with("name", "Releases");
    admin
        .send(&form)
        .await
        .must_be(200, "/dashboard/admin/users");
    let refused = admin.send(&form.with("managed_by", &id)).await;
    assert!(refused.words().contains("Choose an admin"));
}

async fn its_keys_are_looked_after_as_ones_own_are(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    let service = server.service("Deployments");
    let mut admin = server.logged_in(&ada).await;
    let list = format!("{LIST}/{}/tokens", service.id);
    let form = admin.open(&format!("{list}/new")).await.form(&list);
    assert!(
        !admin
            .open(&format!("{list}/new"))
            .await
            .words()
            .contains("audit:read")
    );
    let page = admin.send(&form.with("name", "CI/CD Pipeline")).await;
    let secret = page.must_be(200, &list).text("#new-token");
    let first = server.bearer(&secret);
    let owner = first.get("/auth/verify").await.must_be(204);
    assert_eq!(owner.header("deskforge-owner-kind"), Some("service"));
    assert_eq!(owner.header("deskforge-owner"), Some(service.id.as_str()));
    let facts = first.get("/token").await.must_be(200).json();
    assert_eq!(facts["created_by"], json!(ada.id));
    let id = facts["id"].as_str().unwrap().to_owned();
    let page = admin.open(&list).await;
    let links = page.values("tbody a", "href");
    assert!(
        links.iter().all(|link| link.starts_with(&list)),
        "{links:?}"
    );
    // Rotated: the answer shows the successor, which goes on for the service account.
    let rotate = format!("{list}/{id}/rotate");
    let form = admin.open(&rotate).await.form(&rotate);
    let page = admin.send(&form.with("overlap", "0")).await;
    let second = server.bearer(&page.text("#new-token"));
    let owner = second.get("/auth/verify").await.must_be(204);
    assert_eq!(owner.header("deskforge-owner-kind"), Some("service"));
    first.get("/auth/verify").await.must_be(401);
    let id = second.get("/token").await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let pause = format!("{list}/{id}/pause");
    let form = admin.open(&pause).await.form(&pause);
    let page = admin
        .send(&form)
        .await
        .must_be(200, &format!("{list}/{id}"));
    second.get("/auth/verify").await.must_be(401);
    let form = page.form(&format!("{list}/{id}/resume"));
    admin
        .send(&form)
        .await
        .must_be(200, &format!("{list}/{id}"));
    second.get("/auth/verify").await.must_be(204);
    let revoke = format!("{list}/{id}/revoke");
    let form = admin.open(&revoke).await.form(&revoke);
    admin.send(&form).await.must_be(200, &list);
    second.get("/auth/verify").await.must_be(401);
    // By its own pages alone, and of that account alone.
    let own = format!("/dashboard/settings/tokens/{id}");
    admin.get(&own).await.must_be(404);
    let (mira, other) = (server.person("Mira"), server.service("Other"));
    let hers = server.generate(&mira);
    for (account, key) in [
        (service.id, hers.id),
        (mira.id, hers.id),
        (other.id, id.parse().unwrap()),
        (Id::new(), hers.id),
    ] {
        admin
            .get(&format!("{LIST}/{account}/tokens/{key}"))
            .await
            .must_be(404);
    }
    admin
        .get(&format!("{LIST}/{}/tokens", mira.id))
        .await
        .must_be(404);
}

async fn a_service_accounts_key_reaches_its_own_things_alone(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, service) = (server.person("Mira"), server.service("Deployments"));
    let hers = server.generate_scoped(&mira, &["projects:write"]);
    let body = json!({ "name": "Hers" });
    server
        .key(&hers)
        .post("/projects", &body)
        .await
        .must_be(201);
    let key = server.generate_scoped(&service, &["projects:write", "tokens:write", "audit:read"]);
    let client = server.key(&key);
    let none = client.get("/projects").await.must_be(200).json();
    assert_eq!(none["data"], json!([]));
    client
        .post("/projects", &json!({ "name": "Own" }))
        .await
        .must_be(201);
    let made = client
        .post("/tokens", &json!({ "name": "Second" }))
        .await
        .must_be(201)
        .json();
    assert_eq!(made["owner"]["kind"], "service");
    assert_eq!(
        client.get("/tokens").await.json()["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    client
        .get(&format!("/tokens/{}", hers.id))
        .await
        .must_be(404);
    let refused = client.get("/auth/verify?scope=audit:read").await;
    refused.must_be_error(403, "scope_missing");
    let body = json!({ "name": "Third", "scopes": ["audit:read"] });
    client.post("/tokens", &body).await.must_be(422);
}

async fn a_service_account_ends_with_its_keys(engine: Engine) {
    let server = TestServer::start(engine);
    let service = server.service("Deployments");
    let key = server.generate(&service);
    let mut admin = server.logged_in(&server.admin("Ada")).await;
    let end = format!("{LIST}/{}/end", service.id);
    let page = admin.open(&end).await;
    assert!(page.words().contains("1 key ends at once."));
    let told = admin.send(&page.form(&end)).await.words();
    assert!(
        told.contains("Deployments has ended: 1 key revoked."),
        "{told}"
    );
    server.key(&key).get("/auth/verify").await.must_be(401);
    let list = format!("{LIST}/{}/tokens", service.id);
    let page = admin.open(&list).await;
    assert!(page.words().contains("has ended"));
    let mut form = page.form("/logout");
    form.action.clone_from(&list);
    let form = form
        .with("name", "Late")
        .with("expires_in", "90")
        .with("scopes", "projects:read");
    admin
        .post(&form.with("environment", "none"))
        .await
        .must_be(404);
    // The name is free again.
    server.service("Deployments");
}

/// A request that was let in just before its admin was demoted.
async fn who_is_no_admin_any_more_leaves_no_key_behind(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, service) = (server.person("Mira"), server.service("Deployments"));
    let (mint, now) = (&server.state().mint, server.now());
    let actor = Actor::user(mira.id, &mira.name, None);
    let made = server.state().database.write_now(|connection| {
        generate(
            connection,
            mint,
            service.id,
            draft(),
            None,
            None,
            &actor,
            now,
        )
        .map(drop)
    });
    assert!(matches!(made, Err(Error::NotFound)));
    let key = server.generate(&service);
    let rotated = server.state().database.write_now(|connection| {
        let keys = Whose::Account(service.id);
        rotate(connection, mint, keys, key.id, 0, None, &actor, now).map(drop)
    });
    assert!(matches!(rotated, Err(Error::NotFound)));
}
