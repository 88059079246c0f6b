//! Sessions: whose they are, how they end, and that an ended one stays ended.

use actix_web::cookie::{Cookie, SameSite};

use crate::harness::{Browser, Engine, TestServer, on_each_engine};

on_each_engine!(
    a_planted_session_is_not_adopted,
    log_out_is_final_even_against_requests_under_way,
    a_session_ends_a_day_after_its_last_use_and_thirty_days_after_its_first,
    what_the_database_holds_of_a_session_logs_nobody_in,
    a_disabled_account_is_logged_out_everywhere_at_once,
    a_session_outlives_a_restart,
    cookies_are_out_of_reach_of_scripts_and_other_sites,
    cookies_over_https_are_this_hosts_alone,
);

const COOKIE: &str = "deskforge";

/// Whether this browser is logged in.
async fn is_in(browser: &Browser) -> bool {
    browser.clone().get("/dashboard").await.status == 200
}

async fn a_planted_session_is_not_adopted(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    // One that never was.
    let mut victim = server.browser();
    victim.jar.insert(COOKIE.to_owned(), "planted".to_owned());
    victim.log_in(&mira).await.must_be(200, "/dashboard");
    assert_ne!(victim.jar[COOKIE], "planted");
    // One that is the attacker's own.
    let attacker = server.logged_in(&ravi).await;
    let mut victim = server.browser();
    victim.jar = attacker.jar.clone();
    let form = victim.open("/dashboard").await.form("/logout");
    let mut form = form
        .with("email", &mira.email)
        .with("password", crate::harness::PASSWORD);
    form.action = "/login".into();
    victim.post(&form).await.must_be(303);
    assert_ne!(victim.jar[COOKIE], attacker.jar[COOKIE]);
    assert!(is_in(&victim).await);
    assert!(
        !is_in(&attacker).await,
        "the planted session is worth nothing"
    );
}

async fn log_out_is_final_even_against_requests_under_way(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    for _ in 0..10 {
        let mut browser = server.logged_in(&mira).await;
        let held = browser.clone();
        let form = browser
            .open("/dashboard/projects/new")
            .await
            .form("/dashboard/projects");
        let mut requests = tokio::task::JoinSet::new();
        for number in 0..6 {
            // Each writes its session: "Done. Project created."
            let (mut browser, form) = (browser.clone(), form.clone());
            let form = form.with("name", &format!("Project {number}"));
            requests.spawn(async move { drop(browser.post(&form).await) });
        }
        browser.log_out().await.must_be(200, "/login");
        requests.join_all().await;
        assert!(!is_in(&held).await);
    }
    assert_eq!(server.number("SELECT count(*) AS number FROM sessions"), 0);
}

async fn a_session_ends_a_day_after_its_last_use_and_thirty_days_after_its_first(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let day = 86_400;
    let browser = server.logged_in(&mira).await;
    server.wait_seconds(day - 1);
    assert!(is_in(&browser).await);
    server.wait_seconds(day);
    assert!(!is_in(&browser).await);

    let browser = server.logged_in(&mira).await;
    let start = server.now();
    for hours in (0..30 * 24).step_by(12) {
        server.wait_until(start.plus_seconds(hours * 3_600));
        assert!(is_in(&browser).await, "{hours} hours");
    }
    server.wait_until(start.plus_days(30).plus_seconds(-1));
    assert!(is_in(&browser).await);
    server.wait_until(start.plus_days(30));
    assert!(!is_in(&browser).await);
}

async fn what_the_database_holds_of_a_session_logs_nobody_in(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let mut browser = server.logged_in(&mira).await;
    let hexadecimal = match engine {
        Engine::Sqlite => "lower(hex(key_digest))",
        Engine::Postgres => "encode(key_digest, 'hex')",
    };
    let mut dump = server.words(&format!("SELECT {hexadecimal} AS word FROM sessions"));
    dump.extend(server.words("SELECT id AS word FROM sessions"));
    dump.extend(server.words("SELECT state AS word FROM sessions"));
    let cookie = browser.jar[COOKIE].clone();
    let (signature, key) = cookie.split_at(cookie.len() - 43);
    for known in dump {
        assert!(!known.contains(key));
        let written: String = url::form_urlencoded::byte_serialize(known.as_bytes()).collect();
        for forged in [written.clone(), format!("{signature}{written}")] {
            browser.jar.insert(COOKIE.to_owned(), forged);
            assert!(!is_in(&browser).await);
        }
    }
    browser.jar.insert(COOKIE.to_owned(), key.to_owned());
    assert!(!is_in(&browser).await, "the signature counts");
    browser.jar.insert(COOKIE.to_owned(), cookie);
    assert!(is_in(&browser).await);
}

async fn a_disabled_account_is_logged_out_everywhere_at_once(engine: Engine) {
    let server = TestServer::start(engine);
    server.admin("Ada");
    let mira = server.person("Mira");
    let browsers = [server.logged_in(&mira).await, server.logged_in(&mira).await];
    server.disable(&mira);
    for browser in &browsers {
        assert!(!is_in(browser).await);
    }
    server.enable(&mira);
    for browser in &browsers {
        assert!(!is_in(browser).await);
    }
}

async fn a_session_outlives_a_restart(engine: Engine) {
    let mut server = TestServer::start(engine);
    let browser = server.logged_in(&server.person("Mira")).await;
    server.restart().await;
    assert!(is_in(&browser.at(&server)).await);
}

/// A tour by which every cookie there is comes and goes.
async fn tour(server: &TestServer) -> Vec<Cookie<'static>> {
    let mut browser = server.browser();
    browser
        .log_in(&server.person("Mira"))
        .await
        .must_be(200, "/dashboard");
    let theme = browser
        .open("/dashboard")
        .await
        .form("/theme")
        .with("theme", "dark");
    browser.send(&theme).await.must_be(200, "/dashboard");
    let project = browser
        .open("/dashboard/projects/new")
        .await
        .form("/dashboard/projects");
    browser
        .send(&project.with("name", "Site"))
        .await
        .must_be(200, "/dashboard/projects");
    let log_out = browser.open("/dashboard").await.form("/logout");
    let answer = browser.post(&log_out).await.must_be(303);
    assert_eq!(
        answer.header("clear-site-data"),
        Some("\"cache\", \"storage\"")
    );
    let mut forged = server.browser();
    forged.jar.insert(COOKIE.to_owned(), "forged".to_owned());
    forged.get("/login").await.must_be(200);
    let all = [browser.set, forged.set].concat();
    all.into_iter()
        .map(|text| Cookie::parse(text).unwrap())
        .collect()
}

fn are_out_of_reach(cookies: &[Cookie]) {
    assert!(cookies.len() >= 4, "{cookies:?}");
    for cookie in cookies {
        assert_eq!(cookie.http_only(), Some(true), "{cookie}");
        assert_eq!(cookie.same_site(), Some(SameSite::Lax), "{cookie}");
        assert_eq!(cookie.path(), Some("/"), "{cookie}");
        assert_eq!(cookie.domain(), None, "{cookie}");
    }
}

async fn cookies_are_out_of_reach_of_scripts_and_other_sites(engine: Engine) {
    let server = TestServer::start(engine);
    are_out_of_reach(&tour(&server).await);
}

async fn cookies_over_https_are_this_hosts_alone(engine: Engine) {
    let server = TestServer::start_with(engine, |settings| {
        settings.public_url = Some("https://keys.example.com".parse().unwrap());
    });
    let cookies = tour(&server).await;
    are_out_of_reach(&cookies);
    for cookie in &cookies {
        assert!(cookie.name().starts_with("__Host-deskforge"), "{cookie}");
        assert_eq!(cookie.secure(), Some(true), "{cookie}");
    }
    let answer = server.browser().get("/login").await;
    let year = "max-age=31536000; includeSubDomains";
    assert_eq!(answer.header("strict-transport-security"), Some(year));
}
