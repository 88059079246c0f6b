//! A key that leaked: one form stops it and shows its replacement.

use serde_json::json;

use crate::harness::{Engine, Form, TestServer, lines, on_each_engine, scopes};

on_each_engine!(
    a_leaked_key_is_stopped_and_replaced_in_one_step,
    the_same_form_sent_again_makes_no_other_key,
    a_key_that_was_rotated_before_gives_way_to_what_lives,
    a_revoked_key_is_replaced_only_where_it_leaked,
);

const LIST: &str = "/dashboard/settings/tokens";

async fn a_leaked_key_is_stopped_and_replaced_in_one_step(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let end = server.now().plus_days(30);
    let key = server.generate_with(&mira, |draft| {
        draft.name = "CI".into();
        draft.scopes = scopes(&["projects:write", "tokens:read"]);
        draft.locations = lines(&["Vault: ci", "GitHub Actions"]);
        draft.expires_at = Some(end);
    });
    server.wait_seconds(86_399);
    let mut browser = server.logged_in(&mira).await;
    let path = format!("{LIST}/{}", key.id);
    let leaked = format!("{path}/leaked");
    for (page, words) in [(&path, "This key leaked"), (&LIST.to_owned(), "Leaked CI")] {
        let seen = browser.open(page).await;
        let links = seen.texts(&format!("a[href='{leaked}']"));
        assert_eq!(links, [words], "{page}");
    }
    let asked = browser.open(&leaked).await;
    assert!(asked.words().contains("Vault: ci"), "{}", asked.words());
    let shown = browser.send(&asked.form(&leaked)).await;
    let shown = shown.must_be(200, &leaked);
    let secret = shown.text("#new-token");
    assert_eq!(shown.answer.header("cache-control"), Some("no-store"));
    for place in ["Places to update", "Vault: ci", "GitHub Actions"] {
        assert!(shown.words().contains(place), "{place}: {}", shown.words());
    }
    server
        .key(&key)
        .get("/projects")
        .await
        .must_be_error(401, "key_invalid");
    let token = server.bearer(&secret).get("/token").await.must_be(200);
    let token = token.json();
    assert_eq!(token["name"], "CI");
    assert_eq!(token["scopes"], json!(["projects:write", "tokens:read"]));
    assert_eq!(token["replaces"], key.id.as_str());
    // As long a life as the old key had, counted anew.
    assert_eq!(token["expires_at"], "2026-12-25T11:59:59Z");
    let old = browser.open(&path).await;
    assert!(old.texts(".badge").contains(&"Leaked".to_owned()));
    assert!(old.text(".verdict").ends_with("by Mira: Leaked."));
    assert!(old.words().contains("Replaced by CI"), "{}", old.words());
    let kinds = "SELECT action AS word FROM audit_events WHERE subject_kind = 'token' ORDER BY id";
    assert_eq!(
        server.words(kinds),
        ["token.generate", "token.revoke", "token.generate"]
    );
}

async fn the_same_form_sent_again_makes_no_other_key(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    let mut browser = server.logged_in(&mira).await;
    let leaked = format!("{LIST}/{}/leaked", key.id);
    let form = browser.open(&leaked).await.form(&leaked);
    let mut clicks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (mut browser, form) = (browser.clone(), form.clone());
        clicks.spawn(async move { browser.post(&form).await.status });
    }
    let statuses = clicks.join_all().await;
    let shown = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!(shown, 1, "{statuses:?}");
    let again = browser.send(&form).await;
    assert!(again.words().contains("This key was shown once."));
    let keys = "SELECT count(*) AS number FROM tokens";
    assert_eq!(server.number(keys), 2);
}

async fn a_key_that_was_rotated_before_gives_way_to_what_lives(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let writer = server.key(&server.generate_scoped(&mira, &["tokens:write", "projects:read"]));
    let mut browser = server.logged_in(&mira).await;
    for is_used in [false, true] {
        let key = server.generate(&mira);
        let rotate = format!("/tokens/{}/rotate", key.id);
        let made = writer.post(&rotate, &json!({})).await.must_be(201).json();
        let successor = server.bearer(made["token"].as_str().unwrap());
        if is_used {
            successor.get("/projects").await.must_be(200);
        }
        let leaked = format!("{LIST}/{}/leaked", key.id);
        let form = browser.open(&leaked).await.form(&leaked);
        let told = browser.send(&form).await;
        server.key(&key).get("/projects").await.must_be(401);
        if is_used {
            let path = format!("{LIST}/{}", made["id"].as_str().unwrap());
            let told = told.must_be(200, &path);
            assert!(told.words().contains("Done. The leaked key is revoked."));
            successor.get("/projects").await.must_be(200);
        } else {
            let secret = told.must_be(200, &leaked).text("#new-token");
            server.bearer(&secret).get("/projects").await.must_be(200);
            successor.get("/projects").await.must_be(401);
        }
    }
}

async fn a_revoked_key_is_replaced_only_where_it_leaked(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let mut browser = server.logged_in(&mira).await;
    for (reason, is_replaced) in [("Compromised", true), ("No longer needed", false)] {
        let key = server.generate(&mira);
        let path = format!("{LIST}/{}", key.id);
        let (revoke, leaked) = (format!("{path}/revoke"), format!("{path}/leaked"));
        let form = browser.open(&revoke).await.form(&revoke);
        browser.send(&form.with("reason", reason)).await;
        if is_replaced {
            let form = browser.open(&leaked).await.form(&leaked);
            let page = browser.send(&form).await.must_be(200, &leaked);
            assert_eq!(page.count("#new-token"), 1);
            // It has its replacement now.
            browser.open(&leaked).await.must_be(200, &path);
        } else {
            let page = browser.open(&leaked).await.must_be(200, &path);
            assert!(page.words().contains("This key is revoked already."));
            let csrf = browser.open("/dashboard").await.form("/theme");
            let forged = Form {
                action: leaked.clone(),
                ..csrf.without("theme").without("back")
            };
            let page = browser.send(&forged).await;
            assert_eq!(page.count("#new-token"), 0, "{}", page.words());
        }
    }
}
