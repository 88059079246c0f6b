//! The writes of people at the dashboard.

use super::changes;
use crate::harness::{Browser, Engine, Form, PASSWORD, Person, TestServer, on_each_engine};

on_each_engine!(every_form_that_writes_is_watched);

async fn every_form_that_writes_is_watched(engine: Engine) {
    let server = TestServer::start(engine);
    let mut setup = server.browser();
    let code = format!("/setup?code={}", server.state().set_up_code);
    let form = setup.open(&code).await.form("/setup");
    let form = form
        .with("name", "First")
        .with("email", "first@example.com");
    let page = setup.send(&form.with("password", PASSWORD)).await;
    page.must_be(200, "/dashboard");
    let lines = super::lines(true).filter(|line| line.path != "/setup");
    for (number, line) in lines.enumerate() {
        let ada = server.admin(&format!("Ada{number}"));
        let mut browser = match line.path {
            "/login" | "/password" => server.browser(),
            _ => server.logged_in(&ada).await,
        };
        let form = filled_in(&server, &ada, &mut browser, line.path).await;
        let before = changes(&server);
        let answer = browser.post(&form).await;
        assert!(matches!(answer.status, 200 | 303), "{answer}");
        let is_change = changes(&server) > before || line.path == "/theme";
        assert!(is_change, "{} changed nothing", line.path);
    }
}

/// The form that is sent to a line, filled in.
async fn filled_in(server: &TestServer, ada: &Person, browser: &mut Browser, line: &str) -> Form {
    const SECURITY: &str = "/dashboard/settings/security";
    const SCOPES: &str = "/dashboard/admin/scopes";
    const TOKENS: [&str; 3] = [
        "/settings/tokens",
        "/{account}/tokens",
        "/tokens/{id}/revoke",
    ];
    if TOKENS.iter().any(|part| line.contains(part)) {
        return super::keys::filled_in(server, ada, browser, line).await;
    }
    if line.contains("/users") || line.contains("/service-accounts") {
        return super::people::filled_in(server, browser, line).await;
    }
    let key = server.generate(ada);
    let path = line.replace("{id}", key.id.as_str());
    match line {
        "/login" => {
            let form = browser.open(&path).await.form(&path);
            form.with("email", &ada.email).with("password", PASSWORD)
        }
        "/password" => {
            let (_, invitation) = server.invited("Sam");
            let form = browser.open(&invitation).await.form(&path);
            form.with("password", "eleven loud kettles sing")
        }
        "/logout" => browser.open("/dashboard").await.form(&path),
        "/theme" => {
            let form = browser.open("/dashboard").await.form(&path);
            form.with("theme", "dark")
        }
        "/dashboard/projects" => {
            let form = browser.open(&format!("{path}/new")).await.form(&path);
            form.with("name", "New")
        }
        "/dashboard/projects/{id}" | "/dashboard/projects/{id}/delete" => {
            const LIST: &str = "/dashboard/projects";
            let form = browser.open(&format!("{LIST}/new")).await.form(LIST);
            let list = browser.send(&form.with("name", "Shop")).await;
            let shop = list.values("a[href^='/dashboard/projects/0']", "href");
            let path = line.replace(&format!("{LIST}/{{id}}"), &shop[0]);
            browser.open(&path).await.form(&path)
        }
        "/dashboard/admin/audit/export" | "/dashboard/admin/audit/verify" => {
            browser.open("/dashboard/admin/audit").await.form(&path)
        }
        "/dashboard/admin/policy" => {
            let form = browser.open(&path).await.form(&path);
            form.with("default_days", &format!("{}", 30 + server.now().day() % 7))
        }
        "/dashboard/admin/policy/broken" => {
            let policy = path.replace("/broken", "");
            let form = browser.open(&policy).await.form(&policy);
            let old = format!("UPDATE tokens SET created_at = 0 WHERE id = '{}'", key.id);
            server.execute(&old);
            let page = browser.send(&form.with("unused_days", "30")).await;
            page.form(&path).with("keys_unused", "revoke")
        }
        SCOPES => {
            let form = browser.open(&format!("{SCOPES}/new")).await.form(SCOPES);
            form.with("name", "made:anew")
                .with("description", "What is new")
        }
        "/dashboard/admin/scopes/{name}"
        | "/dashboard/admin/scopes/{name}/retire"
        | "/dashboard/admin/scopes/{name}/restore"
        | "/dashboard/admin/scopes/{name}/drop"
        | "/dashboard/admin/scopes/{name}/delete" => scope(server, ada, browser, line).await,
        "/dashboard/admin/tokens/revoke" => {
            let path = format!("{path}?ids={}", key.id);
            browser.open(&path).await.form(&path)
        }
        "/dashboard/admin/tokens/revoke-all" | "/dashboard/admin/incident" => {
            let path = format!("{path}?owner={}", ada.id);
            let page = browser.open(&path).await;
            page.form(&path).with("count", "1")
        }
        "/dashboard/admin/tokens/find" => {
            let page = browser.open("/dashboard/admin/tokens").await;
            page.form(&path).with("key", &key.secret)
        }
        SECURITY => {
            let form = browser.open(&path).await.form(&path);
            let form = form.with("current_password", PASSWORD);
            form.with("new_password", "eleven loud kettles sing")
        }
        "/dashboard/settings/security/sessions/end-others" => {
            server.logged_in(ada).await;
            browser.open(SECURITY).await.form(&path)
        }
        "/dashboard/settings/security/sessions/{id}/end" => {
            server.logged_in(ada).await;
            let page = browser.open(SECURITY).await;
            let ends = page.values("form[action$='/end']", "action");
            page.form(&ends[0])
        }
        new => panic!("{new} writes: let it succeed here"),
    }
}

/// The form that is sent to a line about a scope of the operator's own.
async fn scope(server: &TestServer, ada: &Person, browser: &mut Browser, line: &str) -> Form {
    const SCOPES: &str = "/dashboard/admin/scopes";
    let act = line.rsplit('/').next().unwrap().replace("{name}", "edit");
    let name = format!("some:{act}");
    let form = browser.open(&format!("{SCOPES}/new")).await.form(SCOPES);
    let form = form
        .with("name", &name)
        .with("description", "What it opens");
    browser.send(&form).await;
    let path = line.replace("{name}", &name);
    let here = format!("{SCOPES}/{name}");
    match act.as_str() {
        "edit" => {
            let form = browser.open(&here).await.form(&here);
            form.with("description", "What it opens now")
        }
        "restore" => {
            let retire = browser.open(&here).await.form(&format!("{here}/retire"));
            browser.send(&retire).await.form(&path)
        }
        "drop" => {
            server.generate_scoped(ada, &["projects:read", &name]);
            browser.open(&path).await.form(&path)
        }
        "retire" => browser.open(&here).await.form(&path),
        _ => browser.open(&path).await.form(&path),
    }
}
