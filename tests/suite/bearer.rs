//! The `Authorization` header, and the three ways in which it does not let a request in.

use std::collections::HashSet;

use deskforge::clock::Instant;
use deskforge::token::secret::Secret;
use serde_json::json;

use crate::harness::{Answer, Engine, TestServer, on_each_engine};

on_each_engine!(
    the_three_refusals_are_those_of_the_guide,
    the_key_of_the_guide_lists_projects,
    dead_keys_of_every_kind_are_told_apart_by_nothing,
    a_key_is_expired_at_the_very_instant_of_its_end,
    a_revoked_key_is_refused_at_once,
    a_paused_key_works_again_when_its_pause_ends,
    one_header_of_the_bearer_scheme_is_the_only_way_in,
    nothing_but_the_exact_key_is_taken,
    every_answer_to_a_key_that_ends_tells_when,
    a_key_of_another_prefix_stays_valid,
);

const MISSING: &str =
    "{\n\"error\": \"Authentication required\",\n\"message\": \"No API key provided\"\n}";
const INVALID: &str = "{\n\"error\": \"Invalid API key\",\n\
     \"message\": \"The provided API key is invalid or has been revoked\"\n}";
const EXPIRED: &str = "{\n\"error\": \"API key expired\",\n\
     \"message\": \"Your API key has expired. Please generate a new one\"\n}";

fn unknown() -> String {
    Secret::generate(&"df".parse().unwrap())
        .unwrap()
        .expose()
        .to_owned()
}

async fn the_three_refusals_are_those_of_the_guide(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let ending = server.now().plus_days(7);
    let expired = server.generate_with(&mira, |draft| draft.expires_at = Some(ending));
    server.wait_until(ending);
    let realm = "Bearer realm=\"DeskForge\"";
    let token = "Bearer realm=\"DeskForge\", error=\"invalid_token\"";
    for (client, word, challenge, body) in [
        (server.anonymous(), "key_missing", realm, MISSING),
        (server.bearer(&unknown()), "key_invalid", token, INVALID),
        (server.key(&expired), "key_expired", token, EXPIRED),
    ] {
        let answer = client.get("/projects").await.must_be_error(401, word);
        assert_eq!(answer.text(), body);
        assert_eq!(answer.header("www-authenticate"), Some(challenge));
    }
}

async fn the_key_of_the_guide_lists_projects(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate(&server.person("Mira"));
    let answer = server
        .key(&key)
        .ask("GET", "/projects")
        .header("content-type", "application/json")
        .send()
        .await
        .must_be(200);
    assert_eq!(answer.json(), json!({ "data": [], "next_cursor": null }));
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

async fn dead_keys_of_every_kind_are_told_apart_by_nothing(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    let end = Some(server.now().plus_days(7));
    let past = server.now().plus_seconds(1);
    let revoked = server.generate_with(&mira, |draft| draft.expires_at = end);
    let revoked_after_its_end = server.generate_with(&mira, |draft| draft.expires_at = Some(past));
    let paused = server.generate_with(&mira, |draft| draft.expires_at = end);
    let disabled = server.generate_with(&ravi, |draft| draft.expires_at = end);
    let disabled_and_expired = server.generate_with(&ravi, |draft| draft.expires_at = Some(past));
    server.revoke(&revoked);
    server.revoke(&revoked_after_its_end);
    server.execute(&format!(
        "UPDATE tokens SET paused_at = 1 WHERE id = '{}'",
        paused.id
    ));
    // Not by the lifecycle, which would revoke them as well.
    server.execute(&format!(
        "UPDATE accounts SET disabled_at = 1 WHERE id = '{}'",
        ravi.id
    ));
    server.wait_seconds(2);
    let mut secrets = vec!["df_1234567890abcdef".to_owned(), unknown()];
    for key in [
        revoked,
        revoked_after_its_end,
        paused,
        disabled,
        disabled_and_expired,
    ] {
        secrets.push(key.secret);
    }
    let mut answers = HashSet::new();
    for secret in &secrets {
        for path in ["/projects", "/token", "/tokens/none"] {
            let answer = server.bearer(secret).get(path).await;
            let answer = answer.must_be_error(401, "key_invalid");
            assert_eq!(answer.text(), INVALID);
            answers.insert(answer.compared());
        }
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}

async fn a_key_is_expired_at_the_very_instant_of_its_end(engine: Engine) {
    let server = TestServer::start(engine);
    let end = server.now().plus_days(90);
    let key = server.generate_with(&server.person("Mira"), |draft| draft.expires_at = Some(end));
    let client = server.key(&key);
    server.wait_until(Instant::from_micros(end.micros() - 1));
    client.get("/projects").await.must_be(200);
    server.wait_until(end);
    let answer = client.get("/projects").await;
    answer.must_be_error(401, "key_expired");
    server.wait_until(Instant::LAST);
    let answer = client.get("/projects").await;
    answer.must_be_error(401, "key_expired");
}

async fn a_revoked_key_is_refused_at_once(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    for _ in 0..20 {
        let key = server.generate(&mira);
        let client = server.key(&key);
        client.get("/projects").await.must_be(200);
        server.revoke(&key);
        let answer = client.get("/projects").await;
        answer.must_be_error(401, "key_invalid");
    }
}

async fn a_paused_key_works_again_when_its_pause_ends(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate(&server.person("Mira"));
    let end = server.now().plus_seconds(60);
    server.execute(&format!(
        "UPDATE tokens SET paused_at = 1, paused_until = {} WHERE id = '{}'",
        end.micros(),
        key.id
    ));
    let client = server.key(&key);
    server.wait_until(Instant::from_micros(end.micros() - 1));
    let answer = client.get("/projects").await;
    answer.must_be_error(401, "key_invalid");
    server.wait_until(end);
    client.get("/projects").await.must_be(200);
}

async fn one_header_of_the_bearer_scheme_is_the_only_way_in(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate_scoped(&mira, &["projects:write"]).secret;
    let other = server.generate(&mira).secret;
    let send = async |values: &[String]| -> Answer {
        let mut ask = server.anonymous().ask("GET", "/projects");
        for value in values {
            ask = ask.header("authorization", value);
        }
        ask.send().await
    };
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        send(&[format!("{scheme} {key}")]).await.must_be(200);
    }
    let right = format!("Bearer {key}");
    for values in [
        vec![right.clone(), right.clone()],
        vec![right.clone(), format!("Bearer {other}")],
        vec!["Basic eDp5".to_owned(), right.clone()],
        vec![right.clone(), String::new()],
        vec![format!("{right}, {right}")],
        vec![format!("{right},{right}")],
        vec![format!("{right} {key}")],
        vec![format!("Bearer  {key}")],
        vec![format!("Bearer Bearer {key}")],
        vec![format!("Bearer \"{key}\"")],
        vec![format!("Bearer token={key}")],
        vec!["Bearer".to_owned()],
    ] {
        let answer = send(&values).await;
        let word = answer
            .header("deskforge-error")
            .unwrap_or_default()
            .to_owned();
        assert!(word.starts_with("key_"), "{values:?}: {answer}");
        let answer = answer.must_be_error(401, &word);
        assert_eq!(word, "key_invalid", "{values:?}: {answer}");
    }
    for value in [
        key.clone(),
        format!("Basic {key}"),
        format!("Token {key}"),
        format!("Digest {key}"),
        format!("BearerX {key}"),
    ] {
        send(&[value]).await.must_be_error(401, "key_missing");
    }
    for name in ["x-api-key", "proxy-authorization", "cookie", "deskforge"] {
        let ask = server.anonymous().ask("GET", "/projects");
        let answer = ask.header(name, &right).send().await;
        answer.must_be_error(401, "key_missing");
    }
    for query in ["access_token", "token", "api_key", "key", "authorization"] {
        let path = format!("/projects?{query}={key}");
        let answer = server.anonymous().get(&path).await;
        answer.must_be_error(401, "key_missing");
        let form = format!("{query}={key}");
        let ask = server.anonymous().ask("POST", "/projects");
        let answer = ask
            .body("application/x-www-form-urlencoded", form)
            .send()
            .await;
        answer.must_be_error(401, "key_missing");
        // Nor does it get in the way of the one that counts.
        server.bearer(&key).get(&path).await.must_be(200);
    }
}

async fn nothing_but_the_exact_key_is_taken(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate(&server.person("Mira")).secret;
    let refused = async |secret: &str| {
        let answer = server.bearer(secret).get("/projects").await;
        assert_eq!(answer.text(), INVALID, "{secret:?}");
        answer.must_be_error(401, "key_invalid");
    };
    for end in 1..key.len() {
        refused(&key[..end]).await;
        refused(&key[end..]).await;
    }
    for place in 0..key.len() {
        let mut flipped = key.clone().into_bytes();
        flipped[place] = match flipped[place] {
            byte if byte.is_ascii_alphabetic() => byte ^ 0x20,
            b'9' => b'0',
            b'_' => b'-',
            digit => digit + 1,
        };
        refused(std::str::from_utf8(&flipped).unwrap()).await;
    }
    for added in ["0", "=", ",", "_", "df_"] {
        refused(&format!("{key}{added}")).await;
        refused(&format!("{added}{key}")).await;
    }
    refused(&key.to_uppercase()).await;
    refused(&key.to_lowercase()).await;
    refused(&"x".repeat(4_000)).await;
    server.bearer(&key).get("/projects").await.must_be(200);
}

async fn every_answer_to_a_key_that_ends_tells_when(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let end = server.now().plus_days(7);
    let ending = server.generate_with(&mira, |draft| draft.expires_at = Some(end));
    let client = server.key(&ending);
    let told = |answer: &Answer| answer.header("deskforge-key-expires").map(str::to_owned);
    let expected = Some("2026-12-01T12:00:00Z".to_owned());
    for path in [
        "/projects",
        "/token",
        "/projects?limit=0",
        "/projects/none",
        "/tokens",
    ] {
        assert_eq!(told(&client.get(path).await), expected, "{path}");
    }
    let refused = client.post("/projects", &json!({ "name": "Site" })).await;
    assert_eq!(told(&refused.must_be(403)), expected);
    server.wait_until(end);
    let expired = client.get("/projects").await.must_be(401);
    assert_eq!(told(&expired), expected);
    let endless = server.key(&server.generate(&mira));
    assert_eq!(told(&endless.get("/projects").await.must_be(200)), None);
}

async fn a_key_of_another_prefix_stays_valid(engine: Engine) {
    let server = TestServer::start_with(engine, |settings| {
        settings.key_prefix = "acme".parse().unwrap();
    });
    let key = server.generate(&server.person("Mira"));
    assert!(key.secret.starts_with("acme_"));
    server.key(&key).get("/projects").await.must_be(200);
    server.execute("UPDATE tokens SET prefix = 'df'");
    server.key(&key).get("/projects").await.must_be(200);
}
