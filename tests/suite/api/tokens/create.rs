//! `POST /tokens`.

use serde_json::{Value, json};

use crate::harness::{Client, Engine, TestServer, on_each_engine};

on_each_engine!(
    a_key_is_generated_and_shown_in_that_answer_alone,
    what_is_left_out_takes_the_default,
    a_name_is_unique_among_live_keys,
    of_64_parallel_creations_of_one_name_one_succeeds,
);

fn writer(server: &TestServer) -> Client {
    let mira = server.person("Mira");
    server.key(&server.generate_scoped(&mira, &["tokens:write", "projects:write", "introspect"]))
}

async fn a_key_is_generated_and_shown_in_that_answer_alone(engine: Engine) {
    let server = TestServer::start(engine);
    let client = writer(&server);
    let asked = json!({
        "name": "CI/CD Pipeline",
        "note": "Deploys",
        "environment": "none",
        "scopes": ["projects:read", "introspect", "projects:read"],
        "expires_at": "2027-02-25T15:03:00.5+01:00",
        "allowed_cidrs": ["10.1.2.3/8", "127.0.0.1", "::1"],
        "locations": ["GitHub"],
    });
    let answer = client.post("/tokens", &asked).await.must_be(201);
    let token = answer.json();
    let secret = token["token"].as_str().unwrap();
    assert!(secret.starts_with("df_") && secret.len() == 41);
    assert!(secret[3..].bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_eq!(token["scopes"], json!(["projects:read", "introspect"]));
    assert_eq!(token["expires_at"], "2027-02-25T14:03:00Z");
    assert_eq!(
        token["allowed_cidrs"],
        json!(["10.0.0.0/8", "127.0.0.1/32", "::1/128"])
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let path = format!("/tokens/{}", token["id"].as_str().unwrap());
    let location = format!("{}{path}", server.base());
    assert_eq!(answer.header("location"), Some(location.as_str()));
    server.bearer(secret).get("/projects").await.must_be(200);

    let mut shown = token.clone();
    shown.as_object_mut().unwrap().remove("token");
    for path in [path.as_str(), "/tokens?limit=100"] {
        let answer = client.get(path).await.must_be(200);
        assert!(!answer.text().contains(secret), "{path}");
    }
    assert_eq!(client.get(&path).await.json()["name"], shown["name"]);
}

async fn what_is_left_out_takes_the_default(engine: Engine) {
    let server = TestServer::start(engine);
    let client = writer(&server);
    let token = client
        .post("/tokens", &json!({ "name": "CI" }))
        .await
        .must_be(201)
        .json();
    assert_eq!(token["scopes"], json!(["projects:read"]));
    assert_eq!(token["environment"], "none");
    assert_eq!(token["expires_at"], "2027-02-22T12:00:00Z", "90 days");
    assert_eq!(token["allowed_cidrs"], json!([]));
    let never = json!({ "name": "Never", "expires_at": null });
    let token = client.post("/tokens", &never).await.must_be(201).json();
    assert_eq!(token["expires_at"], Value::Null);
}

async fn a_name_is_unique_among_live_keys(engine: Engine) {
    let server = TestServer::start(engine);
    let client = writer(&server);
    let ravi = server.person("Ravi");
    let ravi = server.key(&server.generate_scoped(&ravi, &["tokens:write"]));
    let ci =
        json!({ "name": "CI", "scopes": ["introspect"], "expires_at": "2026-11-25T00:00:00Z" });
    let theirs = json!({ "name": "CI", "scopes": ["tokens:read"] });
    let first = client.post("/tokens", &ci).await.must_be(201).json();
    client
        .post("/tokens", &ci)
        .await
        .must_be_error(409, "name_taken");
    ravi.post("/tokens", &theirs).await.must_be(201);
    let lower = json!({ "name": "ci" });
    client.post("/tokens", &lower).await.must_be(201);

    let path = format!("/tokens/{}", first["id"].as_str().unwrap());
    client.delete(&path).await.must_be(204);
    let second = client.post("/tokens", &ci).await.must_be(201).json();
    // A paused key may wake again, so it keeps its name; an expired one does not.
    server.execute(&format!(
        "UPDATE tokens SET paused_at = 1 WHERE id = '{}'",
        second["id"].as_str().unwrap()
    ));
    client
        .post("/tokens", &ci)
        .await
        .must_be_error(409, "name_taken");
    server.wait_until(deskforge::clock::Instant::parse("2026-11-25T00:00:00Z").unwrap());
    let later = json!({ "name": "CI", "expires_at": "2026-11-26T00:00:00Z" });
    client.post("/tokens", &later).await.must_be(201);
}

async fn of_64_parallel_creations_of_one_name_one_succeeds(engine: Engine) {
    let server = TestServer::start(engine);
    let client = writer(&server);
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let client = client.clone();
        racers.spawn(async move { client.post("/tokens", &json!({ "name": "CI" })).await });
    }
    let (mut made, mut taken) = (0, 0);
    for answer in racers.join_all().await {
        match answer.status {
            201 => made += 1,
            409 => taken += 1,
            // More than the database could serve in time: refused, never made twice.
            _ => drop(answer.must_be_error(503, "unavailable")),
        }
    }
    assert_eq!(made, 1);
    assert!(taken > 0);
    let query = "SELECT count(*) AS number FROM tokens WHERE name = 'CI'";
    assert_eq!(server.number(query), 1);
}
