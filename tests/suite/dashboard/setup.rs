//! `/setup`: the first admin, once.

use crate::harness::{Browser, Engine, PASSWORD, TestServer, on_each_engine};

on_each_engine!(
    the_link_of_the_first_start_makes_the_first_admin,
    without_the_code_nobody_is_made,
    of_64_parallel_set_ups_one_succeeds,
    set_up_is_not_there_once_there_is_an_account,
);

/// The form as a person fills it in.
async fn filled_in(browser: &mut Browser, code: &str) -> crate::harness::Form {
    let form = browser
        .open(&format!("/setup?code={code}"))
        .await
        .form("/setup");
    form.with("name", "Ada")
        .with("email", "ada@example.com")
        .with("password", PASSWORD)
}

fn admins(server: &TestServer) -> i64 {
    server.number("SELECT count(*) AS number FROM accounts WHERE role = 'admin'")
}

async fn the_link_of_the_first_start_makes_the_first_admin(engine: Engine) {
    let server = TestServer::start(engine);
    let code = server.state().set_up_code.clone();
    let mut browser = server.browser();
    let form = filled_in(&mut browser, &code).await;
    assert!(form.fields.contains(&("code".into(), code)));
    let page = browser.send(&form).await.must_be(200, "/dashboard");
    assert!(page.words().contains("Done. Next, generate a key."));
    browser
        .open("/dashboard/admin/tokens")
        .await
        .must_be(200, "/dashboard/admin/tokens");
    browser.get("/setup").await.must_be(404);
    let page = server
        .browser()
        .log_in_with("ada@example.com", PASSWORD)
        .await;
    page.must_be(200, "/dashboard");
    let events = server.words("SELECT action || ' ' || result AS word FROM audit_events");
    assert!(events.contains(&"set_up done".to_owned()), "{events:?}");
}

async fn without_the_code_nobody_is_made(engine: Engine) {
    let server = TestServer::start(engine);
    let code = server.state().set_up_code.clone();
    let mut browser = server.browser();
    let form = filled_in(&mut browser, &code).await;
    for wrong in [
        "",
        "x",
        &code[1..],
        &code.to_uppercase(),
        &"0".repeat(code.len()),
    ] {
        let page = browser.send(&form.clone().with("code", wrong)).await;
        let page = page.must_be(422, "/setup");
        assert!(page.words().contains("The code does not fit."), "{wrong}");
    }
    for (field, bad) in [
        ("name", String::new()),
        ("name", "a\u{0}".to_owned()),
        ("name", "x".repeat(101)),
        ("email", "ada".to_owned()),
        ("password", "fourteen chars".to_owned()),
        ("password", "x1".repeat(129)),
        ("password", "passwordpassword".to_owned()),
        ("password", "ada@example.com".to_owned()),
        ("role", "admin".to_owned()),
    ] {
        let page = browser.send(&form.clone().with(field, &bad)).await;
        let page = page.must_be(422, "/setup");
        assert!(!page.answer.text().contains(PASSWORD));
        assert!(page.title().starts_with("Error: "));
    }
    assert_eq!(admins(&server), 0);
    browser.send(&form).await.must_be(200, "/dashboard");
    assert_eq!(admins(&server), 1);
}

async fn of_64_parallel_set_ups_one_succeeds(engine: Engine) {
    let server = TestServer::start(engine);
    let code = server.state().set_up_code.clone();
    let mut browser = server.browser();
    let form = filled_in(&mut browser, &code).await;
    let mut racers = tokio::task::JoinSet::new();
    for number in 0..64 {
        let mut browser = browser.clone();
        let form = form
            .clone()
            .with("email", &format!("ada-{number}@example.com"));
        racers.spawn(async move { browser.post(&form).await.status });
    }
    let statuses = racers.join_all().await;
    let count = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
    // What the database could not serve in time is refused: then nothing is made.
    assert_eq!(
        (count(303), count(404) + count(503)),
        (1, 63),
        "{statuses:?}"
    );
    assert_eq!(admins(&server), 1);
    assert_eq!(server.number("SELECT count(*) AS number FROM accounts"), 1);
}

async fn set_up_is_not_there_once_there_is_an_account(engine: Engine) {
    let server = TestServer::start(engine);
    let code = server.state().set_up_code.clone();
    let mut browser = server.browser();
    let form = filled_in(&mut browser, &code).await;
    let mira = server.person("Mira");
    let there = browser
        .get(&format!("/setup?code={code}"))
        .await
        .must_be(404);
    assert!(there.text().contains("Page not found"));
    browser.post(&form).await.must_be(404);
    // Whatever becomes of the account.
    server.admin("Ada");
    server.disable(&mira);
    browser.post(&form).await.must_be(404);
    assert_eq!(admins(&server), 1);
}
