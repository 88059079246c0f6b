//! The programs of the authentication guide, word for word, against the real server: only the
//! address is another.

use std::path::{Path, PathBuf};
use std::process::Command;

use deskforge::id::Id;
use serde_json::json;
use tempfile::TempDir;

use crate::harness::{Engine, Key, TestServer, run};

/// The address and the key that the guide shows.
const ADDRESS: &str = "https://api.deskforge.app";
const KEY: &str = "df_1234567890abcdef";

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// What must be installed beside the tests.
#[track_caller]
fn installed(path: &str) -> PathBuf {
    let path = tests().join(path);
    assert!(
        path.exists(),
        "{} is missing: run scripts/test, which installs it",
        path.display()
    );
    path
}

/// A server that knows a project, and a key that may read it.
async fn with_a_project() -> (TestServer, Key) {
    let server = TestServer::start(Engine::Sqlite);
    let mira = server.person("Mira");
    let writer = server.key(&server.generate_scoped(&mira, &["projects:write"]));
    let project = json!({ "name": "Website redesign" });
    writer.post("/projects", &project).await.must_be(201);
    let key = server.generate(&mira);
    (server, key)
}

/// Runs an example with a live key and a revoked one; gives what it printed each time.
async fn printed(example: &str, change: impl Fn(&str) -> Command) -> [String; 2] {
    let (server, key) = with_a_project().await;
    let source = std::fs::read_to_string(tests().join("seed").join(example)).unwrap();
    assert_eq!(source.matches(ADDRESS).count(), 1, "{example}");
    let source = source
        .replace(ADDRESS, server.base())
        .replace(KEY, &key.secret);
    let once = || {
        let output = change(&source)
            .env("DESKFORGE_API_KEY", &key.secret)
            .output()
            .unwrap();
        let [out, err] =
            [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        out + &err
    };
    let live = once();
    server.revoke(&key);
    [live, once()]
}

#[test]
fn the_guides_curl_command_works() {
    run(async {
        let [live, revoked] = printed("example.sh", |source| {
            let mut shell = Command::new("sh");
            shell.args(["-c", source]);
            shell
        })
        .await;
        assert!(live.contains("\"name\":\"Website redesign\""), "{live}");
        let body = "{\n\"error\": \"Invalid API key\",\n\
                    \"message\": \"The provided API key is invalid or has been revoked\"\n}";
        assert!(revoked.contains(body), "{revoked}");
    });
}

#[test]
fn the_guides_javascript_works() {
    run(async {
        installed("node_modules/axios");
        let require = installed("seed/require.mjs");
        // Beside the modules, or what it requires would not be found.
        let file = tests()
            .join("node_modules")
            .join(format!("{}.mjs", Id::new()));
        let [live, revoked] = printed("example.js", |source| {
            std::fs::write(&file, source).unwrap();
            let mut node = Command::new("node");
            node.arg("--import").arg(&require).arg(&file);
            node
        })
        .await;
        std::fs::remove_file(&file).unwrap();
        assert!(live.contains("name: 'Website redesign'"), "{live}");
        assert!(
            revoked.contains("Request failed with status code 401"),
            "{revoked}"
        );
    });
}

#[test]
fn the_guides_python_works() {
    run(async {
        let python = installed(".venv/bin/python");
        let [live, revoked] = printed("example.py", |source| {
            let mut command = Command::new(&python);
            command.args(["-c", source]);
            command
        })
        .await;
        assert!(live.contains("'name': 'Website redesign'"), "{live}");
        assert!(revoked.contains("'error': 'Invalid API key'"), "{revoked}");
    });
}

#[test]
fn the_guides_go_works() {
    run(async {
        let directory = TempDir::new().unwrap();
        let file = directory.path().join("main.go");
        let [live, revoked] = printed("example.go", |source| {
            std::fs::write(&file, source).unwrap();
            let mut go = Command::new("go");
            // Compiled once, kept with what the tests leave; nothing is asked of a network.
            go.arg("run")
                .arg(&file)
                .env("GOCACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/go"))
                .env("GOFLAGS", "-mod=mod")
                .env("GOPROXY", "off")
                .env("GOTOOLCHAIN", "local");
            go
        })
        .await;
        assert!(live.contains("\"name\":\"Website redesign\""), "{live}");
        assert!(
            revoked.contains("\"error\": \"Invalid API key\""),
            "{revoked}"
        );
    });
}
