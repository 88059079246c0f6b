//! Whose key is this? And the key is nowhere afterwards.

use deskforge::token::secret::Secret;

use crate::dashboard::admin::LIST;
use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(
    a_key_is_found_by_all_of_it_or_its_end_whatever_became_of_it,
    what_is_pasted_is_kept_by_nobody,
);

const FIND: &str = "/dashboard/admin/tokens/find";

async fn a_key_is_found_by_all_of_it_or_its_end_whatever_became_of_it(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ada) = (server.person("Mira"), server.admin("Ada"));
    let (live, dead) = (server.generate(&mira), server.generate(&mira));
    server.revoke(&dead);
    server.execute(&format!(
        "UPDATE tokens SET deleted_at = 1 WHERE id = '{}'",
        dead.id
    ));
    let mut browser = server.logged_in(&ada).await;
    let form = browser.open(LIST).await.form(FIND);
    for key in [&live, &dead] {
        for pasted in [
            key.secret.clone(),
            format!(" Bearer {}\r\n", key.secret),
            format!("export KEY=\"{}\"", key.secret),
            key.secret[37..].to_owned(),
        ] {
            let page = browser.send(&form.clone().with("key", &pasted)).await;
            let page = page.must_be(200, FIND);
            let link = format!("{LIST}/{}", key.id);
            assert_eq!(page.values(".short-list a.name", "href"), [link.as_str()]);
            assert!(
                page.words().contains("of Mira, mira@example.com"),
                "{}",
                page.words()
            );
            browser.open(&link).await.must_be(200, &link);
        }
    }
    let other = Secret::generate(&"df".parse().unwrap()).unwrap();
    let mut mistyped = live.secret.clone();
    mistyped.replace_range(10..11, if &mistyped[10..11] == "a" { "b" } else { "a" });
    for pasted in [other.expose(), &mistyped, "zzzz"] {
        let page = browser.send(&form.clone().with("key", pasted)).await;
        let words = page.must_be(200, FIND).words();
        assert!(words.contains("No key here fits."), "{words}");
    }
    for pasted in ["", "abc", "abcde", "a\0bc", "häst", &"x".repeat(60_000)] {
        let page = browser.send(&form.clone().with("key", pasted)).await;
        let page = page.must_be(422, FIND);
        let told = "Paste a whole key, or its last 4 characters";
        assert!(page.text(".slot").contains(told), "{}", page.words());
    }
}

async fn what_is_pasted_is_kept_by_nobody(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate(&server.person("Mira"));
    let mut browser = server.logged_in(&server.admin("Ada")).await;
    let form = browser.open(LIST).await.form(FIND);
    let other = Secret::generate(&"df".parse().unwrap()).unwrap();
    let broken = format!("{} and more", "x".repeat(4));
    for pasted in [key.secret.as_str(), other.expose(), &broken] {
        let answer = browser.post(&form.clone().with("key", pasted)).await;
        assert!(!answer.compared().contains(pasted), "{answer}");
        assert_eq!(answer.header("location"), None);
    }
    let events = server.words(
        "SELECT action || ' ' || detail AS word FROM audit_events WHERE action = 'token.find' \
         ORDER BY id",
    );
    assert_eq!(
        events,
        [
            r#"token.find {"by":"key","found":1}"#,
            r#"token.find {"by":"key","found":0}"#
        ]
    );
    let states = server.words("SELECT state AS word FROM sessions").concat();
    assert!(!states.contains(&key.secret[3..20]), "{states}");
    // Never by address.
    browser.get(&format!("{FIND}?key=abcd")).await.must_be(405);
}
