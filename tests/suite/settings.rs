//! Starting the program: what it makes, and what it refuses.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use deskforge::clock::Clock;
use deskforge::installation::Installation;
use tempfile::TempDir;

use crate::harness::{Engine, Place, Program, TestServer, run};

/// Runs with these arguments and variables; it must exit with 2 and one line that holds `named`.
#[track_caller]
fn is_refused(arguments: &[&str], variables: &[(&str, &str)], named: &str) {
    let directory = TempDir::new().unwrap();
    let mut program = Program::new(directory.path(), arguments);
    for (name, value) in variables {
        program = program.env(name, value);
    }
    program.finish().must_fail(2, named);
    let left = std::fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 0, "{arguments:?} {variables:?} left something behind");
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_bad_setting_is_refused_in_one_line_that_names_it() {
    for (flag, variable, values) in [
        (
            "--listen",
            "DESKFORGE_LISTEN",
            &["localhost", "127.0.0.1", "127.0.0.1:99999", ""][..],
        ),
        (
            "--database-url",
            "DATABASE_URL",
            &["mysql://h/d", "sqlite://", "deskforge.db", ":memory:"],
        ),
        (
            "--public-url",
            "DESKFORGE_PUBLIC_URL",
            &[
                "keys.example.com",
                "ftp://h",
                "https://h/path",
                "https://u:p@h",
            ],
        ),
        ("--api-url", "DESKFORGE_API_URL", &["api", "https://h?x=1"]),
        (
            "--trusted-proxies",
            "DESKFORGE_TRUSTED_PROXIES",
            &["10.0.0.0/40", "proxy", "10.0.0.0/8,x"],
        ),
        (
            "--key-prefix",
            "DESKFORGE_KEY_PREFIX",
            &["DF", "d", "1d", "d_f", "abcdefghijklmnopq", "dé"],
        ),
    ] {
        for value in values {
            is_refused(&[flag, value], &[], flag);
            is_refused(&["serve", flag, value], &[], flag);
            is_refused(&[], &[(variable, value)], flag);
        }
        is_refused(&[flag], &[], flag);
    }
}

#[test]
fn an_unknown_flag_command_or_variable_is_refused() {
    is_refused(&["--verbose"], &[], "--verbose");
    is_refused(&["serve", "--port", "80"], &[], "--port");
    is_refused(&["srve"], &[], "srve");
    is_refused(
        &[],
        &[("DESKFORGE_LISTN", "127.0.0.1:0")],
        "DESKFORGE_LISTN",
    );
    is_refused(
        &[],
        &[("DESKFORGE_DATABASE_URL", "x")],
        "DESKFORGE_DATABASE_URL",
    );
}

#[test]
fn a_bad_secret_key_is_refused_without_being_repeated() {
    let name = "DESKFORGE_SECRET_KEY";
    for value in [
        "c2hvcnQ=",
        "not base64 at all, and long enough to be one",
        "",
    ] {
        let directory = TempDir::new().unwrap();
        let program = Program::new(directory.path(), &[]).env(name, value);
        let told = program.finish().must_fail(2, name);
        assert!(value.is_empty() || !told.contains(value), "{told}");
    }
    is_refused(&["--database-url", "postgres://127.0.0.1:1/x"], &[], name);
}

#[test]
fn a_database_that_cannot_be_had_is_named_without_its_password() {
    let directory = TempDir::new().unwrap();
    let url = "postgres://mira:hunter2@127.0.0.1:1/deskforge";
    // It may be back the next time, so this is no bad setting.
    let program = Program::new(directory.path(), &["--database-url", url]);
    let program = program.env("DESKFORGE_SECRET_KEY", &Place::secret_key());
    let told = program.finish().must_fail(1, "postgres://");
    assert!(!told.contains("hunter2"), "{told}");
    is_refused(
        &[
            "--database-url",
            "sqlite:///nowhere/at/all.db",
            "--data-dir",
            "/proc/x",
        ],
        &[],
        "/proc/x",
    );
}

#[test]
fn an_address_that_is_taken_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let directory = TempDir::new().unwrap();
    let program = Program::new(directory.path(), &["--listen", &address]);
    let told = program.finish().must_fail(2, "--listen");
    assert!(told.contains(&address), "{told}");
}

#[test]
fn files_are_for_their_owner_alone() {
    let directory = TempDir::new().unwrap();
    let serving = Program::new(directory.path(), &[]).serve(&directory.path().join("log"));
    let data = directory.path().join("deskforge-data");
    assert_eq!(mode(&data), 0o700);
    let files: Vec<_> = std::fs::read_dir(&data)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert!(data.join("deskforge.db").exists() && data.join("secret.key").exists());
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    serving.terminate();
}

#[test]
fn a_first_start_tells_how_to_set_up() {
    let directory = TempDir::new().unwrap();
    let mut serving = Program::new(
        directory.path(),
        &["--public-url", "https://keys.example.com"],
    )
    .serve(&directory.path().join("log"));
    let line = serving.line();
    let code = line.strip_prefix("Set up DeskForge at https://keys.example.com/setup?code=");
    let code = code.unwrap_or_else(|| panic!("{line}"));
    assert!(code.len() >= 22 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert!(!serving.log().contains(code));
}

#[test]
fn keys_without_their_secret_key_are_not_served() {
    run(async {
        let mut server = TestServer::start(Engine::Sqlite);
        server.stop().await;
        let data = server.place().data_dir();
        let file = data.join("secret.key");
        // Without a key that would die, or an event, a new secret key is no loss.
        std::fs::remove_file(&file).unwrap();
        server.resume();
        let mira = server.person("Mira");
        let key = server.generate(&mira);
        server.stop().await;
        let kept = std::fs::read(&file).unwrap();
        let refused = |named| {
            let program = Program::on(server.place(), &[]);
            program.finish().must_fail(2, named)
        };
        std::fs::remove_file(&file).unwrap();
        refused("secret.key");
        assert!(!file.exists(), "another secret key was made");
        std::fs::write(&file, Place::secret_key()).unwrap();
        refused("secret key");
        std::fs::write(&file, &kept).unwrap();
        server.resume();
        server.key(&key).get("/projects").await.must_be(200);
    });
}

#[test]
fn an_installation_on_postgresql_needs_the_secret_key_of_its_keys() {
    run(async {
        let server = TestServer::start(Engine::Postgres);
        server.generate(&server.person("Mira"));
        let mut settings = server.place().settings();
        settings.given_secret_key =
            Some(deskforge::secret_key::SecretKey::from_base64(&"A".repeat(64)).unwrap());
        let refused = Installation::open(settings, Clock::System);
        let told = refused.err().unwrap().to_string();
        assert!(told.contains("secret key"), "{told}");
    });
}

#[test]
fn the_demo_is_as_it_says_and_leaves_nothing_behind() {
    run(async {
        let directory = TempDir::new().unwrap();
        let program = Program::new(directory.path(), &["serve", "--demo"]);
        let temporary = directory.path().join("tmp");
        std::fs::create_dir(&temporary).unwrap();
        let program = program.env("TMPDIR", temporary.to_str().unwrap());
        let mut serving = program.serve(&directory.path().join("log"));
        let mut told = String::new();
        while !told.contains("curl") {
            told = format!("{told}{}\n", serving.line());
        }
        let (_, password) = told.split_once("the password \"").unwrap();
        let password = password.split('"').next().unwrap();
        let mut browser = serving.browser();
        let page = browser.log_in_with("mira@example.com", password).await;
        page.must_be(200, "/dashboard");
        let (_, key) = told.split_once("Bearer ").unwrap();
        let client = serving.client(Some(&key[..41]));
        let projects = client.get("/projects").await.must_be(200).json();
        assert!(!projects["data"].as_array().unwrap().is_empty());
        let left = || std::fs::read_dir(&temporary).unwrap().count();
        assert_eq!(left(), 1);
        serving.terminate();
        assert_eq!(left(), 0);
        assert!(!directory.path().join("deskforge-data").exists());
    });
}
