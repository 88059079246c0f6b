//! What the log holds of a request: one line, and nothing that somebody typed.

use std::path::PathBuf;

use crate::harness::{Engine, Place, Program, Serving, run};

/// A server that logs all there is.
fn serving() -> (Place, Serving, PathBuf) {
    let place = Place::new(Engine::Sqlite);
    let program = Program::on(&place, &[]).env("RUST_LOG", "trace");
    let log = place.data_dir().join("log");
    let serving = program.serve(&log);
    (place, serving, log)
}

#[test]
fn a_query_is_never_logged() {
    run(async {
        let (_place, serving, _) = serving();
        let client = serving.client(None);
        for path in [
            "/projects",
            "/tokens",
            "/login",
            "/dashboard",
            "/setup",
            "/nothing",
        ] {
            client
                .get(&format!("{path}?q=canary&next=/canary&code=canary"))
                .await;
        }
        let log = serving.log();
        assert!(
            log.contains("GET /projects 401") && log.contains("GET /login 200"),
            "{log}"
        );
        assert!(!log.contains("canary"), "{log}");
    });
}

#[test]
fn a_line_of_log_is_one_line_that_commands_no_terminal() {
    run(async {
        let (_place, serving, _) = serving();
        let client = serving.client(None);
        for path in [
            "/%1b%5B2J",
            "/%0d%0aINFO%20forged",
            "/projects/%1b",
            "/dashboard/%00",
        ] {
            let ask = client
                .ask("GET", path)
                .header("user-agent", b"forged \x80\xff".as_slice());
            let ask = ask
                .header("x-request-id", "forged")
                .header("origin", "forged");
            ask.header("referer", "forged").send().await;
        }
        let log = serving.log();
        assert!(
            !log.contains(|one: char| one.is_control() && one != '\n'),
            "{log:?}"
        );
        assert!(!log.contains("forged"), "{log}");
    });
}

#[test]
fn a_form_is_never_logged() {
    run(async {
        let (_place, serving, _) = serving();
        let client = serving.client(None);
        let form = "email=canary%40example.com&password=canary-password&code=canary&csrf=canary";
        for path in ["/login", "/setup", "/projects", "/theme"] {
            let ask = client
                .ask("POST", path)
                .header("cookie", "deskforge=canary");
            ask.body("application/x-www-form-urlencoded", form)
                .send()
                .await;
        }
        let json = "{\"name\":\"canary\",\"name\":\"canary\"}";
        client
            .ask("POST", "/projects")
            .body("application/json", json)
            .send()
            .await;
        let log = serving.log();
        assert!(log.contains("POST /login 403"), "{log}");
        assert!(!log.contains("canary"), "{log}");
    });
}
