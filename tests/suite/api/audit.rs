//! `GET /audit`.

use serde_json::{Value, json};

use crate::harness::{Client, Engine, TestServer, on_each_engine};

on_each_engine!(
    an_admins_key_reads_the_log_page_by_page,
    filters_leave_what_they_say,
    nobody_else_reads_it,
);

async fn get(client: &Client, query: &str) -> Value {
    client
        .get(&format!("/audit?{query}"))
        .await
        .must_be(200)
        .json()
}

fn actions(page: &Value) -> Vec<&str> {
    let events = page["data"].as_array().unwrap();
    events
        .iter()
        .map(|event| event["action"].as_str().unwrap())
        .collect()
}

async fn an_admins_key_reads_the_log_page_by_page(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    let key = server.generate_scoped(&ada, &["audit:read", "projects:write"]);
    let client = server.key(&key);
    for number in 0..5 {
        server.wait_seconds(1);
        let body = json!({ "name": format!("Site {number}") });
        client.post("/projects", &body).await.must_be(201);
    }
    let (mut cursor, mut numbers) = (String::new(), Vec::new());
    loop {
        let page = get(&client, &format!("limit=2&cursor={cursor}")).await;
        let data = page["data"].as_array().unwrap();
        numbers.extend(data.iter().map(|event| event["number"].as_i64().unwrap()));
        match page["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(numbers, [7, 6, 5, 4, 3, 2, 1]);
    let page = get(&client, "limit=1").await;
    let event = &page["data"][0];
    assert_eq!(
        event["actor"],
        json!({ "kind": "key", "id": ada.id, "name": "Ada" })
    );
    assert_eq!(event["subject"]["kind"], "project");
    assert_eq!(event["detail"]["name"], "Site 4", "{event}");
    assert_eq!(event["address"], "127.0.0.1");
}

async fn filters_leave_what_they_say(engine: Engine) {
    let server = TestServer::start(engine);
    let (ada, mira) = (server.admin("Ada"), server.person("Mira"));
    let reader = server.generate_scoped(&ada, &["audit:read"]);
    let client = server.key(&reader);
    let key = server.generate(&mira);
    server.wait_seconds(60);
    let denied = server
        .key(&key)
        .post("/projects", &json!({ "name": "No" }))
        .await;
    denied.must_be(403);
    server.wait_seconds(60);
    server.revoke(&key);
    let of_mira = get(&client, &format!("person={}", mira.id)).await;
    assert_eq!(
        actions(&of_mira),
        [
            "token.revoke",
            "request",
            "token.generate",
            "account.create"
        ]
    );
    let of_key = get(&client, &format!("key={}", key.id)).await;
    assert_eq!(
        actions(&of_key),
        ["token.revoke", "request", "token.generate"]
    );
    let both = get(&client, &format!("key={}&person={}", key.id, ada.id)).await;
    assert_eq!(actions(&both), [""; 0]);
    assert_eq!(actions(&get(&client, "result=denied").await), ["request"]);
    assert_eq!(
        actions(&get(&client, "address=127.0.0.1").await),
        ["request"]
    );
    assert_eq!(
        actions(&get(&client, "action=token.revoke").await),
        ["token.revoke"]
    );
    let last = server.now();
    let (from, to) = (last.plus_seconds(-60), last);
    assert_eq!(
        actions(&get(&client, &format!("from={from}&to={to}")).await),
        ["request"]
    );
    for bad in [
        "result=no",
        "person=x",
        "key=df",
        "from=now",
        "cursor=x",
        "limit=0",
        "address=x",
    ] {
        let answer = client.get(&format!("/audit?{bad}")).await.must_be(422);
        let name = bad.split('=').next().unwrap();
        assert!(answer.json()["fields"][name].is_string(), "{answer}");
    }
}

async fn nobody_else_reads_it(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    let key = server.generate_scoped(&ada, &["audit:read"]);
    server.key(&key).get("/audit").await.must_be(200);
    // Nobody of them could have been given such a key by any face.
    let member = server.generate_scoped(&server.person("Mira"), &["audit:read"]);
    let answer = server.key(&member).get("/audit").await;
    answer.must_be_error(403, "scope_missing");
    server.execute(&format!(
        "UPDATE accounts SET role = 'member' WHERE id = '{}'",
        ada.id
    ));
    let answer = server.key(&key).get("/audit").await;
    answer.must_be_error(403, "scope_missing");
}
