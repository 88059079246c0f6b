//! Many keys are revoked at once while all of them are called: none is accepted after the receipt.
//! With `INCIDENT_KEYS=10000` it is done at the size that is promised.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use deskforge::audit::event::Actor;
use deskforge::token::lifecycle::{Generated, generate};

use crate::dashboard::admin::INCIDENT;
use crate::harness::{Client, Engine, Person, TestServer, draft, on_each_engine};

on_each_engine!(no_key_of_an_incident_is_accepted_after_its_receipt);

/// Who call at once.
const CALLERS: usize = 16;
/// For how long they go on afterwards.
const AFTER: Duration = Duration::from_millis(1_500);

fn keys(server: &TestServer, owner: &Person, count: usize) -> Vec<String> {
    let (state, now) = (server.state(), server.now());
    let actor = Actor::user(owner.id, &owner.name, None);
    let made = state.database.write_now(|connection| {
        (0..count)
            .map(|_| {
                let (mint, draft) = (&state.mint, draft());
                match generate(connection, mint, owner.id, draft, None, None, &actor, now)? {
                    Generated::New(_, secret) => Ok(secret.expose().to_owned()),
                    Generated::Before(_) => panic!("generated before"),
                }
            })
            .collect()
    });
    made.unwrap()
}

/// Calls one key after another; gives when each call began, when it was answered, and how.
async fn call(
    node: Client,
    keys: Vec<String>,
    is_over: Arc<AtomicBool>,
) -> Vec<(Instant, Instant, u16)> {
    let mut calls = Vec::new();
    for key in keys.iter().cycle() {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let begun = Instant::now();
        let call = node.ask("GET", "/auth/verify");
        let call = call.header("authorization", format!("Bearer {key}"));
        let status = call.send_for_status().await;
        calls.push((begun, Instant::now(), status));
    }
    calls
}

async fn no_key_of_an_incident_is_accepted_after_its_receipt(engine: Engine) {
    let count = std::env::var("INCIDENT_KEYS").map_or(200, |count| count.parse().unwrap());
    let server = TestServer::start(engine);
    let other = (engine == Engine::Postgres).then(|| server.another_node());
    let (mira, ravi, ada) = (
        server.person("Mira"),
        server.person("Ravi"),
        server.admin("Ada"),
    );
    let secrets = keys(&server, &ravi, count);
    let spared = server.generate(&mira);
    let mut browser = server.logged_in(&ada).await;
    let path = format!("{INCIDENT}?owner={}", ravi.id);
    let form = browser.open(&path).await.form(&path);
    let form = form.with("count", &count.to_string());
    let is_over = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..CALLERS)
        .map(|number| {
            let node = match &other {
                Some(other) if number % 2 == 1 => other,
                _ => &server,
            };
            let own = secrets.iter().skip(number).step_by(CALLERS);
            let (keys, client) = (own.cloned().collect(), node.anonymous());
            tokio::spawn(call(client, keys, is_over.clone()))
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let asked = Instant::now();
    let receipt = browser.post(&form).await.must_be(303);
    let acknowledged = Instant::now();
    tokio::time::sleep(AFTER).await;
    is_over.store(true, Ordering::Relaxed);
    let (mut before, mut after, mut late) = (0, 0, 0);
    for caller in callers {
        for (begun, answered, status) in caller.await.unwrap() {
            assert!(matches!(status, 204 | 401), "{status}");
            if answered < asked {
                assert_eq!(status, 204);
                before += 1;
            } else if begun > acknowledged {
                after += 1;
                late += u32::from(status == 204);
            }
        }
    }
    let took = acknowledged - asked;
    println!(
        "{engine:?}: {count} keys in {took:?}; {before} calls before, {after} after, {late} accepted"
    );
    assert!(before > 0 && after > 0);
    assert_eq!(late, 0, "accepted after the receipt");
    let page = browser.open(receipt.header("location").unwrap()).await;
    assert!(page.text("h1").contains("revoked"), "{}", page.words());
    server.key(&spared).get("/projects").await.must_be(200);
}
