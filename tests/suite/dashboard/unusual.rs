//! Unusual activity: told with its reason, on the overview and the key's page, until its owner says
//! that it was theirs.

use crate::harness::{Engine, Form, Key, TestServer, on_each_engine};

on_each_engine!(
    a_new_address_is_told_until_it_is_acknowledged,
    what_nobody_found_is_not_kept,
    a_successor_is_called_by_those_its_family_knows,
);

const CURL: &str = "curl/8.5";

/// A use of a key, so many days ago.
fn used(server: &TestServer, key: &Key, ago: i64, address: &str, client: &str) {
    let at = server.now().plus_days(-ago);
    server.execute(&format!(
        "INSERT INTO usage VALUES ('{}', {}, '{address}', '{client}', 3, 0, 0, 0, 0, {at}, {at})",
        key.id,
        at.day(),
        at = at.micros()
    ));
}

/// A key that was generated a month ago and that curl calls from one address.
fn settled(server: &TestServer, owner: &crate::harness::Person) -> Key {
    let key = server.generate(owner);
    server.wait_seconds(30 * 86_400);
    used(server, &key, 20, "10.0.4.17", CURL);
    used(server, &key, 1, "10.0.4.17", CURL);
    key
}

fn acknowledged(server: &TestServer) -> i64 {
    server.number("SELECT count(*) AS number FROM acknowledgements")
}

async fn a_new_address_is_told_until_it_is_acknowledged(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = settled(&server, &mira);
    let mut browser = server.logged_in(&mira).await;
    let path = format!("/dashboard/settings/tokens/{}", key.id);
    let action = format!("{path}/unusual");
    let reason = "First call from 203.0.113.9 (curl/8.5), an address never seen on this key.";
    assert!(!browser.open(&path).await.words().contains("Unusual"));
    used(&server, &key, 0, "203.0.113.9", CURL);
    let page = browser.open(&path).await;
    assert!(page.words().contains(reason), "{}", page.words());
    assert_eq!(page.count(&format!(".unusual a[href='{path}/revoke']")), 1);
    let list = browser.open("/dashboard/settings/tokens").await;
    assert!(list.texts(".badge").contains(&"New address".to_owned()));
    let overview = browser.open("/dashboard").await;
    assert!(overview.words().contains(reason), "{}", overview.words());
    let page = browser.send(&overview.form(&action)).await;
    let page = page.must_be(200, "/dashboard");
    assert!(page.words().contains("Done. Noted that this was you."));
    assert!(!page.words().contains(reason));
    assert_eq!(acknowledged(&server), 1);
    assert!(!browser.open(&path).await.words().contains(reason));
    // Sent again it is no error, and no second event.
    browser
        .send(&overview.form(&action))
        .await
        .must_be(200, "/dashboard");
    let events = "SELECT count(*) AS number FROM audit_events WHERE action = 'token.acknowledge'";
    assert_eq!((server.number(events), acknowledged(&server)), (1, 1));
    // Another address is told all the same.
    used(&server, &key, 0, "203.0.113.10", CURL);
    assert!(browser.open(&path).await.words().contains("203.0.113.10"));
}

async fn what_nobody_found_is_not_kept(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = settled(&server, &mira);
    used(&server, &key, 0, "203.0.113.9", CURL);
    let mut browser = server.logged_in(&mira).await;
    let path = format!("/dashboard/settings/tokens/{}", key.id);
    let action = format!("{path}/unusual");
    let form: Form = browser.open(&path).await.form(&action);
    for (kind, what) in [
        ("address", "10.0.0.1"),
        ("surge", "203.0.113.9"),
        ("client", ""),
    ] {
        let form = form.clone().with("kind", kind).with("what", what);
        browser.send(&form).await.must_be(200, &path);
        assert_eq!(acknowledged(&server), 0);
    }
    browser
        .post(&form.clone().with("kind", "x"))
        .await
        .must_be(422);
    // It leads nowhere else.
    for back in ["//evil.example", "https://evil.example/"] {
        let answer = browser.post(&form.clone().and("back", back)).await;
        assert_eq!(answer.must_be(303).header("location"), Some(&*path));
    }
    assert_eq!(acknowledged(&server), 1);
}

async fn a_successor_is_called_by_those_its_family_knows(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let old = settled(&server, &mira);
    let writer = server.key(&server.generate_scoped(&mira, &["tokens:write", "projects:read"]));
    let path = format!("/tokens/{}/rotate", old.id);
    let next = writer.post(&path, &serde_json::json!({})).await;
    let next = Key {
        id: next.must_be(201).json()["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap(),
        ..old.clone()
    };
    used(&server, &next, 0, "10.0.4.17", CURL);
    let mut browser = server.logged_in(&mira).await;
    let path = format!("/dashboard/settings/tokens/{}", next.id);
    assert!(!browser.open(&path).await.words().contains("Unusual"));
    used(&server, &next, 0, "203.0.113.9", CURL);
    assert!(browser.open(&path).await.words().contains("203.0.113.9"));
}
