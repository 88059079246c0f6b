//! Somebody goes: what is handed over goes on without a gap, and all else ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use serde_json::json;

use crate::harness::{Browser, Client, Engine, Form, Key, Person, TestServer, on_each_engine};

on_each_engine!(
    what_is_handed_over_goes_on_and_all_else_ends,
    a_key_goes_with_its_successor,
    a_refused_form_keeps_the_choices,
    a_key_that_was_made_meanwhile_ends_too,
    a_handover_whose_events_cannot_be_written_is_not_made,
    nobody_notices_a_handover_under_load,
);

fn path(person: &Person) -> String {
    format!("/dashboard/admin/users/{}/disable", person.id)
}

/// The name of the field by which a key's fate is chosen.
fn field(server: &TestServer, key: &Key) -> String {
    let family = format!(
        "SELECT family_id AS word FROM tokens WHERE id = '{}'",
        key.id
    );
    format!("to-{}", server.words(&family).concat())
}

async fn opened(admin: &mut Browser, person: &Person) -> Form {
    admin.open(&path(person)).await.form(&path(person))
}

async fn what_is_handed_over_goes_on_and_all_else_ends(engine: Engine) {
    let server = TestServer::start(engine);
    let (ada, mira) = (server.admin("Ada"), server.person("Mira"));
    let service = server.service("Deployments");
    let guard = server.generate_scoped(&mira, &["projects:write", "tokens:read"]);
    let (fresh, rest) = (server.generate(&mira), server.generate(&mira));
    let body = json!({ "name": "Hers" });
    server
        .key(&guard)
        .post("/projects", &body)
        .await
        .must_be(201);
    let mut hers = server.logged_in(&mira).await;
    let mut admin = server.logged_in(&ada).await;
    let page = admin.open(&path(&mira)).await;
    let words = page.words();
    for told in [
        "Disable Mira?",
        "3 keys and 1 session end at once.",
        "Enabling brings no key back.",
        "meet the service account's projects, not these",
        "Their projects stay as they are",
    ] {
        assert!(words.contains(told), "{told}: {words}");
    }
    let form = page.form(&path(&mira));
    let form = form.with(&field(&server, &guard), service.id.as_str());
    let form = form.with(&field(&server, &fresh), "new");
    let form = form
        .with("new_name", "Billing")
        .with("new_purpose", "Bills");
    let told = admin.send(&form).await.words();
    let expected = "Mira is disabled: 2 keys handed over, 1 key revoked, 1 session ended.";
    assert!(told.contains(expected), "{told}");
    for (key, name) in [(&guard, "Deployments"), (&fresh, "Billing")] {
        let client = server.key(key);
        let answer = client.get("/auth/verify").await.must_be(204);
        assert_eq!(answer.header("deskforge-owner-kind"), Some("service"));
        let owner = client.get("/token").await.must_be(200).json()["owner"].clone();
        assert_eq!(owner["name"], name);
        assert_eq!(
            client.get("/projects").await.must_be(200).json()["data"],
            json!([])
        );
    }
    server
        .key(&rest)
        .get("/token")
        .await
        .must_be_error(401, "key_invalid");
    hers.get("/dashboard").await.must_be(303);
    server.browser().log_in(&mira).await.must_be(422, "/login");
    // Its history went along.
    let key = format!(
        "/dashboard/admin/service-accounts/{}/tokens/{}",
        service.id, guard.id
    );
    let page = admin.open(&key).await;
    for words in ["Handed over", "Generated", "Ada"] {
        assert!(page.words().contains(words), "{words}");
    }
    let transfers = "SELECT count(*) AS number FROM audit_events WHERE action = 'token.transfer'";
    assert_eq!(server.number(transfers), 2);
    // Enabled, she has neither the handed keys nor the others.
    let page = format!("/dashboard/admin/users/{}", mira.id);
    let form = admin.open(&page).await.form(&format!("{page}/enable"));
    let told = admin.send(&form).await.words();
    assert!(told.contains("Their keys stay revoked."), "{told}");
    server.key(&rest).get("/token").await.must_be(401);
    let mut hers = server.logged_in(&mira).await;
    hers.get(&format!("/dashboard/settings/tokens/{}", guard.id))
        .await
        .must_be(404);
    server.key(&guard).get("/auth/verify").await.must_be(204);
}

async fn a_key_goes_with_its_successor(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let service = server.service("Deployments");
    let old = server.generate_scoped(&mira, &["self:rotate"]);
    let body = json!({ "overlap_seconds": 3600 });
    let made = server
        .key(&old)
        .post("/token/rotate", &body)
        .await
        .must_be(201)
        .json();
    let new = server.bearer(made["token"].as_str().unwrap());
    let mut admin = server.logged_in(&server.admin("Ada")).await;
    let form = opened(&mut admin, &mira).await;
    let fates = form
        .fields
        .iter()
        .filter(|(name, _)| name.starts_with("to-"));
    assert_eq!(fates.count(), 1, "one choice for both");
    let form = form.with(&field(&server, &old), service.id.as_str());
    let told = admin.send(&form).await.words();
    assert!(told.contains("2 keys handed over"), "{told}");
    // The rotation goes on where it was.
    let facts = server.key(&old).get("/token").await.must_be(200).json();
    assert_eq!(facts["expires_at"], json!(null));
    new.get("/token").await.must_be(200);
    let facts = server.key(&old).get("/token").await.must_be(200).json();
    assert_ne!(facts["expires_at"], json!(null));
    assert_eq!(facts["owner"]["kind"], "service");
    server.wait_seconds(3_600);
    server
        .key(&old)
        .get("/token")
        .await
        .must_be_error(401, "key_expired");
    new.get("/token").await.must_be(200);
}

async fn a_refused_form_keeps_the_choices(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let service = server.service("Deployments");
    let named = |name: &'static str, owner: &Person| {
        server.generate_with(owner, |draft| name.clone_into(&mut draft.name))
    };
    let (one, two) = (named("Website", &mira), named("Worker", &mira));
    named("Website", &service);
    let mut admin = server.logged_in(&server.admin("Ada")).await;
    let form = opened(&mut admin, &mira).await;
    let (first, second) = (field(&server, &one), field(&server, &two));
    let form = form.with(&first, service.id.as_str()).with(&second, "new");
    let page = admin.send(&form).await.must_be(422, &path(&mira));
    assert!(page.words().contains("Error: Enter a name"));
    let kept = page.form(&path(&mira));
    let chosen = |form: &Form, field: &str| {
        let found = form.fields.iter().find(|(name, _)| name == field);
        found.unwrap().1.clone()
    };
    assert_eq!(chosen(&kept, &first), service.id.as_str());
    assert_eq!(chosen(&kept, &second), "new");
    let page = admin.send(&kept.with("new_name", "Billing")).await;
    let page = page.must_be(422, &path(&mira));
    let told = "\"Deployments\" has an active key named \"Website\".";
    assert!(page.words().contains(told), "{}", page.words());
    assert_eq!(page.values("[aria-invalid]", "id").concat(), first);
    // Nothing of it was done.
    let services = "SELECT count(*) AS number FROM accounts WHERE kind = 'service'";
    assert_eq!(server.number(services), 1);
    for key in [&one, &two] {
        server.key(key).get("/auth/verify").await.must_be(204);
    }
    let form = page.form(&path(&mira));
    assert_eq!(chosen(&form, "new_name"), "Billing");
    server.execute("UPDATE accounts SET disabled_at = 1 WHERE kind = 'service'");
    let page = admin.send(&form).await.must_be(422, &path(&mira));
    let gone = "There is no such service account any more";
    assert!(page.words().contains(gone), "{}", page.words());
    let form = page.form(&path(&mira)).with(&first, "new");
    admin
        .send(&form)
        .await
        .must_be(200, &path(&mira).replace("/disable", ""));
    for key in [&one, &two] {
        server.key(key).get("/auth/verify").await.must_be(204);
    }
}

async fn a_key_that_was_made_meanwhile_ends_too(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    let service = server.service("Deployments");
    let mut admin = server.logged_in(&server.admin("Ada")).await;
    let form = opened(&mut admin, &mira).await;
    let late = server.generate(&mira);
    let his = server.generate(&ravi);
    // Nor does the form reach anybody else's.
    let form = form.with(&field(&server, &his), service.id.as_str());
    let told = admin.send(&form).await.words();
    assert!(told.contains("Mira is disabled: 1 key revoked"), "{told}");
    server.key(&late).get("/auth/verify").await.must_be(401);
    let answer = server.key(&his).get("/auth/verify").await.must_be(204);
    assert_eq!(answer.header("deskforge-owner"), Some(ravi.id.as_str()));
}

async fn a_handover_whose_events_cannot_be_written_is_not_made(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let keys = [server.generate(&mira), server.generate(&mira)];
    let mut hers = server.logged_in(&mira).await;
    let mut admin = server.logged_in(&server.admin("Ada")).await;
    let form = opened(&mut admin, &mira).await;
    let form = form
        .with(&field(&server, &keys[0]), "new")
        .with("new_name", "Billing");
    server.refuse_events();
    let ask = admin
        .ask("POST", &form.action)
        .header("sec-fetch-site", "same-origin");
    let kind = "application/x-www-form-urlencoded";
    let status = ask.body(kind, form.encoded()).send_for_status().await;
    assert_eq!(status, 500);
    server.take_again();
    for key in &keys {
        let answer = server.key(key).get("/auth/verify").await.must_be(204);
        assert_eq!(answer.header("deskforge-owner"), Some(mira.id.as_str()));
    }
    hers.get("/dashboard").await.must_be(200);
    let services = "SELECT count(*) AS number FROM accounts WHERE kind = 'service'";
    assert_eq!(server.number(services), 0);
}

/// One key that is asked about without a pause.
struct Asked {
    key: Key,
    is_handed: bool,
}

/// What came of it.
#[derive(Debug, Default)]
struct Seen {
    is_done: AtomicBool,
    is_over: AtomicBool,
    accepted: AtomicU64,
    refused: AtomicU64,
    lost: AtomicU64,
    late: AtomicU64,
    checked: AtomicU64,
}

/// Asks about one key, one request after another.
async fn hammer(client: Client, is_handed: bool, seen: Arc<Seen>) {
    while !seen.is_over.load(SeqCst) {
        let was_done = seen.is_done.load(SeqCst);
        let status = client.get("/auth/verify").await.status;
        let count = match (status, is_handed) {
            (204, false) if was_done => &seen.late,
            (204, _) => &seen.accepted,
            (401, false) => &seen.refused,
            _ => &seen.lost,
        };
        count.fetch_add(1, SeqCst);
        seen.checked.fetch_add(u64::from(was_done), SeqCst);
    }
}

async fn nobody_notices_a_handover_under_load(engine: Engine) {
    let server = TestServer::start(engine);
    let another = (engine == Engine::Postgres).then(|| server.another_node());
    let nodes: Vec<_> = [&server].into_iter().chain(&another).collect();
    let mira = server.person("Mira");
    let service = server.service("Deployments");
    let mut hers = server.logged_in(&mira).await;
    let keys: Vec<_> = (0..6)
        .map(|number| Asked {
            key: server.generate(&mira),
            is_handed: number < 2,
        })
        .collect();
    let mut admin = server.logged_in(&server.admin("Ada")).await;
    let mut form = opened(&mut admin, &mira).await;
    for asked in keys.iter().filter(|asked| asked.is_handed) {
        form = form.with(&field(&server, &asked.key), service.id.as_str());
    }
    let seen = Arc::new(Seen::default());
    let mut load = tokio::task::JoinSet::new();
    for node in &nodes {
        for asked in keys.iter().flat_map(|asked| [asked, asked]) {
            load.spawn(hammer(node.key(&asked.key), asked.is_handed, seen.clone()));
        }
    }
    while seen.accepted.load(SeqCst) < 500 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let answer = admin.post(&form).await;
    seen.is_done.store(true, SeqCst);
    assert_eq!(answer.status, 303, "{answer}");
    while seen.checked.load(SeqCst) < 1_000 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    seen.is_over.store(true, SeqCst);
    load.join_all().await;
    assert_eq!(seen.lost.load(SeqCst), 0, "{seen:?}");
    assert_eq!(seen.late.load(SeqCst), 0, "{seen:?}");
    hers.get("/dashboard").await.must_be(303);
    for node in nodes {
        for asked in &keys {
            let answer = node.key(&asked.key).get("/auth/verify").await;
            assert_eq!(answer.status, if asked.is_handed { 204 } else { 401 });
        }
    }
}
