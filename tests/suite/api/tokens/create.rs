//! `POST /tokens`.

use serde_json::{Value, json};

use crate::harness::{Client, Engine, TestServer, on_each_engine};

on_each_engine!(
    a_key_is_generated_and_shown_in_that_answer_alone,
    what_is_left_out_takes_the_default,
    every_field_out_of_bounds_is_named,
    a_name_is_unique_among_live_keys,
    of_64_parallel_creations_of_one_name_one_succeeds,
);

async fn writer(server: &TestServer) -> Client {
    let mira = server.person("Mira");
    server.key(&server.generate_scoped(&mira, &["tokens:write", "projects:write", "introspect"]))
}

async fn a_key_is_generated_and_shown_in_that_answer_alone(engine: Engine) {
    let server = TestServer::start(engine).await;
    let client = writer(&server).await;
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
    let server = TestServer::start(engine).await;
    let client = writer(&server).await;
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

async fn every_field_out_of_bounds_is_named(engine: Engine) {
    let server = TestServer::start(engine).await;
    let client = writer(&server).await;
    let many = |count: usize, one: &str| vec![one.to_owned(); count];
    let cidrs =
        |count: usize| -> Vec<String> { (0..count).map(|one| format!("10.0.0.{one}")).collect() };
    let good = [
        json!({ "name": "é".repeat(100), "note": "字".repeat(1_000) }),
        json!({ "name": "cidrs", "allowed_cidrs": cidrs(32) }),
        json!({ "name": "locations", "locations": many(20, &"é".repeat(200)) }),
        json!({ "name": "日本語 🔑 <b>", "note": "= + - @\t\n" }),
    ];
    for body in &good {
        client.post("/tokens", body).await.must_be(201);
    }
    let bad: [(&str, Vec<Value>); 8] = [
        (
            "name",
            vec![
                json!("é".repeat(101)),
                json!(""),
                json!(" "),
                json!("a\u{0}"),
                json!("a\r\nb"),
                json!(1),
                json!(null),
            ],
        ),
        (
            "note",
            vec![
                json!("字".repeat(1_001)),
                json!("a\u{0}"),
                json!("\u{1b}[0m"),
                json!({}),
            ],
        ),
        (
            "environment",
            vec![
                json!("moon"),
                json!(""),
                json!("Production"),
                json!(null),
                json!("none\u{0}"),
            ],
        ),
        (
            "scopes",
            vec![
                json!([]),
                json!(["nothing:read"]),
                json!(["projects:read "]),
                json!(["\u{0}"]),
                json!(["projects:read tokens:write"]),
                json!(many(65, "projects:read")),
                json!("projects:read"),
                json!([1]),
                json!(null),
                json!(["audit:read"]),
            ],
        ),
        (
            "expires_at",
            vec![
                json!("2026-11-24T12:00:00Z"),
                json!("2020-01-01T00:00:00Z"),
                json!("1969-12-31T23:59:59Z"),
                json!("tomorrow"),
                json!("2027-02-30T00:00:00Z"),
                json!("10000-01-01T00:00:00Z"),
                json!(1_800_000_000),
                json!(""),
                json!(true),
            ],
        ),
        (
            "allowed_cidrs",
            vec![
                json!(["10.0.0.0/33"]),
                json!(["localhost"]),
                json!(["10.0.0.1\u{0}"]),
                json!(cidrs(33)),
                json!("10.0.0.1"),
                json!(null),
            ],
        ),
        (
            "locations",
            vec![
                json!(many(21, "x")),
                json!(["é".repeat(201)]),
                json!(["a\nb"]),
                json!(["\u{7}"]),
                json!([null]),
            ],
        ),
        ("owner", vec![json!("Ravi"), json!(null)]),
    ];
    for (field, values) in bad {
        for value in values {
            let mut body = json!({ "name": "Bad" });
            body[field] = value;
            client.post("/tokens", &body).await.must_name(&[field]);
        }
    }
    let all = json!({ "name": "", "scopes": [], "expires_at": "2020-01-01T00:00:00Z", "allowed_cidrs": ["x"] });
    let answer = client.post("/tokens", &all).await;
    answer.must_name(&["name", "scopes", "expires_at", "allowed_cidrs"]);
    let unknown =
        json!({ "name": "a", "token": "df_mine", "id": "x", "status": "active", "__proto__": {} });
    let answer = client.post("/tokens", &unknown).await;
    answer.must_name(&["token", "id", "status", "__proto__"]);
    let twice = "{\"name\":\"a\",\"scopes\":[\"projects:read\"],\"scopes\":[\"tokens:write\"]}";
    let ask = client.ask("POST", "/tokens");
    ask.body("application/json", twice)
        .send()
        .await
        .must_name(&["scopes"]);
    assert_eq!(server.number("SELECT count(*) AS number FROM tokens"), 5);
}

async fn a_name_is_unique_among_live_keys(engine: Engine) {
    let server = TestServer::start(engine).await;
    let client = writer(&server).await;
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
    let server = TestServer::start(engine).await;
    let client = writer(&server).await;
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
