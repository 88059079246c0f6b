//! `/token`: the calling key.

use serde_json::json;

use crate::harness::{Engine, TestServer, lines, on_each_engine, scopes};

on_each_engine!(
    a_key_reads_all_about_itself_but_itself,
    a_key_revokes_itself,
);

async fn a_key_reads_all_about_itself_but_itself(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate_with(&mira, |draft| {
        draft.name = "CI/CD Pipeline".into();
        draft.note = "Deploys".into();
        draft.scopes = scopes(&["projects:write", "introspect"]);
        draft.environment = "production".parse().unwrap();
        draft.expires_at = Some("2027-02-22T12:00:00Z").and_then(deskforge::clock::Instant::parse);
        draft.allowed_cidrs = lines(&["127.0.0.0/8", "::1/128"]);
        draft.locations = lines(&["GitHub", "Vault"]);
    });
    let answer = server.key(&key).get("/token").await.must_be(200);
    assert!(!answer.text().contains(&key.secret));
    let hint = format!("df_…{}", &key.secret[key.secret.len() - 4..]);
    assert_eq!(
        answer.json(),
        json!({
            "id": key.id,
            "family_id": key.id,
            "name": "CI/CD Pipeline",
            "note": "Deploys",
            "hint": hint,
            "environment": "production",
            "scopes": ["projects:write", "introspect"],
            "allowed_cidrs": ["127.0.0.0/8", "::1/128"],
            "rate_limit_per_minute": null,
            "locations": ["GitHub", "Vault"],
            "owner": { "kind": "user", "id": mira.id, "name": "Mira" },
            "created_at": "2026-11-24T12:00:00Z",
            "created_by": mira.id,
            "updated_at": "2026-11-24T12:00:00Z",
            "expires_at": "2027-02-22T12:00:00Z",
            "last_used_at": null,
            "last_used_address": null,
            "replaces": null,
            "replaced_by": null,
            "paused_at": null,
            "paused_until": null,
            "revoked_at": null,
            "revoked_by": null,
            "revoked_reason": null,
            "status": "active",
        })
    );
}

async fn a_key_revokes_itself(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate_scoped(&mira, &["introspect"]);
    let reader = server.generate_scoped(&mira, &["tokens:read"]);
    server.key(&key).delete("/token").await.must_be(204);
    for method in ["GET", "DELETE"] {
        let answer = server.key(&key).ask(method, "/token").send().await;
        answer.must_be_error(401, "key_invalid");
    }
    let path = format!("/tokens/{}", key.id);
    let seen = server.key(&reader).get(&path).await.must_be(200).json();
    assert_eq!(seen["status"], "revoked");
    assert_eq!(seen["revoked_at"], "2026-11-24T12:00:00Z");
    assert_eq!(seen["revoked_by"], json!(mira.id));
}
