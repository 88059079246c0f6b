//! `cargo bench`: the parts of judging a key, one by one, and the whole without HTTP.

#[path = "../fill/account.rs"]
mod account;

use std::error::Error;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use clap::Parser;
use criterion::Criterion;
use deskforge::clock::Clock;
use deskforge::config::{Flags, Settings};
use deskforge::installation::Installation;
use deskforge::token::lifecycle::digest_key;
use deskforge::token::secret::{Secret, digest_of};
use deskforge::token::usage::{Outcome, Recorder};
use deskforge::token::verifier::{Demands, Subject, Verifier, Worker};
use tokio::runtime::Builder;
use tokio::task::LocalSet;

const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const CLIENT: &[u8] = b"curl/8.5.0";
/// Keys that memory holds.
const HELD: usize = 10_000;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    flags: Flags,
}

/// A verifier over keys of its own, outside a server.
struct Bench {
    installation: Installation,
    recorder: Recorder,
    worker: Worker,
    keys: Vec<Secret>,
}

impl Bench {
    /// To be made inside an event loop.
    fn start(directory: &std::path::Path) -> Result<Self, Box<dyn Error>> {
        let flags = Arguments::parse_from([
            "parts".as_ref(),
            "--data-dir".as_ref(),
            directory.as_os_str(),
        ])
        .flags;
        let installation = Installation::open(Settings::from(flags), Clock::System)?;
        let plan = account::Plan {
            keys: HELD,
            scopes: vec!["projects:read".to_owned()],
            projects: 0,
        };
        let keys = account::make(&installation, &plan)?;
        let recorder = Recorder::new(installation.database.clone());
        let verifier = Verifier::start(
            &installation.database,
            installation.clock.clone(),
            digest_key(&installation.secret_key),
            recorder.clone(),
            HELD,
        )?;
        let worker = Worker::start(&verifier, &installation.settings.database_url);
        Ok(Self {
            installation,
            recorder,
            worker,
            keys,
        })
    }

    /// What a request with the header `Authorization: Bearer …` comes to.
    async fn verify(&self, presented: &[u8]) -> Option<Subject> {
        let demands = Demands::default();
        self.worker
            .verify(presented, &demands, CLIENT, ADDRESS, Subject::clone)
            .await
            .ok()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let local = LocalSet::new();
    let bench = local.block_on(&runtime, async { Bench::start(directory.path()) })?;
    let key = bench.keys.first().ok_or("no key was made")?;
    let presented = key.expose().as_bytes();
    let subject = local
        .block_on(&runtime, bench.verify(presented))
        .ok_or("the key is not let through")?;

    let mut criterion = Criterion::default().configure_from_args();
    let digest_key = digest_key(&bench.installation.secret_key);
    criterion.bench_function("shape, checksum and digest", |bencher| {
        bencher.iter(|| digest_of(black_box(presented), &digest_key));
    });
    criterion.bench_function("digest", |bencher| {
        bencher.iter(|| black_box(key).digest(&digest_key));
    });
    let clock = &bench.installation.clock;
    criterion.bench_function("clock", |bencher| bencher.iter(|| clock.now()));
    let (demands, now) = (Demands::default(), clock.now());
    criterion.bench_function("judgement", |bencher| {
        bencher.iter(|| black_box(&subject).judge(&demands, ADDRESS, now));
    });
    criterion.bench_function("booking", |bencher| {
        bencher.iter_custom(|times| {
            let ledger = bench.recorder.ledger();
            let begun = Instant::now();
            for number in 0..times {
                let token = u128::from(number) % 1_000;
                ledger.book(token, Outcome::Request, &[], ADDRESS, CLIENT, now);
            }
            begun.elapsed()
        });
    });
    for (name, part) in [("whole, one key", 1), ("whole, keys in turn", HELD)] {
        criterion.bench_function(name, |bencher| {
            bencher.iter_custom(|times| {
                local.block_on(&runtime, async {
                    let times = usize::try_from(times).unwrap_or(usize::MAX);
                    let begun = Instant::now();
                    for key in bench.keys.iter().take(part).cycle().take(times) {
                        black_box(bench.verify(key.expose().as_bytes()).await);
                    }
                    begun.elapsed()
                })
            });
        });
    }
    criterion.final_summary();
    Ok(())
}
