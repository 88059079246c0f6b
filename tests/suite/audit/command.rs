//! `deskforge audit`: the log verified where it is, and as a file where nothing else is.

use std::path::PathBuf;

use crate::harness::{Engine, Program, TestServer, on_each_engine};

on_each_engine!(
    a_file_and_the_audit_key_are_enough_to_verify,
    what_was_cut_off_is_found_by_a_checkpoint,
    the_server_keeps_checkpoints_after_many_events_and_when_it_stops,
);

fn run(server: &TestServer, arguments: &[&str]) -> Program {
    Program::on(server.place(), arguments)
}

fn checkpoints(server: &TestServer) -> PathBuf {
    server.place().data_dir().join("audit-checkpoints.jsonl")
}

async fn a_file_and_the_audit_key_are_enough_to_verify(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    for _ in 0..5 {
        server.generate(&mira);
    }
    let export = run(&server, &["audit", "export"]).finish().must_succeed();
    // Six changes, the export itself, and the head.
    assert_eq!(export.lines().count(), 8, "{export}");
    assert!(
        export.lines().nth(6).unwrap().contains("audit.export"),
        "{export}"
    );
    let key = run(&server, &["audit", "key"]).finish().must_succeed();
    // On another machine there are these two files.
    let elsewhere = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &str| {
        let path = elsewhere.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let key_file = at("audit.key", &key);
    let verify = |file: &str| {
        let words = [
            "audit",
            "verify",
            "--file",
            file,
            "--audit-key-file",
            &key_file,
        ];
        Program::new(elsewhere.path(), &words).finish()
    };
    let lines =
        |range: std::ops::Range<usize>| export.lines().collect::<Vec<_>>()[range].join("\n") + "\n";
    let whole = at("whole.jsonl", &export);
    assert_eq!(verify(&whole).must_succeed(), "Verified to event 7\n");
    for (name, changed, named) in [
        (
            "edited",
            export.replacen("\"Mira\"", "\"Ravi\"", 1),
            "Broken at event ",
        ),
        ("no_head", lines(0..7), "event 8"),
        ("skipped", lines(1..8), "event 1"),
        ("twice", export.clone() + &export, "event 8"),
        ("empty", String::new(), "event 1"),
        ("garbage", "\u{1b}[2J{".repeat(2_000), "event 1"),
    ] {
        let told = verify(&at(name, &changed)).must_fail(1, named);
        assert!(!told.contains('\u{1b}'), "{told:?}");
    }
    let other = at("other.key", &"A".repeat(44).replace("AAAA", "BAAA"));
    let words = [
        "audit",
        "verify",
        "--file",
        &whole,
        "--audit-key-file",
        &other,
    ];
    Program::new(elsewhere.path(), &words)
        .finish()
        .must_fail(2, "--audit-key-file");
    let missing = elsewhere.path().join("none").to_str().unwrap().to_owned();
    verify(&missing).must_fail(2, "--file");
    assert!(
        !elsewhere.path().join("deskforge-data").exists(),
        "nothing is made there"
    );
}

async fn what_was_cut_off_is_found_by_a_checkpoint(engine: Engine) {
    let mut server = TestServer::start(engine);
    let mira = server.person("Mira");
    for _ in 0..5 {
        server.generate(&mira);
    }
    server.restart().await;
    let file = checkpoints(&server);
    let file = file.to_str().unwrap();
    let noted = ["audit", "verify", "--checkpoints", file];
    let verified = run(&server, &noted).finish().must_succeed();
    assert_eq!(verified, "Verified to event 6\n");
    for statement in [
        "DELETE FROM audit_events WHERE number > 4",
        "UPDATE audit_head SET number = 4, mac = (SELECT mac FROM audit_events WHERE number = 4)",
    ] {
        server.execute(statement);
    }
    let alone = run(&server, &["audit", "verify"]).finish().must_succeed();
    assert_eq!(
        alone, "Verified to event 4\n",
        "a chain alone does not show its end"
    );
    run(&server, &noted)
        .finish()
        .must_fail(1, "Broken at event 5");
    let forged = std::fs::read_to_string(file)
        .unwrap()
        .replace("\"number\":6", "\"number\":4");
    std::fs::write(file, forged).unwrap();
    run(&server, &noted)
        .finish()
        .must_fail(1, "is not signed with this audit key");
}

async fn the_server_keeps_checkpoints_after_many_events_and_when_it_stops(engine: Engine) {
    use std::os::unix::fs::PermissionsExt;

    use deskforge::audit::event::{Action, Actor, Event};
    use deskforge::audit::repository;
    use serde_json::json;

    let mut server = TestServer::start(engine);
    let file = checkpoints(&server);
    let lines = || std::fs::read_to_string(&file).unwrap_or_default();
    let write = |events: usize| {
        let (actor, now) = (Actor::command_line(), server.now());
        let event = || Event::done(&actor, Action::AuditVerify, None, None, &json!({}), now);
        let many = |connection: &mut _| {
            (0..events).try_for_each(|_| repository::insert(connection, &event()))
        };
        server.state().database.write_now(many).unwrap();
    };
    write(1);
    // The first comes at once.
    while !lines().ends_with('\n') {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    write(1_200);
    while !lines().contains("\"number\":1201,") {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(lines().lines().count(), 2, "{}", lines());
    write(5);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    server.stop().await;
    assert!(lines().contains("\"number\":1206,"), "{}", lines());
    // As a crash leaves it in the middle of a line.
    std::fs::write(&file, lines() + "{\"number\":12").unwrap();
    server.resume();
    server.person("Mira");
    server.stop().await;
    let words = ["audit", "verify", "--checkpoints", file.to_str().unwrap()];
    let verified = run(&server, &words).finish().must_succeed();
    assert_eq!(verified, "Verified to event 1207\n");
    assert!(lines().contains("\"number\":1207,"), "{}", lines());
}
