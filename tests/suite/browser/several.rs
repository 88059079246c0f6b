//! Keys are selected in the list and revoked together, with scripts and without.

use crate::harness::{Engine, TestServer, run};

const LIST: &str = "/dashboard/settings/tokens";

#[test]
fn selected_keys_are_revoked_with_scripts() {
    run(selected_keys_are_revoked(Engine::Sqlite, true));
}

#[test]
fn selected_keys_are_revoked_without_scripts() {
    run(selected_keys_are_revoked(Engine::Postgres, false));
}

async fn selected_keys_are_revoked(engine: Engine, scripts: bool) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let keys: Vec<_> = (0..3).map(|_| server.generate(&mira)).collect();
    let window = server.chromium().await;
    if !scripts {
        window.without_scripts().await;
    }
    window.log_in(&mira).await;
    window.goto(LIST).await;
    window.press("Revoke selected").await;
    let told = window.text("#message").await;
    assert_eq!(told, "Not done. Select at least one key.");
    for (key, width) in keys[..2].iter().zip([1_440, 360]) {
        window.widen(width).await;
        let check = format!("input[value=\"{}\"]", key.id);
        window.find(&check).await.click().await.unwrap();
    }
    window.press("Revoke selected").await;
    assert_eq!(window.text("h1").await, "Revoke 2 keys?");
    window.press("Revoke 2 keys").await;
    let told = window.text("#message").await;
    assert!(told.starts_with("Done. 2 keys revoked at"), "{told}");
    assert!(window.title().await.starts_with("Done: "));
    assert_eq!(window.count("tbody tr").await, 1);
    server.key(&keys[0]).get("/projects").await.must_be(401);
    server.key(&keys[2]).get("/projects").await.must_be(200);
    assert_eq!(window.complaints().await, [""; 0]);
    window.close().await;
}
