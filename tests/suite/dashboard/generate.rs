//! The form that generates a key.

use serde_json::json;

use crate::harness::{Browser, Engine, Form, TestServer, on_each_engine};

on_each_engine!(
    the_form_takes_every_choice,
    the_form_names_every_fault_at_its_field,
);

const LIST: &str = "/dashboard/settings/tokens";

async fn new(browser: &mut Browser) -> Form {
    browser
        .open("/dashboard/settings/tokens/new")
        .await
        .form(LIST)
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
        assert_eq!(token["scopes"], json!(["projects:write", "introspect"]));
        assert_eq!(token["locations"], json!(["GitHub", "Vault"]));
        let networks = json!(["127.0.0.1/32", "10.0.0.0/8"]);
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
