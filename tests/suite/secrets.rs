//! A key is in the answer that made it and nowhere else: not in files, not in the log, whatever the
//! log is set to.

use std::path::Path;

use deskforge::account::email::Email;
use deskforge::account::lifecycle as accounts;
use deskforge::account::model::Role;
use deskforge::audit::event::Actor;
use deskforge::clock::Clock;
use deskforge::installation::Installation;
use deskforge::token::lifecycle::{self as tokens, Generated};
use serde_json::json;

use crate::harness::{Engine, Place, Program, draft, run, scopes};

/// All that `needles` could be found in: every file below `directory`.
fn is_nowhere_in(directory: &Path, needles: &[String]) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            is_nowhere_in(&path, needles);
            continue;
        }
        // A killed server leaves its socket behind, which holds nothing.
        if !path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for needle in needles {
            assert!(!text.contains(needle), "{needle} is in {}", path.display());
        }
    }
}

/// A key that writes keys, made before the program starts.
fn writer(place: &Place) -> String {
    let installation = Installation::open(place.settings(), Clock::System).unwrap();
    let (mint, now) = (installation.mint(), installation.clock.now());
    let person = accounts::Person {
        name: "Mira".to_owned(),
        email: Email::parse("mira@example.com").unwrap(),
    };
    let actor = Actor::command_line();
    let generated = installation.database.write_now(|connection| {
        let hash = String::new();
        let account = accounts::create(connection, &person, Role::Member, hash, &actor, now)?;
        let mut draft = draft();
        draft.scopes = scopes(&["tokens:write", "projects:write"]);
        tokens::generate(
            connection, &mint, account.id, draft, None, None, &actor, now,
        )
    });
    match generated.unwrap() {
        Generated::New(_, secret) => secret.expose().to_owned(),
        Generated::Before(_) => panic!("generated before"),
    }
}

#[test]
fn no_key_is_in_files_or_log_on_sqlite() {
    run(no_key_is_in_files_or_log(Engine::Sqlite));
}

#[test]
fn no_key_is_in_files_or_log_on_postgresql() {
    run(no_key_is_in_files_or_log(Engine::Postgres));
}

async fn no_key_is_in_files_or_log(engine: Engine) {
    let place = Place::new(engine);
    let mut secrets = vec![writer(&place)];
    let data_dir = place.data_dir();
    let program = Program::on(&place, &[]).env("RUST_LOG", "trace");
    let log = data_dir.join("log");
    let serving = program.serve(&log);
    let client = serving.client(Some(&secrets[0]));
    for number in 0..100 {
        let body = json!({ "name": format!("Canary {number}"), "note": "canary-note" });
        let made = client.post("/tokens", &body).await.must_be(201).json();
        secrets.push(made["token"].as_str().unwrap().to_owned());
    }
    for (number, secret) in secrets.iter().enumerate() {
        let client = serving.client(Some(secret));
        client.get("/projects").await.must_be(200);
        // Where keys do not belong, and yet are put.
        match number % 5 {
            0 => drop(client.get(&format!("/projects?q={secret}")).await),
            1 => drop(client.get(&format!("/tokens/{secret}")).await),
            2 => drop(client.get(&format!("/{secret}")).await),
            3 => drop(
                client
                    .get(&format!("/projects/{secret}?next={secret}"))
                    .await,
            ),
            _ => {
                let ask = client.ask("GET", "/projects").header("user-agent", secret);
                drop(
                    ask.header("referer", secret)
                        .header("x-request-id", secret)
                        .send()
                        .await,
                );
            }
        }
        if number % 10 == 0 {
            client.delete("/token").await.must_be(204);
            client.get("/projects").await.must_be(401);
        }
    }
    serving.terminate();
    assert!(
        std::fs::read_to_string(&log)
            .unwrap()
            .contains("/projects 200"),
        "the log is read"
    );
    let random: Vec<_> = secrets
        .iter()
        .map(|secret| secret[3..35].to_owned())
        .collect();
    is_nowhere_in(&data_dir, &random);
    if engine == Engine::Postgres {
        let dump = place.dump();
        assert!(dump.contains("canary-note"), "the dump is whole");
        for needle in random {
            let written = needle
                .bytes()
                .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
            assert!(!dump.contains(&needle) && !dump.contains(&written));
        }
    }
}

#[test]
fn a_killed_server_leaves_no_key_in_the_log_of_its_database() {
    run(async {
        let place = Place::new(Engine::Sqlite);
        let secret = writer(&place);
        let data_dir = place.data_dir();
        let serving = Program::on(&place, &[]).serve(&data_dir.join("log"));
        let client = serving.client(Some(&secret));
        let made = client
            .post("/tokens", &json!({ "name": "CI" }))
            .await
            .must_be(201)
            .json();
        let made = made["token"].as_str().unwrap().to_owned();
        serving.kill();
        assert!(data_dir.join("deskforge.db-wal").metadata().unwrap().len() > 0);
        is_nowhere_in(
            &data_dir,
            &[secret[3..35].to_owned(), made[3..35].to_owned()],
        );
        // And what was answered is kept.
        let serving = Program::on(&place, &[]).serve(&data_dir.join("log"));
        serving
            .client(Some(&made))
            .get("/projects")
            .await
            .must_be(200);
    });
}
