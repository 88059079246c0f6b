//! How many times a second the first page of projects is read when nothing is around the query: no
//! HTTP, no key, no JSON. `query SECONDS OWNER...`, settings from the environment.
//!
//! As in the server there is a thread a core, each with an event loop whose tasks wait for
//! [`Database::read`] on the one pool; as many tasks as the server would have requests.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use deskforge::config::{Flags, Settings};
use deskforge::db::Database;
use deskforge::id::Id;
use deskforge::project::repository;

/// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// As many rows as a page of 20 asks for: one more tells whether there is a next page.
const ROWS: i64 = 21;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    flags: Flags,
    /// For how long
    seconds: f64,
    /// How many queries wait at once
    #[arg(long, default_value_t = 32)]
    tasks: usize,
    /// Whose projects
    owners: Vec<Id>,
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments = Arguments::parse();
    let database = Database::open(&Settings::from(arguments.flags).database_url)?;
    let owners: Arc<[Id]> = arguments.owners.into();
    let answered = Arc::new(AtomicU64::new(0));
    let duration = Duration::from_secs_f64(arguments.seconds);
    let threads = thread::available_parallelism()?.get();
    let working: Vec<_> = (0..threads)
        .map(|thread| {
            let tasks: Vec<usize> = (thread..arguments.tasks).step_by(threads).collect();
            let (database, owners, answered) = (database.clone(), owners.clone(), answered.clone());
            thread::spawn(move || work(tasks, &database, &owners, duration, &answered))
        })
        .collect();
    for thread in working {
        thread.join().map_err(|_| "a thread panicked")??;
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "far fewer than 2^52 are counted"
    )]
    let rate = answered.load(Ordering::Relaxed) as f64 / arguments.seconds;
    println!("{rate:.1}");
    Ok(())
}

/// One event loop: tasks that read page after page until the time is over.
fn work(
    tasks: Vec<usize>,
    database: &Database,
    owners: &Arc<[Id]>,
    duration: Duration,
    answered: &Arc<AtomicU64>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let end = Instant::now() + duration;
    runtime.block_on(async {
        let tasks: Vec<_> = tasks
            .into_iter()
            .map(|task| {
                let (database, owners, answered) =
                    (database.clone(), owners.clone(), answered.clone());
                tokio::spawn(async move {
                    for owner in owners.iter().cycle().skip(task).copied() {
                        if Instant::now() >= end {
                            break;
                        }
                        database
                            .read(move |connection| {
                                repository::page(connection, owner, "", None, ROWS)
                            })
                            .await?;
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok::<(), deskforge::error::Error>(())
                })
            })
            .collect();
        for task in tasks {
            task.await??;
        }
        Ok(())
    })
}
