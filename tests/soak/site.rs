//! An installation with its nodes, each a process of its own.

use std::net::TcpListener;
use std::sync::Arc;

use serde_json::Value;

use crate::connection::{Connection, request};
use crate::harness::{Engine, PASSWORD, Place, Program, Serving};

/// Names and values of the environment.
type Variables = Vec<(String, String)>;

/// The database, whoever makes and revokes keys in it, and the nodes.
pub(crate) struct Site {
    // Dropped in this order: the nodes leave the place before it goes.
    pub(crate) nodes: Vec<Node>,
    pub(crate) keeper: String,
    pub(crate) commands: Commands,
}

/// What runs commands on an installation.
#[derive(Clone)]
pub(crate) struct Commands {
    pub(crate) place: Arc<Place>,
    variables: Variables,
}

/// One server, running or not; it keeps its address.
pub(crate) struct Node {
    pub(crate) address: String,
    pub(crate) serving: Option<Serving>,
    variables: Variables,
}

impl Site {
    /// One without nodes; all that run in it will have these variables.
    pub(crate) fn new(engine: Engine, variables: &[(&str, &str)]) -> Self {
        let mut site = Self {
            nodes: Vec::new(),
            keeper: String::new(),
            commands: Commands {
                place: Arc::new(Place::new(engine)),
                variables: owned(&[&[("RUST_LOG", "warn")], variables].concat()),
            },
        };
        let person = "user create --email mira@example.com --name Mira --password-stdin";
        let program = site.commands.run(person).input(&format!("{PASSWORD}\n"));
        program.finish().must_succeed();
        let keeper = "token create --user mira@example.com --name Keeper \
                      --scope tokens:write --scope projects:read";
        let printed = site.commands.run(keeper).finish().must_succeed();
        printed.trim_end().clone_into(&mut site.keeper);
        site
    }

    /// A server of a database in a file, or three nodes on one database.
    pub(crate) fn start(engine: Engine, variables: &[(&str, &str)]) -> Self {
        let mut site = Self::new(engine, variables);
        let nodes = match engine {
            Engine::Sqlite => 1,
            Engine::Postgres => 3,
        };
        for _ in 0..nodes {
            site.add_node(&[]);
        }
        site
    }

    /// One node more, with variables of its own.
    pub(crate) fn add_node(&mut self, variables: &[(&str, &str)]) {
        let mut variables = owned(variables);
        variables.splice(0..0, self.commands.variables.clone());
        let mut node = Node {
            address: free_address(),
            serving: None,
            variables,
        };
        node.start(&self.commands.place);
        self.nodes.push(node);
    }

    /// Stops all nodes as a service manager does, so that all is written; then starts the first.
    pub(crate) fn restart(&mut self) {
        for node in &mut self.nodes {
            node.serving.take().unwrap().terminate();
        }
        self.nodes[0].start(&self.commands.place);
    }

    /// Makes keys; gives the id and the secret of each.
    pub(crate) fn generate(&self, count: usize) -> Vec<(String, String)> {
        let mut connection = Connection::to(&self.nodes[0].address);
        let generate = |number| {
            let body = format!(r#"{{"name":"Key {number}"}}"#);
            let ask = request("POST", "/tokens", &self.keeper, &body);
            let made = json(&mut connection, &ask, 201);
            let text = |name: &str| made[name].as_str().unwrap().to_owned();
            (text("id"), text("token"))
        };
        (0..count).map(generate).collect()
    }

    /// The requests and refusals that the first node knows of each key.
    pub(crate) fn counts<'a>(&self, ids: impl Iterator<Item = &'a str>) -> Vec<(u64, u64)> {
        let mut connection = Connection::to(&self.nodes[0].address);
        let mut count = |id| {
            let path = format!("/tokens/{id}/usage?days=2");
            let ask = request("GET", &path, &self.keeper, "");
            let usage = json(&mut connection, &ask, 200);
            let days = usage["days"].as_array().unwrap();
            let sum = |name: &str| days.iter().filter_map(|day| day[name].as_u64()).sum();
            (sum("requests"), sum("refusals"))
        };
        ids.map(&mut count).collect()
    }
}

impl Commands {
    pub(crate) fn run(&self, words: &str) -> Program {
        let arguments: Vec<_> = words.split(' ').collect();
        with(Program::on(&self.place, &arguments), &self.variables)
    }
}

impl Node {
    pub(crate) fn start(&mut self, place: &Place) {
        let program = with(Program::on(place, &[]), &self.variables);
        let log = place.data_dir().join("log");
        self.serving = Some(program.serve_at(&self.address, &log));
    }
}

fn owned(variables: &[(&str, &str)]) -> Variables {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    variables.iter().map(owned).collect()
}

fn with(program: Program, variables: &[(String, String)]) -> Program {
    let set = |program: Program, (name, value): &(String, String)| program.env(name, value);
    variables.iter().fold(program, set)
}

fn json(connection: &mut Connection, ask: &[u8], wanted: u16) -> Value {
    let (status, body) = connection.ask(ask).unwrap();
    assert_eq!(status, wanted, "{}", String::from_utf8_lossy(body));
    serde_json::from_slice(body).unwrap()
}

/// An address that nobody listens on.
pub(crate) fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}
