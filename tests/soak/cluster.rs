//! `scripts/cluster`: several nodes behind a proxy, as they are deployed, on a PostgreSQL of their
//! own.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::connection::{Connection, request};
use crate::failures::SOON;
use crate::harness::{PASSWORD, Program};

/// Tells where the cluster is, a line each, and restarts its database for each line it reads, until
/// nobody writes to it any more.
const SERVE: &str = "printf '%s\\n' $DATABASE_URL $DESKFORGE_SECRET_KEY $CLUSTER_URL \
                     $CLUSTER_NODES; while read -r; do restart_postgres; echo restarted; done";

struct Cluster {
    script: Child,
    lines: Lines<BufReader<ChildStdout>>,
    variables: [(&'static str, String); 2],
    proxy: String,
    nodes: Vec<String>,
    keeper: String,
}

impl Cluster {
    fn start() -> Self {
        let mut script = Command::new("scripts/cluster")
            .args(["bash", "-c", SERVE])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("CLUSTER_PROGRAM", env!("CARGO_BIN_EXE_deskforge"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(script.stdout.take().unwrap()).lines();
        let mut line = || lines.next().unwrap().unwrap();
        let variables = ["DATABASE_URL", "DESKFORGE_SECRET_KEY"].map(|name| (name, line()));
        let mut address = || line().strip_prefix("http://").unwrap().to_owned();
        let proxy = address();
        let nodes = (0..3).map(|_| address()).collect();
        let mut cluster = Self {
            script,
            lines,
            variables,
            proxy,
            nodes,
            keeper: String::new(),
        };
        let person = "user create --email mira@example.com --name Mira --password-stdin";
        let person = cluster.command(person).input(&format!("{PASSWORD}\n"));
        person.finish().must_succeed();
        let keeper = "token create --user mira@example.com --name Keeper \
                      --scope tokens:write --scope projects:read";
        let keeper = cluster.command(keeper).finish().must_succeed();
        keeper.trim_end().clone_into(&mut cluster.keeper);
        cluster
    }

    fn command(&self, words: &str) -> Program {
        let arguments: Vec<_> = words.split(' ').collect();
        let program = Program::new(Path::new("/"), &arguments);
        let variables = self.variables.iter();
        variables.fold(program, |program, (name, value)| program.env(name, value))
    }

    /// What the proxy answers to the keeper of the keys.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, Vec<u8>) {
        let ask = request(method, path, &self.keeper, body);
        let mut proxy = Connection::to(&self.proxy);
        let (status, body) = proxy.ask(&ask).unwrap();
        (status, body.to_vec())
    }

    /// The path of a new key, and the question whether it is one.
    fn generate(&self, name: &str) -> (String, Vec<u8>) {
        let (status, made) = self.ask("POST", "/tokens", &format!(r#"{{"name":"{name}"}}"#));
        assert_eq!(status, 201);
        let made: serde_json::Value = serde_json::from_slice(&made).unwrap();
        let verify = request("GET", "/auth/verify", made["token"].as_str().unwrap(), "");
        (format!("/tokens/{}", made["id"].as_str().unwrap()), verify)
    }

    fn restart_database(&mut self) {
        writeln!(self.script.stdin.as_ref().unwrap()).unwrap();
        assert_eq!(self.lines.next().unwrap().unwrap(), "restarted");
    }

    fn stop(mut self) {
        drop(self.script.stdin.take());
        assert!(self.script.wait().unwrap().success());
    }
}

#[test]
fn a_key_revoked_through_the_proxy_is_refused_by_every_node() {
    let cluster = Cluster::start();
    let mut nodes: Vec<_> = cluster.nodes.iter().map(|it| Connection::to(it)).collect();
    for number in 0..2 * nodes.len() {
        let (path, verify) = cluster.generate(&format!("Key {number}"));
        let mut are_all = |wanted| {
            for node in &mut nodes {
                assert_eq!(node.ask(&verify).unwrap().0, wanted);
            }
        };
        are_all(204);
        assert_eq!(cluster.ask("DELETE", &path, "").0, 204);
        are_all(401);
    }
    cluster.stop();
}

#[test]
fn nodes_whose_database_is_restarted_accept_nothing_revoked_and_soon_go_on() {
    let mut cluster = Cluster::start();
    let (_, live) = cluster.generate("Live");
    let (path, revoked) = cluster.generate("Revoked");
    assert_eq!(cluster.ask("DELETE", &path, "").0, 204);
    let is_over = AtomicBool::new(false);
    let nodes = cluster.nodes.clone();
    let hammer = |address: &str| {
        let mut connection = Connection::to(address);
        let (mut served, mut unavailable) = (0, 0);
        while !is_over.load(Ordering::Relaxed) {
            for (ask, right) in [(&live, 204), (&revoked, 401)] {
                match connection.ask(ask).unwrap().0 {
                    status if status == right => served += 1,
                    503 => unavailable += 1,
                    other => panic!("{other} where {right} is right"),
                }
            }
        }
        (served, unavailable)
    };
    std::thread::scope(|scope| {
        let hammering: Vec<_> = nodes
            .iter()
            .map(|node| scope.spawn(|| hammer(node.as_str())))
            .collect();
        for _ in 0..3 {
            cluster.restart_database();
            let back = Instant::now();
            for node in &nodes {
                let mut connection = Connection::to(node);
                while connection.ask(&live).unwrap().0 != 204 {
                    assert!(back.elapsed() < SOON, "{node} does not go on");
                    std::thread::sleep(Duration::from_millis(10));
                }
            }
        }
        is_over.store(true, Ordering::Relaxed);
        for node in hammering {
            let (served, unavailable) = node.join().unwrap();
            assert!(served > 0 && unavailable > 0, "{served} {unavailable}");
        }
    });
    cluster.stop();
}
