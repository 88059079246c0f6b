//! The first start, in the browser.

use crate::harness::{Engine, PASSWORD, TestServer, run};

#[test]
fn the_first_admin_is_made_in_the_browser() {
    run(async {
        for scripts in [true, false] {
            let server = TestServer::start(Engine::Sqlite);
            let window = server.chromium().await;
            if !scripts {
                window.without_scripts().await;
            }
            window
                .goto(&format!("/setup?code={}", server.state().set_up_code))
                .await;
            window.fill("name", "Ada").await;
            window.fill("email", "ada@example.com").await;
            window.fill("password", "too short").await;
            window.press("Create admin").await;
            assert!(window.title().await.starts_with("Error: "));
            window.fill("password", PASSWORD).await;
            window.press("Create admin").await;
            assert_eq!(window.path().await, "/dashboard");
            assert_eq!(window.text("#message").await, "Done. Next, generate a key.");
            window.follow("Generate New Token").await;
            assert_eq!(window.path().await, "/dashboard/settings/tokens/new");
            window.goto("/setup").await;
            assert_eq!(window.text("h1").await, "Page not found");
            window.close().await;
        }
    });
}
