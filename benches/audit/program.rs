//! `cargo bench --bench audit`: verifying the audit log on one core, in memory, out of a file's
//! lines and out of a database. The figure beside each is events a second.

use std::error::Error;
use std::hint::black_box;

use clap::Parser;
use criterion::{Criterion, Throughput};
use deskforge::audit::chain::Link;
use deskforge::audit::event::{Action, Actor, Event};
use deskforge::audit::export::{Lines, write_head, write_row};
use deskforge::audit::key::AuditKey;
use deskforge::audit::model::Row;
use deskforge::audit::repository;
use deskforge::audit::verify::Verification;
use deskforge::audit::walk::{Fault, LogWalk, ROWS};
use deskforge::clock::Clock;
use deskforge::config::{Flags, Settings};
use deskforge::id::Id;
use deskforge::installation::Installation;
use serde_json::json;

/// Events of the log.
const EVENTS: u32 = 50_000;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    flags: Flags,
}

/// A log of changes as they are: a key's settings, before and after.
fn fill(installation: &Installation) -> Result<(), deskforge::error::Error> {
    let mira = Id::new();
    installation.database.write_now(|connection| {
        for number in 0..EVENTS {
            let actor = Actor::user(mira, "Mira Okafor", Some(Id::new()));
            let actor = actor.at(
                "10.0.4.17".parse().unwrap_or([0; 4].into()),
                "0198a8a8-0000",
            );
            let settings = |note: String| json!({ "name": "CI/CD Pipeline", "note": note });
            let detail = json!({
                "before": settings(String::new()),
                "after": settings(format!("Runs on every push, number {number}")),
            });
            let (key, now) = (Some(Id::new()), installation.clock.now());
            let event = Event::done(&actor, Action::TokenChange, key, Some(mira), &detail, now);
            repository::insert(connection, &event)?;
        }
        Ok(())
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().as_os_str();
    let flags = Arguments::parse_from(["audit".as_ref(), "--data-dir".as_ref(), path]).flags;
    let installation = Installation::open(Settings::from(flags), Clock::System)?;
    fill(&installation)?;
    let key = AuditKey::of(&installation.secret_key);
    let database = &installation.database;
    let rows: Vec<Row> =
        database.read_now(|connection| repository::rows(connection, 0, i64::MAX, i64::MAX))?;
    let head = database.read_now(repository::head)?;
    let mut file = Vec::new();
    for row in &rows {
        write_row(row, &mut file);
    }
    write_head(head, &mut file);
    let begin = || Verification::after(Link::START, key.clone(), Vec::new());

    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut group = criterion.benchmark_group("audit");
    group.throughput(Throughput::Elements(u64::from(EVENTS)));
    group.bench_function("chain alone", |bencher| {
        bencher.iter(|| {
            let mut verification = begin();
            let right = rows
                .iter()
                .all(|row| verification.take(&row.fields(), row.mac()).is_ok());
            assert!(black_box(right));
        });
    });
    group.bench_function("lines of a file", |bencher| {
        bencher.iter(|| {
            let mut lines = Lines::new(begin());
            let right = file
                .split_inclusive(|byte| *byte == b'\n')
                .all(|line| lines.take(line).is_ok());
            assert!(black_box(right) && lines.end().is_ok());
        });
    });
    group.bench_function("rows of SQLite", |bencher| {
        bencher.iter(|| {
            let walked = database.read_now(|connection| {
                let mut walked = || -> Result<Link, Fault> {
                    let mut walk = LogWalk::begin(connection, Link::START, &key, Vec::new())?;
                    while walk.step(connection, ROWS)? {}
                    walk.end(connection)
                };
                Ok(walked())
            });
            assert!(matches!(black_box(walked), Ok(Ok(_))));
        });
    });
    group.finish();
    criterion.final_summary();
    Ok(())
}
