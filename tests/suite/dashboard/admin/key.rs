//! One key of anybody, as an admin sees it.

use crate::dashboard::admin::LIST;
use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(an_admin_sees_all_of_a_key_and_changes_nothing_but_its_end);

async fn an_admin_sees_all_of_a_key_and_changes_nothing_but_its_end(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ada) = (server.person("Mira"), server.admin("Ada"));
    let key = server.generate_with(&mira, |draft| {
        draft.name = "Shop".into();
        draft.note = "for the shop".into();
    });
    let now = server.now();
    server.execute(&format!(
        "INSERT INTO usage VALUES ('{}', {}, '10.0.0.7', 'shop/2', 12, 0, 0, 0, 0, {at}, {at})",
        key.id,
        now.day(),
        at = now.micros()
    ));
    let mut browser = server.logged_in(&ada).await;
    let path = format!("{LIST}/{}", key.id);
    let page = browser.open(&path).await.must_be(200, &path);
    let words = page.words();
    for told in [
        "Key of Mira, mira@example.com",
        "10.0.0.7",
        "shop/2",
        "for the shop",
        "Generated",
    ] {
        assert!(words.contains(told), "{told}: {words}");
    }
    // The forms of the theme and of log-out are on every page.
    assert_eq!(page.count("main form"), 0);
    assert_eq!(page.count("main a[href*='/settings/']"), 0);
    for days in [7, 90] {
        browser
            .get(&format!("{path}?days={days}"))
            .await
            .must_be(200);
    }
    browser.get(&format!("{path}?days=8")).await.must_be(422);
    server.revoke(&key);
    server.execute("UPDATE tokens SET deleted_at = 1");
    let words = browser.open(&path).await.must_be(200, &path).words();
    assert!(words.contains("taken off the owner's list"), "{words}");
    browser.get(&format!("{LIST}/x")).await.must_be(404);
}
