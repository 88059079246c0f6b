//! A change and its event are one: the real program is ended at each point around them that
//! `src/fault.rs` knows, and then its database holds both, or neither.

use deskforge::db::Database;
use deskforge::fault::Point;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use serde_json::Value;

use crate::connection::{Connection, request};
use crate::harness::{Engine, PASSWORD, Place, Program};
use crate::site::free_address;

#[test]
fn a_change_and_its_event_are_one_whenever_it_is_ended_on_sqlite() {
    are_one(Engine::Sqlite);
}

#[test]
fn a_change_and_its_event_are_one_whenever_it_is_ended_on_postgresql() {
    are_one(Engine::Postgres);
}

/// A change that a command makes, or one that a key asks the server for: with which key, what.
enum Change {
    Command(&'static str),
    Request(&'static str, &'static str, &'static str, &'static str),
}

use Change::{Command, Request};

/// `{X}` is the id of the key of that name.
const CHANGES: [Change; 12] = [
    Command("user create --email new@example.com --name New --password-stdin"),
    Command("user set-password mira@example.com --password-stdin"),
    Command("token create --user mira@example.com --name Made"),
    Command("token revoke {First}"),
    Command("user disable ravi@example.com"),
    Command("user enable ravi@example.com"),
    Request("Keeper", "POST", "/projects", r#"{"name":"Site"}"#),
    Request("Keeper", "POST", "/tokens", r#"{"name":"Another"}"#),
    Request("Keeper", "PATCH", "/tokens/{Second}", r#"{"note":"Seen"}"#),
    Request("Keeper", "POST", "/tokens/{Second}/rotate", "{}"),
    Request("Keeper", "DELETE", "/tokens/{Third}", ""),
    // Not allowed: of that there is the event alone.
    Request("Narrow", "POST", "/projects", r#"{"name":"No"}"#),
];

fn are_one(engine: Engine) {
    let installation = Installation::new(engine);
    let mut ends = 0;
    for change in &CHANGES {
        for point in Point::ALL {
            let before = installation.state();
            installation.end(change, &point.name());
            let after = installation.state();
            let what = change.what();
            let is_done = point == Point::AfterCommit;
            assert_eq!(
                after.events,
                before.events + usize::from(is_done),
                "{what} {point:?}"
            );
            let has_changed = after.rows != before.rows;
            let changes = is_done && !what.contains("\"No\"");
            assert_eq!(has_changed, changes, "{what} {point:?}");
            ends += 1;
        }
    }
    let verified = installation.run("audit verify").finish().must_succeed();
    let events = installation.state().events;
    assert_eq!(verified, format!("Verified to event {events}\n"));
    println!("{engine:?}: ended {ends} times, {events} events");
}

struct Installation {
    place: Place,
    /// Keys by name.
    keys: Vec<(String, String)>,
}

/// What the database holds of accounts, keys, projects and events.
struct State {
    rows: Vec<String>,
    events: usize,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

const ROWS: &str = "SELECT id || name || coalesce(password_hash, '') || coalesce(disabled_at, 0) \
                    AS word FROM accounts \
                    UNION ALL SELECT id || name || note || coalesce(revoked_at, 0) || \
                    coalesce(replaced_by, '') AS word FROM tokens \
                    UNION ALL SELECT id || name AS word FROM projects \
                    UNION ALL SELECT 'epoch ' || epoch AS word FROM epochs ORDER BY 1";
const EVENTS: &str = "SELECT id AS word FROM audit_events";

impl Installation {
    fn new(engine: Engine) -> Self {
        let mut installation = Self {
            place: Place::new(engine),
            keys: Vec::new(),
        };
        for name in ["Mira", "Ravi"] {
            let email = format!("{}@example.com", name.to_lowercase());
            let words = format!("user create --email {email} --name {name} --password-stdin");
            installation.run(&words).finish().must_succeed();
        }
        for (name, scopes) in [
            ("Keeper", "--scope tokens:write --scope projects:write"),
            ("Narrow", "--scope projects:read"),
            ("First", ""),
            ("Second", ""),
            ("Third", ""),
        ] {
            let words = format!("token create --user mira@example.com --name {name} {scopes}");
            let printed = installation.run(words.trim_end()).finish().must_succeed();
            let key = printed.trim_end().to_owned();
            installation.keys.push((name.to_owned(), key));
        }
        installation
    }

    fn run(&self, words: &str) -> Program {
        let words: Vec<_> = words.split(' ').collect();
        let program = Program::on(&self.place, &words).env("RUST_LOG", "error");
        program.input(&format!("{PASSWORD}\n"))
    }

    /// Has the change ended at a point, which is to be reached.
    fn end(&self, change: &Change, point: &str) {
        match change {
            Command(words) => {
                let words = self.with_ids(words);
                let ended = self.run(&words).env("PLANTED_END", point).finish();
                assert_eq!(ended.code, -1, "{words} goes on after {point}: {ended:?}");
            }
            Request(key, method, path, body) => {
                let program = Program::on(&self.place, &[])
                    .env("RUST_LOG", "error")
                    .env("PLANTED_END", point);
                let path = self.with_ids(path);
                let (address, log) = (free_address(), self.place.data_dir().join("log"));
                let serving = program.serve_at(&address, &log);
                let mut connection = Connection::to(&address);
                let (_, key) = self.keys.iter().find(|(name, _)| name == key).unwrap();
                let answer = connection.ask(&request(method, &path, key, body));
                assert!(answer.is_err(), "{method} {path} is answered after {point}");
                serving.kill();
            }
        }
    }

    /// The words with ids in place of names.
    fn with_ids(&self, words: &str) -> String {
        if !words.contains('{') {
            return words.to_owned();
        }
        let listed = self.run("token list --json").finish().must_succeed();
        let listed: Value = serde_json::from_str(&listed).unwrap();
        let mut words = words.to_owned();
        for token in listed.as_array().unwrap() {
            let text = |name: &str| token[name].as_str().unwrap();
            // Of one lineage the first has the name that is meant.
            if token["replaces"].is_null() {
                words = words.replace(&format!("{{{}}}", text("name")), text("id"));
            }
        }
        words
    }

    fn state(&self) -> State {
        let database = Database::open(&self.place.settings().database_url).unwrap();
        let read = |query: &str| {
            let rows =
                database.read_now(|connection| Ok(sql_query(query).load::<Word>(connection)?));
            rows.unwrap()
                .into_iter()
                .map(|row| row.word)
                .collect::<Vec<_>>()
        };
        State {
            rows: read(ROWS),
            events: read(EVENTS).len(),
        }
    }
}

impl Change {
    fn what(&self) -> String {
        match self {
            Command(words) => (*words).to_owned(),
            Request(_, method, path, body) => format!("{method} {path} {body}"),
        }
    }
}
