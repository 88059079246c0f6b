//! Changes and reads beside each other.

use std::sync::mpsc::channel;

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
