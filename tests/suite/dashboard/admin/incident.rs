//! Something has happened: by person, by address, by day.

use crate::dashboard::admin::{INCIDENT, LIST};
use crate::harness::{Engine, Key, TestServer, on_each_engine};

on_each_engine!(
    keys_are_revoked_by_person_address_or_day,
    an_incident_says_what_cannot_be_meant,
);

async fn keys_are_revoked_by_person_address_or_day(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi, ada) = (
        server.person("Mira"),
        server.person("Ravi"),
        server.admin("Ada"),
    );
    let keys: Vec<Key> = (0..6)
        .map(|n| server.generate_with(&ravi, |draft| draft.name = format!("Key {n} of Ravi")))
        .collect();
    let hers = server.generate(&mira);
    let now = server.now();
    for (key, address) in keys
        .iter()
        .zip(["203.0.113.7", "203.0.113.200", "2001:db8::7"])
    {
        server.execute(&format!(
            "INSERT INTO usage VALUES ('{}', {}, '{address}', '', 1, 0, 0, 0, 0, {at}, {at})",
            key.id,
            now.day(),
            at = now.micros()
        ));
    }
    for (key, days) in [(&keys[3], 10), (&keys[4], 11)] {
        server.execute(&format!(
            "UPDATE tokens SET created_at = {} WHERE id = '{}'",
            now.plus_days(-days).micros(),
            key.id
        ));
    }
    let mut browser = server.logged_in(&ada).await;
    let links = browser.open(LIST).await.values("main a", "href");
    assert!(links.contains(&INCIDENT.to_owned()));
    for (query, expected) in [
        ("address=203.0.113.7".to_owned(), vec![0]),
        ("address=203.0.113.0/24".to_owned(), vec![1]),
        ("address=2001:db8::/32".to_owned(), vec![2]),
        ("from=2026-11-14&to=2026-11-14".to_owned(), vec![3]),
        ("to=2026-11-13".to_owned(), vec![4]),
        ("owner=ravi@example.com".to_owned(), vec![5]),
    ] {
        let path = format!("{INCIDENT}?{query}");
        let page = browser.open(&path).await.must_be(200, &path);
        let action = page
            .values("form[method=post]#form", "action")
            .swap_remove(0);
        let form = page.form(&action).with("count", "1");
        let receipt = browser.send(&form).await;
        assert_eq!(receipt.text("h1"), "1 key revoked", "{query}");
        for place in expected {
            assert_eq!(
                receipt.texts(".short-list a.name"),
                [&*keys[place].name],
                "{query}"
            );
            server.key(&keys[place]).get("/projects").await.must_be(401);
        }
    }
    server.key(&hers).get("/projects").await.must_be(200);
    let page = browser.open(&format!("{INCIDENT}?owner={}", ravi.id)).await;
    assert!(
        page.words().contains("No working key fits."),
        "{}",
        page.words()
    );
    let unknown = format!("{INCIDENT}/{}", hers.id);
    browser.get(&unknown).await.must_be(404);
}

async fn an_incident_says_what_cannot_be_meant(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate(&server.person("Mira"));
    let mut browser = server.logged_in(&server.admin("Ada")).await;
    browser.open(INCIDENT).await.must_be(200, INCIDENT);
    for bad in [
        "owner=",
        "owner=nobody@example.com",
        "address=10.0.0",
        "address=10.0.0.0/40",
        "from=2026-13-01",
        "to=x",
        "spy=1",
        "owner=a&owner=b",
    ] {
        let page = browser.open(&format!("{INCIDENT}?{bad}")).await;
        assert_eq!(page.answer.status, 422, "{bad}");
        assert_eq!(page.count("form[method=post]#form"), 0, "{bad}");
    }
    let form = browser
        .open(LIST)
        .await
        .form("/dashboard/admin/tokens/find");
    let forged = crate::harness::Form {
        action: INCIDENT.to_owned(),
        ..form.with("expected", "1").with("count", "1").without("key")
    };
    browser.post(&forged).await.must_be(422);
    server.key(&key).get("/projects").await.must_be(200);
}
