//! Forms are taken of our own pages alone, from the browser that was shown them.

use crate::harness::{Browser, Engine, Form, TestServer, on_each_engine};

on_each_engine!(
    a_form_is_taken_by_where_it_comes_from_and_by_its_proof,
    every_form_wants_its_proof,
    a_refused_form_changes_nothing,
);

/// A change that can be seen, and how often it was made.
async fn form(browser: &mut Browser) -> Form {
    browser
        .open("/dashboard/projects/new")
        .await
        .form("/dashboard/projects")
        .with("name", "Site")
}

fn made(server: &TestServer) -> i64 {
    server.number("SELECT count(*) AS number FROM projects")
}

async fn a_form_is_taken_by_where_it_comes_from_and_by_its_proof(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let mut browser = server.logged_in(&mira).await;
    let mut other = server.logged_in(&mira).await;
    let mut stranger = server.logged_in(&server.person("Ravi")).await;
    let mut visitor = server.browser();
    let ours = server.base().to_owned();
    let right = form(&mut browser).await;
    let proof_of = |form: Form| {
        form.fields
            .into_iter()
            .find(|(name, _)| name == "csrf")
            .unwrap()
            .1
    };
    let proof = proof_of(right.clone());
    let foreign = [
        proof_of(form(&mut other).await),
        proof_of(form(&mut stranger).await),
        proof_of(visitor.open("/login").await.form("/login")),
        String::new(),
        "x.y".to_owned(),
        proof.to_lowercase(),
        proof[..proof.len() - 1].to_owned(),
    ];
    let sites = [
        None,
        Some("same-origin"),
        Some("same-site"),
        Some("cross-site"),
        Some("none"),
        Some(""),
    ];
    let elsewhere = [
        "null",
        "http://evil.example",
        "https://127.0.0.1",
        "http://localhost",
        &format!("{ours}.evil.example"),
    ];
    let mut origins = vec![None, Some(ours.as_str())];
    origins.extend(elsewhere.map(Some));
    for site in sites {
        for origin in &origins {
            let from_us = match (site, origin) {
                (Some(site), _) => site == "same-origin",
                (None, Some(origin)) => *origin == ours,
                (None, None) => true,
            };
            let send = async |form: &Form| -> u16 {
                let mut ask = browser.ask("POST", &form.action);
                if let Some(site) = site {
                    ask = ask.header("sec-fetch-site", site);
                }
                if let Some(origin) = origin {
                    ask = ask.header("origin", origin);
                }
                browser.clone().finish(ask, form).await.status
            };
            let before = made(&server);
            let status = send(&right).await;
            assert_eq!(
                status,
                if from_us { 303 } else { 403 },
                "{site:?} {origin:?}"
            );
            assert_eq!(made(&server), before + i64::from(from_us));
            for proof in &foreign {
                assert_eq!(
                    send(&right.clone().with("csrf", proof)).await,
                    403,
                    "{proof}"
                );
            }
            assert_eq!(send(&right.clone().without("csrf")).await, 403);
            assert_eq!(made(&server), before + i64::from(from_us));
        }
    }
}

async fn every_form_wants_its_proof(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    let key = server.generate(&ada);
    let browser = server.logged_in(&ada).await;
    let changes = "SELECT count(*) AS number FROM audit_events WHERE result = 'done'";
    let before = server.number(changes);
    let mut forms = 0;
    for line in deskforge::routes::table() {
        use deskforge::routes::Authority::{Admin, Key, Member, Open, Visitor};
        match line.authority {
            Member | Admin | Visitor if line.takes("POST") => {}
            Member | Admin | Visitor => {
                assert!(line.takes("GET"), "a page takes GET and POST alone");
                continue;
            }
            Open | Key(_) => continue,
        }
        let path = line.path.replace("{id}", key.id.as_str());
        let path = path.replace("{account}", key.id.as_str());
        let form = Form {
            action: path.clone(),
            fields: vec![("csrf".to_owned(), "x.y".to_owned())],
        };
        let answer = browser.clone().post(&form).await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.text().contains("Nothing was changed"), "{answer}");
        // Nor does a body of another kind get round it.
        for kind in [
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=x",
        ] {
            let ask = browser
                .ask("POST", &path)
                .header("sec-fetch-site", "same-origin");
            let answer = ask.body(kind, "{}").send().await;
            assert!(matches!(answer.status, 403 | 415), "{answer}");
        }
        forms += 1;
    }
    assert!(forms > 8, "{forms}");
    assert_eq!(server.number(changes), before);
}

async fn a_refused_form_changes_nothing(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    let mut browser = server.logged_in(&mira).await;
    let path = format!("/dashboard/settings/tokens/{}/revoke", key.id);
    let form = browser.open(&path).await.form(&path);
    let cross = browser
        .ask("POST", &path)
        .header("sec-fetch-site", "cross-site");
    browser.finish(cross, &form).await.must_be(403);
    // And a page that is only looked at changes nothing either.
    for name in ["revoke", "delete", "edit"] {
        let path = format!("/dashboard/settings/tokens/{}/{name}", key.id);
        browser.get(&path).await;
    }
    server.key(&key).get("/projects").await.must_be(200);
    browser.post(&form).await.must_be(303);
    server.key(&key).get("/projects").await.must_be(401);
}
