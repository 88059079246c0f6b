//! Changes and reads beside each other, and how SQLite is built.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use diesel::RunQueryDsl;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::*;
use crate::demo::Directory;

#[test]
fn reading_goes_on_while_changes_wait_for_each_other() {
    let directory = Directory::create().unwrap();
    let url = DatabaseUrl::Sqlite(directory.path().join("one.db"));
    let database = Database::open(&url).unwrap();
    let (begun, has_begun) = channel();
    let (end, ended) = channel();
    let first = std::thread::spawn({
        let database = database.clone();
        move || {
            database.write_now(|_| {
                begun.send(()).unwrap();
                ended.recv().unwrap();
                Ok(())
            })
        }
    });
    has_begun.recv().unwrap();
    let others: Vec<_> = (0..2 * CONNECTIONS)
        .map(|_| {
            let (begun, has_begun) = channel();
            let database = database.clone();
            let other = std::thread::spawn(move || {
                begun.send(()).unwrap();
                database.write_now(|_| Ok(()))
            });
            has_begun.recv().unwrap();
            other
        })
        .collect();
    std::thread::sleep(Duration::from_millis(100));
    database.read_now(|_| Ok(())).unwrap();
    end.send(()).unwrap();
    for change in others.into_iter().chain([first]) {
        change.join().unwrap().unwrap();
    }
}

#[test]
fn requests_that_wait_for_a_change_hold_no_thread() {
    held_up(2, async |database, ended| {
        let (begun, has_begun) = oneshot::channel();
        let mut requests = JoinSet::new();
        let first = database.clone();
        requests.spawn(async move {
            let work = move |_: &mut Connection| {
                begun.send(()).unwrap();
                let _ = ended.recv();
                Ok(())
            };
            first.write(work).await
        });
        has_begun.await.unwrap();
        for _ in 0..2 * CONNECTIONS {
            let database = database.clone();
            requests.spawn(async move { database.write(|_| Ok(())).await });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        let read = database.read(|_| Ok(()));
        tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap();
        requests
    });
}

#[test]
fn requests_that_wait_for_a_connection_hold_no_thread() {
    held_up(CONNECTIONS as usize + 1, async |database, ended| {
        let mut requests = JoinSet::new();
        let ended = Arc::new(Mutex::new(ended));
        for _ in 0..3 * CONNECTIONS {
            let (database, ended) = (database.clone(), ended.clone());
            requests.spawn(async move {
                let wait = move |_: &mut Connection| {
                    let _ = ended.lock().unwrap().recv();
                    Ok(())
                };
                database.read(wait).await
            });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        let other = tokio::task::spawn_blocking(|| ());
        tokio::time::timeout(PATIENCE, other)
            .await
            .unwrap()
            .unwrap();
        requests
    });
}

/// How long something may take that nothing is in the way of.
const PATIENCE: Duration = Duration::from_secs(2);

/// Has `ask` ask where there are so many threads; what it gives goes well once the sender is gone
/// that it is given the other end of.
fn held_up(
    threads: usize,
    ask: impl AsyncFnOnce(Database, Receiver<()>) -> JoinSet<Result<(), Error>>,
) {
    let directory = Directory::create().unwrap();
    let url = DatabaseUrl::Sqlite(directory.path().join("one.db"));
    let database = Database::open(&url).unwrap();
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().max_blocking_threads(threads);
    runtime.build().unwrap().block_on(async {
        let (end, ended) = channel();
        let requests = ask(database, ended).await;
        drop(end);
        for outcome in requests.join_all().await {
            outcome.unwrap();
        }
    });
}

/// Either option would have a statement prepared anew whenever another value is bound to it.
#[test]
fn sqlite_prepares_no_statement_anew_for_another_value() {
    let directory = Directory::create().unwrap();
    let url = DatabaseUrl::Sqlite(directory.path().join("one.db"));
    let database = Database::open(&url).unwrap();
    let is_used = |option: &str| {
        let query = format!("SELECT sqlite_compileoption_used('{option}')");
        let used = diesel::dsl::sql::<diesel::sql_types::Bool>(&query);
        let read = |connection: &mut Connection| Ok(used.get_result::<bool>(connection)?);
        database.read_now(read).unwrap()
    };
    assert!(is_used("ENABLE_QPSG"));
    assert!(!is_used("ENABLE_STAT4"));
}
