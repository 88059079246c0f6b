//! The writes of people about keys: their own, and those of service accounts, on the same pages.

use crate::harness::{self, Browser, Form, Key, Person, TestServer};

const OWN: &str = "/dashboard/settings/tokens";
const SERVICE: &str = "/dashboard/admin/service-accounts/{account}/tokens";

/// The form that is sent to a line, filled in.
pub(super) async fn filled_in(
    server: &TestServer,
    ada: &Person,
    browser: &mut Browser,
    line: &str,
) -> Form {
    let (owner, list) = if line.starts_with(SERVICE) {
        let service = server.service(&format!("Service of {}", ada.name));
        let list = SERVICE.replace("{account}", service.id.as_str());
        (service, list)
    } else {
        (ada.clone(), OWN.to_owned())
    };
    let key = server.generate(&owner);
    let path_of = |key: &Key| {
        let path = line.replace(SERVICE, &list);
        path.replace("{id}", key.id.as_str())
    };
    let path = path_of(&key);
    match line.replace(SERVICE, OWN).as_str() {
        OWN => {
            let form = browser.open(&format!("{path}/new")).await.form(&path);
            form.with("name", "New")
        }
        "/dashboard/settings/tokens/{id}/edit" => {
            let form = browser.open(&path).await.form(&path);
            form.with("name", "Other")
        }
        "/dashboard/settings/tokens/{id}/unusual" => {
            server.execute(&surge(server, &key));
            let page = browser.open(&path.replace("/unusual", "")).await;
            page.form(&path)
        }
        "/dashboard/settings/tokens/revoke" => {
            let page = browser.open(&format!("{path}?ids={}", key.id)).await;
            page.form(&path)
        }
        "/dashboard/settings/tokens/{id}/delete" => {
            server.revoke(&key);
            browser.open(&path).await.form(&path)
        }
        "/dashboard/settings/tokens/{id}/resume" => {
            let pause = path.replace("resume", "pause");
            let form = browser.open(&pause).await.form(&pause);
            browser.send(&form).await.form(&path)
        }
        "/dashboard/settings/tokens/{id}/scopes" => {
            let key = server.generate_scoped(&owner, &["projects:read", "introspect"]);
            server.execute(&format!(
                "UPDATE tokens SET created_at = 0 WHERE id = '{}'",
                key.id
            ));
            let day = server.now().day();
            server.execute(&format!(
                "INSERT INTO scope_uses VALUES ('{}', 'projects:read', {day})",
                key.id
            ));
            let path = path_of(&key);
            browser.open(&path.replace("/scopes", "")).await.form(&path)
        }
        "/dashboard/settings/tokens/{id}/rotate/places"
        | "/dashboard/settings/tokens/{id}/rotate/finish" => {
            let places = harness::lines(&["Vault"]);
            let key = server.generate_with(&owner, |draft| draft.locations = places);
            let rotate = format!("{list}/{}/rotate", key.id);
            let form = browser.open(&rotate).await.form(&rotate);
            browser.send(&form).await;
            browser.open(&rotate).await.form(&path_of(&key))
        }
        "/dashboard/settings/tokens/{id}/pause"
        | "/dashboard/settings/tokens/{id}/rotate"
        | "/dashboard/settings/tokens/{id}/leaked"
        | "/dashboard/settings/tokens/{id}/revoke"
        | "/dashboard/admin/tokens/{id}/revoke" => browser.open(&path).await.form(&path),
        new => panic!("{new} writes: let it succeed here"),
    }
}

/// Ten quiet days of a key, and one on which it was called far more often.
fn surge(server: &TestServer, key: &Key) -> String {
    let rows: Vec<_> = (0..=10)
        .map(|ago| {
            let (day, requests) = (server.now().day() - ago, if ago == 0 { 900 } else { 10 });
            let at = i64::from(day) * 86_400_000_000;
            format!(
                "('{}', {day}, '10.0.0.1', 'curl', {requests}, 0, 0, 0, 0, {at}, {at})",
                key.id
            )
        })
        .collect();
    format!("INSERT INTO usage VALUES {}", rows.join(", "))
}
