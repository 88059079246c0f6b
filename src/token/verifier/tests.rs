use super::*;
use crate::config::DatabaseUrl;
use crate::demo::Directory;
use crate::secret_key::SecretKey;
use crate::token::epoch;
use crate::token::lifecycle::digest_key;

#[test]
fn what_another_process_changed_is_in_memory_before_a_read_tells_of_it() {
    let directory = Directory::create().unwrap();
    let url = DatabaseUrl::Sqlite(directory.path().join("one.db"));
    let database = Database::open(&url).unwrap();
    let secret_key = SecretKey::create(&directory.path().join("secret.key")).unwrap();
    let digest_key = digest_key(&secret_key);
    actix_web::rt::System::new().block_on(async {
        let usage = Recorder::new(database.clone());
        let verifier = Verifier::start(&database, Clock::System, digest_key, usage, 10).unwrap();
        let beside = Database::open(&url).unwrap();
        beside
            .write_now(|connection| epoch::advance(connection, &[]))
            .unwrap();
        let told = database.read_now(epoch::repository::read).unwrap();
        assert_eq!(verifier.keys.registry.applied(), told);
    });
}
