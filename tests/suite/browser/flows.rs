//! All that members do with their keys, at every width, with scripts and without, by pointer and by
//! keyboard alone.

use std::time::{Duration, Instant};

use crate::harness::{Engine, Hand, Key, PASSWORD, Person, TestServer, lines, run, scopes};

const LIST: &str = "/dashboard/settings/tokens";
const DAY: i64 = 86_400;

/// How somebody looks at the dashboard.
struct Way {
    width: u32,
    scheme: &'static str,
    scripts: bool,
    by_keyboard: bool,
}

/// Makes a test of each way.
macro_rules! ways {
    ($($name:ident: $engine:ident $width:literal $scheme:literal $scripts:literal $keys:literal;)+) => {
        $(#[test]
        fn $name() {
            let way = Way {
                width: $width,
                scheme: $scheme,
                scripts: $scripts,
                by_keyboard: $keys,
            };
            run(everything_is_done(Engine::$engine, way));
        })+
    };
}
ways! {
    on_a_phone_with_scripts: Sqlite 360 "dark" true false;
    on_a_phone_without_scripts: Postgres 360 "light" false false;
    on_a_tablet_with_scripts: Postgres 768 "light" true false;
    on_a_tablet_without_scripts: Sqlite 768 "dark" false false;
    on_a_desk_with_scripts: Sqlite 1440 "light" true false;
    on_a_desk_without_scripts: Postgres 1440 "dark" false false;
    by_keyboard_with_scripts: Postgres 1440 "dark" true true;
    by_keyboard_without_scripts: Sqlite 1440 "light" false true;
}

/// What Mira has when she comes: each key a month old.
struct Keys {
    pipeline: Key,
    old: Key,
    odd: Key,
    dead: Key,
}

impl Keys {
    fn of(server: &TestServer, mira: &Person) -> Self {
        let named = |name: &str| server.generate_with(mira, |draft| draft.name = name.into());
        let keys = Self {
            pipeline: server.generate_with(mira, |draft| {
                draft.name = "CI/CD Pipeline".into();
                draft.scopes = scopes(&["projects:read", "tokens:read"]);
                draft.locations = lines(&["CI secret PROD_KEY"]);
            }),
            old: named("Old deploy key"),
            odd: named("Backup job"),
            dead: named("Dead key"),
        };
        server.revoke(&keys.dead);
        server.wait_seconds(31 * DAY);
        for (ago, address) in [(20, "10.0.4.17"), (0, "203.0.113.9")] {
            let at = server.now().plus_days(-ago);
            server.execute(&format!(
                "INSERT INTO usage VALUES ('{}', {}, '{address}', 'curl/8.5', 3, 0, 0, 0, 0, {at}, {at})",
                keys.odd.id,
                at.day(),
                at = at.micros()
            ));
        }
        keys
    }
}

async fn everything_is_done(engine: Engine, way: Way) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let keys = Keys::of(&server, &mira);
    server
        .key(&keys.pipeline)
        .get("/projects")
        .await
        .must_be(200);
    server.wait_seconds(60);
    let window = server.chromium().await;
    if !way.scripts {
        window.without_scripts().await;
    }
    window.widen(way.width).await;
    window.prefer(way.scheme).await;
    window.log_in(&mira).await;
    let hand = Hand::new(&window, way.by_keyboard);
    generate(&server, &hand).await;
    who_uses_it(&hand).await;
    revoke(&server, &hand, &keys.old).await;
    pause_and_resume(&server, &hand, &keys.pipeline).await;
    drop_a_scope(&server, &hand, &keys.pipeline).await;
    this_was_me(&hand).await;
    edit(&hand, &keys.odd).await;
    find(&hand).await;
    revoke_selected(&server, &hand, &keys.odd).await;
    replace_a_leaked_one(&server, &hand, &keys.pipeline).await;
    delete_a_dead_one(&hand, &keys.dead).await;
    end_sessions(&server, &hand, &mira).await;
    let mut complaints = window.complaints().await;
    // That a form was refused is told in the console too.
    complaints.retain(|complaint| !complaint.contains("the server responded with a status of 422"));
    assert_eq!(complaints, [""; 0]);
    window.close().await;
}

/// What the page says has become of a form; the focus is there.
async fn told(hand: &Hand<'_>, words: &str) {
    let message = hand.window.text("#message").await;
    assert!(message.starts_with(words), "{message}");
    assert_eq!(hand.window.count(".slot:focus").await, 1, "{message}");
    let outcome = format!("{}: ", words.split('.').next().unwrap());
    assert!(hand.window.title().await.starts_with(&outcome), "{outcome}");
}

async fn generate(server: &TestServer, hand: &Hand<'_>) {
    hand.window.goto("/dashboard").await;
    hand.steps();
    hand.follow("Generate New Token").await;
    hand.fill("name", "Nightly export").await;
    hand.press("Generate token").await;
    let key = hand.window.text("#new-token").await;
    let copying = 1;
    assert!(hand.steps() + copying <= 5);
    server.bearer(&key).get("/projects").await.must_be(200);
    hand.follow("I have stored it").await;
    assert_eq!(hand.window.text("h1").await, "Nightly export");
}

async fn who_uses_it(hand: &Hand<'_>) {
    hand.window.goto("/dashboard").await;
    hand.steps();
    hand.follow("All access tokens").await;
    hand.follow("CI/CD Pipeline").await;
    assert!(hand.steps() <= 2);
    assert!(hand.window.text("main").await.contains("127.0.0.1"));
}

async fn revoke(server: &TestServer, hand: &Hand<'_>, key: &Key) {
    hand.window.goto("/dashboard").await;
    hand.steps();
    hand.follow("All access tokens").await;
    hand.follow("Revoke Old deploy key").await;
    assert_eq!(hand.window.count("h1:focus").await, 1);
    hand.press("Revoke key").await;
    assert!(hand.steps() <= 4);
    told(hand, "Done. \"Old deploy key\" revoked at").await;
    server.key(key).get("/projects").await.must_be(401);
}

async fn pause_and_resume(server: &TestServer, hand: &Hand<'_>, key: &Key) {
    hand.window.goto(&format!("{LIST}/{}", key.id)).await;
    hand.follow("Pause key").await;
    hand.press("Pause key").await;
    told(hand, "Done. ").await;
    server.key(key).get("/projects").await.must_be(401);
    server.wait_seconds(1);
    let begun = Instant::now();
    while !hand.window.text("main").await.contains("Refused meanwhile") {
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody is told");
        hand.window.reload().await;
    }
    hand.press("Resume now").await;
    told(hand, "Done. ").await;
    server.key(key).get("/projects").await.must_be(200);
    assert!(hand.window.text("main").await.contains("Last pause"));
}

async fn drop_a_scope(server: &TestServer, hand: &Hand<'_>, key: &Key) {
    hand.window.goto(&format!("{LIST}/{}", key.id)).await;
    hand.press("Drop it: tokens:read").await;
    told(hand, "Done. ").await;
    server.key(key).get("/tokens").await.must_be(403);
    server.key(key).get("/projects").await.must_be(200);
}

async fn this_was_me(hand: &Hand<'_>) {
    hand.window.goto("/dashboard").await;
    hand.press("This was me Backup job").await;
    told(hand, "Done. Noted that this was you.").await;
}

async fn edit(hand: &Hand<'_>, key: &Key) {
    hand.window.goto(&format!("{LIST}/{}", key.id)).await;
    hand.follow("Edit settings").await;
    hand.fill("name", "").await;
    hand.press("Save key").await;
    assert_eq!(hand.window.text(".slot a").await, "Enter a name");
    hand.fill("name", "Backup of the day").await;
    hand.fill("note", "Runs at night").await;
    hand.press("Save key").await;
    told(hand, "Done. ").await;
    assert_eq!(hand.window.text("h1").await, "Backup of the day");
}

async fn find(hand: &Hand<'_>) {
    hand.window.goto(LIST).await;
    hand.open("details.filter").await;
    hand.fill("q", "at night").await;
    hand.press("Filter").await;
    assert_eq!(hand.window.text("tbody .name").await, "Backup of the day");
    assert_eq!(hand.window.count("tbody tr").await, 1);
    hand.window
        .goto(&format!("{LIST}?q=nothing+of+that+kind"))
        .await;
    hand.follow("Clear filters").await;
    assert!(hand.window.count("tbody tr").await > 1);
}

async fn revoke_selected(server: &TestServer, hand: &Hand<'_>, key: &Key) {
    hand.window.goto(LIST).await;
    hand.tick(&format!("input[value=\"{}\"]", key.id)).await;
    hand.press("Revoke selected").await;
    hand.press("Revoke 1 key").await;
    told(hand, "Done. 1 key revoked at").await;
    server.key(key).get("/projects").await.must_be(401);
}

async fn replace_a_leaked_one(server: &TestServer, hand: &Hand<'_>, key: &Key) {
    hand.window.goto(LIST).await;
    hand.follow("Leaked CI/CD Pipeline").await;
    hand.press("Revoke now and generate a replacement").await;
    let replacement = hand.window.text("#new-token").await;
    assert!(
        hand.window
            .text("main")
            .await
            .contains("CI secret PROD_KEY")
    );
    server.key(key).get("/projects").await.must_be(401);
    server
        .bearer(&replacement)
        .get("/projects")
        .await
        .must_be(200);
    hand.follow("I have stored it").await;
    assert!(!hand.window.source().await.contains(&replacement));
}

async fn delete_a_dead_one(hand: &Hand<'_>, key: &Key) {
    hand.window.goto(&format!("{LIST}/{}", key.id)).await;
    hand.follow("Delete key").await;
    hand.press("Delete key").await;
    told(hand, "Done. ").await;
    hand.window.goto(&format!("{LIST}?status=all")).await;
    assert!(!hand.window.text("tbody").await.contains("Dead key"));
}

async fn end_sessions(server: &TestServer, hand: &Hand<'_>, mira: &Person) {
    let mut other = server.logged_in(mira).await;
    hand.window.goto("/dashboard/settings/security").await;
    hand.press("End all others").await;
    told(hand, "Done. ").await;
    assert_eq!(other.get("/dashboard").await.status, 303);
    hand.fill("current_password", PASSWORD).await;
    hand.fill("new_password", "eight loud lanterns glow").await;
    hand.press("Change password").await;
    told(hand, "Done. Password changed.").await;
    hand.open("details.menu").await;
    hand.press("Log out").await;
    assert!(hand.window.path().await.starts_with("/login"));
}
