//! The walk of the authentication guide: log in, generate, use, revoke; with scripts and without.

use std::process::Command;

use crate::harness::{Chromium, Engine, TestServer, run};

#[test]
fn the_guides_walk_works_with_scripts() {
    run(the_guides_walk_works(Engine::Sqlite, true));
}

#[test]
fn the_guides_walk_works_without_scripts() {
    run(the_guides_walk_works(Engine::Postgres, false));
}

/// What curl prints and the status of it, as the guide calls it.
fn curl(base: &str, key: &str) -> String {
    let output = Command::new("curl")
        .args(["-s", "-w", " %{http_code}", "-X", "GET"])
        .arg(format!("{base}/projects"))
        .args(["-H", &format!("Authorization: Bearer {key}")])
        .args(["-H", "Content-Type: application/json"])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

async fn the_guides_walk_works(engine: Engine, scripts: bool) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let window = server.chromium().await;
    if !scripts {
        window.without_scripts().await;
    }
    window.goto("/dashboard").await;
    assert_eq!(window.path().await, "/login?next=%2Fdashboard");
    window.log_in(&mira).await;
    assert_eq!(window.path().await, "/dashboard");
    window.follow("Settings").await;
    window.follow("Access Tokens").await;
    window.follow("Generate New Token").await;
    window.fill("name", "CI/CD Pipeline").await;
    window.press("Generate token").await;
    assert_eq!(
        has_copy_button(&window).await,
        scripts,
        "scripts are as asked"
    );
    let key = window.text("#new-token").await;
    assert!(curl(server.base(), &key).ends_with(" 200"));
    window.follow("I have stored it").await;
    assert!(!window.source().await.contains(&key));
    window.follow("Revoke key").await;
    window.press("Revoke key").await;
    let refused = curl(server.base(), &key);
    assert!(
        refused.contains("Invalid API key") && refused.ends_with(" 401"),
        "{refused}"
    );
    assert!(
        window
            .text("#message")
            .await
            .starts_with("Done. \"CI/CD Pipeline\" revoked")
    );
    assert_eq!(window.complaints().await, [""; 0]);
    window.close().await;
}

async fn has_copy_button(window: &Chromium) -> bool {
    window.count("button.copy").await > 0
}
