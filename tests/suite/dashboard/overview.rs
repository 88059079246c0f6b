//! `/dashboard`: what needs attention; and the theme, which is chosen on every page.

use deskforge::token::usage::{self, Counts, Uses};

use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(
    what_is_about_to_end_or_long_unused_needs_somebody,
    the_worst_comes_first_with_what_to_do_beside_it,
    what_is_used_is_counted,
    a_theme_is_kept_by_this_browser_alone,
);

async fn what_is_about_to_end_or_long_unused_needs_somebody(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    let mut browser = server.logged_in(&mira).await;
    let page = browser.open("/dashboard").await;
    assert!(
        page.words()
            .contains("No keys yet. A key lets a program call the API as you.")
    );
    let now = server.now();
    let keys = [("Soon", 6), ("Later", 60)].map(|(name, days)| {
        server.generate_with(&mira, |draft| {
            draft.name = name.into();
            draft.expires_at = Some(now.plus_days(days));
        })
    });
    server.generate_with(&ravi, |draft| {
        draft.name = "His".into();
        draft.expires_at = Some(now.plus_days(1));
    });
    let words = browser.open("/dashboard").await.words();
    assert!(
        words.contains("Soon") && words.contains("Expires in 6 days"),
        "{words}"
    );
    assert!(!words.contains("His"), "{words}");
    server.revoke(&keys[0]);
    let words = browser.open("/dashboard").await.words();
    assert!(
        words.contains("Nothing needs you. Next to expire: Later, 23 Jan 2027."),
        "{words}"
    );
}

async fn the_worst_comes_first_with_what_to_do_beside_it(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let now = server.now();
    let named = |name: &str, end: Option<i64>| {
        server.generate_with(&mira, |draft| {
            draft.name = name.into();
            draft.expires_at = end.map(|days| now.plus_days(days));
        })
    };
    let (ending, leaked) = (named("Ending", Some(3)), named("Leaked", None));
    let (dead, paused) = (named("Dead", None), named("Paused", None));
    let mut browser = server.logged_in(&mira).await;
    let revoke = format!("/dashboard/settings/tokens/{}/revoke", leaked.id);
    let form = browser.open(&revoke).await.form(&revoke);
    browser.send(&form.and("reason", "Compromised")).await;
    server.revoke(&dead);
    server.execute(&format!(
        "UPDATE tokens SET paused_at = {}, paused_until = {} WHERE id = '{}'",
        now.micros(),
        now.plus_seconds(3_600).micros(),
        paused.id
    ));
    let refused = Uses {
        token_id: dead.id,
        day: now.day(),
        address: "10.0.0.4".to_owned(),
        client: "curl/8.5".to_owned(),
        counts: Counts {
            refused_dead: 214,
            ..Counts::default()
        },
        first_at: now.plus_seconds(-120),
        last_at: now.plus_seconds(-120),
    };
    let book = |connection: &mut _| usage::repository::add(connection, &[refused]);
    server.state().database.write_now(book).unwrap();
    let page = browser.open("/dashboard").await;
    let order = page.texts(".needs a.name");
    assert_eq!(order, ["Leaked", "Dead", "Paused", "Ending"]);
    let reasons = page.texts(".needs .what p");
    assert_eq!(
        reasons,
        [
            "Leaked, and not replaced.",
            "Revoked, and still called: 214 refusals in 7 days, last 2 minutes ago.",
            "Its pause ends in 1 hour 24 Nov 2026, 13:00 UTC",
            "Expires in 3 days 27 Nov 2026, 12:00 UTC",
        ]
    );
    assert_eq!(
        page.texts(".needs .do a, .needs .do button"),
        [
            "Replace Leaked",
            "See who Dead",
            "Resume now Paused",
            "Revoke Paused",
            "Rotate Ending"
        ]
    );
    let rotate = format!("/dashboard/settings/tokens/{}/rotate", ending.id);
    assert_eq!(page.count(&format!(".needs a[href='{rotate}']")), 1);
    // Of more than ten, the rest is a page away.
    for number in 0..8 {
        named(&format!("Soon {number}"), Some(5));
    }
    let page = browser.open("/dashboard").await;
    assert_eq!(page.count(".needs li"), 10);
    assert!(page.words().contains("See all 12"), "{}", page.words());
    let all = browser.open("/dashboard?needs=all").await;
    assert_eq!(all.count(".needs li"), 12);
    for bad in ["needs=some", "page=0", "spy=1"] {
        browser.get(&format!("/dashboard?{bad}")).await.must_be(422);
    }
}

async fn what_is_used_is_counted(engine: Engine) {
    let mut server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate_with(&mira, |draft| draft.name = "CI".into());
    for _ in 0..3 {
        server.key(&key).get("/projects").await.must_be(200);
    }
    server.key(&key).get("/tokens").await.must_be(403);
    server.restart().await;
    let mut browser = server.logged_in(&mira).await;
    let words = browser.open("/dashboard").await.words();
    assert!(
        words.contains("3 requests, 1 refusal in 30 days"),
        "{words}"
    );
    let path = format!("/dashboard/settings/tokens/{}", key.id);
    let words = browser.open(&path).await.words();
    assert!(words.contains("3 requests, 1 refusal"), "{words}");
    assert!(words.contains("from 127.0.0.1"), "{words}");
}

async fn a_theme_is_kept_by_this_browser_alone(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let mut browser = server.logged_in(&mira).await;
    let form = browser.open("/dashboard/docs").await.form("/theme");
    for theme in ["dark", "light"] {
        let page = browser.send(&form.clone().with("theme", theme)).await;
        let page = page.must_be(200, "/dashboard/docs");
        assert_eq!(page.values("html", "data-theme"), [theme]);
        let login = server.browser().open("/login").await;
        assert_eq!(login.values("html", "data-theme"), [""; 0]);
    }
    browser.send(&form.clone().with("theme", "system")).await;
    let page = browser.open("/dashboard").await;
    assert_eq!(page.values("html", "data-theme"), [""; 0]);
    browser
        .post(&form.with("theme", "sepia"))
        .await
        .must_be(422);
}
