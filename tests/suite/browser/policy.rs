//! An admin adds a scope, makes a rule stricter, sees which keys break it, and shortens them: with
//! scripts and without, by pointer and by keyboard alone.

use crate::harness::{Engine, Hand, TestServer, run};

#[test]
fn a_stricter_rule_is_set_with_scripts() {
    run(a_stricter_rule_is_set(Engine::Sqlite, 1_440, true, false));
}

#[test]
fn a_stricter_rule_is_set_without_scripts_on_a_phone() {
    run(a_stricter_rule_is_set(Engine::Postgres, 360, false, false));
}

#[test]
fn a_stricter_rule_is_set_by_keyboard() {
    run(a_stricter_rule_is_set(Engine::Sqlite, 1_440, true, true));
}

async fn a_stricter_rule_is_set(engine: Engine, width: u32, scripts: bool, by_keyboard: bool) {
    let server = TestServer::start(engine);
    let (ada, mira) = (server.admin("Ada"), server.person("Mira"));
    let key = server.generate(&mira);
    let window = server.chromium().await;
    window.widen(width).await;
    if !scripts {
        window.without_scripts().await;
    }
    window.log_in(&ada).await;
    let hand = Hand::new(&window, by_keyboard);
    window.goto("/dashboard/admin/scopes").await;
    hand.follow("Add scope").await;
    hand.fill("name", "Invoices:read").await;
    hand.fill("description", "List invoices").await;
    hand.press("Add scope").await;
    assert!(window.title().await.starts_with("Error: "));
    // The console tells of the 422.
    window.complaints().await;
    hand.fill("name", "invoices:read").await;
    hand.press("Add scope").await;
    let told = window.text("#message").await;
    assert_eq!(told, "Done. Scope invoices:read added.");

    window.goto("/dashboard/admin/policy").await;
    hand.fill("longest_days", "30").await;
    hand.fill("default_days", "14").await;
    hand.tick("input[value='introspect']").await;
    hand.press("Save policy").await;
    assert_eq!(window.text("h1").await, "1 key breaks this");
    assert!(window.text("tbody").await.contains(&key.name));
    let shorten = "input[name=keys_lifetime][value=shorten]";
    if by_keyboard {
        window.tab_to("input[name=keys_lifetime]", "").await;
        // Arrow down: the next of the group.
        window.type_keys("\u{e015}").await;
    } else {
        window.find(shorten).await.click().await.unwrap();
    }
    hand.press("Save policy").await;
    let told = window.text("#message").await;
    assert_eq!(told, "Done. Policy saved. 1 key ends sooner.");
    let end = server.now().plus_days(30).to_string();
    let token = server.key(&key).get("/token").await.must_be(200).json();
    assert_eq!(token["expires_at"], end.as_str());

    window.goto("/dashboard/settings/tokens/new").await;
    let hint = window.text("#expires_in-hint").await;
    assert_eq!(hint, "Your admins allow at most 30 days.");
    assert_eq!(window.complaints().await, [""; 0]);
    window.close().await;
}
