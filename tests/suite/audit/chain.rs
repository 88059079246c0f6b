//! Each event gets its place in the chain with the commit of what it tells of.

use deskforge::audit::event::{Action, Actor, Event};
use deskforge::audit::repository;
use deskforge::error::Error;
use serde_json::json;

use crate::harness::{Engine, Program, TestServer, on_each_engine};

on_each_engine!(
    changes_at_once_get_one_place_each,
    a_change_that_is_undone_leaves_no_place_empty,
    an_event_without_a_transaction_is_refused,
    events_of_before_there_was_a_chain_are_sealed_at_the_start_and_no_others,
);

/// The numbers of all events.
fn numbers(server: &TestServer) -> i64 {
    let gapless = "SELECT CASE WHEN count(*) = max(number) AND min(number) = 1 THEN count(*) \
                   ELSE -1 END AS number FROM audit_events";
    server.number(gapless)
}

fn verified(server: &TestServer) -> String {
    Program::on(server.place(), &["audit", "verify"])
        .finish()
        .must_succeed()
}

async fn changes_at_once_get_one_place_each(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate_scoped(&mira, &["projects:write"]);
    let mut changes = tokio::task::JoinSet::new();
    for number in 0..40 {
        let client = server.key(&key);
        changes.spawn(async move {
            let body = json!({ "name": format!("Site {number}") });
            client.post("/projects", &body).await.must_be(201);
        });
    }
    changes.join_all().await;
    assert_eq!(numbers(&server), 42);
    assert_eq!(verified(&server), "Verified to event 42\n");
}

async fn a_change_that_is_undone_leaves_no_place_empty(engine: Engine) {
    let server = TestServer::start(engine);
    let note = |fails: bool| {
        server.state().database.write_now(|connection| {
            let (actor, now) = (Actor::command_line(), server.now());
            let event = Event::done(&actor, Action::AuditVerify, None, None, &json!({}), now);
            repository::insert(connection, &event)?;
            if fails { Err(Error::NotFound) } else { Ok(()) }
        })
    };
    for fails in [false, true, true, false] {
        assert_eq!(note(fails).is_err(), fails);
    }
    assert_eq!(numbers(&server), 2);
}

async fn an_event_without_a_transaction_is_refused(engine: Engine) {
    let server = TestServer::start(engine);
    let (actor, now) = (Actor::command_line(), server.now());
    let event = Event::done(&actor, Action::AuditVerify, None, None, &json!({}), now);
    let database = &server.state().database;
    let outside = database.read_now(|connection| repository::insert(connection, &event));
    assert!(matches!(outside, Err(Error::Internal(_))), "{outside:?}");
    assert_eq!(
        server.number("SELECT count(*) AS number FROM audit_events"),
        0
    );
}

async fn events_of_before_there_was_a_chain_are_sealed_at_the_start_and_no_others(engine: Engine) {
    let mut server = TestServer::start(engine);
    let older = |server: &TestServer, id: &str| {
        server.execute(&format!(
            "INSERT INTO audit_unsealed VALUES ('0198a8a8-0000-7000-8000-00000000000{id}', {id}, \
             'command', NULL, 'Command line', NULL, NULL, NULL, NULL, 'account.create', 'account', \
             NULL, NULL, 'done', '{{}}')"
        ));
    };
    older(&server, "2");
    older(&server, "1");
    server.restart().await;
    assert_eq!(numbers(&server), 2);
    let words = server.words("SELECT id AS word FROM audit_events ORDER BY number");
    assert!(
        words[0].ends_with('1') && words[1].ends_with('2'),
        "{words:?}"
    );
    // Once there is a chain nobody can have theirs sealed by putting them there.
    older(&server, "3");
    server.restart().await;
    server.person("Mira");
    assert_eq!(numbers(&server), 3);
    assert_eq!(verified(&server), "Verified to event 3\n");
}
