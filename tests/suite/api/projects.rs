//! `/projects` and `/projects/{id}`.

use std::collections::HashSet;

use deskforge::id::Id;
use serde_json::{Value, json};

use crate::harness::{Client, Engine, TestServer, on_each_engine};

on_each_engine!(
    a_project_is_created_read_changed_and_deleted,
    a_project_of_another_account_is_not_there,
    names_and_descriptions_have_bounds,
    pages_follow_each_other_without_gap_or_repeat,
    a_cursor_or_limit_that_is_none_is_named,
    a_search_finds_the_text_itself,
);

fn writer(server: &TestServer, name: &str) -> Client {
    let person = server.person(name);
    server.key(&server.generate_scoped(&person, &["projects:write"]))
}

async fn a_project_is_created_read_changed_and_deleted(engine: Engine) {
    let server = TestServer::start(engine);
    let client = writer(&server, "Mira");
    let asked = json!({ "name": " Site ", "description": "one\r\ntwo" });
    let created = client.post("/projects", &asked).await.must_be(201);
    let project = created.json();
    let id = project["id"].as_str().unwrap().to_owned();
    assert!(id.parse::<Id>().is_ok());
    assert_eq!(
        project,
        json!({
            "id": id,
            "name": "Site",
            "description": "one\ntwo",
            "created_at": "2026-11-24T12:00:00Z",
            "updated_at": "2026-11-24T12:00:00Z",
        })
    );
    let path = format!("/projects/{id}");
    let location = format!("{}{path}", server.base());
    assert_eq!(created.header("location"), Some(location.as_str()));
    assert_eq!(client.get(&path).await.must_be(200).json(), project);

    server.wait_seconds(60);
    let changed = client.patch(&path, &json!({ "name": "Shop" })).await;
    let changed = changed.must_be(200).json();
    assert_eq!(changed["name"], "Shop");
    assert_eq!(changed["description"], "one\ntwo");
    assert_eq!(changed["created_at"], "2026-11-24T12:00:00Z");
    assert_eq!(changed["updated_at"], "2026-11-24T12:01:00Z");
    assert_eq!(
        client.get("/projects").await.json()["data"],
        json!([changed])
    );

    let deleted = client.delete(&path).await.must_be(204);
    assert!(deleted.body.is_empty());
    client.get(&path).await.must_be_error(404, "not_found");
    client.delete(&path).await.must_be_error(404, "not_found");
    assert_eq!(client.get("/projects").await.json()["data"], json!([]));
}

async fn a_project_of_another_account_is_not_there(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (writer(&server, "Mira"), writer(&server, "Ravi"));
    let project = mira
        .post("/projects", &json!({ "name": "Site" }))
        .await
        .json();
    let hers = format!("/projects/{}", project["id"].as_str().unwrap());
    let unknown = format!("/projects/{}", Id::new());
    let garbage = "/projects/1'%20OR%201=1";
    for method in ["GET", "PATCH", "DELETE"] {
        let mut answers = HashSet::new();
        for path in [
            &hers,
            &unknown,
            &hers.to_uppercase().replace("/PROJECTS", "/projects"),
        ] {
            let answer = ravi
                .ask(method, path)
                .json(&json!({ "name": "Mine" }))
                .send()
                .await;
            answers.insert(answer.must_be_error(404, "not_found").compared());
        }
        let answer = ravi.ask(method, garbage).json(&json!({})).send().await;
        answers.insert(answer.must_be_error(404, "not_found").compared());
        assert_eq!(answers.len(), 1, "{method}: {answers:#?}");
    }
    assert_eq!(ravi.get("/projects").await.json()["data"], json!([]));
    assert_eq!(mira.get(&hers).await.json(), project);
}

async fn names_and_descriptions_have_bounds(engine: Engine) {
    let server = TestServer::start(engine);
    let client = writer(&server, "Mira");
    let project = client
        .post("/projects", &json!({ "name": "Site" }))
        .await
        .json();
    let path = format!("/projects/{}", project["id"].as_str().unwrap());
    let (longest, long) = ("é".repeat(100), "é".repeat(101));
    let (longest_note, long_note) = ("字".repeat(1_000), "字".repeat(1_001));
    let good = [
        json!({ "name": longest, "description": longest_note }),
        json!({ "name": "<script>alert(1)</script> & \"'`" }),
        json!({ "name": "مشروع 🏴‍☠️ नमस्ते", "description": "\t" }),
    ];
    for body in &good {
        client.post("/projects", body).await.must_be(201);
        client.patch(&path, body).await.must_be(200);
    }
    let bad: [(Value, &[&str]); 12] = [
        (json!({ "name": long }), &["name"]),
        (json!({ "name": "" }), &["name"]),
        (json!({ "name": " \t " }), &["name"]),
        (json!({ "name": "a\u{0}b" }), &["name"]),
        (json!({ "name": "a\nb" }), &["name"]),
        (json!({ "name": "\u{1b}[31m" }), &["name"]),
        (json!({ "name": 7 }), &["name"]),
        (json!({ "name": null }), &["name"]),
        (json!({ "name": ["a"] }), &["name"]),
        (
            json!({ "name": "a", "description": long_note }),
            &["description"],
        ),
        (
            json!({ "name": "a", "description": "a\u{0}" }),
            &["description"],
        ),
        (
            json!({ "name": "a", "owner_id": "x", "id": 1 }),
            &["owner_id", "id"],
        ),
    ];
    for (body, fields) in &bad {
        client.post("/projects", body).await.must_name(fields);
        client.patch(&path, body).await.must_name(fields);
    }
    client
        .post("/projects", &json!({}))
        .await
        .must_name(&["name"]);
    let twice = "{\"name\":\"a\",\"name\":\"b\"}";
    let ask = client.ask("POST", "/projects");
    ask.body("application/json", twice)
        .send()
        .await
        .must_name(&["name"]);
}

async fn pages_follow_each_other_without_gap_or_repeat(engine: Engine) {
    let server = TestServer::start(engine);
    let client = writer(&server, "Mira");
    let mut ids = Vec::new();
    for number in 0..45 {
        let body = json!({ "name": format!("Project {number}") });
        let project = client.post("/projects", &body).await.must_be(201).json();
        ids.push(project["id"].as_str().unwrap().to_owned());
    }
    ids.reverse();
    for (query, pages) in [
        ("?", 3),
        ("?limit=1&", 45),
        ("?limit=15&", 3),
        ("?limit=100&", 1),
    ] {
        let mut found = Vec::new();
        let mut path = format!("/projects{query}");
        for page in 1.. {
            let answer = client.get(&path).await.must_be(200).json();
            let data = answer["data"].as_array().unwrap();
            found.extend(
                data.iter()
                    .map(|one| one["id"].as_str().unwrap().to_owned()),
            );
            let Some(cursor) = answer["next_cursor"].as_str() else {
                assert_eq!(page, pages, "{query}");
                break;
            };
            path = format!("/projects{query}cursor={cursor}");
        }
        assert_eq!(found, ids, "{query}");
    }
}

async fn a_cursor_or_limit_that_is_none_is_named(engine: Engine) {
    let server = TestServer::start(engine);
    let client = writer(&server, "Mira");
    for limit in [
        "0",
        "101",
        "-1",
        "1.5",
        "ten",
        "9999999999999999999999",
        "%00",
        "1%20",
    ] {
        let path = format!("/projects?limit={limit}");
        client.get(&path).await.must_name(&["limit"]);
    }
    for cursor in [
        "x",
        "%00",
        "%ff",
        "AAAA",
        "MQ==",
        "../..",
        "null",
        &"A".repeat(5_000),
    ] {
        let path = format!("/projects?cursor={cursor}");
        client.get(&path).await.must_name(&["cursor"]);
    }
    let answer = client
        .get("/projects?limit=1&limit=2&q=a&q=b&cursor=&cursor=")
        .await;
    answer.must_name(&["limit", "q", "cursor"]);
}

async fn a_search_finds_the_text_itself(engine: Engine) {
    let server = TestServer::start(engine);
    let client = writer(&server, "Mira");
    for (name, description) in [
        ("50% off", ""),
        ("snake_case", ""),
        ("C:\\temp", ""),
        ("Plain", "With a NOTE"),
        ("Été", "über"),
    ] {
        let body = json!({ "name": name, "description": description });
        client.post("/projects", &body).await.must_be(201);
    }
    for (search, found) in [
        ("%25", &["50% off"][..]),
        ("_", &["snake_case"]),
        ("%5C", &["C:\\temp"]),
        ("%5C%5C", &[]),
        ("plain", &["Plain"]),
        ("PLAIN", &["Plain"]),
        ("a+note", &["Plain"]),
        ("%C3%89t%C3%A9", &["Été"]),
        ("%C3%BCber", &["Été"]),
        ("'", &[]),
        ("%22;--", &[]),
        ("%00zz", &[]),
        ("%ff", &[]),
        ("", &["Été", "Plain", "C:\\temp", "snake_case", "50% off"]),
    ] {
        let answer = client
            .get(&format!("/projects?q={search}"))
            .await
            .must_be(200);
        let list = answer.json();
        let data = list["data"].as_array().unwrap().iter();
        let names: Vec<_> = data
            .map(|project| project["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, found, "{search}");
    }
    let long = format!("/projects?q={}", "%25".repeat(10_000));
    assert!(matches!(client.get(&long).await.status, 200 | 422));
}
