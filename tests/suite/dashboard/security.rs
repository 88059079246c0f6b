//! `/dashboard/settings/security`: one's password and one's sessions.

use crate::harness::{Engine, PASSWORD, TestServer, on_each_engine};

on_each_engine!(
    a_new_password_ends_the_other_sessions,
    a_password_is_changed_by_whoever_knows_it,
    other_sessions_are_ended_from_here,
    an_open_session_is_no_way_to_guess_the_password,
);

const SECURITY: &str = "/dashboard/settings/security";
const NEW: &str = "eleven loud kettles sing";

async fn a_new_password_ends_the_other_sessions(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let mut browser = server.logged_in(&mira).await;
    let mut other = server.logged_in(&mira).await;
    let form = browser.open(SECURITY).await.form(SECURITY);
    let form = form
        .with("current_password", PASSWORD)
        .with("new_password", NEW);
    let page = browser.send(&form).await.must_be(200, SECURITY);
    assert!(
        page.words()
            .contains("Done. Password changed. Other sessions ended.")
    );
    other.get("/dashboard").await.must_be(303);
    let page = server.browser().log_in_with(&mira.email, PASSWORD).await;
    page.must_be(422, "/login");
    let page = server.browser().log_in_with(&mira.email, NEW).await;
    page.must_be(200, "/dashboard");
}

async fn a_password_is_changed_by_whoever_knows_it(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let mut browser = server.logged_in(&mira).await;
    let form = browser.open(SECURITY).await.form(SECURITY);
    for (current, new, told) in [
        ("not the one", NEW, "Current password is not right"),
        ("", NEW, "Current password is not right"),
        (
            PASSWORD,
            "abcdefghijklmñ",
            "Password must be 15 characters or more",
        ),
        (
            PASSWORD,
            &"x1".repeat(129),
            "Password must be 256 bytes or fewer",
        ),
        (PASSWORD, "mira@example.com", "too easy to guess"),
        (PASSWORD, "", "Password must be 15 characters or more"),
    ] {
        let form = form
            .clone()
            .with("current_password", current)
            .with("new_password", new);
        let page = browser.send(&form).await.must_be(422, SECURITY);
        assert!(page.words().contains(told), "{told}: {}", page.words());
        for typed in [current, new].into_iter().filter(|typed| typed.len() > 8) {
            assert!(
                !page.answer.text().contains(&format!("value=\"{typed}")),
                "{typed}"
            );
        }
    }
    let page = server.browser().log_in_with(&mira.email, PASSWORD).await;
    page.must_be(200, "/dashboard");
    // 15 code points are enough, and every byte of the most that are taken counts.
    let mut current = PASSWORD.to_owned();
    for new in [
        "abcdefghijklmño".to_owned(),
        "é".repeat(63) + "e",
        "x1".repeat(128),
    ] {
        let form = browser.open(SECURITY).await.form(SECURITY);
        let form = form
            .with("current_password", &current)
            .with("new_password", &new);
        browser.send(&form).await.must_be(200, SECURITY);
        let cut = server
            .browser()
            .log_in_with(&mira.email, &new[..new.len() - 1])
            .await;
        cut.must_be(422, "/login");
        let page = server.browser().log_in_with(&mira.email, &new).await;
        page.must_be(200, "/dashboard");
        current = new;
    }
}

async fn other_sessions_are_ended_from_here(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let mut here = server.logged_in(&mira).await;
    let mut phone = server.logged_in(&mira).await;
    let mut laptop = server.logged_in(&mira).await;
    let page = here.open(SECURITY).await;
    let ends = page.values("form[action$='/end']", "action");
    assert_eq!(ends.len(), 2, "this one is not ended from here");
    let form = page.form(&ends[0]);
    here.send(&form).await.must_be(200, SECURITY);
    let left = [&mut phone, &mut laptop];
    let mut alive = 0;
    for browser in left {
        alive += usize::from(browser.get("/dashboard").await.status == 200);
    }
    assert_eq!(alive, 1);
    let all = format!("{SECURITY}/sessions/end-others");
    let form = here.open(SECURITY).await.form(&all);
    here.send(&form).await.must_be(200, SECURITY);
    phone.get("/dashboard").await.must_be(303);
    laptop.get("/dashboard").await.must_be(303);
    here.get("/dashboard").await.must_be(200);
}

async fn an_open_session_is_no_way_to_guess_the_password(engine: Engine) {
    let server = TestServer::start(engine);
    let mut browser = server.logged_in(&server.person("Mira")).await;
    let form = browser
        .open(SECURITY)
        .await
        .form(SECURITY)
        .with("new_password", NEW);
    for _ in 0..10 {
        let page = browser
            .send(&form.clone().with("current_password", "a guess"))
            .await;
        let page = page.must_be(422, SECURITY);
        assert!(page.words().contains("Current password is not right"));
    }
    let right = form.with("current_password", PASSWORD);
    let page = browser.send(&right).await.must_be(422, SECURITY);
    assert!(page.words().contains("Too many tries."), "{}", page.words());
    server.wait_seconds(15 * 60);
    browser.send(&right).await.must_be(200, SECURITY);
}
