//! `GET /tokens`.

use std::collections::HashSet;

use deskforge::id::Id;
use serde_json::{Value, json};

use crate::harness::{Client, Engine, Key, Person, TestServer, on_each_engine};

on_each_engine!(
    a_thousand_keys_are_walked_in_every_order_without_gap_or_repeat,
    filters_show_what_fits_and_nothing_else,
    a_parameter_that_is_not_understood_is_named,
    a_cursor_is_for_the_order_that_made_it,
    a_key_of_another_account_is_not_there,
);

const SORTS: [&str; 8] = [
    "created_at",
    "-created_at",
    "name",
    "-name",
    "expires_at",
    "-expires_at",
    "last_used_at",
    "-last_used_at",
];

/// A key that reads the list without moving in it: it counts as used just now already.
fn reader(server: &TestServer, person: &Person) -> Client {
    let key = server.generate_scoped(person, &["tokens:read"]);
    let (now, id) = (server.now().micros(), key.id);
    server.execute(&format!(
        "INSERT INTO last_uses VALUES ('{id}', {now}, '127.0.0.1', '')"
    ));
    server.key(&key)
}

/// All pages of a list, one after another.
async fn walk(client: &Client, query: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/tokens?{query}{cursor}");
        let mut page = client.get(&path).await.must_be(200).json();
        let data = page["data"].as_array_mut().unwrap();
        assert!(!data.is_empty());
        rows.append(data);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

/// Where a row stands: those without an end last, the never used first.
fn rank(row: &Value, sort: &str) -> (String, String) {
    let missing = if sort == "expires_at" { "~" } else { "" };
    let value = match sort {
        "created_at" => "",
        sort => row[sort].as_str().unwrap_or(missing),
    };
    (value.to_owned(), row["id"].as_str().unwrap().to_owned())
}

async fn a_thousand_keys_are_walked_in_every_order_without_gap_or_repeat(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let client = reader(&server, &mira);
    let now = server.now();
    for number in 0_i64..999 {
        server.generate_with(&mira, |draft| {
            draft.name = format!("Walk {:03}", number * 38 % 999);
            // Few instants, so that many rows stand at the same place.
            draft.expires_at = (number % 3 > 0).then(|| now.plus_days(1 + number % 7));
        });
    }
    server.execute(&format!(
        "INSERT INTO last_uses SELECT id, {}, '127.0.0.1', '' FROM tokens \
         WHERE name LIKE 'Walk %' AND name < 'Walk 500'",
        now.micros()
    ));
    server.execute(
        "INSERT INTO last_uses SELECT id, 7, '127.0.0.1', '' FROM tokens WHERE name > 'Walk 800'",
    );
    for sort in SORTS {
        let rows = walk(&client, &format!("limit=100&sort={sort}")).await;
        let ids: HashSet<_> = rows.iter().map(|row| row["id"].to_string()).collect();
        assert_eq!((rows.len(), ids.len()), (1_000, 1_000), "{sort}");
        let descending = sort.starts_with('-');
        let by = sort.trim_start_matches('-');
        let ranks: Vec<_> = rows.iter().map(|row| rank(row, by)).collect();
        assert!(
            ranks.is_sorted_by(|one, next| (one < next) != descending),
            "{sort}"
        );
    }
    let rows = walk(&client, "limit=7&sort=expires_at&status=active").await;
    assert_eq!(rows.len(), 1_000);
}

async fn filters_show_what_fits_and_nothing_else(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let client = reader(&server, &mira);
    let now = server.now();
    let staging = server.generate_with(&mira, |draft| {
        draft.environment = "staging".parse().unwrap();
        draft.expires_at = Some(now.plus_days(2));
    });
    let production = server.generate_with(&mira, |draft| {
        draft.environment = "production".parse().unwrap();
        draft.expires_at = Some(now.plus_days(9));
    });
    server.revoke(&production);
    server.execute(&format!(
        "INSERT INTO last_uses VALUES ('{}', {}, '127.0.0.1', '')",
        staging.id,
        now.micros()
    ));
    let (staging, production) = (&staging, &production);
    let cases: [(&str, &[&Key]); 10] = [
        ("environment=staging", &[staging]),
        ("environment=production", &[production]),
        ("environment=development", &[]),
        ("status=revoked", &[production]),
        ("status=expired", &[]),
        ("expires_before=2026-11-26T12:00:00Z", &[]),
        ("expires_before=2026-11-26T12:00:01Z", &[staging]),
        (
            "expires_before=2030-01-01T00:00:00%2B02:00",
            &[production, staging],
        ),
        (
            "expires_before=2030-01-01T00:00:00Z&status=active",
            &[staging],
        ),
        (
            "last_used_before=2026-11-24T12:00:00Z&environment=production",
            &[production],
        ),
    ];
    for (query, keys) in cases {
        let list = client
            .get(&format!("/tokens?{query}"))
            .await
            .must_be(200)
            .json();
        let found: Vec<_> = list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| &row["name"])
            .collect();
        let expected: Vec<_> = keys.iter().map(|key| &key.name).collect();
        assert_eq!(found, expected, "{query}");
    }
    // Who was never used is unused since whenever one asks.
    for (before, count) in [("2026-11-24T12:00:00Z", 1), ("2026-11-24T12:00:01Z", 3)] {
        let list = client
            .get(&format!("/tokens?last_used_before={before}"))
            .await
            .json();
        assert_eq!(list["data"].as_array().unwrap().len(), count, "{before}");
    }
}

async fn a_parameter_that_is_not_understood_is_named(engine: Engine) {
    let server = TestServer::start(engine);
    let client = reader(&server, &server.person("Mira"));
    for (name, values) in [
        ("limit", &["0", "101", "x", "-1", "%00"][..]),
        ("status", &["Active", "dead", "active,paused", "%00"]),
        ("environment", &["prod", "%00"]),
        (
            "expires_before",
            &["tomorrow", "2026-11-26", "99999-01-01T00:00:00Z", "%00"],
        ),
        ("last_used_before", &["0", "1969-12-31T23:59:59Z"]),
        (
            "sort",
            &["id", "--name", "name;drop", "created_at%20desc", "%00"],
        ),
        ("cursor", &["x", "%00", "AAAA", "LS0t", "%ff"]),
    ] {
        for value in values {
            let path = format!("/tokens?{name}={value}");
            client.get(&path).await.must_name(&[name]);
        }
        let path = format!("/tokens?{name}=&{name}=");
        client.get(&path).await.must_name(&[name]);
    }
    let answer = client
        .get("/tokens?limit=0&status=x&sort=x&unknown=1")
        .await;
    answer.must_name(&["limit", "status", "sort"]);
}

async fn a_cursor_is_for_the_order_that_made_it(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let client = reader(&server, &mira);
    server.generate(&mira);
    let mut cursors = Vec::new();
    for sort in SORTS {
        let page = client
            .get(&format!("/tokens?limit=1&sort={sort}"))
            .await
            .json();
        cursors.push((sort, page["next_cursor"].as_str().unwrap().to_owned()));
    }
    for (made_by, cursor) in &cursors {
        for sort in SORTS {
            let path = format!("/tokens?sort={sort}&cursor={cursor}");
            let answer = client.get(&path).await;
            if *made_by == sort {
                assert_eq!(
                    answer.must_be(200).json()["data"].as_array().unwrap().len(),
                    1
                );
            } else {
                answer.must_name(&["cursor"]);
            }
        }
        for cut in 1..cursor.len() {
            let path = format!("/tokens?sort={made_by}&cursor={}", &cursor[..cut]);
            let answer = client.get(&path).await;
            assert!(matches!(answer.status, 200 | 422), "{answer}");
        }
    }
}

async fn a_key_of_another_account_is_not_there(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    let hers = server.generate(&mira);
    let his = server.generate_scoped(&ravi, &["tokens:write"]);
    let client = server.key(&his);
    for method in ["GET", "PATCH", "DELETE"] {
        let mut answers = HashSet::new();
        for id in [hers.id.to_string(), Id::new().to_string(), "x".to_owned()] {
            let path = format!("/tokens/{id}");
            let answer = client
                .ask(method, &path)
                .json(&json!({ "name": "Mine" }))
                .send()
                .await;
            answers.insert(answer.must_be_error(404, "not_found").compared());
        }
        assert_eq!(answers.len(), 1, "{method}: {answers:#?}");
    }
    let list = client.get("/tokens").await.json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(list["data"][0]["id"], json!(his.id));
    server.key(&hers).get("/projects").await.must_be(200);
}
