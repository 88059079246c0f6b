//! An admin finds a key, filters, revokes all that match and those of an incident: with scripts and
//! without, by pointer and by keyboard alone.

use crate::harness::{Engine, Hand, TestServer, run};

const LIST: &str = "/dashboard/admin/tokens";

#[test]
fn an_inventory_is_kept_by_keyboard_with_scripts() {
    run(everything_is_done(Engine::Sqlite, 1_440, true, true));
}

#[test]
fn an_inventory_is_kept_on_a_phone_without_scripts() {
    run(everything_is_done(Engine::Postgres, 360, false, false));
}

async fn everything_is_done(engine: Engine, width: u32, scripts: bool, by_keyboard: bool) {
    let server = TestServer::start(engine);
    let (mira, ravi, ada) = (
        server.person("Mira"),
        server.person("Ravi"),
        server.admin("Ada"),
    );
    let staging: Vec<_> = (0..3)
        .map(|_| {
            server.generate_with(&mira, |draft| {
                draft.environment = "staging".parse().unwrap();
            })
        })
        .collect();
    let (his, hers) = (server.generate(&ravi), server.generate(&mira));
    let window = server.chromium().await;
    if !scripts {
        window.without_scripts().await;
    }
    window.widen(width).await;
    window.log_in(&ada).await;
    let hand = Hand::new(&window, by_keyboard);

    window.goto(LIST).await;
    hand.fill("key", &his.secret).await;
    hand.press("Find").await;
    assert_eq!(window.text("h1").await, "Whose key is this?");
    assert!(window.path().await.ends_with("/find"));
    hand.follow(&his.name).await;
    assert_eq!(window.text("h1").await, his.name);

    window.goto(&format!("{LIST}?environment=staging")).await;
    assert_eq!(window.count("tbody tr").await, 3);
    hand.follow("Revoke all 3").await;
    assert_eq!(window.text("h1").await, "Revoke 3 keys?");
    hand.press("Revoke 3 keys").await;
    assert!(window.title().await.starts_with("Error: "));
    hand.fill("count", "3").await;
    hand.press("Revoke 3 keys").await;
    assert_eq!(window.text("h1").await, "3 keys revoked");
    let told = window.text("#message").await;
    assert!(told.starts_with("Done. 3 keys revoked at"), "{told}");
    for key in &staging {
        server.key(key).get("/projects").await.must_be(401);
    }

    window
        .goto(&format!("/dashboard/admin/incident?owner={}", ravi.id))
        .await;
    hand.fill("count", "1").await;
    hand.press("Revoke 1 key").await;
    assert_eq!(window.text("h1").await, "1 key revoked");
    server.key(&his).get("/projects").await.must_be(401);
    server.key(&hers).get("/projects").await.must_be(200);
    // What is refused is told in the console too; that is no fault of the page.
    let mut found = window.complaints().await;
    found.retain(|complaint| !complaint.contains("status of 422"));
    assert_eq!(found, [""; 0]);
    window.close().await;
}
