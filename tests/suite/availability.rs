//! A database that is away: nothing is let in, nothing is called wrong that cannot be judged, and
//! all goes on by itself when it is back.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Engine, Proxy, TestServer, run};

/// A server whose wire to the database can be cut.
fn behind(proxy: &Proxy) -> TestServer {
    TestServer::start_with(Engine::Postgres, |settings| {
        settings.database_url = proxy.redirect(&settings.database_url);
    })
}

#[test]
fn a_key_that_cannot_be_judged_is_neither_let_in_nor_called_invalid() {
    run(async {
        let proxy = Proxy::to_postgres();
        let server = behind(&proxy);
        let mira = server.person("Mira");
        let key = server.generate_scoped(&mira, &["projects:write", "tokens:write"]);
        let client = server.key(&key);
        client.get("/projects").await.must_be(200);
        proxy.cut();
        let mut asks = tokio::task::JoinSet::new();
        for (method, path) in [
            ("GET", "/projects"),
            ("GET", "/token"),
            ("GET", "/readyz"),
            ("POST", "/projects"),
            ("POST", "/tokens"),
            ("DELETE", "/token"),
        ] {
            asks.spawn(
                client
                    .ask(method, path)
                    .json(&json!({ "name": "Site" }))
                    .send(),
            );
        }
        for answer in asks.join_all().await {
            let answer = answer.must_be_error(503, "unavailable");
            assert!(answer.header("retry-after").is_some());
        }
        // Neither needs the database.
        server
            .anonymous()
            .get("/projects")
            .await
            .must_be_error(401, "key_missing");
        server.anonymous().get("/healthz").await.must_be(200);
        proxy.mend();
        server.anonymous().get("/readyz").await.must_be(200);
        client.get("/projects").await.must_be(200);
        let answer = client.post("/projects", &json!({ "name": "Site" })).await;
        answer.must_be(201);
    });
}

#[test]
fn a_connection_that_failed_is_used_by_no_other_request() {
    run(async {
        let proxy = Proxy::to_postgres();
        let server = behind(&proxy);
        let client = server.key(&server.generate(&server.person("Mira")));
        client.get("/projects").await.must_be(200);
        proxy.cut();
        // What was never asked on that connection fails before it is sent.
        let answer = server.anonymous().get("/readyz").await;
        answer.must_be_error(503, "unavailable");
        proxy.mend();
        server.anonymous().get("/readyz").await.must_be(200);
    });
}

#[test]
fn a_database_that_was_away_for_long_is_used_as_soon_as_it_is_back() {
    run(async {
        let proxy = Proxy::to_postgres();
        let server = behind(&proxy);
        server.anonymous().get("/readyz").await.must_be(200);
        proxy.cut();
        // Doubling from attempt to attempt, a pool would then rest for longer than a request waits.
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(6_500) {
            let mut asks = tokio::task::JoinSet::new();
            for _ in 0..10 {
                asks.spawn(server.anonymous().ask("GET", "/readyz").send());
            }
            for answer in asks.join_all().await {
                answer.must_be_error(503, "unavailable");
            }
        }
        proxy.mend();
        server.anonymous().get("/readyz").await.must_be(200);
    });
}

#[test]
fn a_change_that_cannot_have_the_lock_is_refused_and_not_made() {
    run(async {
        let server = TestServer::start(Engine::Sqlite);
        let mira = server.person("Mira");
        let client = server.key(&server.generate_scoped(&mira, &["projects:write"]));
        let database = server.state().database.clone();
        let (locked, is_locked) = std::sync::mpsc::channel();
        let (unlock, may_unlock) = std::sync::mpsc::channel::<()>();
        let holder = std::thread::spawn(move || {
            database.write_now(|_| {
                locked.send(()).unwrap();
                may_unlock.recv().unwrap();
                Ok(())
            })
        });
        is_locked.recv().unwrap();
        let answer = client.post("/projects", &json!({ "name": "Site" })).await;
        answer.must_be_error(503, "unavailable");
        client.get("/projects").await.must_be(200);
        unlock.send(()).unwrap();
        holder.join().unwrap().unwrap();
        let list = client.get("/projects").await.json();
        assert_eq!(list["data"], json!([]));
        client
            .post("/projects", &json!({ "name": "Site" }))
            .await
            .must_be(201);
    });
}
