//! The page of one key: who uses it, who misses it, may it go?

use std::net::IpAddr;

use tokio::task::JoinSet;

use crate::harness::{Browser, Engine, Key, Page, TestServer, on_each_engine};

on_each_engine!(
    who_uses_a_key_is_told_with_what_they_call_themselves,
    a_revoked_key_tells_who_still_calls_it,
    a_paused_key_lets_nobody_through_and_tells_who_was_refused,
    the_page_for_revoking_names_the_callers_of_a_day,
    a_pause_is_chosen_and_ended_by_form,
    a_scope_that_nobody_demands_is_dropped_in_one_click,
    the_chart_covers_the_days_that_are_asked_for,
);

const LIST: &str = "/dashboard/settings/tokens";

/// A server that believes what its tests say of where their requests come from.
fn server(engine: Engine) -> TestServer {
    TestServer::start_with(engine, |settings| {
        settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
}

/// Calls with a key from an address, as a client of a name; gives the status.
async fn call(server: &TestServer, key: &Key, address: &str, agent: &str) -> u16 {
    assert!(address.parse::<IpAddr>().is_ok());
    let ask = server.key(key).ask("GET", "/projects");
    let ask = ask.header("x-forwarded-for", address);
    ask.header("user-agent", agent).send().await.status
}

fn path(key: &Key) -> String {
    format!("{LIST}/{}", key.id)
}

/// The page of a key, when all that was counted is written.
async fn page(server: &mut TestServer, browser: Browser, key: &Key) -> (Browser, Page) {
    server.restart().await;
    let mut browser = browser.at(server);
    let page = browser.open(&path(key)).await;
    (browser, page)
}

async fn who_uses_a_key_is_told_with_what_they_call_themselves(engine: Engine) {
    let mut server = server(engine);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    let browser = server.logged_in(&mira).await;
    let (browser, seen) = page(&mut server, browser, &key).await;
    assert_eq!(seen.text(".verdict"), "Never used since 24 Nov 2026.");
    assert!(seen.words().contains("No requests yet."));
    for _ in 0..3 {
        assert_eq!(call(&server, &key, "10.0.4.17", "curl/8.5").await, 200);
    }
    server.wait_seconds(240);
    assert_eq!(call(&server, &key, "10.0.4.18", "").await, 200);
    let (browser, seen) = page(&mut server, browser, &key).await;
    assert_eq!(
        seen.text(".verdict"),
        "In use: 2 callers in 24 hours. Rotate before you revoke."
    );
    assert_eq!(
        seen.texts(".callers tbody tr"),
        [
            "10.0.4.18 Not named just now just now 1",
            "10.0.4.17 curl/8.5 4 minutes ago 4 minutes ago 3"
        ]
    );
    // A day later it is told otherwise, and a month after that once more.
    server.wait_seconds(86_400);
    let (mut browser, _) = page(&mut server, browser, &key).await;
    browser.log_in(&mira).await;
    let seen = browser.open(&path(&key)).await;
    assert_eq!(
        seen.text(".verdict"),
        "Used in the last 30 days. Check its callers first."
    );
    server.wait_seconds(30 * 86_400);
    let (mut browser, _) = page(&mut server, browser, &key).await;
    browser.log_in(&mira).await;
    let seen = browser.open(&path(&key)).await;
    assert_eq!(
        seen.text(".verdict"),
        "Quiet for 31 days. Safe to delete unless a rare job needs it."
    );
    assert!(seen.words().contains("No requests in 30 days."));
}

async fn a_revoked_key_tells_who_still_calls_it(engine: Engine) {
    let mut server = server(engine);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    let reader = server.generate_scoped(&mira, &["tokens:read"]);
    let browser = server.logged_in(&mira).await;
    assert_eq!(call(&server, &key, "10.0.0.3", "curl/8.5").await, 200);
    server.wait_seconds(60);
    server.revoke(&key);
    server.wait_seconds(60);
    for number in 0..10 {
        let (address, agent) = match number {
            0..4 => ("10.0.0.5", "axios/1.7"),
            _ => ("10.0.0.4", "curl/8.5"),
        };
        server.wait_seconds(1);
        assert_eq!(call(&server, &key, address, agent).await, 401);
    }
    server.wait_seconds(120);
    let (_, seen) = page(&mut server, browser, &key).await;
    assert_eq!(
        seen.text(".verdict"),
        "Revoked, and still called: 10 refusals since, last 2 minutes ago from 10.0.0.4 (curl/8.5)."
    );
    assert!(seen.words().contains("Revoked 24 Nov 2026, 12:01 UTC."));
    assert_eq!(
        seen.texts(".callers:first-of-type tbody tr")[..2],
        [
            "10.0.0.4 curl/8.5 2 minutes ago 6",
            "10.0.0.5 axios/1.7 2 minutes ago 4"
        ]
    );
    let usage = format!("/tokens/{}/usage", key.id);
    let told = server.key(&reader).get(&usage).await.must_be(200).json();
    let callers = told["callers"].as_array().unwrap().iter();
    let refusals: Vec<_> = callers
        .map(|one| (one["address"].as_str().unwrap(), one["refusals"].as_i64()))
        .collect();
    assert_eq!(
        refusals,
        [
            ("10.0.0.4", Some(6)),
            ("10.0.0.5", Some(4)),
            ("10.0.0.3", Some(0))
        ]
    );
}

async fn a_paused_key_lets_nobody_through_and_tells_who_was_refused(engine: Engine) {
    let mut server = server(engine);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    let mut browser = server.logged_in(&mira).await;
    let pause = format!("{}/pause", path(&key));
    let form = browser.open(&pause).await.form(&pause);
    let told = browser.send(&form.with("until", "15m")).await;
    assert!(
        told.words().contains("paused until 24 Nov 2026, 12:15 UTC"),
        "{}",
        told.words()
    );
    server.wait_seconds(1);
    let mut callers = JoinSet::new();
    for caller in 0..10 {
        let (client, address) = (server.key(&key), format!("10.0.0.{}", caller % 3));
        callers.spawn(async move {
            for _ in 0..1_000 {
                let ask = client.ask("GET", "/projects");
                let ask = ask.header("x-forwarded-for", &address);
                let ask = ask.header("user-agent", "curl/8.5");
                assert_eq!(ask.send().await.status, 401);
            }
        });
    }
    callers.join_all().await;
    server.wait_seconds(898);
    assert_eq!(call(&server, &key, "10.0.0.9", "late/1").await, 401);
    let (browser, seen) = page(&mut server, browser, &key).await;
    let sentence = "Paused until 24 Nov 2026, 12:15 UTC: 4 callers were refused meanwhile.";
    assert_eq!(seen.text(".verdict"), sentence);
    server.wait_seconds(1);
    for number in 0..100 {
        let address = format!("10.0.0.{}", number % 3);
        assert_eq!(call(&server, &key, &address, "curl/8.5").await, 200);
    }
    let (_, seen) = page(&mut server, browser, &key).await;
    assert!(seen.words().contains(sentence), "{}", seen.words());
    let rows = seen.texts("table.callers:first-of-type tbody tr");
    for row in [
        "10.0.0.9 late/1 1",
        "10.0.0.0 curl/8.5 4,000",
        "10.0.0.1 curl/8.5 3,000",
        "10.0.0.2 curl/8.5 3,000",
    ] {
        assert!(rows.iter().any(|told| told == row), "{row}: {rows:?}");
    }
    assert!(seen.text(".verdict").starts_with("In use: 3 callers"));
}

async fn the_page_for_revoking_names_the_callers_of_a_day(engine: Engine) {
    let mut server = server(engine);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    let browser = server.logged_in(&mira).await;
    assert_eq!(call(&server, &key, "10.0.4.17", "old/1").await, 200);
    server.wait_seconds(86_400);
    assert_eq!(call(&server, &key, "10.0.4.18", "new/1").await, 200);
    let (mut browser, _) = page(&mut server, browser, &key).await;
    browser.log_in(&mira).await;
    for what in ["revoke", "pause"] {
        let seen = browser.open(&format!("{}/{what}", path(&key))).await;
        let rows = seen.texts(".callers tbody tr");
        assert_eq!(rows, ["10.0.4.18 new/1 just now"], "{what}");
        assert!(seen.text(".verdict").starts_with("In use: 1 caller"));
    }
    let revoke = format!("{}/revoke", path(&key));
    let form = browser.open(&revoke).await.form(&revoke);
    let form = form.with("reason", "Compromised");
    let told = browser.send(&form).await.must_be(200, LIST);
    assert!(told.words().contains("revoked at 25 Nov 2026, 12:00 UTC."));
    let seen = browser.open(&path(&key)).await;
    assert_eq!(
        seen.text(".verdict"),
        "Revoked 25 Nov 2026, 12:00 UTC by Mira: Compromised."
    );
}

async fn a_pause_is_chosen_and_ended_by_form(engine: Engine) {
    let server = server(engine);
    let mira = server.person("Mira");
    let key = server.generate_with(&mira, |draft| draft.name = "CI".into());
    let mut browser = server.logged_in(&mira).await;
    let pause = format!("{}/pause", path(&key));
    let form = browser.open(&pause).await.form(&pause);
    for (until, end) in [
        ("15m", Some("2026-11-24T12:15:00Z")),
        ("1h", Some("2026-11-24T13:00:00Z")),
        ("24h", Some("2026-11-25T12:00:00Z")),
        ("resumed", None),
    ] {
        let told = browser.send(&form.clone().with("until", until)).await;
        let told = told.must_be(200, &path(&key));
        assert!(told.words().contains("Done. \"CI\" paused until"));
        assert_eq!(call(&server, &key, "10.0.0.1", "curl/8.5").await, 401);
        let stored = "SELECT COALESCE(paused_until, 0) AS number FROM tokens";
        let end = end.map_or(0, |end| {
            deskforge::clock::Instant::parse(end).unwrap().micros()
        });
        assert_eq!(server.number(stored), end);
    }
    for until in ["", "2h", "900"] {
        let told = browser.send(&form.clone().with("until", until)).await;
        let told = told.must_be(422, &pause);
        assert!(told.words().contains("Choose for how long"));
        assert!(told.title().starts_with("Error: "));
    }
    let resume = format!("{}/resume", path(&key));
    let form = browser.open(&path(&key)).await.form(&resume);
    let told = browser.send(&form).await.must_be(200, &path(&key));
    assert!(told.words().contains("Done. \"CI\" resumed."));
    assert_eq!(call(&server, &key, "10.0.0.1", "curl/8.5").await, 200);
    let again = browser.send(&form).await;
    assert!(again.words().contains("Note. This key is not paused."));
    server.revoke(&key);
    let told = browser.open(&pause).await.must_be(200, &path(&key));
    assert!(told.words().contains("Not done. Only a key"));
}

async fn a_scope_that_nobody_demands_is_dropped_in_one_click(engine: Engine) {
    let mut server = server(engine);
    let mira = server.person("Mira");
    let key = server.generate_scoped(&mira, &["projects:write", "introspect"]);
    let open = server.generate_scoped(&mira, &["projects:read", "introspect"]);
    let drop = format!("{}/scopes", path(&key));
    // A young key may have use for all it holds.
    let mut browser = server.logged_in(&mira).await;
    assert_eq!(call(&server, &key, "10.0.0.1", "curl/8.5").await, 200);
    server.restart().await;
    browser = browser.at(&server);
    let seen = browser.open(&path(&key)).await;
    assert_eq!(seen.count(&format!("form[action='{drop}']")), 0);
    server.wait_seconds(31 * 86_400);
    assert_eq!(call(&server, &key, "10.0.0.1", "curl/8.5").await, 200);
    for query in ["?scope=projects:read", ""] {
        let verify = format!("/auth/verify{query}");
        server.key(&open).get(&verify).await.must_be(204);
    }
    // What was refused is no use.
    server.key(&key).get("/tokens").await.must_be(403);
    server.restart().await;
    browser = browser.at(&server);
    browser.log_in(&mira).await;
    let seen = browser.open(&path(&key)).await;
    let offers = seen.texts(&format!("form[action='{drop}']"));
    assert_eq!(
        offers,
        [
            "not used in 30 days Keep only projects:read",
            "not used in 30 days Drop it: introspect"
        ]
    );
    let form = seen.form(&drop);
    let told = browser
        .send(&form.clone().with("scope", "introspect"))
        .await;
    let told = told.must_be(200, &path(&key));
    assert!(told.words().contains("keeps projects:write."));
    let told = browser
        .send(&form.clone().with("scope", "projects:write"))
        .await;
    assert!(told.words().contains("keeps projects:read."));
    for used in ["projects:read", "projects:write", "", "<b>"] {
        let told = browser.send(&form.clone().with("scope", used)).await;
        assert!(told.words().contains("Not done. Only a scope"), "{used}");
    }
    let token = server.key(&key).get("/token").await.must_be(200).json();
    assert_eq!(token["scopes"], serde_json::json!(["projects:read"]));
    server
        .key(&key)
        .get("/auth/verify?scope=introspect")
        .await
        .must_be(403);
    // Where a gateway judges scopes itself, nothing is known.
    let seen = browser.open(&path(&open)).await;
    assert!(seen.words().contains("left open which scope they need"));
    assert_eq!(seen.count("form.drop"), 0);
}

async fn the_chart_covers_the_days_that_are_asked_for(engine: Engine) {
    let mut server = server(engine);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    let browser = server.logged_in(&mira).await;
    assert_eq!(call(&server, &key, "10.0.0.1", "curl/8.5").await, 200);
    server.wait_seconds(8 * 86_400);
    let (mut browser, _) = page(&mut server, browser, &key).await;
    browser.log_in(&mira).await;
    for (days, requests) in [
        (7, "No requests in 7 days."),
        (30, "1 request,"),
        (90, "1 request,"),
    ] {
        let seen = browser.open(&format!("{}?days={days}", path(&key))).await;
        let told = seen.text(".chart figcaption");
        assert!(told.starts_with(requests), "{days}: {told}");
        let chosen = seen.texts(".periods [aria-current]");
        assert_eq!(chosen, [format!("{days} days")]);
    }
    browser
        .get(&format!("{}?days=8", path(&key)))
        .await
        .must_be(422);
}
