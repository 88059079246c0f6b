//! `scripts/cluster`: several nodes behind a proxy, as they are deployed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::connection::{Connection, request};
use crate::harness::{PASSWORD, Program};

/// Tells where the cluster is, a line each, and stays until nobody writes to it any more.
const TELL: &str = "printf '%s\\n' $DATABASE_URL $DESKFORGE_SECRET_KEY $CLUSTER_URL $CLUSTER_NODES; \
                    exec cat";

fn start() -> Child {
    Command::new("scripts/cluster")
        .args(["sh", "-c", TELL])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("CLUSTER_PROGRAM", env!("CARGO_BIN_EXE_deskforge"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_key_revoked_through_the_proxy_is_refused_by_every_node() {
    let mut cluster = start();
    let lines = BufReader::new(cluster.stdout.take().unwrap()).lines();
    let told: Vec<_> = lines.take(6).map(Result::unwrap).collect();
    let command = |words: &str| {
        let arguments: Vec<_> = words.split(' ').collect();
        Program::new(Path::new("/"), &arguments)
            .env("DATABASE_URL", &told[0])
            .env("DESKFORGE_SECRET_KEY", &told[1])
    };
    let person = "user create --email mira@example.com --name Mira --password-stdin";
    let person = command(person).input(&format!("{PASSWORD}\n"));
    person.finish().must_succeed();
    let keeper = "token create --user mira@example.com --name Keeper \
                  --scope tokens:write --scope projects:read";
    let keeper = command(keeper).finish().must_succeed();
    let connect = |url: &String| Connection::to(url.strip_prefix("http://").unwrap());
    let mut proxy = connect(&told[2]);
    let mut nodes: Vec<_> = told[3..].iter().map(connect).collect();
    for number in 0..2 * nodes.len() {
        let mut ask = |method, path: &str, body: &str| {
            let ask = request(method, path, keeper.trim_end(), body);
            proxy
                .ask(&ask)
                .map(|(status, body)| (status, body.to_vec()))
                .unwrap()
        };
        let (status, made) = ask("POST", "/tokens", &format!(r#"{{"name":"Key {number}"}}"#));
        assert_eq!(status, 201);
        let made: serde_json::Value = serde_json::from_slice(&made).unwrap();
        let verify = request("GET", "/auth/verify", made["token"].as_str().unwrap(), "");
        let mut are_all = |wanted| {
            for node in &mut nodes {
                assert_eq!(node.ask(&verify).unwrap().0, wanted);
            }
        };
        are_all(204);
        let path = format!("/tokens/{}", made["id"].as_str().unwrap());
        assert_eq!(ask("DELETE", &path, "").0, 204);
        are_all(401);
    }
    drop(cluster.stdin.take());
    assert!(cluster.wait().unwrap().success());
}
