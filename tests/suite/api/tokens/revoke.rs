//! `DELETE /tokens/{id}`.

use serde_json::json;

use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(
    a_revoked_key_stays_revoked_as_it_was,
    a_key_that_never_ends_is_revoked_like_any_other,
    a_key_may_revoke_a_wider_one,
);

async fn a_revoked_key_stays_revoked_as_it_was(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let client = server.key(&server.generate_scoped(&mira, &["tokens:write"]));
    let path = format!("/tokens/{}", server.generate(&mira).id);
    client.delete(&path).await.must_be(204);
    let revoked = client.get(&path).await.must_be(200).json();
    assert_eq!(revoked["status"], "revoked");
    assert_eq!(revoked["revoked_by"], json!(mira.id));
    server.wait_seconds(60);
    client.delete(&path).await.must_be(204);
    assert_eq!(client.get(&path).await.json(), revoked);
    let events = "SELECT count(*) AS number FROM audit_events WHERE action = 'token.revoke'";
    assert_eq!(server.number(events), 1);
}

async fn a_key_that_never_ends_is_revoked_like_any_other(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let client = server.key(&server.generate_scoped(&mira, &["tokens:write"]));
    let end = server.now().plus_days(1);
    for key in [
        server.generate(&mira),
        server.generate_with(&mira, |draft| draft.expires_at = Some(end)),
    ] {
        server.key(&key).get("/projects").await.must_be(200);
        client
            .delete(&format!("/tokens/{}", key.id))
            .await
            .must_be(204);
        let answer = server.key(&key).get("/projects").await;
        answer.must_be_error(401, "key_invalid");
    }
}

async fn a_key_may_revoke_a_wider_one(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let narrow = server.generate_scoped(&mira, &["tokens:write"]);
    let wide = server.generate_scoped(&mira, &["tokens:write", "projects:write", "self:rotate"]);
    let path = format!("/tokens/{}", wide.id);
    server.key(&narrow).delete(&path).await.must_be(204);
    // Itself as well: its very next request is refused.
    let own = format!("/tokens/{}", narrow.id);
    server.key(&narrow).delete(&own).await.must_be(204);
    let answer = server.key(&narrow).delete(&own).await;
    answer.must_be_error(401, "key_invalid");
}
