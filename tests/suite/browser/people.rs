//! Somebody is invited, comes in, and goes again while production goes on: with scripts and without.

use crate::harness::{Engine, TestServer, run};

const LIST: &str = "/dashboard/admin/users";

#[test]
fn somebody_comes_and_goes_with_scripts() {
    run(somebody_comes_and_goes(Engine::Sqlite, true));
}

#[test]
fn somebody_comes_and_goes_without_scripts() {
    run(somebody_comes_and_goes(Engine::Postgres, false));
}

async fn somebody_comes_and_goes(engine: Engine, scripts: bool) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    let window = server.chromium().await;
    if !scripts {
        window.without_scripts().await;
    }
    window.log_in(&ada).await;
    window.follow("Admin").await;
    window.follow("People").await;
    window.follow("Invite person").await;
    window.fill("name", "Sam Rivera").await;
    window.fill("email", "sam@example.com").await;
    window.press("Invite person").await;
    assert_eq!(window.text("h1").await, "Send Sam Rivera this link now");
    let link = window.text("#new-link").await;
    let link = link.strip_prefix(server.base()).unwrap().to_owned();
    window.follow("I have sent it").await;
    assert!(!window.source().await.contains(&link));
    window.press("Log out").await;
    // The invited person.
    window.goto(&link).await;
    assert_eq!(window.path().await, "/password", "the code is out of sight");
    window.fill("password", "eleven loud kettles sing").await;
    window.press("Set password").await;
    assert_eq!(window.path().await, "/dashboard");
    assert!(window.text("#message").await.starts_with("Done. Welcome."));
    let mut keys = Vec::new();
    for name in ["Website", "Trying"] {
        window.goto("/dashboard/settings/tokens/new").await;
        window.fill("name", name).await;
        window.press("Generate token").await;
        keys.push(server.bearer(&window.text("#new-token").await));
        window.follow("I have stored it").await;
    }
    window.press("Log out").await;
    window.log_in(&ada).await;
    window.goto(LIST).await;
    window.follow("Sam Rivera").await;
    window.follow("Disable").await;
    assert_eq!(window.text("h1").await, "Disable Sam Rivera?");
    let family = server.words("SELECT family_id AS word FROM tokens WHERE name = 'Website'");
    let choice = format!("#to-{} option[value='new']", family.concat());
    window.find(&choice).await.click().await.unwrap();
    window.fill("new_name", "Deployments").await;
    window.press("Disable Sam Rivera").await;
    let told = window.text("#message").await;
    let expected = "Done. Sam Rivera is disabled: 1 key handed over, 1 key revoked";
    assert!(told.starts_with(expected), "{told}");
    keys[0].get("/auth/verify").await.must_be(204);
    keys[1].get("/auth/verify").await.must_be(401);
    window.goto(LIST).await;
    window.follow("Deployments").await;
    window.follow("Website").await;
    assert_eq!(window.text("h1").await, "Website");
    assert_eq!(window.complaints().await, [""; 0]);
    window.close().await;
}
