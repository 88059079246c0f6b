//! Where log-in leads on to: a page of ours, whatever was asked.

use crate::harness::{Engine, PASSWORD, TestServer, on_each_engine};

on_each_engine!(log_in_leads_to_pages_of_ours_alone);

const ELSEWHERE: [&str; 25] = [
    "//evil.example",
    "///evil.example",
    "//evil.example/%2f..",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\u{a0}/evil.example\u{85}",
    "http://evil.example",
    "https://evil.example/dashboard",
    "HTTPS:evil.example",
    "http:/\\evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "@evil.example",
    ".evil.example",
    "evil.example",
    "?next=//evil.example",
    "/dashboard\r\nSet-Cookie: x=y",
    "/dashboard\0",
];

async fn log_in_leads_to_pages_of_ours_alone(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let logged_in = server.logged_in(&mira).await;
    for next in ELSEWHERE {
        let written: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let mut browser = server.browser();
        let form = browser
            .open(&format!("/login?next={written}"))
            .await
            .form("/login");
        let form = form.with("email", &mira.email).with("password", PASSWORD);
        assert!(
            form.fields.contains(&("next".into(), String::new())),
            "{next:?}"
        );
        // As if the field had been forged on its way.
        let answer = browser.post(&form.with("next", next)).await.must_be(303);
        assert_eq!(answer.header("location"), Some("/dashboard"), "{next:?}");
        let answer = logged_in
            .clone()
            .get(&format!("/login?next={written}"))
            .await;
        assert_eq!(answer.header("location"), Some("/dashboard"), "{next:?}");
    }
    for next in [
        "/dashboard/settings/tokens?q=a%20b&page=2",
        "/dashboard/%2f%2fevil.example",
    ] {
        let written: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let answer = logged_in
            .clone()
            .get(&format!("/login?next={written}"))
            .await;
        assert_eq!(answer.header("location"), Some(next));
    }
    // A theme is chosen on any page, and leads back to it alone.
    let mut browser = logged_in.clone();
    let form = browser
        .open("/dashboard/docs")
        .await
        .form("/theme")
        .with("theme", "dark");
    for next in ELSEWHERE {
        let answer = browser
            .post(&form.clone().with("back", next))
            .await
            .must_be(303);
        assert_eq!(answer.header("location"), Some("/dashboard"), "{next:?}");
    }
    let answer = browser.post(&form).await.must_be(303);
    assert_eq!(answer.header("location"), Some("/dashboard/docs"));
}
