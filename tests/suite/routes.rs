//! The route table, line by line: who may come, and what the others are told.

use std::collections::BTreeMap;

use deskforge::id::Id;
use deskforge::routes::{Authority, Line, table};
use deskforge::token::scope::Scope;

use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(
    a_line_of_the_api_opens_to_its_scope_alone,
    any_other_method_is_told_which_there_are,
);

/// Whether programs come to a line: pages and their files have tests of their own.
fn is_for_programs(line: &Line) -> bool {
    matches!(line.authority, Authority::Open | Authority::Key(_))
        && !line.path.starts_with("/static/")
        && line.path != "/"
}

/// The method of a line, or the one a gateway most often asks with where any will do.
pub(crate) fn method(line: &Line) -> String {
    line.method
        .as_ref()
        .map_or("GET", |method| method.as_str())
        .to_owned()
}

/// The lines that programs come to: path, method, authority.
fn lines() -> Vec<(String, String, Authority)> {
    table()
        .into_iter()
        .filter(is_for_programs)
        .map(|line| {
            let path = line.path.replace("{id}", Id::new().as_str());
            (path, method(&line), line.authority)
        })
        .collect()
}

/// Every scope that a key may hold without what `needed` opens.
fn all_but(needed: Scope) -> Vec<&'static str> {
    let wider = needed.name().replace(":read", ":write");
    let others = Scope::ALL.map(Scope::name);
    others
        .into_iter()
        .filter(|scope| *scope != needed.name() && *scope != wider)
        .collect()
}

#[test]
fn what_is_open_to_anybody_is_known() {
    let open: Vec<_> = table()
        .into_iter()
        .filter(|line| line.authority == Authority::Open)
        .map(|line| format!("{} {}", method(&line), line.path))
        .collect();
    assert_eq!(
        open,
        [
            "GET /auth/verify",
            "GET /healthz",
            "GET /readyz",
            "GET /",
            "GET /static/{digest}/{name}"
        ]
    );
}

async fn a_line_of_the_api_opens_to_its_scope_alone(engine: Engine) {
    let server = TestServer::start(engine);
    let admin = server.admin("Ada");
    for (path, method, authority) in lines() {
        let Authority::Key(scope) = authority else {
            let expected = if path == "/auth/verify" { 401 } else { 200 };
            server.anonymous().get(&path).await.must_be(expected);
            continue;
        };
        let anonymous = server.anonymous().ask(&method, &path).send().await;
        anonymous.must_be_error(401, "key_missing");
        if let Some(scope) = scope {
            let key = server.generate_scoped(&admin, &all_but(scope));
            let answer = server.key(&key).ask(&method, &path).send().await;
            let answer = answer.must_be_error(403, "scope_missing");
            let body = answer.json();
            assert_eq!(body["error"], "Insufficient scope");
            assert!(body["message"].as_str().unwrap().contains(scope.name()));
            let challenge = format!(
                "Bearer realm=\"DeskForge\", error=\"insufficient_scope\", scope=\"{}\"",
                scope.name()
            );
            assert_eq!(answer.header("www-authenticate"), Some(challenge.as_str()));
        }
        let enough = scope.map_or(Scope::Introspect, |scope| scope);
        let key = server.generate_scoped(&admin, &[enough.name()]);
        let answer = server.key(&key).ask(&method, &path).send().await;
        assert!(!matches!(answer.status, 401 | 403 | 405), "{answer}");
        if method == "GET" {
            let answer = server.anonymous().ask("HEAD", &path).send().await;
            answer.must_be(401);
        }
    }
}

async fn any_other_method_is_told_which_there_are(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate_scoped(&server.admin("Ada"), &Scope::ALL.map(Scope::name));
    let mut methods: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in table() {
        if is_for_programs(&line) && line.method.is_some() {
            let path = line.path.replace("{id}", key.id.as_str());
            methods.entry(path).or_default().push(method(&line));
        }
    }
    for (path, mut methods) in methods {
        if methods.iter().any(|method| method == "GET") {
            methods.push("HEAD".to_owned());
        }
        for method in ["PUT", "OPTIONS", "TRACE", "PROPFIND", "POST", "get"] {
            if methods.iter().any(|one| one == method) {
                continue;
            }
            for client in [server.anonymous(), server.key(&key)] {
                let answer = client.ask(method, &path).send().await;
                let answer = answer.must_be_error(405, "method_not_allowed");
                let mut allowed: Vec<_> = answer.header("allow").unwrap().split(", ").collect();
                allowed.sort_unstable();
                methods.sort_unstable();
                assert_eq!(allowed, methods, "{method} {path}");
            }
        }
    }
}
