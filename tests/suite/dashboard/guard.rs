//! Who may see which page, line by line of the route table.

use deskforge::id::Id;
use deskforge::routes::{Authority, is_page, table};

use crate::harness::{Browser, Engine, TestServer, on_each_engine};

on_each_engine!(
    a_page_behind_log_in_leads_to_log_in_and_back,
    a_page_behind_log_in_is_kept_by_nobody,
    an_admins_page_is_not_there_for_a_member,
    a_key_opens_no_page_and_a_session_no_api,
    any_other_method_is_told_which_there_are,
);

/// Path and method of every line that only members, or only admins, may come to.
fn lines(authority: Authority) -> Vec<(String, String)> {
    table()
        .into_iter()
        .filter(|line| line.authority == authority)
        .map(|line| {
            let path = line.path.replace("{id}", Id::new().as_str());
            let path = path.replace("{account}", Id::new().as_str());
            let path = path.replace("{name}", "some:scope");
            let path = path.replace("{rest:.*}", "nothing/here");
            assert!(is_page(&path), "{path}");
            (crate::routes::method(&line), path)
        })
        .collect()
}

/// A form that is nobody's but for the field that proves it ours.
async fn csrf(browser: &mut Browser) -> crate::harness::Form {
    let mut form = browser.open("/dashboard").await.form("/logout");
    form.fields.retain(|(name, _)| name == "csrf");
    form
}

async fn a_page_behind_log_in_leads_to_log_in_and_back(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let both = [lines(Authority::Member), lines(Authority::Admin)].concat();
    assert!(both.len() > 20);
    for (method, path) in both {
        let mut browser = server.browser();
        let path = format!("{path}?a=b%20c&d=%2F");
        let answer = browser.ask(&method, &path).send().await.must_be(303);
        let location = answer.header("location").unwrap();
        if method == "GET" {
            let next: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
            assert_eq!(location, format!("/login?next={next}"));
        } else {
            assert_eq!(location, "/login", "what was sent is lost");
        }
        assert!(answer.body.is_empty());
        browser.get(&path).await;
    }
    let mut browser = server.browser();
    browser
        .open("/")
        .await
        .must_be(200, "/login?next=%2Fdashboard");
    let form = browser.open("/dashboard/docs?a=b").await.form("/login");
    let form = form
        .with("email", &mira.email)
        .with("password", crate::harness::PASSWORD);
    browser
        .send(&form)
        .await
        .must_be(200, "/dashboard/docs?a=b");
}

async fn a_page_behind_log_in_is_kept_by_nobody(engine: Engine) {
    let server = TestServer::start(engine);
    let mut browser = server.logged_in(&server.admin("Ada")).await;
    let both = [lines(Authority::Member), lines(Authority::Admin)].concat();
    for (_, path) in both.into_iter().filter(|(method, _)| method == "GET") {
        let answer = browser.get(&path).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
        assert!(matches!(answer.status, 200 | 303 | 404), "{answer}");
    }
    // A page is not to be had under the name of a file that a proxy would keep.
    for path in [
        "/dashboard/x.css",
        "/dashboard/settings/tokens/x.js",
        "/dashboard;x.css",
    ] {
        browser.get(path).await.must_be(404);
    }
}

async fn an_admins_page_is_not_there_for_a_member(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ada) = (server.person("Mira"), server.admin("Ada"));
    let key = server.generate(&mira);
    let mut member = server.logged_in(&mira).await;
    let proof = csrf(&mut member).await;
    let nothing = member.get("/dashboard/nothing").await.must_be(404);
    let page_of = |answer: &crate::harness::Answer| {
        crate::harness::without_proofs(answer.text()).replace("/nothing", "")
    };
    let lines = lines(Authority::Admin);
    assert!(!lines.is_empty());
    for (method, path) in lines {
        let id = path.split('/').find(|part| part.parse::<Id>().is_ok());
        let path = path.replace(id.unwrap_or("{none}"), key.id.as_str());
        let mut form = proof.clone();
        form.action.clone_from(&path);
        let answer = match method.as_str() {
            "GET" => member.get(&path).await,
            _ => member.post(&form).await,
        };
        assert_eq!(answer.status, 404, "{answer}");
        if method == "GET" {
            let shown = page_of(&answer).replace(path.trim_start_matches("/dashboard"), "");
            assert_eq!(shown, page_of(&nothing), "{path}");
        }
    }
    server.key(&key).get("/projects").await.must_be(200);
    let mut admin = server.logged_in(&ada).await;
    admin
        .open("/dashboard/admin/tokens")
        .await
        .must_be(200, "/dashboard/admin/tokens");
    let menu = member.open("/dashboard").await.words();
    assert!(!menu.contains("All tokens"), "{menu}");
}

async fn a_key_opens_no_page_and_a_session_no_api(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    let scopes = ["projects:write", "tokens:write", "audit:read"];
    let key = server.key(&server.generate_scoped(&ada, &scopes));
    for path in [
        "/dashboard",
        "/dashboard/settings/tokens",
        "/dashboard/admin/tokens",
    ] {
        key.get(path).await.must_be(303);
    }
    let browser = server.logged_in(&ada).await;
    for (method, path) in [("GET", "/projects"), ("GET", "/token"), ("POST", "/tokens")] {
        let ask = browser
            .ask(method, path)
            .header("sec-fetch-site", "same-origin");
        ask.send().await.must_be_error(401, "key_missing");
    }
}

async fn any_other_method_is_told_which_there_are(engine: Engine) {
    let server = TestServer::start(engine);
    let browser = server.logged_in(&server.person("Mira")).await;
    for (path, allow) in [
        ("/dashboard", "GET, HEAD"),
        ("/login", "GET, HEAD, POST"),
        ("/logout", "POST"),
        ("/dashboard/settings/tokens", "GET, HEAD, POST"),
    ] {
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
            let answer = browser.ask(method, path).send().await.must_be(405);
            assert_eq!(answer.header("allow"), Some(allow), "{path}");
            assert_eq!(
                answer.header("content-type"),
                Some("text/html; charset=utf-8")
            );
        }
    }
    browser.ask("GET", "/logout").send().await.must_be(405);
}
