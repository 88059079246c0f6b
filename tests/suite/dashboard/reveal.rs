//! The one answer that shows a key.

use crate::harness::{Browser, Engine, Form, TestServer, on_each_engine};

on_each_engine!(
    the_answer_to_the_form_shows_the_key_and_nothing_else_does,
    the_same_form_sent_again_makes_no_other_key,
    of_many_sendings_at_once_one_makes_a_key,
    the_snippets_carry_the_key_and_the_address,
);

async fn filled_in(browser: &mut Browser, name: &str) -> Form {
    let form = browser.open("/dashboard/settings/tokens/new").await;
    form.form("/dashboard/settings/tokens").with("name", name)
}

fn keys(server: &TestServer) -> i64 {
    server.number("SELECT count(*) AS number FROM tokens")
}

async fn the_answer_to_the_form_shows_the_key_and_nothing_else_does(engine: Engine) {
    let server = TestServer::start(engine);
    let mut browser = server.logged_in(&server.person("Mira")).await;
    let form = filled_in(&mut browser, "CI/CD Pipeline").await;
    let page = browser
        .send(&form)
        .await
        .must_be(200, "/dashboard/settings/tokens");
    let key = page.text("#new-token");
    assert!(key.len() == 41 && key.starts_with("df_"), "{key}");
    assert_eq!(page.values("#new-token", "id"), ["new-token"]);
    assert_eq!(page.answer.header("cache-control"), Some("no-store"));
    assert_eq!(page.answer.header("location"), None);
    assert!(
        page.answer.text().contains(&format!(">{key}</")),
        "without space around it"
    );
    assert!(page.words().contains("You won't be able to see it again"));
    server.bearer(&key).get("/projects").await.must_be(200);
    assert!(browser.set.iter().all(|cookie| !cookie.contains(&key[3..])));
    let id = server.words("SELECT id AS word FROM tokens").concat();
    for path in [
        "/dashboard".to_owned(),
        "/dashboard/settings/tokens".to_owned(),
        format!("/dashboard/settings/tokens/{id}"),
        format!("/dashboard/settings/tokens/{id}/edit"),
        format!("/dashboard/settings/tokens/{id}/revoke"),
    ] {
        let answer = browser.get(&path).await.must_be(200);
        assert!(!answer.text().contains(&key), "{path}");
    }
    let states = server.words("SELECT state AS word FROM sessions").concat();
    assert!(!states.contains(&key[3..]));
}

async fn the_same_form_sent_again_makes_no_other_key(engine: Engine) {
    let mut server = TestServer::start(engine);
    let mut browser = server.logged_in(&server.person("Mira")).await;
    let form = filled_in(&mut browser, "CI").await;
    let key = browser.send(&form).await.text("#new-token");
    for _ in 0..3 {
        let again = browser.send(&form).await;
        assert!(
            again.path.starts_with("/dashboard/settings/tokens/"),
            "{}",
            again.path
        );
        assert!(again.words().contains("This key was shown once."));
        assert!(!again.answer.text().contains(&key) && again.count("#new-token") == 0);
    }
    assert_eq!(keys(&server), 1);
    // Not even when the key is gone, or the server was started anew.
    let id = server.words("SELECT id AS word FROM tokens").concat();
    let revoke = format!("/dashboard/settings/tokens/{id}/revoke");
    let revoke = browser.open(&revoke).await.form(&revoke);
    browser.send(&revoke).await;
    browser.post(&form).await.must_be(303);
    server.stop().await;
    server.resume();
    let mut browser = browser.at(&server);
    browser.post(&form).await.must_be(303);
    assert_eq!(keys(&server), 1);
}

async fn of_many_sendings_at_once_one_makes_a_key(engine: Engine) {
    let server = TestServer::start(engine);
    let mut browser = server.logged_in(&server.person("Mira")).await;
    let form = filled_in(&mut browser, "CI").await;
    let mut clicks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (mut browser, form) = (browser.clone(), form.clone());
        clicks.spawn(async move { browser.post(&form).await.status });
    }
    let statuses = clicks.join_all().await;
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
    assert_eq!(keys(&server), 1);
}

async fn the_snippets_carry_the_key_and_the_address(engine: Engine) {
    let server = TestServer::start_with(engine, |settings| {
        settings.api_url = Some("https://api.example.com".parse().unwrap());
    });
    let mut browser = server.logged_in(&server.person("Mira")).await;
    let form = filled_in(&mut browser, "CI").await;
    let page = browser.send(&form).await;
    let key = page.text("#new-token");
    let curl = format!(
        "curl -X GET https://api.example.com/projects \\ -H \"Authorization: Bearer {key}\" \\ \
         -H \"Content-Type: application/json\""
    );
    assert!(page.words().contains(&curl), "{}", page.words());
    for word in ["axios", "requests.get", "http.NewRequest"] {
        assert!(page.words().contains(word), "{word}");
    }
}
