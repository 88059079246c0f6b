//! Selected keys, or all that a filter matches, are revoked together.

use crate::dashboard::admin::{INCIDENT, LIST};
use crate::harness::{Engine, Key, Page, Person, TestServer, on_each_engine};

on_each_engine!(
    all_that_a_filter_matches_are_revoked,
    other_keys_than_those_that_were_counted_are_not_revoked,
    selected_keys_of_several_people_are_revoked,
);

async fn all_that_a_filter_matches_are_revoked(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi, ada) = (
        server.person("Mira"),
        server.person("Ravi"),
        server.admin("Ada"),
    );
    let staging = |draft: &mut deskforge::token::draft::Draft| {
        draft.environment = "staging".parse().unwrap();
    };
    let hers: Vec<_> = (0..30)
        .map(|_| server.generate_with(&mira, staging))
        .collect();
    let his = server.generate_with(&ravi, staging);
    let dead = server.generate_with(&ravi, staging);
    server.revoke(&dead);
    let other = server.generate(&mira);
    let mut browser = server.logged_in(&ada).await;
    let page = browser.open(&format!("{LIST}?environment=staging")).await;
    assert!(
        page.words().contains("32 of 33 keys match."),
        "{}",
        page.words()
    );
    assert!(
        page.words().contains("Revoke the 31 that work"),
        "{}",
        page.words()
    );
    let path = format!("{LIST}/revoke-all?environment=staging");
    let page = browser.open(&path).await.must_be(200, &path);
    assert_eq!(page.text("h1"), "Revoke 31 keys?");
    let words = page.words();
    for told in [
        "Environment: Staging",
        "31 keys of 2 owners. None was used within 24 hours.",
        "Some of the keys",
        "Type 31 to confirm",
    ] {
        assert!(words.contains(told), "{told}: {words}");
    }
    assert_eq!(page.count(".short-list li"), 20);
    let form = page.form(&path).with("reason", "Compromised");
    for typed in ["", "30", "3,1x1", "all"] {
        let page = browser.send(&form.clone().with("count", typed)).await;
        let page = page.must_be(422, &path);
        assert_eq!(page.text("#count-error"), "Error: Type 31 to confirm");
    }
    server.key(&hers[0]).get("/projects").await.must_be(200);
    let before = server.number("SELECT epoch AS number FROM epochs");
    let events = "SELECT count(*) AS number FROM audit_events WHERE action = 'token.revoke'";
    let known = server.number(events);
    let receipt = browser.send(&form.clone().with("count", "31")).await;
    assert_eq!(receipt.answer.status, 200);
    assert!(
        receipt.path.starts_with(&format!("{INCIDENT}/")),
        "{}",
        receipt.path
    );
    let words = receipt.words();
    for told in [
        "Done. 31 keys revoked at",
        "By",
        "Ada",
        "Compromised",
        "Environment: Staging",
    ] {
        assert!(words.contains(told), "{told}: {words}");
    }
    let epochs = server.words("SELECT DISTINCT epoch || '' AS word FROM token_epochs");
    assert!(server.number("SELECT epoch AS number FROM epochs") > before);
    let stamped = server.number(&format!(
        "SELECT count(DISTINCT epoch) AS number FROM token_epochs WHERE epoch > {before}"
    ));
    assert_eq!(stamped, 1, "one epoch for all: {epochs:?}");
    assert_eq!(server.number(events), known + 31);
    for key in hers.iter().chain([&his, &dead]) {
        server
            .key(key)
            .get("/projects")
            .await
            .must_be_error(401, "key_invalid");
    }
    server.key(&other).get("/projects").await.must_be(200);
    // Once more does nothing and is told so.
    let page = browser.send(&form.with("count", "31")).await;
    assert_eq!(page.answer.status, 409);
    assert!(
        page.words().contains("Nothing was revoked."),
        "{}",
        page.words()
    );
    let page = browser.open(&path).await;
    assert!(page.words().contains("None of these keys works any more."));
    the_receipt_stays(&server, &ada, &receipt, &hers[0]).await;
}

/// It tells the same when the browser's session is long over.
async fn the_receipt_stays(server: &TestServer, ada: &Person, receipt: &Page, one: &Key) {
    let seen = receipt.values("a[download]", "href");
    server.wait_seconds(400 * 86_400);
    let mut later = server.logged_in(ada).await;
    let page = later.open(&receipt.path).await.must_be(200, &receipt.path);
    assert_eq!(page.text("h1"), "31 keys revoked");
    assert_eq!(
        later
            .get(&seen[1])
            .await
            .must_be(200)
            .text()
            .lines()
            .count(),
        31
    );
    let list = later.get(&seen[0]).await.must_be(200);
    assert!(!list.text().contains(&one.secret) && list.text().contains(&one.name));
}

async fn other_keys_than_those_that_were_counted_are_not_revoked(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ada) = (server.person("Mira"), server.admin("Ada"));
    let first = server.generate(&mira);
    let mut browser = server.logged_in(&ada).await;
    let path = format!("{LIST}/revoke-all?owner={}", mira.id);
    let form = browser.open(&path).await.form(&path).with("count", "1");
    let second = server.generate(&mira);
    let page = browser.send(&form).await;
    assert_eq!(page.answer.status, 409);
    assert_eq!(page.text("h1"), "Revoke 2 keys?");
    let told = "The count has changed meanwhile. Nothing was revoked.";
    assert!(page.text(".slot").contains(told), "{}", page.words());
    for key in [&first, &second] {
        server.key(key).get("/projects").await.must_be(200);
    }
    // What the page told is what is sent: another count that fits what was typed is of no use.
    let forged = form.with("expected", "2");
    assert_eq!(browser.send(&forged).await.answer.status, 422);
    let form = page.form(&path).with("count", "2");
    server.refuse_events();
    let ask = browser
        .ask("POST", &path)
        .header("sec-fetch-site", "same-origin");
    let kind = "application/x-www-form-urlencoded";
    assert_eq!(ask.body(kind, form.encoded()).send_for_status().await, 500);
    server.take_again();
    server.key(&first).get("/projects").await.must_be(200);
    assert_eq!(browser.send(&form).await.answer.status, 200);
    for key in [&first, &second] {
        server.key(key).get("/projects").await.must_be(401);
    }
}

async fn selected_keys_of_several_people_are_revoked(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi, ada) = (
        server.person("Mira"),
        server.person("Ravi"),
        server.admin("Ada"),
    );
    let (hers, his, other) = (
        server.generate(&mira),
        server.generate(&ravi),
        server.generate(&ravi),
    );
    let mut browser = server.logged_in(&ada).await;
    assert_eq!(
        browser
            .open(LIST)
            .await
            .count("input[name=ids][form=selected]"),
        3
    );
    let none = browser.open(&format!("{LIST}/revoke")).await;
    assert!(none.words().contains("Not done. Select at least one key."));
    let path = format!("{LIST}/revoke?ids={}&ids={}", hers.id, his.id);
    let page = browser.open(&path).await.must_be(200, &path);
    assert_eq!(page.text("h1"), "Revoke 2 keys?");
    assert_eq!(
        page.count("#count"),
        0,
        "two keys that are shown need no typing"
    );
    let receipt = browser.send(&page.form(&path)).await;
    assert!(
        receipt.words().contains("2 keys revoked"),
        "{}",
        receipt.words()
    );
    for key in [&hers, &his] {
        server.key(key).get("/projects").await.must_be(401);
    }
    server.key(&other).get("/projects").await.must_be(200);
    for id in ["x", "01890000-0000-7000-8000-000000000000"] {
        let path = format!("{LIST}/revoke?ids={}&ids={id}", other.id);
        browser.get(&path).await.must_be(404);
    }
}
