use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::{Ownership, ask_owner_to_catch_up};
use crate::clock::Clock;
use crate::config::DatabaseUrl;
use crate::db::Database;
use crate::demo::Directory;
use crate::error::Error;
use crate::secret_key::SecretKey;
use crate::token::lifecycle::digest_key;
use crate::token::usage::Recorder;
use crate::token::verifier::Verifier;

/// Has a server own a database of this name and listen at `control.sock`.
fn own(directory: &Directory, name: &str) -> (PathBuf, Ownership) {
    let path = directory.path().join(name);
    let database = Database::open(&DatabaseUrl::Sqlite(path.clone())).unwrap();
    let secret_key = SecretKey::create(&directory.path().join(format!("{name}.key"))).unwrap();
    let verifier = Verifier::start(
        &database,
        Clock::System,
        digest_key(&secret_key),
        Recorder::new(database.clone()),
        10,
    );
    let socket = directory.path().join("control.sock");
    let ownership = Ownership::take(&path, socket, verifier.unwrap()).unwrap();
    (path, ownership)
}

async fn ask(database: &Path) -> Result<(), Error> {
    let database = database.to_owned();
    tokio::task::spawn_blocking(move || ask_owner_to_catch_up(&database))
        .await
        .unwrap()
}

#[test]
fn where_nobody_owns_the_database_there_is_nobody_to_ask() {
    let directory = Directory::create().unwrap();
    let database = directory.path().join("one.db");
    ask_owner_to_catch_up(&database).unwrap();
    actix_web::rt::System::new().block_on(async { drop(own(&directory, "one.db")) });
    ask_owner_to_catch_up(&database).unwrap();
}

#[test]
fn only_the_owner_of_the_database_answers_for_it() {
    let directory = Directory::create().unwrap();
    actix_web::rt::System::new().block_on(async {
        let (one, _owner) = own(&directory, "one.db");
        ask(&one).await.unwrap();
        // Takes the first one's socket away.
        let (other, _other_owner) = own(&directory, "other.db");
        ask(&other).await.unwrap();
        assert!(matches!(ask(&one).await, Err(Error::NotFollowed(_))));
    });
}

#[test]
fn a_database_has_one_lock_whichever_links_lead_to_it() {
    let directory = Directory::create().unwrap();
    let database = directory.path().join("one.db");
    let link = directory.path().join("link.db");
    Database::open(&DatabaseUrl::Sqlite(database.clone())).unwrap();
    symlink(&database, &link).unwrap();
    assert_eq!(super::lock_file(&link), super::lock_file(&database));
}
