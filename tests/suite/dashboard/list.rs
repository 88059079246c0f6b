//! The list of keys: what it is narrowed to, and several keys revoked at once.

use deskforge::audit::event::Actor;
use deskforge::token::lifecycle::revoke_several;

use crate::harness::{Engine, Form, TestServer, on_each_engine, scopes};

on_each_engine!(
    the_list_is_narrowed_to_a_scope,
    several_keys_are_revoked_together,
    of_several_keys_all_are_revoked_or_none,
    nothing_selected_is_said_so,
);

const LIST: &str = "/dashboard/settings/tokens";
const REVOKE: &str = "/dashboard/settings/tokens/revoke";

async fn the_list_is_narrowed_to_a_scope(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    for (name, names) in [
        ("Reader", ["projects:read"].as_slice()),
        ("Writer", &["projects:write", "self:rotate"]),
        ("Manager", &["tokens:write"]),
    ] {
        server.generate_with(&mira, |draft| {
            draft.name = name.into();
            draft.scopes = scopes(names);
        });
    }
    let mut browser = server.logged_in(&mira).await;
    for (scope, expected) in [
        ("projects:read", vec!["Writer", "Reader"]),
        ("projects:write", vec!["Writer"]),
        ("tokens:read", vec!["Manager"]),
        ("self:rotate", vec!["Writer"]),
        ("invoices:read", vec![]),
    ] {
        let page = browser.open(&format!("{LIST}?scope={scope}")).await;
        assert_eq!(page.texts("tbody a.name"), expected, "{scope}");
        assert_eq!(page.values("#scope option[selected]", "value"), [scope]);
    }
    let sorted = browser.open(&format!("{LIST}?scope=projects:read")).await;
    let by_name = &sorted.values("th a[href*='sort=name']", "href")[0];
    assert!(by_name.contains("scope=projects%3Aread"), "{by_name}");
    let bad = browser.get(&format!("{LIST}?scope=%25%20x")).await;
    bad.must_be(422);
}

async fn several_keys_are_revoked_together(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let keys: Vec<_> = (0..4).map(|_| server.generate(&mira)).collect();
    server.revoke(&keys[2]);
    let mut browser = server.logged_in(&mira).await;
    let page = browser.open(LIST).await;
    assert_eq!(page.count("input[name=ids][form=selected]"), 3);
    let query: Vec<_> = keys[..3]
        .iter()
        .map(|key| format!("ids={}", key.id))
        .collect();
    let page = browser.open(&format!("{REVOKE}?{}", query.join("&"))).await;
    // The one that is revoked already is not asked about.
    assert_eq!(page.text("h1"), "Revoke 2 keys?");
    assert_eq!(
        page.texts(".short-list a.name"),
        [&*keys[0].name, &*keys[1].name]
    );
    let events = "SELECT count(*) AS number FROM audit_events WHERE action = 'token.revoke'";
    let before = server.number(events);
    let form = page.form(REVOKE).and("reason", "No longer needed");
    let page = browser.send(&form).await.must_be(200, LIST);
    let words = page.words();
    assert!(
        words.contains("Done. 2 keys revoked at 24 Nov 2026, 12:00 UTC."),
        "{words}"
    );
    assert_eq!(server.number(events), before + 2);
    for key in &keys[..3] {
        let answer = server.key(key).get("/projects").await;
        answer.must_be_error(401, "key_invalid");
    }
    server.key(&keys[3]).get("/projects").await.must_be(200);
    // Sent again, it revokes none and is no error.
    let page = browser.send(&form).await.must_be(200, LIST);
    assert!(page.words().contains("Done. 0 keys revoked"));
    assert_eq!(server.number(events), before + 2);
}

async fn of_several_keys_all_are_revoked_or_none(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    let (hers, his) = (server.generate(&mira), server.generate(&ravi));
    let mut browser = server.logged_in(&ravi).await;
    let form = browser
        .open(&format!("{REVOKE}?ids={}", his.id))
        .await
        .form(REVOKE);
    let other = "01890000-0000-7000-8000-000000000000";
    for id in [hers.id.as_str(), other, "x"] {
        browser
            .get(&format!("{REVOKE}?ids={}&ids={id}", his.id))
            .await
            .must_be(404);
        browser
            .post(&form.clone().and("ids", id))
            .await
            .must_be(404);
    }
    browser
        .post(&form.clone().and("reason", &"x".repeat(201)))
        .await
        .must_be(422);
    for key in [&hers, &his] {
        server.key(key).get("/projects").await.must_be(200);
    }
    // Where the events are not kept, nothing is revoked.
    server.refuse_events();
    let revoked = server.state().database.write_now(|connection| {
        let (actor, now) = (Actor::command_line(), server.now());
        revoke_several(connection, ravi.id, &[his.id], "", &actor, now)
    });
    assert!(revoked.is_err());
    server.take_again();
    server.key(&his).get("/projects").await.must_be(200);
}

async fn nothing_selected_is_said_so(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    let mut browser = server.logged_in(&mira).await;
    let page = browser.open(REVOKE).await.must_be(200, LIST);
    assert!(page.words().contains("Not done. Select at least one key."));
    let form: Form = browser
        .open(&format!("{REVOKE}?ids={}", key.id))
        .await
        .form(REVOKE);
    let page = browser.send(&form.without("ids")).await;
    let words = page.must_be(200, LIST).words();
    assert!(words.contains("Not done. Select at least one key."));
    server.key(&key).get("/projects").await.must_be(200);
}
