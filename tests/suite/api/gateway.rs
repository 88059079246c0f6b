//! `/auth/verify`: what gateways are told.

use deskforge::clock::Instant;

use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(
    a_gateway_learns_who_calls,
    a_gateway_is_told_why_not,
    every_method_is_judged_alike,
    scopes_and_environments_are_demanded,
    a_question_that_is_not_understood_is_named,
    a_key_is_bound_to_its_addresses_behind_a_trusted_proxy,
);

async fn a_gateway_learns_who_calls(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate_with(&mira, |draft| {
        draft.environment = "production".parse().unwrap();
        draft.expires_at = Instant::parse("2027-01-01T00:00:00Z");
        draft.scopes = ["projects:write", "self:rotate"].iter().collect();
    });
    let answer = server.key(&key).get("/auth/verify").await.must_be(204);
    assert_eq!(answer.text(), "");
    for (name, value) in [
        ("deskforge-owner", mira.id.as_str()),
        ("deskforge-owner-kind", "user"),
        ("deskforge-token-id", key.id.as_str()),
        ("deskforge-token-family", key.id.as_str()),
        ("deskforge-scopes", "projects:write self:rotate"),
        ("deskforge-environment", "production"),
        ("deskforge-key-expires", "2027-01-01T00:00:00Z"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    let answer = server.key(&key).get("/auth/verify?status=200").await;
    answer.must_be(200);
}

async fn a_gateway_is_told_why_not(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    let anonymous = server.anonymous().get("/auth/verify").await;
    anonymous.must_be_error(401, "key_missing");
    let unknown = server
        .bearer("df_1234567890abcdef")
        .get("/auth/verify")
        .await;
    let unknown = unknown.must_be_error(401, "key_invalid").compared();
    server.revoke(&key);
    let revoked = server.key(&key).get("/auth/verify").await;
    assert_eq!(
        revoked.must_be_error(401, "key_invalid").compared(),
        unknown
    );
    let end = server.now().plus_seconds(5);
    let ending = server.generate_with(&mira, |draft| draft.expires_at = Some(end));
    server.wait_until(end);
    let expired = server.key(&ending).get("/auth/verify").await;
    expired.must_be_error(401, "key_expired");
}

async fn every_method_is_judged_alike(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate(&server.person("Mira"));
    for method in [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND",
    ] {
        let answer = server.key(&key).ask(method, "/auth/verify").send().await;
        answer.must_be(204);
        let answer = server.anonymous().ask(method, "/auth/verify").send().await;
        answer.must_be(401);
    }
}

async fn scopes_and_environments_are_demanded(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate_with(&server.person("Mira"), |draft| {
        draft.environment = "staging".parse().unwrap();
        draft.scopes = ["projects:write", "tokens:read"].iter().collect();
    });
    let client = server.key(&key);
    for fitting in [
        "?scope=projects:read",
        "?scope=projects:write&scope=tokens:read",
        "?environment=staging",
        "?scope=projects:read&environment=staging&status=200",
    ] {
        let answer = client.get(&format!("/auth/verify{fitting}")).await;
        assert!(matches!(answer.status, 200 | 204), "{fitting}");
    }
    let answer = client
        .get("/auth/verify?scope=projects:read&scope=invoices:read")
        .await;
    let answer = answer.must_be_error(403, "scope_missing");
    assert!(
        answer
            .header("www-authenticate")
            .unwrap()
            .contains("scope=\"invoices:read\"")
    );
    let answer = client.get("/auth/verify?environment=production").await;
    let answer = answer.must_be_error(403, "environment_mismatch");
    assert_eq!(answer.json()["error"], "Wrong environment");
}

async fn a_question_that_is_not_understood_is_named(engine: Engine) {
    let server = TestServer::start(engine);
    let client = server.key(&server.generate(&server.person("Mira")));
    for (query, field) in [
        ("scope=a%22b", "scope"),
        ("scope=a%0d%0ab", "scope"),
        ("environment=moon", "environment"),
        ("status=201", "status"),
    ] {
        let answer = client.get(&format!("/auth/verify?{query}")).await;
        answer.must_name(&[field]);
    }
}

async fn a_key_is_bound_to_its_addresses_behind_a_trusted_proxy(engine: Engine) {
    let server = TestServer::start_with(engine, |settings| {
        settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    });
    let key = server.generate_with(&server.person("Mira"), |draft| {
        draft.allowed_cidrs = ["10.0.0.0/8", "2001:db8::/32"].iter().collect();
    });
    let client = server.key(&key);
    for (address, status) in [
        ("10.1.2.3", 204),
        ("2001:db8::7", 204),
        ("::ffff:10.1.2.3", 204),
        ("10.1.2.3, 192.0.2.1", 403),
        ("192.0.2.1", 403),
    ] {
        let ask = client.ask("GET", "/auth/verify");
        let answer = ask.header("x-forwarded-for", address).send().await;
        assert_eq!(answer.status, status, "{address}");
    }
    let answer = client.get("/auth/verify").await;
    answer.must_be_error(403, "address_not_allowed");
}
