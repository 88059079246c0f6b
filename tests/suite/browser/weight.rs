//! What a page costs whoever loads it: bytes over the wire, requests, other hosts.

use deskforge::demo::Who;
use deskforge::routes::Authority;
use serde_json::Value;

use super::looks::{log_in, pages, with_sample_data};
use crate::harness::{Chromium, Engine, TestServer, run};

/// The most bytes over the wire.
const PAGE: u64 = 40 * 1024;
const STYLE: u64 = 12 * 1024;
const SCRIPT: u64 = 8 * 1024;
/// The most requests of somebody who was never here.
const REQUESTS: usize = 4;

/// The page's own bytes, and the address and bytes of all that it loads.
async fn weight(window: &Chromium) -> (u64, Vec<(String, u64)>) {
    let script = "const size = (entry) => [entry.name, entry.encodedBodySize]; \
                  const of = (type) => performance.getEntriesByType(type).map(size); \
                  return [of('navigation')[0][1], of('resource')]";
    let value = window.evaluate(script).await;
    let loaded = value[1].as_array().unwrap().iter();
    let loaded = loaded.map(|entry: &Value| {
        let name = entry[0].as_str().unwrap().to_owned();
        (name, entry[1].as_u64().unwrap())
    });
    (value[0].as_u64().unwrap(), loaded.collect())
}

/// What is too heavy about the page that is loaded.
async fn faults(window: &Chromium, server: &TestServer, page: &str) -> Vec<String> {
    let (own, loaded) = weight(window).await;
    let mut faults = Vec::new();
    if own == 0 || own > PAGE {
        faults.push(format!("{page} is {own} bytes"));
    }
    // The icon may come before the page is told of its loading or after.
    let others = loaded
        .iter()
        .filter(|(name, _)| !name.ends_with("/favicon.svg"));
    if others.count() + 2 > REQUESTS {
        faults.push(format!("{page} loads {loaded:?}"));
    }
    for (name, bytes) in loaded {
        let most = if name.ends_with("/style.css") {
            STYLE
        } else {
            SCRIPT
        };
        if !name.starts_with(server.base()) || bytes == 0 || bytes > most {
            faults.push(format!("{page} loads {bytes} bytes of {name}"));
        }
    }
    faults
}

#[test]
fn every_page_is_light_and_asks_no_other_host() {
    run(async {
        let server = with_sample_data();
        let window = server.chromium().await;
        let admin = Who::ALL
            .into_iter()
            .find(|who| who.role().as_str() == "admin")
            .unwrap();
        window.goto("/login").await;
        let mut found = faults(&window, &server, "/login").await;
        log_in(&window, admin).await;
        for page in [
            pages(&server, Authority::Member),
            pages(&server, Authority::Admin),
        ]
        .concat()
        {
            window.goto(&page).await;
            if window.count("html").await > 0 && !window.path().await.contains("first-request") {
                found.extend(faults(&window, &server, &page).await);
            }
        }
        window.close().await;
        assert_eq!(found, [""; 0]);
    });
}

#[test]
fn a_full_page_of_keys_with_long_names_is_light() {
    run(async {
        let server = TestServer::start(Engine::Sqlite);
        let mira = server.person("Mira");
        for number in 0..60 {
            server.generate_with(&mira, |draft| {
                draft.name = format!("{number} {}", "\u{5bbd}".repeat(97));
                draft.note = format!("{number} a note of many words ").repeat(30);
            });
        }
        let window = server.chromium().await;
        window.log_in(&mira).await;
        for page in ["/dashboard/settings/tokens", "/dashboard?needs=all"] {
            window.goto(page).await;
            assert_eq!(faults(&window, &server, page).await, [""; 0]);
        }
        window.close().await;
    });
}
