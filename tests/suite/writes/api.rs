//! The writes of programs.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use deskforge::token::scope::Scope;
use serde_json::json;

use super::{changes, lines};
use crate::harness::{Client, Engine, Key, Person, TestServer, finish, on_each_engine};
use crate::routes::method;

on_each_engine!(
    every_line_that_writes_is_watched,
    a_key_that_is_revoked_before_the_body_has_come_changes_nothing,
);

async fn every_line_that_writes_is_watched(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    for line in lines(false) {
        let what = format!("{} {}", method(&line), line.path);
        let key = generate(&server, &ada);
        let (client, other) = (server.key(&key), generate(&server, &ada));
        let (client, id, body) = match what.as_str() {
            "GET /auth/verify" | "DELETE /token" => {
                (successor(&server, &client).await, None, json!({}))
            }
            "POST /projects" => (client, None, json!({ "name": "Site" })),
            "PATCH /projects/{id}" | "DELETE /projects/{id}" => {
                let project = client.post("/projects", &json!({ "name": "Shop" })).await;
                let id = project.must_be(201).json()["id"]
                    .as_str()
                    .map(str::to_owned);
                (client, id, json!({ "name": "Store" }))
            }
            "POST /tokens" => (client, None, json!({ "name": what })),
            "PATCH /tokens/{id}" => {
                let body = json!({
                    "scopes": ["projects:read"],
                    "allowed_cidrs": ["127.0.0.0/8"],
                    "expires_at": server.now().plus_days(1),
                });
                (client, Some(other.id.to_string()), body)
            }
            "POST /tokens/{id}/resume" => {
                let pause = format!("/tokens/{}/pause", other.id);
                client.post(&pause, &json!({})).await.must_be(200);
                (client, Some(other.id.to_string()), json!({}))
            }
            "POST /token/rotate"
            | "DELETE /tokens/{id}"
            | "POST /tokens/{id}/rotate"
            | "POST /tokens/{id}/pause" => (client, Some(other.id.to_string()), json!({})),
            new => panic!("{new} writes: let it succeed here"),
        };
        let path = line.path.replace("{id}", &id.unwrap_or_default());
        let before = changes(&server);
        let answer = client.ask(&method(&line), &path).json(&body).send().await;
        assert!((200..300).contains(&answer.status), "{answer}");
        assert!(changes(&server) > before, "{what} changed nothing");
    }
}

async fn a_key_that_is_revoked_before_the_body_has_come_changes_nothing(engine: Engine) {
    let server = TestServer::start(engine);
    let key = generate(&server, &server.admin("Ada"));
    let body = r#"{"name": "Late"}"#;
    let head = format!(
        "POST /projects HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        key.secret,
        body.len()
    );
    let mut stream = TcpStream::connect(server.authority()).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    // By then it is judged.
    while server.number("SELECT count(*) AS number FROM last_uses") == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.revoke(&key);
    assert_eq!(finish(stream, body.as_bytes()).status, Some(401));
    assert_eq!(server.number("SELECT count(*) AS number FROM projects"), 0);
}

fn generate(server: &TestServer, owner: &Person) -> Key {
    server.generate_scoped(owner, &Scope::ALL.map(Scope::name))
}

/// With a key that was never used, so that its first use writes.
async fn successor(server: &TestServer, client: &Client) -> Client {
    let rotated = client.post("/token/rotate", &json!({})).await;
    let rotated = rotated.must_be(201).json();
    server.bearer(rotated["token"].as_str().unwrap())
}
