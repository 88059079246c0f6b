//! The states of a key: told alike by the row, by the database's filter and by the door.

use crate::harness::{Engine, TestServer, on_each_engine};
use deskforge::token::model::Status;

on_each_engine!(every_combination_of_instants_is_judged_alike_everywhere);

async fn every_combination_of_instants_is_judged_alike_everywhere(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let now = server.now();
    let (past, future) = (now.plus_seconds(-1), now.plus_seconds(1));
    let around = [None, Some(past), Some(now), Some(future)];
    let mut expected = Vec::new();
    for revoked in [None, Some(past)] {
        for end in around {
            for paused in [None, Some(past)] {
                for until in around {
                    let key = server.generate(&mira);
                    let written = |instant: Option<deskforge::clock::Instant>| {
                        instant.map_or("NULL".to_owned(), |at| at.micros().to_string())
                    };
                    server.execute(&format!(
                        "UPDATE tokens SET revoked_at = {}, expires_at = {}, paused_at = {}, \
                         paused_until = {} WHERE id = '{}'",
                        written(revoked),
                        written(end),
                        written(paused),
                        written(until),
                        key.id
                    ));
                    // Of several that fit, the later in the list wins.
                    let status = if revoked.is_some() {
                        Status::Revoked
                    } else if end.is_some_and(|end| end <= now) {
                        Status::Expired
                    } else if paused.is_some() && until.is_none_or(|until| now < until) {
                        Status::Paused
                    } else {
                        Status::Active
                    };
                    expected.push((key, status));
                }
            }
        }
    }
    let reader = server.generate_scoped(&mira, &["tokens:read"]);
    expected.push((reader.clone(), Status::Active));
    let reader = server.key(&reader);
    for status in Status::ALL {
        let path = format!("/tokens?limit=100&status={}", status.as_str());
        let list = reader.get(&path).await.must_be(200).json();
        let data = list["data"].as_array().unwrap();
        let mut found: Vec<&str> = data
            .iter()
            .map(|token| token["id"].as_str().unwrap())
            .collect();
        let mut fitting: Vec<&str> = expected
            .iter()
            .filter(|(_, expected)| *expected == status)
            .map(|(key, _)| key.id.as_str())
            .collect();
        found.sort_unstable();
        fitting.sort_unstable();
        assert_eq!(found, fitting, "{status:?}");
        assert!(data.iter().all(|token| token["status"] == status.as_str()));
    }
    for (key, status) in &expected {
        let answer = server.key(key).get("/token").await;
        match status {
            Status::Active => answer.must_be(200),
            Status::Expired => answer.must_be_error(401, "key_expired"),
            Status::Paused | Status::Revoked => answer.must_be_error(401, "key_invalid"),
        };
    }
}
