//! An account has a bounded number of sessions.

use deskforge::account::session::{MOST, Session, lifecycle};
use deskforge::id::Id;

use super::events;
use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(one_session_more_than_there_can_be_ends_the_one_seen_least_lately);

async fn one_session_more_than_there_can_be_ends_the_one_seen_least_lately(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    let mut first = server.logged_in(&mira).await;
    let mut his = server.logged_in(&ravi).await;
    server.wait_seconds(60);
    for number in 0..MOST {
        let now = server.now();
        let session = Session {
            id: Id::new(),
            key_digest: format!("digest {number}").into_bytes(),
            account_id: Some(mira.id),
            state: "{}".to_owned(),
            created_at: now,
            last_seen_at: now,
        };
        let begin = |connection: &mut _| lifecycle::begin(connection, &session, now);
        server.state().database.write_now(begin).unwrap();
        let is_in = first.get("/dashboard").await.status == 200;
        assert_eq!(is_in, number + 1 < MOST, "{number}");
        // A look at the page is no reason to keep it: that is noted once a minute.
    }
    his.get("/dashboard").await.must_be(200);
    let hers = format!(
        "SELECT count(*) AS number FROM sessions WHERE account_id = '{}'",
        mira.id
    );
    assert_eq!(server.number(&hers), i64::try_from(MOST).unwrap());
    assert_eq!(events(&server, "session.end"), 1);
}
