//! `GET` and `POST /login`, `POST /logout`.

use std::collections::BTreeSet;

use crate::harness::{Engine, PASSWORD, TestServer, on_each_engine, without_proofs};

on_each_engine!(
    the_right_words_open_the_dashboard,
    unknown_disabled_and_wrong_are_told_apart_by_nothing,
    a_password_counts_to_the_last_byte,
    a_faulty_form_is_shown_again_without_the_password,
    whoever_is_logged_in_needs_no_form,
);

async fn the_right_words_open_the_dashboard(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let mut browser = server.browser();
    let page = browser.log_in(&mira).await.must_be(200, "/dashboard");
    assert!(page.words().contains("Mira"));
    for email in [
        " mira@example.com ",
        "MIRA@Example.COM",
        "ｍira@example.com",
    ] {
        let page = server.browser().log_in_with(email, PASSWORD).await;
        page.must_be(200, "/dashboard");
    }
    browser.log_out().await.must_be(200, "/login");
    browser
        .open("/dashboard")
        .await
        .must_be(200, "/login?next=%2Fdashboard");
}

async fn unknown_disabled_and_wrong_are_told_apart_by_nothing(engine: Engine) {
    let server = TestServer::start(engine);
    server.person("Mira");
    let ravi = server.person("Ravi");
    server.admin("Ada");
    server.disable(&ravi);
    let mut answers = BTreeSet::new();
    for (email, password) in [
        ("mira@example.com", "a sentence that is wrong"),
        ("mira@example.com", ""),
        ("ravi@example.com", PASSWORD),
        ("ravi@example.com", "a sentence that is wrong"),
        ("none@example.com", PASSWORD),
        ("none@example.com", &"x".repeat(257)),
        ("mira@example.com", &format!("{PASSWORD}x")),
    ] {
        let mut browser = server.browser();
        let form = browser.open("/login").await.form("/login");
        let answer = browser
            .post(&form.with("email", email).with("password", password))
            .await;
        assert!(
            answer.text().contains("Email or password is not right."),
            "{answer}"
        );
        assert!(answer.header("set-cookie").is_none(), "{answer}");
        answers.insert(without_proofs(&answer.must_be(422).compared()).replace(email, "…"));
    }
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

async fn a_password_counts_to_the_last_byte(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    for password in [
        &PASSWORD.to_uppercase(),
        &format!("{PASSWORD} "),
        &format!(" {PASSWORD}"),
        &format!("{PASSWORD}\0"),
        &format!("{PASSWORD}\0more"),
        &PASSWORD[..PASSWORD.len() - 1],
        "",
    ] {
        let page = server.browser().log_in_with(&mira.email, password).await;
        assert_eq!(page.answer.status, 422, "{password:?}");
    }
}

async fn a_faulty_form_is_shown_again_without_the_password(engine: Engine) {
    let server = TestServer::start(engine);
    server.person("Mira");
    let mut browser = server.browser();
    let form = browser
        .open("/login?next=/dashboard/docs")
        .await
        .form("/login");
    let form = form
        .with("email", "<mira>@example.com")
        .with("password", "hunter2 hunter2");
    let page = browser.send(&form).await.must_be(422, "/login");
    assert!(page.title().starts_with("Error: "));
    assert!(!page.answer.text().contains("hunter2"));
    let again = page.form("/login");
    assert!(
        again
            .fields
            .contains(&("email".into(), "<mira>@example.com".into()))
    );
    assert!(
        again
            .fields
            .contains(&("next".into(), "/dashboard/docs".into()))
    );
    // Unknown and repeated fields are told, and let nobody in.
    let right = form
        .with("email", "mira@example.com")
        .with("password", PASSWORD);
    for odd in [
        right.clone().and("role", "admin"),
        right.clone().and("email", "mira@example.com"),
        right.clone().and("password", PASSWORD),
    ] {
        browser.send(&odd).await.must_be(422, "/login");
    }
    browser.send(&right).await.must_be(200, "/dashboard/docs");
}

async fn whoever_is_logged_in_needs_no_form(engine: Engine) {
    let server = TestServer::start(engine);
    let mut browser = server.logged_in(&server.person("Mira")).await;
    browser.open("/login").await.must_be(200, "/dashboard");
    let page = browser.open("/login?next=/dashboard/docs").await;
    page.must_be(200, "/dashboard/docs");
    browser
        .open("/login?next=//evil.example")
        .await
        .must_be(200, "/dashboard");
}
