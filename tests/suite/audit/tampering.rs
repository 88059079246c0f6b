//! A log under attack in its database: whatever is done to the rows without the key is found, and a
//! log that nobody touched is found right.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deskforge::audit::chain::Link;
use deskforge::audit::checkpoint::Checkpoint;
use deskforge::audit::event::{Action, Actor, Event};
use deskforge::audit::key::AuditKey;
use deskforge::audit::walk::{Fault, LogWalk, ROWS};
use deskforge::audit::{ledger, repository};
use deskforge::clock::Instant;
use deskforge::db::{Connection, Database};
use deskforge::error::Error;
use deskforge::id::Id;
use deskforge::secret_key::SecretKey;
use diesel::{RunQueryDsl, sql_query};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::harness::{Engine, Place, on_each_engine};

on_each_engine!(an_attacked_log_is_found_and_an_untouched_one_is_right);

/// What every commit can afford.
const SHORT: Plan = Plan {
    events: 60,
    attacks: 240,
    between: 10,
};
/// The same at length: `cargo test --test suite -- --ignored a_long_log`.
const LONG: Plan = Plan {
    events: 100_000,
    attacks: 10_000,
    between: 1_000,
};

/// An attack is found in the first rows that it touched.
const FEW: i64 = 20;

#[derive(Clone, Copy)]
struct Plan {
    events: i64,
    attacks: u64,
    /// Events from one checkpoint to the next.
    between: i64,
}

/// A log and what is known of it.
struct Log {
    engine: Engine,
    database: Database,
    key: AuditKey,
    /// The places of all events, that before the first too.
    links: Vec<Link>,
    checkpoints: Vec<Checkpoint>,
    _place: Place,
}

async fn an_attacked_log_is_found_and_an_untouched_one_is_right(engine: Engine) {
    attack(engine, SHORT);
}

#[test]
#[ignore = "a long one: 100,000 events, attacked 10,000 times"]
fn a_long_log_on_sqlite_is_attacked_ten_thousand_times() {
    attack(Engine::Sqlite, LONG);
}

#[test]
#[ignore = "a long one: 100,000 events, attacked 10,000 times"]
fn a_long_log_on_postgresql_is_attacked_ten_thousand_times() {
    attack(Engine::Postgres, LONG);
}

fn attack(engine: Engine, plan: Plan) {
    let log = Log::make(engine, plan);
    let begun = std::time::Instant::now();
    log.whole().unwrap();
    println!(
        "{engine:?}: {} events verified in {:?}",
        plan.events,
        begun.elapsed()
    );
    let mut kinds = [0; 7];
    for seed in 0..plan.attacks {
        let random = &mut StdRng::seed_from_u64(seed);
        let kind = random.random_range(0..kinds.len());
        kinds[kind] += 1;
        log.attack(kind, random, seed);
        if seed == plan.attacks / 2 {
            log.whole().unwrap();
        }
        if seed % 1_000 == 999 {
            println!("{engine:?}: {} attacks found", seed + 1);
        }
    }
    log.whole().unwrap();
    println!(
        "{engine:?}: {} attacks found, by kind {kinds:?}, in {:?}",
        plan.attacks,
        begun.elapsed()
    );
}

impl Log {
    fn make(engine: Engine, plan: Plan) -> Self {
        let place = Place::new(engine);
        let settings = place.settings();
        settings.create_data_dir().unwrap();
        let database = Database::open(&settings.database_url).unwrap();
        let secret_key = SecretKey::from_base64(&STANDARD.encode([7; 32])).unwrap();
        let key = AuditKey::of(&secret_key);
        ledger::keep(&database, &key).unwrap();
        let now = Instant::parse("2026-11-24T12:00:00Z").unwrap();
        let (mira, mut made) = (Id::new(), 0);
        while made < plan.events {
            let until = plan.events.min(made + 1_000);
            let write = |connection: &mut Connection| {
                for number in made..until {
                    let actor = Actor::user(mira, "Mira", Some(Id::new()));
                    let actor = actor.at("10.0.4.17".parse().unwrap(), "request");
                    let detail = json!({ "before": { "n": number }, "after": { "n": "é" } });
                    let (at, key) = (now.plus_seconds(number), Some(Id::new()));
                    let action = Action::TokenChange;
                    let event = Event::done(&actor, action, key, Some(mira), &detail, at);
                    repository::insert(connection, &event)?;
                }
                Ok(())
            };
            database.write_now(write).unwrap();
            made = until;
        }
        let read =
            |connection: &mut Connection| repository::rows(connection, 0, i64::MAX, i64::MAX);
        let rows = database.read_now(read).unwrap();
        let links = rows.iter().map(|row| row.link().unwrap());
        let links: Vec<Link> = [Link::START].into_iter().chain(links).collect();
        let seen = links.iter().filter(|link| link.number > 0);
        let seen = seen.filter(|link| link.number % plan.between == 0);
        let checkpoints = seen.map(|link| Checkpoint {
            link: *link,
            at: now,
        });
        Self {
            engine,
            checkpoints: checkpoints.collect(),
            links,
            database,
            key,
            _place: place,
        }
    }

    /// Verifies all of it.
    fn whole(&self) -> Result<Link, Fault> {
        self.database
            .read_now(|connection| Ok(self.walk(connection, Link::START, ROWS)))
            .unwrap()
    }

    /// Verifies what comes after `from`, as nothing before it was touched.
    fn walk(&self, connection: &mut Connection, from: Link, rows: i64) -> Result<Link, Fault> {
        let mut walk = LogWalk::begin(connection, from, &self.key, self.checkpoints.clone())?;
        while walk.step(connection, rows)? {}
        walk.end(connection)
    }

    /// Does something to the log, looks whether it is found, and undoes it.
    fn attack(&self, kind: usize, random: &mut StdRng, seed: u64) {
        let undone = self.database.write_now(|connection| {
            let (what, first) = self.tamper(connection, kind, random);
            let from = self.links[usize::try_from(first - 1).unwrap()];
            match self.walk(connection, from, FEW) {
                Err(Fault::Broken(broken)) => {
                    assert!(broken.number >= first - 1, "{what}: {broken}");
                }
                other => panic!("attack {seed} is not found: {what}: {other:?}"),
            }
            Err::<(), _>(Error::Conflict("undone"))
        });
        assert!(
            matches!(undone, Err(Error::Conflict("undone"))),
            "{undone:?}"
        );
    }

    /// Does it; gives what it was and the first event that it touched.
    fn tamper(
        &self,
        connection: &mut Connection,
        kind: usize,
        random: &mut StdRng,
    ) -> (String, i64) {
        let last = i64::try_from(self.links.len()).unwrap() - 1;
        let any = random.random_range(1..=last);
        // What moves all that comes after it is done near the end.
        let late = random.random_range((last - 500).max(1)..=last);
        let (statements, first) = match kind {
            0 | 1 => (vec![self.edit(any, random)], any),
            2 => (
                vec![format!("DELETE FROM audit_events WHERE number = {any}")],
                any,
            ),
            3 => {
                // And the others close ranks, the head with them.
                let close = [
                    format!("DELETE FROM audit_events WHERE number = {late}"),
                    format!("UPDATE audit_events SET number = -number WHERE number > {late}"),
                    "UPDATE audit_events SET number = -number - 1 WHERE number < 0".to_owned(),
                    "UPDATE audit_head SET number = number - 1".to_owned(),
                ];
                (close.to_vec(), late)
            }
            4 => {
                let other = (any + random.random_range(0..last - 1)) % last + 1;
                let (one, other) = (any.min(other), any.max(other));
                let other = if one == other { one % last + 1 } else { other };
                let swap = [
                    format!("UPDATE audit_events SET number = -1 WHERE number = {one}"),
                    format!("UPDATE audit_events SET number = {one} WHERE number = {other}"),
                    format!("UPDATE audit_events SET number = {other} WHERE number = -1"),
                ];
                (swap.to_vec(), one.min(other))
            }
            5 => {
                let number = [last + 1, 0, -any, i64::MAX][random.random_range(0..4)];
                let mut insert = vec![Self::copy(any, number)];
                if random.random_bool(0.5) && number == last + 1 {
                    insert.push(follow(last + 1));
                }
                (insert, if number > last { last } else { 1 })
            }
            _ => {
                let cut = random.random_range(late..=last) - 1;
                let mut statements = vec![format!("DELETE FROM audit_events WHERE number > {cut}")];
                if random.random_bool(0.5) && cut > 0 {
                    // The checkpoint of the last event alone has seen more.
                    statements.push(follow(cut));
                }
                (statements, cut + 1)
            }
        };
        for statement in &statements {
            sql_query(statement).execute(connection).unwrap();
        }
        (statements.join("; "), first)
    }

    /// Changes one column of an event.
    fn edit(&self, number: i64, random: &mut StdRng) -> String {
        let blob = match self.engine {
            Engine::Sqlite => "zeroblob(32)",
            Engine::Postgres => "decode(repeat('00', 32), 'hex')",
        };
        let changes = [
            "at = at + 1",
            "at = -1",
            "id = id || 'x'",
            "actor_kind = 'command'",
            "actor_id = NULL",
            "actor_name = 'Ravi'",
            "session_id = NULL",
            "token_id = ''",
            "address = '10.0.4.18'",
            "request_id = request_id || ' '",
            "action = 'token.revoke'",
            "subject_kind = 'project'",
            "subject_id = 'x' || subject_id",
            "account_id = NULL",
            "result = 'denied'",
            "detail = '{}'",
            "detail = replace(detail, '1', '2') || ' '",
            &format!("mac = {blob}"),
        ];
        let change = changes[random.random_range(0..changes.len())];
        format!("UPDATE audit_events SET {change} WHERE number = {number}")
    }

    /// Adds another event with the words of one.
    fn copy(of: i64, number: i64) -> String {
        format!(
            "INSERT INTO audit_events SELECT {number}, '{}', at, actor_kind, actor_id, actor_name, \
             session_id, token_id, address, request_id, action, subject_kind, subject_id, \
             account_id, result, detail, mac FROM audit_events WHERE number = {of}",
            Id::new()
        )
    }
}

/// Has the head follow to an event.
fn follow(number: i64) -> String {
    format!(
        "UPDATE audit_head SET number = {number}, \
         mac = (SELECT mac FROM audit_events WHERE number = {number})"
    )
}
