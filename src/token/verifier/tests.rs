use std::net::Ipv4Addr;

use super::*;
use crate::audit;
use crate::audit::key::AuditKey;
use crate::config::DatabaseUrl;
use crate::demo::{self, Directory};
use crate::secret_key::SecretKey;
use crate::token::epoch;
use crate::token::lifecycle::{self, Mint, digest_key};

struct Place {
    url: DatabaseUrl,
    database: Database,
    secret_key: SecretKey,
    _directory: Directory,
}

fn place() -> Place {
    let directory = Directory::create().unwrap();
    let url = DatabaseUrl::Sqlite(directory.path().join("one.db"));
    let database = Database::open(&url).unwrap();
    let secret_key = SecretKey::create(&directory.path().join("secret.key")).unwrap();
    audit::ledger::keep(&database, &AuditKey::of(&secret_key)).unwrap();
    Place {
        database,
        url,
        secret_key,
        _directory: directory,
    }
}

impl Place {
    /// To be called inside an event loop.
    fn verifier(&self) -> Verifier {
        let usage = Recorder::new(self.database.clone());
        let key = digest_key(&self.secret_key);
        Verifier::start(&self.database, Clock::System, key, usage, 1_000).unwrap()
    }
}

#[test]
fn what_another_process_changed_is_in_memory_before_a_read_tells_of_it() {
    let place = place();
    actix_web::rt::System::new().block_on(async {
        let verifier = place.verifier();
        let beside = Database::open(&place.url).unwrap();
        beside
            .write_now(|connection| epoch::advance(connection, &[]))
            .unwrap();
        let told = place.database.read_now(epoch::repository::read).unwrap();
        assert_eq!(verifier.keys.registry.applied(), told);
    });
}

#[test]
fn a_key_that_was_revoked_since_it_was_let_in_changes_nothing() {
    let place = place();
    let now = Clock::System.now();
    let mint = Mint::new("df".parse().unwrap(), &place.secret_key);
    let secret = place
        .database
        .write_now(|connection| demo::fill(connection, &mint, now))
        .unwrap();
    actix_web::rt::System::new().block_on(async {
        let verifier = place.verifier();
        let digest = secret.digest(&digest_key(&place.secret_key));
        let Found::Held(subject) = verifier.keys.registry.find(&digest, Subject::clone) else {
            panic!("the key is not held");
        };
        let caller = Caller {
            subject: Arc::new(subject),
            address: Ipv4Addr::LOCALHOST.into(),
            request_id: String::new(),
        };
        let check = |connection: &mut Connection| caller.check(connection, now);
        place.database.write_now(check).unwrap();
        let revoke = |connection: &mut Connection| {
            let (id, actor) = (caller.subject.id(), Actor::command_line());
            lifecycle::revoke(connection, Whose::Everyone, id, "", &actor, now)
        };
        place.database.write_now(revoke).unwrap();
        let refused = place.database.write_now(check);
        assert!(matches!(refused, Err(Error::KeyInvalid)));
    });
}
