//! Rotating a key at the dashboard: the four steps on one page.

use std::time::{Duration, Instant};

use crate::harness::{Browser, Engine, Form, Key, Page, Person, TestServer, lines, on_each_engine};

on_each_engine!(
    the_page_names_who_has_not_switched,
    a_lost_answer_costs_nothing,
    of_many_sendings_at_once_one_makes_a_key,
    an_overlap_that_is_not_offered_is_named,
    the_old_key_ends_after_the_overlap_that_was_chosen,
    ticks_are_kept_until_the_new_key_is_replaced,
    a_page_loads_itself_again_only_when_asked_to,
    the_old_key_stays_while_the_new_one_was_never_used,
    an_old_key_that_has_ended_is_taken_off_the_list,
    a_dead_key_is_not_rotated,
    a_first_request_is_told,
    the_new_keys_page_leads_back_to_the_open_rotation,
);

const LIST: &str = "/dashboard/settings/tokens";

fn path(key: &Key) -> String {
    format!("{LIST}/{}/rotate", key.id)
}

async fn generate_form(browser: &mut Browser, old: &Key) -> Form {
    browser.open(&path(old)).await.form(&path(old))
}

/// Generates the new key; gives the key itself.
async fn rotate(browser: &mut Browser, old: &Key) -> String {
    let form = generate_form(browser, old).await;
    browser.send(&form).await.text("#new-token")
}

/// One request with a key, by a client of this name.
async fn call(server: &TestServer, secret: &str, client: &str) -> u16 {
    let ask = server.bearer(secret).ask("GET", "/projects");
    ask.header("user-agent", client).send_for_status().await
}

/// The page, once it says so: uses are counted within a second or two.
async fn once_it_says(browser: &mut Browser, path: &str, words: &str) -> Page {
    let begun = Instant::now();
    loop {
        let page = browser.open(path).await;
        if page.words().contains(words) {
            return page;
        }
        let waited = begun.elapsed() < Duration::from_secs(30);
        assert!(waited, "never says {words:?}: {}", page.words());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn successors(server: &TestServer, old: &Key, and: &str) -> i64 {
    server.number(&format!(
        "SELECT count(*) AS number FROM tokens WHERE replaces = '{}' {and}",
        old.id
    ))
}

/// A key that `curl` and `axios` use, rotated after a minute.
async fn used_by_two(server: &TestServer, mira: &Person) -> (Key, Browser, String) {
    let old = server.generate(mira);
    for client in ["curl/8.5", "axios/1.7"] {
        assert_eq!(call(server, &old.secret, client).await, 200);
    }
    server.wait_seconds(60);
    let mut browser = server.logged_in(mira).await;
    let new = rotate(&mut browser, &old).await;
    server.wait_seconds(60);
    (old, browser, new)
}

async fn the_page_names_who_has_not_switched(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let (old, mut browser, new) = used_by_two(&server, &mira).await;
    assert_eq!(call(&server, &new, "curl/8.5").await, 200);
    assert_eq!(call(&server, &old.secret, "axios/1.7").await, 200);
    once_it_says(&mut browser, &path(&old), "1 of 2 callers switched.").await;
    let page = once_it_says(&mut browser, &path(&old), "Still on the old key").await;
    let left = page.text("#callers ul");
    assert!(
        left.contains("axios/1.7") && !left.contains("curl/8.5"),
        "{left}"
    );
    assert!(!page.words().contains("Not seen since rotation"));
    let warning = "1 caller still uses it and will fail: 127.0.0.1 (axios/1.7).";
    assert!(page.words().contains(warning), "{}", page.words());
    assert!(page.words().contains("Delete it anyway"));
    // A button that named nobody deletes nothing.
    let finish = page.form(&format!("{}/finish", path(&old)));
    let refused = browser.send(&finish.clone().without("anyway")).await;
    assert_eq!(
        refused.text("#message"),
        "Not done. The old key is still used."
    );
    assert_eq!(call(&server, &old.secret, "axios/1.7").await, 200);
    let done = browser.send(&finish).await;
    assert_eq!(done.text("#message"), "Done. Rotation finished.");
    assert!(done.words().contains("Replaces"), "{}", done.words());
    let answer = server.key(&old).get("/projects").await;
    answer.must_be_error(401, "key_invalid");
    assert_eq!(call(&server, &new, "curl/8.5").await, 200);
    let list = browser.open(&format!("{LIST}?status=all")).await;
    assert_eq!(list.count("tbody tr"), 1);
    // Its history stays.
    let events = server.words(&format!(
        "SELECT action AS word FROM audit_events WHERE subject_id = '{}' ORDER BY id",
        old.id
    ));
    let expected = [
        "token.generate",
        "token.rotate",
        "token.revoke",
        "token.delete",
    ];
    assert_eq!(events, expected);
}

async fn a_lost_answer_costs_nothing(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let old = server.generate(&mira);
    let mut browser = server.logged_in(&mira).await;
    let form = generate_form(&mut browser, &old).await;
    let lost = browser.post(&form).await.must_be(200);
    assert_eq!(lost.header("cache-control"), Some("no-store"));
    assert_eq!(call(&server, &old.secret, "curl").await, 200);
    // The same form, as by a reload.
    let again = browser.send(&form).await.must_be(200, &path(&old));
    assert_eq!(again.count("#new-token"), 0);
    assert!(
        again
            .text("#message")
            .starts_with("Note. This key was shown once.")
    );
    assert_eq!(successors(&server, &old, ""), 1);
    let second = rotate(&mut browser, &old).await;
    assert_eq!(call(&server, &old.secret, "curl").await, 200);
    assert_eq!(successors(&server, &old, "AND revoked_at IS NULL"), 1);
    assert_eq!(successors(&server, &old, ""), 2);
    assert_eq!(call(&server, &second, "curl").await, 200);
    assert_eq!(call(&server, &old.secret, "curl").await, 200);
    let page = browser.send(&form).await;
    assert_eq!(page.count("#new-token"), 0);
    assert_eq!(successors(&server, &old, ""), 2);
}

async fn of_many_sendings_at_once_one_makes_a_key(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let old = server.generate(&mira);
    let mut browser = server.logged_in(&mira).await;
    let form = generate_form(&mut browser, &old).await;
    let mut clicks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (mut browser, form) = (browser.clone(), form.clone());
        clicks.spawn(async move { browser.post(&form).await.status });
    }
    let statuses = clicks.join_all().await;
    let shown = statuses.iter().filter(|status| **status == 200);
    assert_eq!(shown.count(), 1, "{statuses:?}");
    assert_eq!(successors(&server, &old, ""), 1);
}

async fn an_overlap_that_is_not_offered_is_named(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let old = server.generate(&mira);
    let mut browser = server.logged_in(&mira).await;
    let form = generate_form(&mut browser, &old).await;
    for overlap in ["1", "-1", "day", "604801"] {
        let page = browser.send(&form.clone().with("overlap", overlap)).await;
        let page = page.must_be(422, &path(&old));
        assert!(page.title().starts_with("Error: "));
        assert!(page.words().contains("Choose how long the old key works"));
    }
    assert_eq!(successors(&server, &old, ""), 0);
}

async fn the_old_key_ends_after_the_overlap_that_was_chosen(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    for seconds in [0, 3_600, 86_400, 604_800] {
        let old = server.generate(&mira);
        let mut browser = server.logged_in(&mira).await;
        let form = generate_form(&mut browser, &old).await;
        let form = form.with("overlap", &seconds.to_string());
        let new = browser.send(&form).await.text("#new-token");
        server.wait_seconds(90_000);
        assert_eq!(call(&server, &old.secret, "curl").await, 200);
        assert_eq!(call(&server, &new, "curl").await, 200);
        let mut browser = server.logged_in(&mira).await;
        if seconds > 0 {
            let end = server.now().plus_seconds(seconds).exact();
            let page = browser.open(&path(&old)).await;
            assert!(page.words().contains(&format!("Old key ends {end}")));
            server.wait_seconds(seconds - 1);
            assert_eq!(call(&server, &old.secret, "curl").await, 200);
            server.wait_seconds(1);
        }
        let ended = server.key(&old).get("/projects").await;
        ended.must_be_error(401, "key_expired");
        let page = server.logged_in(&mira).await.open(&path(&old)).await;
        assert!(page.words().contains("Old key ended"));
    }
}

async fn ticks_are_kept_until_the_new_key_is_replaced(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let old = server.generate_with(&mira, |draft| {
        draft.locations = lines(&["CI secret PROD_KEY", "Netlify, \"docs\" <b>"]);
    });
    let mut browser = server.logged_in(&mira).await;
    rotate(&mut browser, &old).await;
    let places = format!("{}/places", path(&old));
    let form = browser.open(&path(&old)).await.form(&places);
    let form = form.and("places", "Netlify, \"docs\" <b>");
    let page = browser.send(&form.and("places", "Nowhere")).await;
    assert_eq!(page.text("#message"), "Done. Places saved.");
    let ticked = "[name=places][checked]";
    let mut elsewhere = server.logged_in(&mira).await;
    let page = elsewhere.open(&path(&old)).await;
    assert_eq!(page.values(ticked, "value"), ["Netlify, \"docs\" <b>"]);
    assert_eq!(page.count("[name=places]"), 2);
    rotate(&mut browser, &old).await;
    assert_eq!(browser.open(&path(&old)).await.count(ticked), 0);
}

async fn a_page_loads_itself_again_only_when_asked_to(engine: Engine) {
    let server = TestServer::start(engine);
    let (old, mut browser, _) = used_by_two(&server, &server.person("Mira")).await;
    let plain = browser.get(&path(&old)).await.must_be(200);
    assert_eq!(plain.header("refresh"), None);
    let watched = format!("{}?live=1", path(&old));
    let answer = browser.get(&watched).await.must_be(200);
    assert_eq!(answer.header("refresh"), Some("15"));
    let page = browser.open(&watched).await;
    assert!(page.text("#watch").contains("Reloads every 15 s. Stop"));
    assert_eq!(page.values("#watch a", "href"), [path(&old)]);
    browser
        .get(&format!("{}?live=2", path(&old)))
        .await
        .must_be(422);
}

async fn the_old_key_stays_while_the_new_one_was_never_used(engine: Engine) {
    let server = TestServer::start(engine);
    let (old, mut browser, _) = used_by_two(&server, &server.person("Mira")).await;
    let page = once_it_says(&mut browser, &path(&old), "0 of 2 callers switched.").await;
    let finish = format!("{}/finish", path(&old));
    assert_eq!(page.count(&format!("form[action='{finish}']")), 0);
    let mut form = generate_form(&mut browser, &old).await.without("overlap");
    form.action = finish;
    let refused = browser.send(&form).await.must_be(200, &path(&old));
    assert_eq!(
        refused.text("#message"),
        "Not done. The old key is still used."
    );
    assert_eq!(call(&server, &old.secret, "curl/8.5").await, 200);
}

async fn an_old_key_that_has_ended_is_taken_off_the_list(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let (old, mut browser, new) = used_by_two(&server, &mira).await;
    assert_eq!(call(&server, &old.secret, "axios/1.7").await, 200);
    assert_eq!(call(&server, &new, "curl/8.5").await, 200);
    once_it_says(&mut browser, &path(&old), "1 of 2 callers switched.").await;
    once_it_says(&mut browser, &path(&old), "Still on the old key").await;
    server.wait_seconds(86_400);
    let mut browser = server.logged_in(&mira).await;
    let page = browser.open(&path(&old)).await;
    let warning = "1 caller was not seen on the new key: 127.0.0.1 (axios/1.7).";
    assert!(page.words().contains(warning), "{}", page.words());
    assert!(page.words().contains("Delete the old key"));
    let done = browser
        .send(&page.form(&format!("{}/finish", path(&old))))
        .await;
    assert_eq!(done.text("#message"), "Done. Rotation finished.");
    let ended = server.key(&old).get("/projects").await;
    ended.must_be_error(401, "key_expired");
    browser
        .get(&format!("{LIST}/{}", old.id))
        .await
        .must_be(404);
}

async fn a_dead_key_is_not_rotated(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let old = server.generate(&mira);
    let mut browser = server.logged_in(&mira).await;
    let form = generate_form(&mut browser, &old).await;
    server.revoke(&old);
    let page = browser.open(&path(&old)).await;
    let page = page.must_be(200, &format!("{LIST}/{}", old.id));
    assert!(
        page.text("#message")
            .starts_with("Not done. A key that is revoked")
    );
    let page = browser.send(&form).await;
    assert!(page.text("#message").starts_with("Not done."));
    assert_eq!(successors(&server, &old, ""), 0);
}

async fn a_first_request_is_told(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    let path = format!("{LIST}/{}/first-request", key.id);
    let mut browser = server.logged_in(&mira).await;
    let page = browser.open(&path).await;
    assert_eq!(page.text("#first-request"), "Waiting for its first request");
    server.key(&key).get("/tokens").await.must_be(403);
    server.wait_seconds(60);
    assert_eq!(call(&server, &key.secret, "curl").await, 200);
    let words = "It works: first request 24 Nov 2026, 12:01 UTC from 127.0.0.1";
    let page = once_it_says(&mut browser, &path, "It works").await;
    assert_eq!(page.text("#first-request"), words);
    let mut other = server.logged_in(&server.person("Ravi")).await;
    other.get(&path).await.must_be(404);
}

async fn the_new_keys_page_leads_back_to_the_open_rotation(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let old = server.generate(&mira);
    let mut browser = server.logged_in(&mira).await;
    let secret = rotate(&mut browser, &old).await;
    assert_eq!(call(&server, &secret, "curl/8.5").await, 200);
    let new = server.words("SELECT id AS word FROM tokens WHERE replaces IS NOT NULL");
    let new = format!("{LIST}/{}/rotate", new[0]);
    let link = format!("main a[href='{}']", path(&old));
    assert_eq!(browser.open(&new).await.count(&link), 1);
    server.revoke(&old);
    assert_eq!(browser.open(&new).await.count(&link), 0);
}
