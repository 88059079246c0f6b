//! `/dashboard/settings/tokens` and what lies beneath it.

use deskforge::token::secret::Secret;

use crate::harness::{Browser, Engine, Form, TestServer, on_each_engine, scopes};

on_each_engine!(
    a_revoked_key_is_refused_by_the_very_next_request,
    a_whole_key_in_the_search_is_cut_before_it_is_echoed,
    the_list_finds_by_name_note_and_last_four,
    the_form_takes_every_choice,
    the_form_names_every_fault_at_its_field,
    a_key_is_edited_and_deleted,
    pages_of_the_list_hold_every_key_once,
);

const LIST: &str = "/dashboard/settings/tokens";

async fn new(browser: &mut Browser) -> Form {
    browser
        .open("/dashboard/settings/tokens/new")
        .await
        .form(LIST)
}

async fn a_revoked_key_is_refused_by_the_very_next_request(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let mut browser = server.logged_in(&mira).await;
    for _ in 0..5 {
        let key = server.generate(&mira);
        server.key(&key).get("/projects").await.must_be(200);
        let path = format!("{LIST}/{}/revoke", key.id);
        let form = browser.open(&path).await.form(&path);
        browser.post(&form).await.must_be(303);
        let answer = server.key(&key).get("/projects").await;
        answer.must_be_error(401, "key_invalid");
        // Again is no error.
        browser.post(&form).await.must_be(303);
    }
}

async fn a_whole_key_in_the_search_is_cut_before_it_is_echoed(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let mut browser = server.logged_in(&mira).await;
    let own = server.generate(&mira).secret;
    let acme = Secret::generate(&"acme".parse().unwrap()).unwrap();
    for secret in [own.as_str(), acme.expose()] {
        let last_four = &secret[secret.len() - 4..];
        for query in [
            secret.to_owned(),
            format!("%20{secret}%0A"),
            format!("Bearer%20{secret}"),
            format!("%22{secret}%22"),
        ] {
            let path = format!("{LIST}?q={query}&status=all");
            let answer = browser.get(&path).await.must_be(303);
            let location = answer.header("location").unwrap();
            assert_eq!(location, format!("{LIST}?q={last_four}&status=all"));
            assert!(!answer.compared().contains(&secret[..20]));
            let page = browser.open(location).await;
            assert!(
                page.words().contains("You pasted a whole key"),
                "{}",
                page.words()
            );
            assert!(!page.answer.text().contains(secret));
        }
    }
    // Nor does it go with a browser that has to log in first.
    let answer = server
        .browser()
        .get(&format!("{LIST}?q={own}"))
        .await
        .must_be(303);
    assert_eq!(answer.header("location"), Some("/login"));
}

async fn the_list_finds_by_name_note_and_last_four(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    let named = server.generate_with(&mira, |draft| draft.name = "100% Deploy".into());
    let noted = server.generate_with(&mira, |draft| draft.note = "for the DEPLOY bot".into());
    server.generate_with(&mira, |draft| draft.name = "Backup".into());
    server.generate_with(&ravi, |draft| draft.name = "Deploy of Ravi".into());
    let mut browser = server.logged_in(&mira).await;
    let last_four = named.secret[37..].to_owned();
    for (query, mut expected) in [
        ("deploy", vec![&named.name, &noted.name]),
        ("100%25", vec![&named.name]),
        ("%25", vec![&named.name]),
        (last_four.as_str(), vec![&named.name]),
        ("_", vec![]),
        ("%00", vec![]),
        ("%ff", vec![]),
        ("'%20OR%201=1", vec![]),
    ] {
        let page = browser.open(&format!("{LIST}?q={query}")).await;
        let mut found = page.texts("tbody a.name");
        found.sort();
        expected.sort();
        if query != "%00" {
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
        }
        assert_eq!(page.answer.status, 200, "{query}");
    }
}

async fn the_form_takes_every_choice(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let mut browser = server.logged_in(&mira).await;
    let reader = server.key(&server.generate_scoped(&mira, &["tokens:read"]));
    for (expires_in, expires_on, end) in [
        ("7", "", Some("2026-12-01T12:00:00Z")),
        ("30", "", Some("2026-12-24T12:00:00Z")),
        ("60", "", Some("2027-01-23T12:00:00Z")),
        ("90", "", Some("2027-02-22T12:00:00Z")),
        ("365", "", Some("2027-11-24T12:00:00Z")),
        // A chosen day counts in full.
        ("custom", "2026-11-25", Some("2026-11-26T00:00:00Z")),
        ("custom", "2028-02-29", Some("2028-03-01T00:00:00Z")),
        ("never", "", None),
    ] {
        let name = format!("{expires_in} {expires_on}");
        let form = new(&mut browser)
            .await
            .with("name", &name)
            .with("expires_in", expires_in);
        let form = form
            .with("expires_on", expires_on)
            .with("environment", "staging")
            .with("scopes", "projects:write")
            .and("scopes", "introspect")
            .with("note", "one\r\ntwo")
            .with("locations", "GitHub\r\n\r\n Vault ")
            .with("allowed_cidrs", "127.0.0.1\r\n10.0.0.0/8\r\n");
        let key = browser.send(&form).await.text("#new-token");
        let token = server.bearer(&key).get("/token").await.must_be(200).json();
        assert_eq!(token["expires_at"].as_str(), end, "{expires_in}");
        assert_eq!(token["environment"], "staging");
        assert_eq!(token["note"], "one\ntwo");
        assert_eq!(
            token["scopes"],
            serde_json::json!(["projects:write", "introspect"])
        );
        assert_eq!(token["locations"], serde_json::json!(["GitHub", "Vault"]));
        let networks = serde_json::json!(["127.0.0.1/32", "10.0.0.0/8"]);
        assert_eq!(token["allowed_cidrs"], networks);
    }
    assert_eq!(
        reader.get("/tokens").await.json()["data"]
            .as_array()
            .unwrap()
            .len(),
        9
    );
}

async fn the_form_names_every_fault_at_its_field(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    server.generate_with(&mira, |draft| draft.name = "Taken".into());
    let mut browser = server.logged_in(&mira).await;
    let form = new(&mut browser).await.with("name", "CI");
    for (field, value, told) in [
        ("name", "", "Enter a name"),
        ("name", " ", "Enter a name"),
        (
            "name",
            &"é".repeat(101),
            "Name must be 100 characters or fewer",
        ),
        ("name", "a\u{0}b", "control characters"),
        (
            "name",
            "Taken",
            "You already have an active key named \"Taken\".",
        ),
        ("note", &"字".repeat(1_001), "1,000 characters or fewer"),
        ("environment", "moon", "Choose none, development"),
        ("expires_in", "91", "Choose when the key expires"),
        ("expires_in", "custom", "Enter the last day"),
        ("scopes", "nothing:read", "There is no scope"),
        ("scopes", "audit:read", "There is no scope"),
        (
            "allowed_cidrs",
            "10.0.0.0/8\r\nx<y",
            "Line 2, \"x<y\", is not an address",
        ),
        ("locations", &"x\r\n".repeat(21), "at most 20 places"),
        ("csrf2", "x", "This form has no field \"csrf2\""),
        ("<b>", "x", "This form has no field \"<b>\""),
    ] {
        let page = browser.send(&form.clone().with(field, value)).await;
        let page = page.must_be(422, LIST);
        assert!(
            page.words().contains(told),
            "{field} {value:?}: {}",
            page.words()
        );
        assert!(page.words().contains("There is a problem"));
        assert!(page.title().starts_with("Error: "), "{}", page.title());
        // All that was typed is still there.
        let again = page.form(LIST);
        let kept = |name: &str| again.fields.iter().any(|(field, _)| field == name);
        assert!(kept("name") && kept("csrf"));
        if !matches!(
            field,
            "environment" | "expires_in" | "scopes" | "csrf2" | "<b>"
        ) {
            let typed = again.fields.iter().find(|(name, _)| name == field).unwrap();
            // What HTML cannot hold is shown as the sign for that.
            let value = value.replace("\r\n", "\n").replace('\0', "\u{fffd}");
            assert_eq!(typed.1.trim(), value.trim(), "{field}");
        }
    }
    for name in ["name", "environment", "expires_in", "note"] {
        let page = browser.send(&form.clone().and(name, "7")).await;
        let page = page.must_be(422, LIST);
        assert!(
            page.words().contains("This was sent more than once"),
            "{name}"
        );
    }
    let page = browser.send(&form.clone().without("scopes")).await;
    assert!(
        page.must_be(422, LIST)
            .words()
            .contains("Choose at least one scope")
    );
    let past = form
        .with("expires_in", "custom")
        .with("expires_on", "2026-11-24");
    let page = browser.send(&past).await.must_be(422, LIST);
    assert!(
        page.words()
            .contains("Last day must be after 24 Nov 2026 UTC")
    );
    assert_eq!(server.number("SELECT count(*) AS number FROM tokens"), 1);
}

async fn a_key_is_edited_and_deleted(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate_with(&mira, |draft| draft.scopes = scopes(&["projects:write"]));
    let mut browser = server.logged_in(&mira).await;
    let path = format!("{LIST}/{}", key.id);
    let edit = format!("{path}/edit");
    let form = browser
        .open(&edit)
        .await
        .form(&edit)
        .with("name", "Shop")
        .with("note", "n");
    let page = browser.send(&form).await.must_be(200, &path);
    assert!(page.words().contains("Done. Key saved."));
    let token = server.key(&key).get("/token").await.json();
    assert_eq!(
        (token["name"].as_str(), token["note"].as_str()),
        (Some("Shop"), Some("n"))
    );
    for name in ["scopes", "expires_at", "environment", "owner_id"] {
        browser
            .send(&form.clone().and(name, "x"))
            .await
            .must_be(422, &edit);
    }
    // Only what is dead goes off the list.
    let delete = format!("{path}/delete");
    let proof = form
        .clone()
        .without("name")
        .without("note")
        .without("locations");
    let forged = Form {
        action: delete.clone(),
        ..proof
    };
    let page = browser.send(&forged).await.must_be(200, &path);
    assert!(page.words().contains("Not done."), "{}", page.words());
    server.revoke(&key);
    let form = browser.open(&delete).await.form(&delete);
    browser.send(&form).await.must_be(200, LIST);
    browser.get(&path).await.must_be(404);
    assert_eq!(
        server.number("SELECT count(*) AS number FROM tokens"),
        1,
        "its history stays"
    );
}

async fn pages_of_the_list_hold_every_key_once(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    for _ in 0..120 {
        server.generate(&mira);
    }
    let mut browser = server.logged_in(&mira).await;
    for sort in ["", "name", "-name", "expires_at", "-last_used_at"] {
        let mut found = Vec::new();
        for number in 1..=3 {
            let page = browser
                .open(&format!("{LIST}?sort={sort}&page={number}"))
                .await;
            assert!(
                page.words().contains(&format!("Page {number} of 3")),
                "{}",
                page.words()
            );
            found.extend(page.values("tbody a.name", "href"));
        }
        found.sort();
        found.dedup();
        assert_eq!(found.len(), 120, "{sort}");
    }
    for bad in [
        "page=0",
        "page=x",
        "page=-1",
        "sort=id;drop",
        "status=x",
        "spy=1",
        "q=a&q=b",
    ] {
        let answer = browser.get(&format!("{LIST}?{bad}")).await;
        assert_eq!(answer.status, 422, "{bad}");
    }
    browser
        .get(&format!("{LIST}?page=999999"))
        .await
        .must_be(200);
}
