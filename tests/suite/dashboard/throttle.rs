//! Guessing passwords: counted by account and by address, whatever is restarted meanwhile.

use crate::harness::{Browser, Engine, PASSWORD, TestServer, on_each_engine};

on_each_engine!(
    an_account_takes_ten_wrong_passwords_in_a_quarter_of_an_hour,
    an_address_takes_sixty_wrong_passwords_whoever_they_are_for,
    the_right_password_forgives_the_account,
    parallel_guesses_do_not_outrun_the_count,
);

/// The status of a try from a browser that keeps nothing.
async fn tried(browser: &Browser, email: &str, password: &str) -> u16 {
    browser
        .clone()
        .log_in_with(email, password)
        .await
        .answer
        .status
}

async fn an_account_takes_ten_wrong_passwords_in_a_quarter_of_an_hour(engine: Engine) {
    let mut server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    // However the address is written, it is one account.
    let written = [
        "mira@example.com",
        "MIRA@example.com",
        " mira@Example.COM",
        "ｍira@example.com",
    ];
    for number in 0..10 {
        let email = written[number % written.len()];
        assert_eq!(tried(&server.browser(), email, "not the one").await, 422);
    }
    server.restart().await;
    let browser = server.browser();
    for email in written {
        let page = browser.clone().log_in_with(email, PASSWORD).await;
        let page = page.must_be(429, "/login");
        assert!(
            page.words()
                .contains("Too many tries. Try again at 24 Nov 2026, 12:15 UTC.")
        );
    }
    assert_eq!(tried(&browser, &ravi.email, PASSWORD).await, 200);
    server.wait_seconds(899);
    assert_eq!(tried(&browser, &mira.email, PASSWORD).await, 429);
    server.wait_seconds(1);
    assert_eq!(tried(&browser, &mira.email, PASSWORD).await, 200);
}

async fn an_address_takes_sixty_wrong_passwords_whoever_they_are_for(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let browser = server.browser();
    for number in 0..60 {
        let email = format!("nobody-{number}@example.com");
        assert_eq!(
            tried(&browser, &email, "not the one").await,
            422,
            "{number}"
        );
    }
    assert_eq!(
        tried(&browser, "nobody@example.com", "not the one").await,
        429
    );
    assert_eq!(tried(&browser, &mira.email, PASSWORD).await, 429);
    server.wait_seconds(15 * 60);
    assert_eq!(tried(&browser, &mira.email, PASSWORD).await, 200);
}

async fn the_right_password_forgives_the_account(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let browser = server.browser();
    for _ in 0..3 {
        for _ in 0..9 {
            assert_eq!(tried(&browser, &mira.email, "not the one").await, 422);
        }
        assert_eq!(tried(&browser, &mira.email, PASSWORD).await, 200);
    }
}

async fn parallel_guesses_do_not_outrun_the_count(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let mut browser = server.browser();
    let form = browser.open("/login").await.form("/login");
    let form = form
        .with("email", &mira.email)
        .with("password", "not the one");
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let (mut browser, form) = (browser.clone(), form.clone());
        guesses.spawn(async move { browser.post(&form).await.status });
    }
    let judged = guesses
        .join_all()
        .await
        .into_iter()
        .filter(|status| *status == 422);
    assert_eq!(judged.count(), 10);
}
