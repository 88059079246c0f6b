//! The page that shows a key, left and come back to in every way a browser has.

use std::time::{Duration, Instant};

use crate::harness::{Chromium, Engine, TestServer, run};

const LIST: &str = "/dashboard/settings/tokens";

/// A window on a new key, and the key.
async fn shown(server: &TestServer, scripts: bool) -> (Chromium, String) {
    let window = server.chromium().await;
    if !scripts {
        window.without_scripts().await;
    }
    window.log_in(&server.person("Mira")).await;
    window.goto("/dashboard/settings/tokens/new").await;
    window.fill("name", "CI/CD Pipeline").await;
    window.press("Generate token").await;
    let key = window.text("#new-token").await;
    assert!(key.len() == 41 && key.starts_with("df_"), "{key}");
    (window, key)
}

fn keys(server: &TestServer) -> i64 {
    server.number("SELECT count(*) AS number FROM tokens")
}

#[test]
fn a_reload_shows_no_key_and_makes_none() {
    run(async {
        for scripts in [true, false] {
            let server = TestServer::start(Engine::Sqlite);
            let (window, key) = shown(&server, scripts).await;
            assert_eq!(window.path().await, LIST);
            window.reload().await;
            assert!(window.path().await.starts_with(&format!("{LIST}/")));
            assert!(
                window
                    .text("#message")
                    .await
                    .contains("This key was shown once.")
            );
            assert!(!window.source().await.contains(&key));
            assert_eq!(keys(&server), 1);
            window.close().await;
        }
    });
}

#[test]
fn going_back_shows_no_key_and_makes_none() {
    run(async {
        for scripts in [true, false] {
            let server = TestServer::start(Engine::Sqlite);
            let (window, key) = shown(&server, scripts).await;
            window.follow("I have stored it").await;
            window.back().await;
            assert!(!window.source().await.contains(&key));
            assert_eq!(keys(&server), 1);
            window.close().await;
        }
    });
}

#[test]
fn a_form_gone_back_to_and_sent_again_makes_no_other_key() {
    run(async {
        let server = TestServer::start(Engine::Sqlite);
        let (window, key) = shown(&server, true).await;
        window.back().await;
        assert_eq!(window.path().await, format!("{LIST}/new"));
        if window
            .find("[name=name]")
            .await
            .prop("value")
            .await
            .unwrap()
            .unwrap()
            .is_empty()
        {
            // The page was fetched anew, so this is another form.
            window.fill("name", "CI/CD Pipeline").await;
            window.press("Generate token").await;
            assert!(
                window
                    .source()
                    .await
                    .contains("You already have an active key named")
            );
        } else {
            window.press("Generate token").await;
            assert!(
                window
                    .text("#message")
                    .await
                    .contains("This key was shown once.")
            );
        }
        assert!(!window.source().await.contains(&key));
        assert_eq!(keys(&server), 1);
        window.close().await;
    });
}

#[test]
fn the_key_is_copied_by_a_button_where_there_are_scripts() {
    run(async {
        let server = TestServer::start(Engine::Sqlite);
        let (window, key) = shown(&server, true).await;
        window.button("Copy key").await.click().await.unwrap();
        let said = window.wait_for_text(".copying .said").await;
        assert!(
            ["Copied", "Selected. Press Ctrl+C."].contains(&said.as_str()),
            "{said}"
        );
        assert_eq!(window.text("#new-token").await, key);
        window.close().await;
        let (window, _) = shown(&TestServer::start(Engine::Sqlite), false).await;
        assert_eq!(window.count("button.copy").await, 0);
        window.close().await;
    });
}

#[test]
fn the_key_is_in_no_cookie_and_no_storage() {
    run(async {
        let server = TestServer::start(Engine::Sqlite);
        let (window, key) = shown(&server, true).await;
        let kept = window
            .evaluate("return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, history.state, name, document.title, location.href])")
            .await;
        assert!(!kept.to_string().contains(&key[3..]), "{kept}");
        assert_eq!(
            window
                .cookie("deskforge")
                .await
                .map(|cookie| cookie.contains(&key)),
            Some(false)
        );
        window.close().await;
    });
}

#[test]
fn the_first_request_is_told_where_there_are_scripts() {
    run(async {
        let server = TestServer::start(Engine::Sqlite);
        let (window, key) = shown(&server, true).await;
        let waiting = window.wait_for_text("#first-request").await;
        assert_eq!(waiting, "Waiting for its first request");
        server.bearer(&key).get("/projects").await.must_be(200);
        let begun = Instant::now();
        while window.text("#first-request").await == waiting {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "it goes on waiting"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let said = window.text("#first-request").await;
        assert!(
            said.starts_with("It works: first request 24 Nov 2026"),
            "{said}"
        );
        assert!(said.ends_with(" from 127.0.0.1"), "{said}");
        assert_eq!(window.text("#new-token").await, key);
        assert_eq!(window.complaints().await, [""; 0]);
        window.close().await;
        let (window, _) = shown(&TestServer::start(Engine::Sqlite), false).await;
        assert_eq!(window.text("#first-request").await, "");
        window.close().await;
    });
}
