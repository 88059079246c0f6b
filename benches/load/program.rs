//! Asks with keys at random at a fixed rate and tells, in JSON, how long the answers took.
//!
//! A request's time counts from when it was to be sent, not from when it was: a server that stalls
//! is charged with all that had to wait. Each connection has a thread of its own, so that no event
//! loop's timer, which is a millisecond coarse, is in what is measured.

mod churn;
mod connection;
mod schedule;

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use serde_json::json;

use connection::{Connection, request};
use schedule::Schedule;

/// Before the first request, for all connections to be open.
const AHEAD: Duration = Duration::from_millis(200);
/// Connections that generate and revoke.
const WRITERS: u32 = 4;

#[derive(Parser)]
struct Arguments {
    /// Where the server listens
    address: SocketAddr,
    /// What is asked for
    #[arg(long, default_value = "/auth/verify")]
    path: String,
    /// A file of keys, one a line
    #[arg(long)]
    keys: PathBuf,
    /// Requests a second
    #[arg(long)]
    rate: f64,
    #[arg(long, default_value_t = 32)]
    connections: u32,
    #[arg(long)]
    seconds: f64,
    /// Keys a second that are generated and revoked meanwhile
    #[arg(long, requires = "writer")]
    churn: Option<f64>,
    /// The key that generates and revokes
    #[arg(long)]
    writer: Option<String>,
}

type Failure = Box<dyn Error + Send + Sync>;

/// What became of the requests of one connection.
#[derive(Default)]
struct Outcome {
    /// How long each right answer took.
    times: Vec<Duration>,
    /// How many answers were others.
    refused: usize,
}

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let text = std::fs::read_to_string(&arguments.keys)?;
    let keys: Vec<&str> = text.lines().collect();
    let (outcomes, changed) = run(&arguments, &keys)?;
    let refused: usize = outcomes.iter().map(|outcome| outcome.refused).sum();
    let mut times: Vec<Duration> = outcomes.into_iter().flat_map(|one| one.times).collect();
    times.sort_unstable();
    // Of so many thousandths of the answers, the slowest.
    let slowest = |thousandths: usize| {
        let place = (times.len() * thousandths / 1_000).min(times.len().saturating_sub(1));
        times.get(place).map(Duration::as_micros)
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "far fewer than 2^52 are counted"
    )]
    let each_second = |count: usize| count as f64 / arguments.seconds;
    let result = json!({
        "rate": each_second(times.len()),
        "refused": refused,
        "changed": each_second(changed),
        "p50_us": slowest(500),
        "p99_us": slowest(990),
        "p999_us": slowest(999),
        "worst_us": slowest(1_000),
    });
    println!("{result}");
    Ok(())
}

/// Runs all connections to the end; gives what became of each, and how many keys were changed.
fn run(arguments: &Arguments, keys: &[&str]) -> Result<(Vec<Outcome>, usize), Failure> {
    let begin = Instant::now() + AHEAD;
    let end = begin + Duration::from_secs_f64(arguments.seconds);
    let schedule = |rate: f64, among: u32, number: u32| Schedule {
        begin,
        end,
        step: Duration::from_secs_f64(f64::from(among) / rate),
        offset: Duration::from_secs_f64(f64::from(number) / rate),
    };
    thread::scope(|scope| {
        let mut asking = Vec::new();
        for number in 0..arguments.connections {
            let schedule = schedule(arguments.rate, arguments.connections, number);
            asking.push(scope.spawn(move || ask(arguments, keys, number, schedule)));
        }
        let mut changing = Vec::new();
        if let (Some(rate), Some(writer)) = (arguments.churn, &arguments.writer) {
            for number in 0..WRITERS {
                let schedule = schedule(rate, WRITERS, number);
                let name = format!("{} {number}", std::process::id());
                changing.push(
                    scope.spawn(move || churn::churn(arguments.address, writer, &name, schedule)),
                );
            }
        }
        let mut outcomes = Vec::new();
        for thread in asking {
            outcomes.push(
                thread
                    .join()
                    .map_err(|_| "a connection's thread panicked")??,
            );
        }
        let mut changed = 0;
        for thread in changing {
            changed += thread.join().map_err(|_| "a writer's thread panicked")??;
        }
        Ok((outcomes, changed))
    })
}

/// Asks on one connection, by its schedule.
fn ask(
    arguments: &Arguments,
    keys: &[&str],
    number: u32,
    schedule: Schedule,
) -> io::Result<Outcome> {
    let mut connection = Connection::open(arguments.address)?;
    let mut outcome = Outcome::default();
    let mut random = u64::from(number) + 1;
    for due in schedule.instants() {
        // Knuth's linear congruential generator: its upper bits are random enough to pick a key.
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let place = usize::try_from(random >> 33).unwrap_or_default() % keys.len().max(1);
        let key = keys.get(place).copied().unwrap_or_default();
        let answer = connection.ask(&request("GET", &arguments.path, key, ""))?;
        if answer.status < 300 {
            outcome.times.push(due.elapsed());
        } else {
            outcome.refused += 1;
        }
    }
    Ok(outcome)
}
