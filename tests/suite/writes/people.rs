//! The writes of admins about people and service accounts.

use crate::harness::{Browser, Form, TestServer};

/// The form that is sent to a line, filled in.
pub(super) async fn filled_in(server: &TestServer, browser: &mut Browser, line: &str) -> Form {
    const LIST: &str = "/dashboard/admin/users";
    let jo = server.person(&format!("Jo{}", deskforge::id::Id::new()));
    server.generate(&jo);
    let page = format!("{LIST}/{}", jo.id);
    let path = line.replace("{id}", jo.id.as_str());
    match line {
        LIST => {
            let form = browser.open(&format!("{LIST}/new")).await.form(LIST);
            form.with("name", "Lee").with("email", "lee@example.com")
        }
        "/dashboard/admin/users/{id}/link" => browser.open(&page).await.form(&path),
        "/dashboard/admin/users/{id}/role" | "/dashboard/admin/users/{id}/disable" => {
            browser.open(&path).await.form(&path)
        }
        "/dashboard/admin/users/{id}/enable" => {
            server.disable(&jo);
            browser.open(&page).await.form(&path)
        }
        "/dashboard/admin/users/{id}/cancel" => {
            let (kim, _) = server.invited("Kim");
            let page = format!("{LIST}/{}", kim.id);
            browser.open(&page).await.form(&format!("{page}/cancel"))
        }
        "/dashboard/admin/users/{id}/end-sessions" => {
            server.logged_in(&jo).await;
            browser.open(&page).await.form(&path)
        }
        "/dashboard/admin/service-accounts/{id}" => {
            let service = server.service("Before");
            server.generate(&service);
            let path = line.replace("{id}", service.id.as_str());
            let form = browser.open(&path).await.form(&path);
            form.with("name", "After")
        }
        "/dashboard/admin/service-accounts" => {
            let form = browser.open(&format!("{line}/new")).await.form(line);
            form.with("name", "Deployments")
        }
        "/dashboard/admin/service-accounts/{id}/end" => {
            let service = server.service("To be ended");
            let path = line.replace("{id}", service.id.as_str());
            browser.open(&path).await.form(&path)
        }
        new => panic!("{new} writes: let it succeed here"),
    }
}
