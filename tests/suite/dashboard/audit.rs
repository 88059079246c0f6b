//! The audit log on the dashboard: what admins see of all, members of their own.

use serde_json::json;

use crate::harness::{Engine, Person, Program, TestServer, on_each_engine};

on_each_engine!(
    the_log_says_who_did_what_to_which_key,
    filters_stand_in_the_address,
    a_whole_key_is_cut_before_it_is_looked_for,
    a_long_log_has_pages,
    an_event_shows_before_and_after,
    the_log_is_sent_as_a_file_with_its_proofs,
    the_page_says_how_far_the_log_is_verified,
    a_page_that_is_watched_loads_itself_again,
    members_see_the_events_of_their_own_account,
    what_is_not_allowed_is_kept_and_bounded,
);

const LOG: &str = "/dashboard/admin/audit";

async fn the_log_says_who_did_what_to_which_key(engine: Engine) {
    let server = TestServer::start(engine);
    let (ada, mira) = (server.admin("Ada"), server.person("Mira"));
    let key = server.generate_with(&mira, |draft| draft.name = "CI <b>".into());
    server.revoke(&key);
    let mut browser = server.logged_in(&ada).await;
    let page = browser.open(LOG).await.must_be(200, LOG);
    assert_eq!(page.title(), "Audit - Admin - DeskForge");
    let rows = page.texts("tbody tr");
    assert_eq!(rows.len(), 5, "{rows:?}");
    assert!(
        rows[0].contains("Log-in") && rows[0].contains("127.0.0.1"),
        "{rows:?}"
    );
    assert!(rows[0].contains("24 Nov 2026, 12:00:00"), "{rows:?}");
    assert!(
        rows[1].contains("Key revoked") && rows[1].contains("CI <b>"),
        "{rows:?}"
    );
    let four = &key.secret[key.secret.len() - 4..];
    assert!(rows[1].contains(&format!("df_…{four}")), "{rows:?}");
    assert!(!page.answer.text().contains(&key.secret));
    browser.open("/dashboard/admin/tokens").await;
    let page = browser.open(LOG).await;
    assert!(page.texts("tbody tr")[0].contains("All tokens viewed"));
}

async fn filters_stand_in_the_address(engine: Engine) {
    let server = TestServer::start(engine);
    let (ada, mira) = (server.admin("Ada"), server.person("Mira"));
    let key = server.generate(&mira);
    let four = &key.secret[key.secret.len() - 4..];
    let mut browser = server.logged_in(&ada).await;
    for (query, rows) in [
        ("person=mira%40example.com".to_owned(), 2),
        (format!("person={}", mira.id), 2),
        (format!("key={four}"), 1),
        (
            format!("key=df_%E2%80%A6{four}&action=token.generate&result=done"),
            1,
        ),
        ("result=denied".to_owned(), 0),
        ("action=session.log_in&address=127.0.0.1".to_owned(), 1),
        ("from=2026-11-24T12:00&to=2026-11-24T12:00".to_owned(), 4),
        ("from=2026-11-24T12:01".to_owned(), 0),
        ("to=2026-11-24T11:59".to_owned(), 0),
    ] {
        let page = browser.open(&format!("{LOG}?{query}")).await;
        assert_eq!(page.count("tbody tr"), rows, "{query}");
        if rows == 0 {
            assert!(page.words().contains("Nothing matches."), "{query}");
        }
    }
    for bad in [
        "person=nobody%40example.com",
        "key=zzzz",
        "address=there",
        "from=yesterday",
        "to=2026-13-01T00:00",
        "result=no",
        "after=x",
        "spy=1",
        "person=%00",
        "key=%00%ff",
    ] {
        browser.get(&format!("{LOG}?{bad}")).await.must_be(422);
    }
}

async fn a_whole_key_is_cut_before_it_is_looked_for(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    let key = server.generate(&ada);
    let mut browser = server.logged_in(&ada).await;
    for field in ["key", "person", "address"] {
        let answer = browser.get(&format!("{LOG}?{field}={}", key.secret)).await;
        let answer = answer.must_be(303);
        let four = &key.secret[key.secret.len() - 4..];
        assert_eq!(
            answer.header("location"),
            Some(&*format!("{LOG}?key={four}"))
        );
    }
}

async fn a_long_log_has_pages(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    for _ in 0..120 {
        server.generate(&ada);
    }
    let mut browser = server.logged_in(&ada).await;
    let (mut path, mut seen) = (LOG.to_owned(), Vec::new());
    loop {
        let page = browser.open(&path).await;
        seen.extend(page.values("tbody th a", "href"));
        match page.values("nav.pager a[rel=next]", "href").pop() {
            Some(next) => path = next,
            None => break,
        }
    }
    assert_eq!(seen.len(), 122);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 122, "none is shown twice");
}

async fn an_event_shows_before_and_after(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    let key = server.generate_scoped(&ada, &["tokens:write"]);
    let path = format!("/tokens/{}", key.id);
    let changed = server
        .key(&key)
        .patch(&path, &json!({ "note": "<i>Seen" }))
        .await;
    changed.must_be(200);
    let mut browser = server.logged_in(&ada).await;
    let list = browser.open(&format!("{LOG}?action=token.change")).await;
    let path = &list.values("tbody th a", "href")[0];
    let page = browser.open(path).await.must_be(200, path);
    assert_eq!(page.text("h1"), "Event 3");
    assert!(page.words().contains("Ada with a key"), "{}", page.words());
    let rows = page.texts("tbody tr");
    assert!(rows.iter().any(|row| row.contains("<i>Seen")), "{rows:?}");
    let unknown = LOG.to_owned() + "/0198a8a8-0000-7000-8000-000000000001";
    browser.get(&unknown).await.must_be(404);
}

async fn the_log_is_sent_as_a_file_with_its_proofs(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    for _ in 0..20 {
        server.generate(&ada);
    }
    let mut browser = server.logged_in(&ada).await;
    let form = browser.open(LOG).await.form(&format!("{LOG}/export"));
    let answer = browser.post(&form).await.must_be(200);
    let name = answer.header("content-disposition").unwrap();
    assert_eq!(name, "attachment; filename=\"audit-2026-11-24.jsonl\"");
    let file = server.place().data_dir().join("export.jsonl");
    std::fs::write(&file, &answer.body).unwrap();
    assert!(
        answer
            .text()
            .lines()
            .nth(22)
            .unwrap()
            .contains("audit.export")
    );
    let words = ["audit", "verify", "--file", file.to_str().unwrap()];
    let verified = Program::on(server.place(), &words).finish().must_succeed();
    assert_eq!(verified, "Verified to event 23\n");
}

async fn the_page_says_how_far_the_log_is_verified(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    let mut browser = server.logged_in(&ada).await;
    let ask = async |browser: &mut crate::harness::Browser, words: &str| {
        let form = browser.open(LOG).await.form(&format!("{LOG}/verify"));
        let page = browser.send(&form).await.must_be(200, LOG);
        assert!(page.words().contains("Done. Verification started."));
        loop {
            let state = browser.open(LOG).await.text("#state");
            if state.contains(words) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    ask(
        &mut browser,
        "Verified to event 3 at 24 Nov 2026, 12:00 UTC.",
    )
    .await;
    server.execute("UPDATE audit_events SET actor_name = 'Ravi' WHERE number = 2");
    ask(
        &mut browser,
        "Broken at event 2: it is not what was sealed.",
    )
    .await;
    server.execute("UPDATE audit_events SET actor_name = 'Ada' WHERE number = 2");
    ask(&mut browser, "Verified to event 5").await;
}

async fn a_page_that_is_watched_loads_itself_again(engine: Engine) {
    let server = TestServer::start(engine);
    let mut browser = server.logged_in(&server.admin("Ada")).await;
    let page = browser.open(&format!("{LOG}?action=session.log_in")).await;
    assert_eq!(page.answer.header("refresh"), None);
    let watched = page.values("#watch a", "href").remove(0);
    assert_eq!(watched, format!("{LOG}?action=session.log_in&live=1"));
    let page = browser.open(&watched).await;
    assert_eq!(page.answer.header("refresh"), Some("15"));
    assert_eq!(
        page.values("#watch a", "href"),
        [format!("{LOG}?action=session.log_in")]
    );
}

async fn members_see_the_events_of_their_own_account(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    let hers = server.generate_with(&mira, |draft| draft.name = "Hers".into());
    for number in 0..60 {
        server.generate_with(&ravi, |draft| draft.name = format!("His {number}"));
    }
    let see = async |who: &Person, other: &str| {
        let mut browser = server.logged_in(who).await;
        let page = browser.open("/dashboard/settings/security").await;
        assert!(page.words().contains("Account log") && !page.words().contains(other));
        let page = browser.open("/dashboard/settings/security/log").await;
        assert!(!page.words().contains(other), "{}", page.words());
        let next = page.values("nav.pager a[rel=next]", "href").pop();
        let mut rows = page.count("tbody tr");
        if let Some(next) = next {
            let page = browser.open(&next).await;
            assert!(!page.words().contains(other));
            rows += page.count("tbody tr");
        }
        browser.get("/dashboard/admin/audit").await.must_be(404);
        rows
    };
    assert_eq!(see(&mira, "His").await, 3);
    assert_eq!(see(&ravi, &hers.name).await, 62);
}

async fn what_is_not_allowed_is_kept_and_bounded(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    let hers = server.generate(&mira);
    let mut his = server.logged_in(&ravi).await;
    let mut proof = his.open("/dashboard").await.form("/logout");
    proof.fields.retain(|(name, _)| name == "csrf");
    let denied = "SELECT detail AS word FROM audit_events \
                  WHERE result = 'denied' AND actor_name = 'Ravi' ORDER BY number";
    // Another's key, an admin's page, a form that is not ours; and by his own key.
    for path in [
        format!("/dashboard/settings/tokens/{}/revoke", hers.id),
        format!("{LOG}/export"),
    ] {
        let mut form = proof.clone();
        form.action = path;
        his.post(&form).await.must_be(404);
    }
    let mut forged = proof.clone().with("csrf", "x.y");
    "/dashboard/projects".clone_into(&mut forged.action);
    his.post(&forged).await.must_be(403);
    let client = server.key(&server.generate_scoped(&ravi, &["tokens:write"]));
    client
        .delete(&format!("/tokens/{}", hers.id))
        .await
        .must_be(404);
    let kept = server.words(denied);
    assert_eq!(kept.len(), 4, "{kept:?}");
    assert!(
        kept[0].contains(hers.id.as_str()) && kept[2].contains("form_expired"),
        "{kept:?}"
    );
    for _ in 0..100 {
        client
            .post("/projects", &json!({ "name": "No" }))
            .await
            .must_be(403);
    }
    let kept = server.words(denied);
    assert_eq!(kept.len(), 33, "a key is heard 30 times a minute");
    assert!(kept[32].contains("more_not_kept_this_minute"), "{kept:?}");
    server.wait_seconds(60);
    client
        .post("/projects", &json!({ "name": "No" }))
        .await
        .must_be(403);
    assert_eq!(server.words(denied).len(), 34);
}
