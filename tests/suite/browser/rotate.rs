//! Rotating a key from the first step to the last, while programs go on calling.

use std::time::{Duration, Instant};

use crate::harness::{Chromium, Engine, Key, Person, Proxy, TestServer, lines, run};

const LIST: &str = "/dashboard/settings/tokens";

#[test]
fn a_rotation_names_the_one_who_is_left_with_scripts() {
    run(a_rotation_names_the_one_who_is_left(Engine::Sqlite, true));
}

#[test]
fn a_rotation_names_the_one_who_is_left_without_scripts() {
    run(a_rotation_names_the_one_who_is_left(
        Engine::Postgres,
        false,
    ));
}

#[test]
fn an_answer_cut_off_on_its_way_costs_nothing_with_scripts() {
    run(an_answer_cut_off_on_its_way_costs_nothing(
        Engine::Postgres,
        true,
    ));
}

#[test]
fn an_answer_cut_off_on_its_way_costs_nothing_without_scripts() {
    run(an_answer_cut_off_on_its_way_costs_nothing(
        Engine::Sqlite,
        false,
    ));
}

#[test]
fn all_steps_are_taken_by_keyboard_with_scripts() {
    run(all_steps_are_taken_by_keyboard(true));
}

#[test]
fn all_steps_are_taken_by_keyboard_without_scripts() {
    run(all_steps_are_taken_by_keyboard(false));
}

/// Two programs that call with a key.
const CLIENTS: [&str; 2] = ["curl/8.5", "axios/1.7"];

async fn call(server: &TestServer, secret: &str, client: &str) {
    let ask = server.bearer(secret).ask("GET", "/projects");
    let answer = ask.header("user-agent", client).send().await;
    answer.must_be(200);
}

async fn used_by_two(server: &TestServer, mira: &Person) -> Key {
    let old = server.generate_with(mira, |draft| {
        draft.name = "CI/CD Pipeline".into();
        draft.locations = lines(&["CI secret PROD_KEY", "Netlify, site docs"]);
    });
    for client in CLIENTS {
        call(server, &old.secret, client).await;
    }
    server.wait_seconds(60);
    old
}

async fn window(window: Chromium, mira: &Person, scripts: bool) -> Chromium {
    if !scripts {
        window.without_scripts().await;
    }
    window.log_in(mira).await;
    window
}

/// Waits until the page says so: by itself where it is watched by script, else by loading it again.
async fn once_it_says(window: &Chromium, selector: &str, words: &str, watched: bool) -> String {
    let begun = Instant::now();
    loop {
        let text = window.text(selector).await;
        if text.contains(words) {
            return text;
        }
        let waited = begun.elapsed() < Duration::from_secs(30);
        assert!(waited, "never says {words:?}: {text}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        if !watched {
            window.reload().await;
        }
    }
}

async fn a_rotation_names_the_one_who_is_left(engine: Engine, scripts: bool) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let old = used_by_two(&server, &mira).await;
    let window = window(server.chromium().await, &mira, scripts).await;
    window.goto(LIST).await;
    window.follow("Rotate CI/CD Pipeline").await;
    window.press("Generate new key").await;
    let new = window.text("#new-token").await;
    server.wait_seconds(60);
    for client in CLIENTS {
        call(&server, &old.secret, client).await;
    }
    if scripts {
        once_it_says(&window, "#first-request", "Waiting", true).await;
    }
    call(&server, &new, "curl/8.5").await;
    if scripts {
        let said = once_it_says(&window, "#first-request", "It works", true).await;
        assert!(said.ends_with("from 127.0.0.1"), "{said}");
    }
    window.follow("I have stored it").await;
    assert!(!window.source().await.contains(&new));
    window.find("[name=places]").await.click().await.unwrap();
    window.press("Save places").await;
    assert_eq!(window.text("#message").await, "Done. Places saved.");
    assert_eq!(window.count("[name=places]:checked").await, 1);
    let half = "1 of 2 callers switched.";
    once_it_says(&window, "#progress", half, false).await;
    let left = once_it_says(&window, "#callers", "Still on the old key", false).await;
    assert!(
        left.contains("axios/1.7") && !left.contains("curl/8.5"),
        "{left}"
    );
    let warning = "1 caller still uses it and will fail: 127.0.0.1 (axios/1.7).";
    assert!(window.text("#delete").await.contains(warning));
    assert_eq!(
        window
            .button("Delete it anyway")
            .await
            .tag_name()
            .await
            .unwrap(),
        "button"
    );
    // The other one switches too, and the page that is watched says so by itself.
    if scripts {
        window.find("#watch a").await.click().await.unwrap();
        assert_eq!(window.text("#watch").await, "Stop watching");
        // Whoever comes by the address that reloads is led to the same.
        window.goto(&format!("{}?live=1", rotation(&old))).await;
        once_it_says(&window, "#watch", "Stop watching", true).await;
        assert_eq!(window.path().await, rotation(&old) + "#watch");
    } else {
        window.follow("Watch").await;
        assert_eq!(window.text("#watch").await, "Reloads every 15 s. Stop");
    }
    server.wait_seconds(60);
    call(&server, &new, "axios/1.7").await;
    once_it_says(&window, "#progress", "2 of 2 callers switched.", true).await;
    assert!(!window.text("#callers").await.contains("axios/1.7"));
    window.press("Delete the old key").await;
    assert_eq!(window.text("#message").await, "Done. Rotation finished.");
    assert!(window.title().await.starts_with("Done: "));
    let refused = server.key(&old).get("/projects").await;
    refused.must_be_error(401, "key_invalid");
    call(&server, &new, "curl/8.5").await;
    assert_eq!(window.complaints().await, [""; 0]);
    window.close().await;
}

fn rotation(old: &Key) -> String {
    format!("{LIST}/{}/rotate", old.id)
}

async fn an_answer_cut_off_on_its_way_costs_nothing(engine: Engine, scripts: bool) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let old = used_by_two(&server, &mira).await;
    let wire = Proxy::to_server(&server);
    let window = window(wire.chromium().await, &mira, scripts).await;
    window.goto(&rotation(&old)).await;
    let successors = |and: &str| {
        let of = format!("FROM tokens WHERE replaces = '{}' {and}", old.id);
        server.number(&format!("SELECT count(*) AS number {of}"))
    };
    let generate = window.button("Generate new key").await;
    wire.mute(true);
    let _ = generate.click().await;
    let begun = Instant::now();
    while successors("") == 0 {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it never arrives"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    call(&server, &old.secret, CLIENTS[0]).await;
    wire.mute(false);
    window.goto(&rotation(&old)).await;
    assert_eq!(window.count("#new-token").await, 0);
    call(&server, &old.secret, CLIENTS[0]).await;
    window
        .find("details.more summary")
        .await
        .click()
        .await
        .unwrap();
    window.press("Generate again").await;
    let new = window.text("#new-token").await;
    call(&server, &old.secret, CLIENTS[0]).await;
    assert_eq!(successors("AND revoked_at IS NULL"), 1);
    assert_eq!(successors(""), 2);
    call(&server, &new, CLIENTS[0]).await;
    call(&server, &old.secret, CLIENTS[1]).await;
    window.close().await;
}

async fn all_steps_are_taken_by_keyboard(scripts: bool) {
    let server = TestServer::start(Engine::Sqlite);
    let mira = server.person("Mira");
    let old = used_by_two(&server, &mira).await;
    let window = window(server.chromium().await, &mira, scripts).await;
    window.goto(&rotation(&old)).await;
    window.tab_to("[type=radio]", "").await;
    window.type_keys("\u{e014}").await;
    window.tab_to("button", "Generate new key").await;
    window.enter().await;
    let new = window.text("#new-token").await;
    window.tab_to("a", "I have stored it").await;
    window.enter().await;
    for client in CLIENTS {
        call(&server, &new, client).await;
    }
    for _ in 0..2 {
        window.tab_to("[name=places]:not(:checked)", "").await;
        window.type_keys(" ").await;
    }
    window.tab_to("button", "Save places").await;
    window.enter().await;
    assert_eq!(window.text("#message").await, "Done. Places saved.");
    assert_eq!(window.count("[name=places]:checked").await, 2);
    once_it_says(&window, "#progress", "2 of 2 callers switched.", false).await;
    window.tab_to("a", "Watch").await;
    if scripts {
        window.type_keys("\u{e007}").await;
        assert_eq!(window.text("#watch a:focus").await, "Stop watching");
    } else {
        window.enter().await;
        window.tab_to("a", "Stop").await;
        window.enter().await;
    }
    window.tab_to("button", "Delete the old key").await;
    window.enter().await;
    assert_eq!(window.text("#message").await, "Done. Rotation finished.");
    // "7 days" was chosen by the arrow key after "24 hours".
    let overlap =
        server.words("SELECT detail AS word FROM audit_events WHERE action = 'token.rotate'");
    assert!(overlap.concat().contains("604800"), "{overlap:?}");
    window.close().await;
}
