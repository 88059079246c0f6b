//! Changes and reads beside each other, and how SQLite is built.

use std::sync::mpsc::channel;

use diesel::RunQueryDsl;

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
