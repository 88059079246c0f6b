//! What a crash costs: counts of the last second, and nothing else.

use std::time::{Duration, Instant};

use crate::connection::{Connection, request};
use crate::harness::Engine;
use crate::site::Site;

/// For how long a key is used before the crash.
const USE: Duration = Duration::from_millis(1_700);

/// Uses a key until the node is killed; gives for how long before that uses were lost.
fn lost(site: &mut Site, id: &str, secret: &str) -> Duration {
    let mut connection = Connection::to(&site.nodes[0].address);
    let verify = request("GET", "/auth/verify", secret, "");
    let begun = Instant::now();
    let mut answered = Vec::new();
    while begun.elapsed() < USE {
        assert_eq!(connection.ask(&verify).unwrap().0, 204);
        answered.push(Instant::now());
    }
    let killed = Instant::now();
    site.nodes[0].serving.take().unwrap().kill();
    site.nodes[0].start(&site.commands.place);
    let (counted, refused) = site.counts([id].into_iter())[0];
    let counted = usize::try_from(counted).unwrap();
    assert!(counted <= answered.len() && refused == 0);
    // They are counted in their order, so the first that is missing is the oldest.
    answered
        .get(counted)
        .map_or(Duration::ZERO, |first| killed - *first)
}

#[test]
fn a_crash_loses_the_counts_of_the_last_second_at_most() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let mut site = Site::start(engine, &[]);
        let keys = site.generate(3);
        let lost: Vec<_> = keys
            .iter()
            .map(|(id, secret)| lost(&mut site, id, secret))
            .collect();
        // A busy machine may be late once; the promise is about the program.
        let is_kept = lost.iter().any(|lost| *lost <= Duration::from_secs(1));
        assert!(is_kept, "{engine:?}: {lost:?}");
    }
}
