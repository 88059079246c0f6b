//! `/dashboard/settings/tokens` and what lies beneath it.

use deskforge::token::secret::Secret;

use crate::harness::{Engine, Form, TestServer, on_each_engine, scopes};

on_each_engine!(
    a_revoked_key_is_refused_by_the_very_next_request,
    a_whole_key_in_the_search_is_cut_before_it_is_echoed,
    the_list_finds_by_name_note_and_last_four,
    a_key_is_edited_and_deleted,
    pages_of_the_list_hold_every_key_once,
);

const LIST: &str = "/dashboard/settings/tokens";

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
