//! What takes long does not keep those waiting who are answered at once.

use crate::harness::{Engine, Place, Program, run};

#[test]
fn whoever_works_beside_the_event_loops_gives_way_to_them() {
    run(async {
        let place = Place::new(Engine::Sqlite);
        let serving = Program::on(&place, &[]).serve(&place.data_dir().join("log"));
        // The page is read from the database, on a thread beside them.
        assert_eq!(serving.browser().open("/login").await.answer.status, 200);
        let threads = serving.threads();
        let niceness = |of: &str| -> Vec<i32> {
            let named = threads.iter().filter(|(name, _)| name.starts_with(of));
            named.map(|(_, niceness)| *niceness).collect()
        };
        assert_eq!(niceness("usage"), [5, 5], "{threads:?}");
        assert!(niceness("tokio").contains(&5), "{threads:?}");
        let loops = niceness("actix");
        assert!(
            loops.len() >= 2 && loops.iter().all(|niceness| *niceness == 0),
            "{threads:?}"
        );
    });
}
