//! `deskforge user …`, `token …`, `migrate`: on the same data as a running server, and at once.

use serde_json::{Value, json};

use crate::harness::{Engine, PASSWORD, Place, Program, TestServer, on_each_engine};

on_each_engine!(
    a_person_and_a_key_are_made_without_a_server,
    a_key_made_beside_a_running_server_works_at_once,
    a_key_revoked_beside_a_running_server_is_refused_at_once,
    a_disabled_person_loses_all_keys_at_once,
    a_fault_is_told_in_one_line_and_changes_nothing,
    lists_are_told_to_programs_in_json,
    a_name_cannot_command_the_terminal,
    every_command_is_an_event,
);

fn command(place: &Place, words: &str) -> Program {
    let arguments: Vec<_> = words.split(' ').collect();
    Program::on(place, &arguments)
}

fn with_mira(engine: Engine) -> Place {
    let place = Place::watched(engine);
    let words = "user create --email mira@example.com --name Mira --password-stdin";
    let program = command(&place, words).input(&format!("{PASSWORD}\n"));
    program.finish().must_succeed();
    place
}

/// Generates a key for Mira; gives the key.
fn generated(place: &Place, words: &str) -> String {
    let words = format!("token create --user mira@example.com {words}");
    let printed = command(place, &words).finish().must_succeed();
    let key = printed.strip_suffix('\n').unwrap();
    assert!(key.starts_with("df_") && key.len() == 41, "{printed:?}");
    key.to_owned()
}

fn listed(place: &Place, words: &str) -> Vec<Value> {
    let printed = command(place, words).finish().must_succeed();
    serde_json::from_str(&printed).unwrap()
}

async fn a_person_and_a_key_are_made_without_a_server(engine: Engine) {
    let place = with_mira(engine);
    let narrow = generated(&place, "--name CI");
    let wide = "--name Wide --scope projects:write --scope introspect --expires-in never";
    let wide = generated(&place, wide);
    let server = Program::on(&place, &[]).serve(&place.data_dir().join("log"));
    let narrow = server
        .client(Some(&narrow))
        .get("/token")
        .await
        .must_be(200)
        .json();
    assert_eq!(narrow["name"], "CI");
    assert_eq!(narrow["scopes"], json!(["projects:read"]));
    assert!(narrow["expires_at"].is_string(), "90 days");
    let wide = server
        .client(Some(&wide))
        .get("/token")
        .await
        .must_be(200)
        .json();
    assert_eq!(wide["scopes"], json!(["projects:write", "introspect"]));
    assert!(wide["expires_at"].is_null());
    server.terminate();
}

async fn a_key_made_beside_a_running_server_works_at_once(engine: Engine) {
    let server = TestServer::start(engine);
    assert_eq!(server.person("Mira").email, "mira@example.com");
    for number in 0..3 {
        let key = generated(server.place(), &format!("--name Beside{number}"));
        server.bearer(&key).get("/projects").await.must_be(200);
    }
}

async fn a_key_revoked_beside_a_running_server_is_refused_at_once(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    for _ in 0..3 {
        let key = server.generate(&mira);
        let client = server.key(&key);
        client.get("/projects").await.must_be(200);
        let words = format!("token revoke {} --reason leaked", key.id);
        let printed = command(server.place(), &words).finish().must_succeed();
        assert!(!printed.contains(&key.secret));
        let answer = client.get("/projects").await;
        answer.must_be_error(401, "key_invalid");
        // Again is no error, and changes nothing.
        command(server.place(), &words).finish().must_succeed();
    }
    let reasons = server.words("SELECT revoked_reason AS word FROM tokens");
    assert_eq!(reasons, ["leaked"; 3]);
}

async fn a_disabled_person_loses_all_keys_at_once(engine: Engine) {
    let server = TestServer::start(engine);
    server.admin("Ada");
    let mira = server.person("Mira");
    let keys = [server.generate(&mira), server.generate(&mira)];
    let run = |words: &str| command(server.place(), words).finish();
    let all_are_dead = async || {
        for key in &keys {
            let answer = server.key(key).get("/projects").await;
            answer.must_be_error(401, "key_invalid");
        }
    };
    run("user disable mira@example.com").must_succeed();
    all_are_dead().await;
    run("token create --user mira@example.com --name Late").must_fail(1, "disabled");
    run("user enable MIRA@Example.com").must_succeed();
    all_are_dead().await;
    run("user disable ada@example.com").must_fail(1, "last admin");
}

async fn a_fault_is_told_in_one_line_and_changes_nothing(engine: Engine) {
    let place = with_mira(engine);
    generated(&place, "--name Taken");
    let before = listed(&place, "token list --json");
    let unknown = "01890000-0000-7000-8000-000000000000";
    let create = "token create --user mira@example.com --name CI";
    for (words, code, named) in [
        (
            "user create --email a@example.com --name A",
            2,
            "--password-stdin",
        ),
        (
            "user create --email a --name A --password-stdin",
            1,
            "email",
        ),
        (
            "user create --email mira@example.com --name A --password-stdin",
            1,
            "email",
        ),
        (
            "user create --email MIRA@EXAMPLE.COM --name A --password-stdin",
            1,
            "email",
        ),
        (
            "user set-password a@example.com --password-stdin",
            1,
            "a@example.com",
        ),
        ("user disable a@example.com", 1, "a@example.com"),
        ("user remove mira@example.com", 2, "remove"),
        (
            "token create --user a@example.com --name CI",
            1,
            "a@example.com",
        ),
        ("token create --user mira@example.com", 2, "--name"),
        (
            "token create --user mira@example.com --name Taken",
            1,
            "Taken",
        ),
        (&format!("{create} --scope nothing:read"), 1, "scopes"),
        (&format!("{create} --scope audit:read"), 1, "scopes"),
        (&format!("{create} --expires-in soon"), 1, "expires-in"),
        (&format!("{create} --expires-in 0d"), 1, "expires-in"),
        (&format!("{create} --environment moon"), 1, "environment"),
        (&format!("token revoke {unknown}"), 1, unknown),
        ("token revoke df_k7Qp", 2, "ID"),
        ("token list --user a@example.com", 1, "a@example.com"),
    ] {
        let run = command(&place, words).input(PASSWORD);
        run.finish().must_fail(code, named);
    }
    for password in ["", "fourteen chars", "passwordpassword"] {
        let words = "user create --email a@example.com --name A --password-stdin";
        let run = command(&place, words).input(password);
        let told = run.finish().must_fail(1, "password");
        assert!(password.is_empty() || !told.contains(password), "{told}");
    }
    assert_eq!(listed(&place, "token list --json"), before);
    assert_eq!(listed(&place, "user list --json").len(), 1);
}

async fn lists_are_told_to_programs_in_json(engine: Engine) {
    let place = with_mira(engine);
    assert_eq!(listed(&place, "token list --json"), [Value::Null; 0]);
    let key = generated(&place, "--name CI --environment staging --note here");
    let tokens = listed(&place, "token list --json --user mira@example.com");
    assert_eq!(tokens.len(), 1);
    assert_eq!(tokens[0]["hint"], format!("df_…{}", &key[37..]));
    assert_eq!(tokens[0]["environment"], "staging");
    assert_eq!(tokens[0]["owner"]["name"], "Mira");
    let people = listed(&place, "user list --json");
    assert_eq!(people[0]["email"], "mira@example.com");
    for words in [
        "token list",
        "token list --json",
        "user list",
        "user list --json",
    ] {
        let printed = command(&place, words).finish().must_succeed();
        assert!(
            !printed.contains(&key) && !printed.contains("argon2"),
            "{printed}"
        );
    }
    command(&place, "migrate").finish().must_succeed();
}

async fn a_name_cannot_command_the_terminal(engine: Engine) {
    let server = TestServer::start(engine);
    server.generate(&server.person("Mira"));
    // Not by the lifecycle, which refuses them.
    server.execute("UPDATE tokens SET name = 'a\u{1b}[2Jb\u{202e}c', note = '\u{9b}31m'");
    for words in ["token list", "token list --json"] {
        let printed = command(server.place(), words).finish().must_succeed();
        let obeyed = |one: char| one.is_control() && one != '\n' || one == '\u{202e}';
        assert!(!printed.contains(obeyed), "{printed:?}");
    }
}

async fn every_command_is_an_event(engine: Engine) {
    let server = TestServer::start(engine);
    server.admin("Ada");
    let start = server.number("SELECT count(*) AS number FROM audit_events");
    let run = |words: &str| {
        let program = command(server.place(), words).input("a sentence works well");
        program.finish().must_succeed()
    };
    run("user create --email mira@example.com --name Mira --password-stdin");
    let key = generated(server.place(), "--name CI");
    run("user set-password mira@example.com --password-stdin");
    let id = server.words("SELECT id AS word FROM tokens").concat();
    run(&format!("token revoke {id}"));
    run("user disable mira@example.com");
    run("user enable mira@example.com");
    run("token list");
    let query = "SELECT actor_kind || ' ' || action AS word FROM audit_events ORDER BY id";
    let events = server.words(query);
    assert_eq!(
        events[usize::try_from(start).unwrap()..],
        [
            "command account.create",
            "command token.generate",
            "command password.change",
            "command token.revoke",
            "command account.disable",
            "command account.enable",
        ]
    );
    let details = server
        .words("SELECT detail AS word FROM audit_events")
        .concat();
    for secret in [key.as_str(), "a sentence", "argon2"] {
        assert!(!details.contains(secret), "{secret}");
    }
}
