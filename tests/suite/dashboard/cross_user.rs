//! What belongs to somebody else is not there: every page and form that takes an id, with the id of
//! another's thing.

use deskforge::id::Id;
use deskforge::routes::{Authority, table};
use serde_json::json;

use crate::harness::{Engine, Form, TestServer, on_each_engine, without_proofs};

on_each_engine!(
    another_accounts_things_are_404_like_unknown_ones,
    an_admin_revokes_anybodys_key_and_no_more,
);

async fn another_accounts_things_are_404_like_unknown_ones(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    let hers = server.generate_scoped(&mira, &["projects:write"]);
    let body = json!({ "name": "Secret plan" });
    let project = server
        .key(&hers)
        .post("/projects", &body)
        .await
        .must_be(201)
        .json();
    let mut her_browser = server.logged_in(&mira).await;
    let session = server.words("SELECT id AS word FROM sessions").concat();
    let mut his_browser = server.logged_in(&ravi).await;
    let mut proof = his_browser.open("/dashboard").await.form("/logout");
    proof.fields.retain(|(name, _)| name == "csrf");
    let before = snapshot(&server);
    let mut lines = 0;
    for line in table()
        .into_iter()
        .filter(|line| line.path.contains("{id}"))
    {
        if line.authority != Authority::Member {
            continue;
        }
        let her_id = match line.path {
            path if path.contains("/projects/") => project["id"].as_str().unwrap(),
            path if path.contains("/sessions/") => &session,
            _ => hers.id.as_str(),
        };
        let mut pages = Vec::new();
        let path = line.path;
        let is_edit = path.ends_with("/edit") || path == "/dashboard/projects/{id}";
        for id in [her_id, Id::new().as_str()] {
            let path = path.replace("{id}", id);
            let answer = if line.takes("GET") {
                his_browser.get(&path).await
            } else {
                let action = path.clone();
                let form = Form {
                    action,
                    ..proof.clone()
                };
                let form = if is_edit {
                    form.with("name", "Mine")
                } else {
                    form
                };
                his_browser.post(&form).await
            };
            assert_eq!(answer.status, 404, "{answer}");
            assert!(!answer.text().contains("Secret plan"), "{answer}");
            pages.push(without_proofs(answer.text()).replace(id, "…"));
        }
        assert!(
            pages.iter().all(|page| *page == pages[0]),
            "{}: {pages:#?}",
            line.path
        );
        lines += 1;
    }
    assert!(lines >= 10, "{lines}");
    let answer = his_browser
        .get(&format!("/dashboard/settings/tokens/new?again={}", hers.id))
        .await;
    answer.must_be(404);
    assert_eq!(snapshot(&server), before);
    server.key(&hers).get("/projects").await.must_be(200);
    her_browser.get("/dashboard").await.must_be(200);
}

/// All that could have been changed.
fn snapshot(server: &TestServer) -> Vec<String> {
    server.words(
        "SELECT name || coalesce(revoked_at, 0) || coalesce(deleted_at, 0) AS word FROM tokens \
         UNION ALL SELECT name || description AS word FROM projects \
         UNION ALL SELECT id AS word FROM sessions ORDER BY 1",
    )
}

async fn an_admin_revokes_anybodys_key_and_no_more(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ada) = (server.person("Mira"), server.admin("Ada"));
    let key = server.generate_with(&mira, |draft| draft.name = "Hers".into());
    let mut admin = server.logged_in(&ada).await;
    let page = admin.open("/dashboard/admin/tokens").await;
    assert!(page.words().contains("Hers") && !page.answer.text().contains(&key.secret));
    let own = format!("/dashboard/settings/tokens/{}", key.id);
    admin.get(&own).await.must_be(404);
    admin.get(&format!("{own}/edit")).await.must_be(404);
    let path = format!("/dashboard/admin/tokens/{}/revoke", key.id);
    let form = admin.open(&path).await.form(&path);
    admin
        .send(&form)
        .await
        .must_be(200, "/dashboard/admin/tokens");
    let answer = server.key(&key).get("/projects").await;
    answer.must_be_error(401, "key_invalid");
    let by = format!(
        "SELECT revoked_by AS word FROM tokens WHERE id = '{}'",
        key.id
    );
    assert_eq!(server.words(&by), [ada.id.to_string()]);
}
