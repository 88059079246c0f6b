//! The writes of the command line.

use super::changes;
use crate::harness::{Engine, PASSWORD, Program, TestServer, on_each_engine};

on_each_engine!(every_command_that_writes_is_watched);

async fn every_command_that_writes_is_watched(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, email) = (server.person("Mira"), "mira@example.com");
    server.generate(&mira);
    let run = |words: &str| {
        let words: Vec<_> = words.split_whitespace().collect();
        let program = Program::on(server.place(), &words).input(PASSWORD);
        program.finish().must_succeed()
    };
    for command in commands("", &run) {
        let arguments = match command.as_str() {
            "serve" | "migrate" | "user list" | "token list" | "audit verify" | "audit key" => {
                continue;
            }
            "user create" => "--email new@example.com --name New --password-stdin".to_owned(),
            "user set-password" => format!("{email} --password-stdin"),
            "user disable" | "user enable" => email.to_owned(),
            "token create" => format!("--user {email} --name Made"),
            "token revoke" => server.generate(&mira).id.to_string(),
            "audit export" => String::new(),
            new => panic!("{new}: if it writes, let it succeed here"),
        };
        let before = changes(&server);
        run(&format!("{command} {arguments}"));
        assert!(changes(&server) > before, "{command} changed nothing");
    }
}

/// The commands beneath one, as its help has them.
fn commands(parent: &str, run: &impl Fn(&str) -> String) -> Vec<String> {
    let help = run(&format!("{parent} --help"));
    let Some((_, listed)) = help.split_once("\nCommands:\n") else {
        return vec![parent.to_owned()];
    };
    let lines = listed.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .flat_map(|name| commands(format!("{parent} {name}").trim(), run))
        .collect()
}
