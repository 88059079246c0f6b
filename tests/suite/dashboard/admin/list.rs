//! The list of all keys: what it is narrowed to, sorted by, and that its pages hold every key once.

use deskforge::token::usage::{self, Counts, Uses};

use crate::dashboard::admin::LIST;
use crate::dashboard::admin::crowd::fill;
use crate::harness::{Browser, Engine, Key, Person, TestServer, on_each_engine, scopes};

on_each_engine!(
    each_filter_finds_its_keys,
    pages_of_many_keys_hold_every_key_once_whatever_the_order,
    what_cannot_be_asked_is_said_at_its_field,
    a_whole_key_in_the_search_of_all_is_cut,
);

async fn found(browser: &mut Browser, query: &str) -> Vec<String> {
    let page = browser.open(&format!("{LIST}?{query}")).await;
    assert_eq!(page.answer.status, 200, "{query}: {}", page.answer);
    let mut names = page.texts("tbody a.name");
    names.sort();
    names
}

/// A key of each kind that a filter tells apart; gives the one for production.
async fn keys_of_each_kind(server: &TestServer, mira: &Person, ravi: &Person) -> Key {
    let named = |owner, name: &str| server.generate_with(owner, |draft| draft.name = name.into());
    let leaked = named(mira, "Leaked");
    let called = named(ravi, "Called");
    let paused = named(ravi, "Paused");
    let (ended, used) = (named(mira, "Ended"), named(mira, "Used"));
    let production = server.generate_with(mira, |draft| {
        draft.name = "Production".into();
        draft.note = "for the SHOP".into();
        draft.environment = "production".parse().unwrap();
        draft.scopes = scopes(&["projects:write"]);
        draft.expires_at = Some(server.now().plus_days(400));
    });
    let of = |key: &Key| format!("WHERE id = '{}'", key.id);
    let now = server.now();
    let at = |days: i64| now.plus_days(days).micros();
    server.execute(&format!("UPDATE tokens SET created_at = {}", at(-200)));
    named(ravi, "Young");
    server.execute(&format!(
        "UPDATE tokens SET revoked_at = {}, revoked_reason = 'Compromised' {}",
        at(-1),
        of(&leaked)
    ));
    server.execute(&format!(
        "UPDATE tokens SET revoked_at = {} {}",
        at(-1),
        of(&called)
    ));
    server.execute(&format!(
        "UPDATE tokens SET paused_at = {} {}",
        at(-1),
        of(&paused)
    ));
    server.execute(&format!(
        "UPDATE tokens SET expires_at = {} {}",
        at(0),
        of(&ended)
    ));
    for (key, day) in [(&called, -2), (&paused, -2), (&leaked, -9)] {
        let refused = Uses {
            token_id: key.id,
            day: now.plus_days(day).day(),
            address: "10.0.0.9".to_owned(),
            client: String::new(),
            counts: Counts {
                refused_dead: 4,
                ..Counts::default()
            },
            first_at: now.plus_days(day),
            last_at: now.plus_days(day),
        };
        let book = |connection: &mut _| usage::repository::add(connection, &[refused]);
        server.state().database.write_now(book).unwrap();
    }
    server.key(&used).get("/projects").await.must_be(200);
    while server.number("SELECT count(*) AS number FROM last_uses") == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let days = server.number(&format!(
        "SELECT CAST(used_day AS BIGINT) AS number FROM tokens {}",
        of(&used)
    ));
    assert_eq!(days, i64::from(now.day()), "the day of its use is kept");
    production
}

async fn each_filter_finds_its_keys(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi, ada) = (
        server.person("Mira"),
        server.person("Ravi"),
        server.admin("Ada"),
    );
    let production = keys_of_each_kind(&server, &mira, &ravi).await;
    let mut browser = server.logged_in(&ada).await;
    let all = [
        "Called",
        "Ended",
        "Leaked",
        "Paused",
        "Production",
        "Used",
        "Young",
    ];
    for (query, expected) in [
        ("", &all[..]),
        (
            &format!("owner={}", ravi.id),
            &["Called", "Paused", "Young"],
        ),
        ("owner=RAVI@example.com", &["Called", "Paused", "Young"]),
        ("status=active", &["Production", "Used", "Young"]),
        ("status=paused", &["Paused"]),
        ("status=expired", &["Ended"]),
        ("status=revoked", &["Called", "Leaked"]),
        ("environment=production", &["Production"]),
        ("scope=projects:write", &["Production"]),
        ("scope=projects:read", &all),
        ("scope=none:read", &[]),
        (
            "endless=yes",
            &["Called", "Leaked", "Paused", "Used", "Young"],
        ),
        ("old=yes&status=active", &["Production", "Used"]),
        ("unused=90&status=active", &["Production"]),
        (
            "unused=200",
            &["Called", "Ended", "Leaked", "Paused", "Production"],
        ),
        ("unused=201", &[]),
        ("called=yes", &["Called", "Paused"]),
        ("called=yes&status=revoked", &["Called"]),
        ("leaked=yes", &["Leaked"]),
        ("q=shop", &["Production"]),
        (&format!("q={}", &production.secret[37..]), &["Production"]),
        ("q=%25", &[]),
        (
            &format!("owner={}&environment=none&endless=yes", mira.id),
            &["Leaked", "Used"],
        ),
    ] {
        assert_eq!(found(&mut browser, query).await, expected, "{query}");
    }
    let page = browser
        .open(&format!("{LIST}?environment=production"))
        .await;
    assert!(
        page.words().contains("1 of 7 keys matches."),
        "{}",
        page.words()
    );
    assert_eq!(
        page.values("#environment option[selected]", "value"),
        ["production"]
    );
    let sorted = browser.open(&format!("{LIST}?sort=name")).await;
    assert_eq!(sorted.texts("tbody a.name"), all);
    let used = browser.open(&format!("{LIST}?sort=-last_used_at")).await;
    assert_eq!(used.texts("tbody a.name")[0], "Used");
}

async fn pages_of_many_keys_hold_every_key_once_whatever_the_order(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi, ada) = (
        server.person("Mira"),
        server.person("Ravi"),
        server.admin("Ada"),
    );
    fill(&server, &[&mira, &ravi], 1_120);
    let mut browser = server.logged_in(&ada).await;
    for (sort, total) in [
        ("", 1_121),
        ("sort=expires_at", 1_121),
        ("sort=-last_used_at", 1_121),
        ("sort=last_used_at", 1_121),
        ("sort=-last_used_at&environment=production", 280),
    ] {
        let (mut found, mut path, mut before) = (Vec::new(), format!("{LIST}?{sort}"), Vec::new());
        loop {
            let page = browser.open(&path).await;
            let back = page.values("a[rel=prev]", "href");
            if let Some(back) = back.first() {
                let page = browser.open(back).await;
                assert_eq!(
                    page.values("tbody a.name", "href"),
                    before,
                    "{sort}: {back}"
                );
            }
            before = page.values("tbody a.name", "href");
            found.extend(before.clone());
            let words = page.words();
            assert!(words.contains("Page "), "{words}");
            if total > 1_000 {
                assert!(words.contains("More than 1,000 keys"), "{words}");
            }
            match page.values("a[rel=next]", "href").pop() {
                Some(next) => path = next,
                None => break,
            }
        }
        assert_eq!(found.len(), total, "{sort}");
        found.sort();
        found.dedup();
        assert_eq!(found.len(), total, "{sort}");
    }
}

async fn what_cannot_be_asked_is_said_at_its_field(engine: Engine) {
    let server = TestServer::start(engine);
    let mut browser = server.logged_in(&server.admin("Ada")).await;
    server.generate(&server.person("Mira"));
    for bad in [
        "owner=x",
        "owner=nobody@example.com",
        "status=x",
        "environment=x",
        "scope=%25",
        "unused=0",
        "unused=x",
        "leaked=1",
        "sort=id;drop",
        "page=0",
        "after=x",
        "spy=1",
    ] {
        let page = browser.open(&format!("{LIST}?{bad}")).await;
        assert_eq!(page.answer.status, 422, "{bad}");
        assert!(page.title().starts_with("Error: "), "{bad}");
    }
    for odd in ["q=%00", "q=%ff", "q=%27%20OR%201=1", "page=999999"] {
        browser.get(&format!("{LIST}?{odd}")).await.must_be(200);
    }
}

async fn a_whole_key_in_the_search_of_all_is_cut(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate(&server.person("Mira"));
    let mut browser = server.logged_in(&server.admin("Ada")).await;
    let answer = browser.get(&format!("{LIST}?q={}", key.secret)).await;
    let answer = answer.must_be(303);
    let cut = format!("{LIST}?q={}", &key.secret[37..]);
    assert_eq!(answer.header("location"), Some(cut.as_str()));
    assert_eq!(browser.open(&cut).await.texts("tbody a.name"), [key.name]);
}
