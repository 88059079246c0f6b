//! The keys that the page names before a stricter rule are those that it then refuses.

use std::collections::BTreeSet;

use deskforge::token::environment::Environment;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::{BROKEN, form, set};
use crate::harness::{Browser, Engine, Key, Person, TestServer, on_each_engine, scopes};

on_each_engine!(
    the_keys_that_are_named_are_those_that_are_refused,
    the_keys_beyond_the_limit_are_those_that_are_refused,
);

/// What keys of the test may hold.
const SCOPES: [&str; 5] = [
    "projects:read",
    "projects:write",
    "tokens:read",
    "self:rotate",
    "introspect",
];

/// A key with its settings as the API takes them.
struct Made {
    key: Key,
    settings: Value,
    is_members: bool,
}

fn random_key(server: &TestServer, owner: &Person, random: &mut StdRng) -> Key {
    let held = random.random_range(1..=3);
    let held: Vec<_> = SCOPES.sample(random, held).copied().collect();
    let life = *[
        None,
        Some(1),
        Some(7),
        Some(30),
        Some(31),
        Some(90),
        Some(365),
    ]
    .choose(random)
    .unwrap();
    let environment = *Environment::ALL.choose(random).unwrap();
    let now = server.now();
    server.generate_with(owner, |draft| {
        draft.scopes = scopes(&held);
        draft.environment = environment;
        draft.expires_at = life.map(|days| now.plus_days(days));
    })
}

/// A policy's fields, some of them stricter than none.
fn random_policy(random: &mut StdRng) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    let (is_bounded, is_open) = (random.random::<bool>(), random.random::<bool>());
    if is_bounded {
        let days = *[7, 30, 90, 364, 365].choose(random).unwrap();
        fields.push(("longest_days", days.to_string()));
        fields.push(("default_days", "7".to_owned()));
    } else if is_open {
        fields.push(("allow_never", "yes".to_owned()));
    }
    let all = random.random::<bool>();
    let mut offered = SCOPES.to_vec();
    offered.extend(["tokens:write"]);
    if !all {
        offered.shuffle(random);
        let kept = random.random_range(1..offered.len());
        offered.truncate(kept);
    }
    fields.extend(offered.iter().map(|scope| ("scopes", (*scope).to_owned())));
    if random.random() {
        fields.push(("environment_required", "yes".to_owned()));
    }
    fields
}

async fn the_keys_that_are_named_are_those_that_are_refused(engine: Engine) {
    let server = TestServer::start(engine);
    let mut random = StdRng::seed_from_u64(7);
    let (mira, ada) = (server.person("Mira"), server.admin("Ada"));
    let mut made = Vec::new();
    for number in 0..40 {
        let is_members = number % 2 == 0;
        let owner = if is_members { &mira } else { &ada };
        let key = random_key(&server, owner, &mut random);
        let settings = server.key(&key).get("/token").await.must_be(200).json();
        let settings = json!({
            "environment": settings["environment"],
            "scopes": settings["scopes"],
            "expires_at": settings["expires_at"],
        });
        made.push(Made {
            key,
            settings,
            is_members,
        });
    }
    // Each owner has a key for each environment, which could make any of them.
    let mut makers = Vec::new();
    for environment in Environment::ALL {
        let maker = |owner: &Person| {
            let all = [&SCOPES[..], &["tokens:write"]].concat();
            let key = server.generate_with(owner, |draft| {
                draft.scopes = scopes(&all);
                draft.environment = environment;
            });
            (environment, server.key(&key))
        };
        makers.push((maker(&mira), maker(&ada)));
    }
    let ours: BTreeSet<String> = made.iter().map(|one| one.key.name.clone()).collect();
    let mut browser = server.logged_in(&ada).await;
    let mut refusals = 0;
    for _ in 0..12 {
        set(&server, |policy| {
            let version = policy.version;
            *policy = deskforge::policy::Policy::default();
            policy.version = version;
        });
        let named = preview(&mut browser, &random_policy(&mut random)).await;
        let named: BTreeSet<String> = named.intersection(&ours).cloned().collect();
        let mut refused = BTreeSet::new();
        for one in &made {
            let environment = one.settings["environment"].as_str().unwrap();
            let maker = makers
                .iter()
                .find(|((of, _), _)| of.as_str() == environment)
                .map(|((_, mira), (_, ada))| if one.is_members { mira } else { ada })
                .unwrap();
            let mut body = one.settings.clone();
            body["name"] = json!(format!("{} anew", one.key.name));
            let answer = maker.post("/tokens", &body).await;
            if answer.status == 422 {
                refused.insert(one.key.name.clone());
            } else {
                let id = answer.must_be(201).json()["id"]
                    .as_str()
                    .unwrap()
                    .to_owned();
                maker.delete(&format!("/tokens/{id}")).await.must_be(204);
            }
        }
        assert_eq!(named, refused);
        refusals += refused.len();
    }
    // There was something to be refused, and something to be let through.
    assert!((50..430).contains(&refusals), "{refusals}");
}

/// Sends a policy, leaves the keys that break it, and gives the names of those that were told.
async fn preview(browser: &mut Browser, policy: &[(&str, String)]) -> BTreeSet<String> {
    let mut sent = form(browser).await;
    for field in [
        "longest_days",
        "default_days",
        "allow_never",
        "scopes",
        "environment_required",
    ] {
        let keeps = field == "default_days" && policy.iter().all(|(name, _)| *name != field);
        if !keeps {
            sent = sent.without(field);
        }
    }
    for (name, value) in policy {
        sent = sent.and(name, value);
    }
    let page = browser.send(&sent).await;
    if page.path == super::POLICY {
        let page = page.must_be(200, super::POLICY);
        assert_eq!(page.text("#message"), "Done. Policy saved.");
        return BTreeSet::new();
    }
    let names: BTreeSet<String> = page.texts("tbody .name").into_iter().collect();
    let saved = browser.send(&page.form(BROKEN)).await;
    assert_eq!(saved.text("#message"), "Done. Policy saved.");
    names
}

async fn the_keys_beyond_the_limit_are_those_that_are_refused(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ada) = (server.person("Mira"), server.admin("Ada"));
    let keys: Vec<Key> = (0..5).map(|_| server.generate(&mira)).collect();
    server.revoke(&keys[1]);
    let mut browser = server.logged_in(&ada).await;
    let sent = form(&mut browser).await.with("most_keys", "2");
    let page = browser.send(&sent).await;
    assert_eq!(page.text("h1"), "2 keys break this");
    let named = page.texts("tbody .name");
    browser.send(&page.form(BROKEN)).await;
    // The same keys once more, in their order, in an account of their own.
    let ravi = server.person("Ravi");
    let live = keys.iter().filter(|key| key.name != keys[1].name);
    let mut refused = Vec::new();
    for key in live {
        let made = server.try_generate(&ravi, |draft| draft.name.clone_from(&key.name));
        if made.is_err() {
            refused.push(key.name.clone());
        }
    }
    assert_eq!(named, refused);
}
