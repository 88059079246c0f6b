//! Forms of bytes that no browser sends never make the server fail.

use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(
    a_form_of_any_bytes_is_answered_with_a_page,
    a_form_over_64_kib_is_413,
    a_query_of_any_bytes_is_answered_with_a_page,
);

async fn a_form_of_any_bytes_is_answered_with_a_page(engine: Engine) {
    let server = TestServer::start(engine);
    let mut browser = server.logged_in(&server.person("Mira")).await;
    let form = browser
        .open("/dashboard/settings/tokens/new")
        .await
        .form("/dashboard/settings/tokens");
    let proof = form
        .fields
        .iter()
        .find(|(name, _)| name == "csrf")
        .unwrap()
        .1
        .clone();
    for body in [
        "name=%ff%fe&scopes=%ff".to_owned(),
        "name=%00".to_owned(),
        "name=%F0%9F%92%A9&name=".to_owned(),
        "=&=&=".to_owned(),
        "&&&&".to_owned(),
        "name".to_owned(),
        "%".to_owned(),
        "%zz=%zz".to_owned(),
        "name[]=a&name[0]=b".to_owned(),
        format!("name={}", "%0d%0a".repeat(5_000)),
        "a=b&".repeat(8_000),
        format!("scopes={}", "x".repeat(60_000)),
        "expires_in=custom&expires_on=9999-99-99".to_owned(),
        "expires_in=custom&expires_on=-262144-01-01".to_owned(),
        "expires_in=99999999999999999999".to_owned(),
        "allowed_cidrs=%3A%3A%2F999".to_owned(),
    ] {
        let ask = browser.ask("POST", "/dashboard/settings/tokens");
        let ask = ask.header("sec-fetch-site", "same-origin");
        let body = format!("{body}&csrf={proof}");
        let answer = ask
            .body("application/x-www-form-urlencoded", body)
            .send()
            .await;
        assert_eq!(answer.status, 422, "{answer}");
        assert_eq!(
            answer.header("content-type"),
            Some("text/html; charset=utf-8")
        );
    }
    assert_eq!(server.number("SELECT count(*) AS number FROM tokens"), 0);
}

async fn a_form_over_64_kib_is_413(engine: Engine) {
    let server = TestServer::start(engine);
    let mut browser = server.logged_in(&server.person("Mira")).await;
    let form = browser
        .open("/dashboard/projects/new")
        .await
        .form("/dashboard/projects");
    for (bytes, status) in [(65_536, 422), (65_537, 413), (1 << 20, 413)] {
        let rest = bytes - form.clone().with("name", "").encoded().len();
        let form = form.clone().with("name", &"x".repeat(rest));
        assert_eq!(form.encoded().len(), bytes);
        assert_eq!(browser.post(&form).await.status, status, "{bytes}");
    }
    let mut visitor = server.browser();
    let form = visitor.open("/login").await.form("/login");
    let huge = form.with("password", &"x".repeat(1 << 20));
    visitor.post(&huge).await.must_be(413);
}

async fn a_query_of_any_bytes_is_answered_with_a_page(engine: Engine) {
    let server = TestServer::start(engine);
    let mut browser = server.logged_in(&server.admin("Ada")).await;
    for path in [
        "/dashboard",
        "/dashboard/docs",
        "/dashboard/projects",
        "/dashboard/settings/tokens",
        "/dashboard/settings/tokens/new",
        "/dashboard/settings/security",
        "/dashboard/admin/tokens",
    ] {
        for query in [
            "%00",
            "%ff=%fe",
            "=",
            "a=1&a=2",
            "page=%00",
            "q=%00%ff",
            "status=%27",
            "again=%00",
        ] {
            let answer = browser.get(&format!("{path}?{query}")).await;
            assert!(matches!(answer.status, 200 | 404 | 422), "{answer}");
            assert_eq!(
                answer.header("content-type"),
                Some("text/html; charset=utf-8")
            );
        }
    }
}
