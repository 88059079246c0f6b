//! Errors that no route raises: unknown paths, and all bodies that are not read.

use serde_json::json;

use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(
    an_unknown_path_is_404_in_json,
    a_body_that_is_no_json_object_is_400,
    a_body_of_another_type_is_415,
    a_body_over_64_kib_is_413,
);

async fn an_unknown_path_is_404_in_json(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate(&server.person("Mira"));
    for path in [
        "/projects/",
        "/projects/x/y",
        "/Projects",
        "//projects",
        "/token/",
        "/tokens/x/nothing",
        "/.env",
        "/%00",
        "/%ff",
        "/index.php?a=<script>",
    ] {
        for client in [server.anonymous(), server.key(&key)] {
            let answer = client.get(path).await.must_be_error(404, "not_found");
            assert!(!answer.text().contains("script"));
        }
    }
}

async fn a_body_that_is_no_json_object_is_400(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate_scoped(&server.person("Mira"), &["projects:write", "tokens:write"]);
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(9_000), close.repeat(9_000));
    let bodies = [
        String::new(),
        "{".to_owned(),
        "{\"name\":".to_owned(),
        "{\"name\":\"a\"}}".to_owned(),
        "{'name':'a'}".to_owned(),
        "{\"name\":\"a\",}".to_owned(),
        "{\"name\":\"\\ud800\"}".to_owned(),
        "{\"name\":1e999}".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        "\"name\"".to_owned(),
        "NaN".to_owned(),
        "name=a".to_owned(),
        deep("[", "]"),
        format!("{{\"name\":{}}}", deep("[", "]")),
        deep("{\"a\":", "}"),
    ];
    let mut bodies: Vec<_> = bodies.map(String::into_bytes).to_vec();
    bodies.push(b"{\"name\":\"\xff\xfe\"}".to_vec());
    bodies.push(b"{\"name\":\"a\nb\"}".to_vec());
    bodies.push(b"\xef\xbb\xbf{}".to_vec());
    bodies.push(vec![0; 1_000]);
    for path in ["/projects", "/tokens"] {
        for body in &bodies {
            let ask = server.key(&key).ask("POST", path);
            let answer = ask.body("application/json", body.clone()).send().await;
            answer.must_be_error(400, "bad_request");
        }
    }
}

async fn a_body_of_another_type_is_415(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate_scoped(&server.person("Mira"), &["projects:write"]);
    let body = json!({ "name": "Site" }).to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/problem+json",
        "",
        "*/*",
    ] {
        let ask = server.key(&key).ask("POST", "/projects");
        let answer = ask.body(kind, body.clone()).send().await;
        answer.must_be_error(415, "unsupported_media_type");
    }
    for kind in ["application/json", "Application/JSON; charset=utf-8"] {
        let ask = server.key(&key).ask("POST", "/projects");
        ask.body(kind, body.clone()).send().await.must_be(201);
    }
}

async fn a_body_over_64_kib_is_413(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate_scoped(&server.person("Mira"), &["projects:write"]);
    let padded = |bytes: usize| {
        let body = json!({ "name": "Site" }).to_string();
        format!("{body}{}", " ".repeat(bytes - body.len()))
    };
    for (bytes, status) in [(65_536, 201), (65_537, 413), (200_000, 413), (1 << 20, 413)] {
        let ask = server.key(&key).ask("POST", "/projects");
        let answer = ask.body("application/json", padded(bytes)).send().await;
        assert_eq!(answer.status, status, "{bytes}");
        if status == 413 {
            answer.must_be_error(413, "too_large");
        }
    }
    assert_eq!(server.number("SELECT count(*) AS number FROM projects"), 1);
}
