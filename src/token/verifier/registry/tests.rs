use std::net::{IpAddr, Ipv4Addr};

use diesel::prelude::*;

use super::*;
use crate::audit;
use crate::audit::key::AuditKey;
use crate::clock::Clock;
use crate::config::DatabaseUrl;
use crate::db::schema::epochs;
use crate::db::{Connection, Database};
use crate::demo::{self, Directory};
use crate::secret_key::SecretKey;
use crate::token::lifecycle::Mint;
use crate::token::verifier::Demands;

struct Place {
    database: Database,
    _directory: Directory,
}

/// A database with sample keys.
fn place() -> Place {
    let directory = Directory::create().unwrap();
    let url = DatabaseUrl::Sqlite(directory.path().join("one.db"));
    let database = Database::open(&url).unwrap();
    let secret_key = SecretKey::create(&directory.path().join("secret.key")).unwrap();
    audit::ledger::keep(&database, &AuditKey::of(&secret_key)).unwrap();
    let mint = Mint::new("df".parse().unwrap(), &secret_key);
    let fill = |connection: &mut Connection| demo::fill(connection, &mint, Clock::System.now());
    database.write_now(fill).unwrap();
    Place {
        database,
        _directory: directory,
    }
}

impl Place {
    fn digests(&self) -> Vec<Digest> {
        let rows = self
            .database
            .read_now(|connection| repository::all_after(connection, None, PAGE));
        let digest = |row: &Row| Digest::try_from(row.digest.as_slice()).unwrap();
        rows.unwrap().iter().map(digest).collect()
    }

    fn catch_up(&self, registry: &Registry) -> Result<i64, Error> {
        self.database
            .read_now(|connection| registry.catch_up(connection))
    }

    fn set_epoch(&self, epoch: i64) {
        let work = |connection: &mut Connection| {
            diesel::update(epochs::table)
                .set(epochs::epoch.eq(epoch))
                .execute(connection)?;
            Ok(())
        };
        self.database.write_now(work).unwrap();
    }

    fn run(&self, statement: &str) {
        let work = |connection: &mut Connection| {
            diesel::sql_query(statement).execute(connection)?;
            Ok(())
        };
        self.database.write_now(work).unwrap();
    }

    /// Revokes every key as of an epoch.
    fn revoke_all(&self, epoch: i64) {
        self.run("UPDATE tokens SET revoked_at = 1");
        self.run(&format!("UPDATE token_epochs SET epoch = {epoch}"));
    }
}

#[test]
fn every_key_that_is_asked_for_is_given_however_little_room_there_is() {
    let place = place();
    let registry = Registry::new(1);
    place.catch_up(&registry).unwrap();
    let digests = place.digests();
    let filled = place
        .database
        .read_now(|connection| registry.fill(connection, &digests))
        .unwrap();
    assert!(digests.len() > 1);
    assert!(digests.iter().all(|digest| filled.contains_key(digest)));
}

#[test]
fn a_full_reading_that_failed_is_done_again() {
    let place = place();
    let registry = Registry::new(1_000);
    let applied = place.catch_up(&registry).unwrap();
    // The database is put back, and goes away while it is read.
    place.set_epoch(applied - 1);
    place.run("ALTER TABLE accounts RENAME TO away");
    place.catch_up(&registry).unwrap_err();
    place.run("ALTER TABLE away RENAME TO accounts");
    // In its new life it comes to an epoch beyond the one that is applied here.
    place.revoke_all(applied);
    place.set_epoch(applied + 1);
    place.catch_up(&registry).unwrap();
    for digest in place.digests() {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let judge =
            |subject: &Subject| subject.judge(&Demands::default(), address, Clock::System.now());
        let Found::Held(judged) = registry.find(&digest, judge) else {
            panic!("a key is not held");
        };
        assert!(matches!(judged, Err(Error::KeyInvalid)));
    }
}

#[test]
fn what_changed_is_read_whether_it_was_one_change_or_several() {
    let place = place();
    let keys = "SELECT token_id FROM token_epochs ORDER BY token_id";
    let stamp = |one: i64, other: i64| {
        place.run("UPDATE token_epochs SET epoch = 1");
        for (skipped, epoch) in [(0, one), (1, other)] {
            place.run(&format!(
                "UPDATE token_epochs SET epoch = {epoch}
                WHERE token_id = ({keys} LIMIT 1 OFFSET {skipped})"
            ));
        }
    };
    let changed_after = |epoch| {
        let read = |connection: &mut Connection| repository::changed_after(connection, epoch);
        place.database.read_now(read).unwrap().len()
    };
    stamp(7, 7);
    assert_eq!([6, 7].map(changed_after), [2, 0]);
    stamp(7, 8);
    assert_eq!([6, 7, 8].map(changed_after), [2, 1, 0]);
    // Of a key that somebody has taken out of the table by hand.
    stamp(1, 8);
    place.run("INSERT INTO token_epochs (token_id, epoch) VALUES ('gone', 7)");
    assert_eq!([6, 7, 8].map(changed_after), [1, 1, 0]);
}
