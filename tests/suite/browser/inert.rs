//! What people write is shown, never run: names, notes, places, descriptions, and what a browser
//! calls itself.

use serde_json::json;

use crate::harness::{Engine, PASSWORD, TestServer, lines, run};

const HOSTILE: [&str; 12] = [
    "<script>window.pwned=1</script>",
    "\"><script>window.pwned=1</script>",
    "'><img src=x onerror=window.pwned=1>",
    "<svg/onload=window.pwned=1>",
    "</title><script>window.pwned=1</script>",
    "</textarea><img src=x onerror=window.pwned=1>",
    "<iframe srcdoc=\"<script>parent.pwned=1</script>\">",
    "<a href=javascript:window.pwned=1 autofocus onfocus=window.pwned=1>x</a>",
    "<style>*{background:url(//evil.example)}</style>",
    "<form action=//evil.example><input name=csrf autofocus></form>",
    "{{7*7}}${window.pwned=1}<%=1%>",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;<base href=//evil.example>",
];

#[test]
fn what_people_write_is_shown_and_never_run() {
    run(async {
        let server = TestServer::start(Engine::Sqlite);
        let ada = server.admin("Ada");
        let writer = server.key(&server.generate_scoped(&ada, &["projects:write"]));
        let mut pages = vec![
            "/dashboard".to_owned(),
            "/dashboard/projects".to_owned(),
            "/dashboard/settings/tokens?status=all".to_owned(),
            "/dashboard/settings/security".to_owned(),
            "/dashboard/admin/tokens".to_owned(),
        ];
        for (number, text) in HOSTILE.into_iter().enumerate() {
            let key = server.generate_with(&ada, |draft| {
                draft.name = text.into();
                draft.note = text.into();
                draft.locations = lines(&[text]);
                draft.expires_at = Some(server.now().plus_days(3));
            });
            let project = json!({ "name": text, "description": text });
            let project = writer.post("/projects", &project).await.must_be(201).json();
            let mut elsewhere = server.browser();
            elsewhere.agent = text.to_owned();
            elsewhere
                .log_in_with(&ada.email, PASSWORD)
                .await
                .must_be(200, "/dashboard");
            let token = format!("/dashboard/settings/tokens/{}", key.id);
            // A few of each are enough for the pages of one thing.
            if number % 3 == 0 {
                pages.push(token.clone());
                pages.push(format!("{token}/edit"));
                pages.push(format!("{token}/revoke"));
                pages.push(format!("{token}/rotate"));
                pages.push(format!("{token}/first-request"));
                pages.push(format!("/dashboard/admin/tokens/{}/revoke", key.id));
                pages.push(format!(
                    "/dashboard/projects/{}",
                    project["id"].as_str().unwrap()
                ));
            }
            let written: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            pages.push(format!("/dashboard/settings/tokens?q={written}"));
            pages.push(format!("/dashboard/settings/tokens?status={written}"));
            pages.push(format!("/login?next=/dashboard/docs%3F{written}"));
            pages.push(format!("/dashboard/{written}"));
        }
        server.execute(&format!(
            "UPDATE accounts SET name = '{}'",
            HOSTILE[2].replace('\'', "''")
        ));
        let window = server.chromium().await;
        window.log_in(&ada).await;
        let mut faults = Vec::new();
        for page in pages {
            window.goto(&page).await;
            let state = window
                .evaluate(
                    "return [window.pwned === undefined, document.scripts.length, \
                     document.querySelectorAll('iframe, base, style, [onerror], [onload], [onfocus], \
                     img:not([src^=\"/static/\"]), form[action^=\"//\"]').length, \
                     getComputedStyle(document.body).backgroundImage]",
                )
                .await;
            if state != json!([true, 1, 0, "none"]) {
                faults.push(format!("{page}: {state}"));
            }
            let refusals = window.complaints().await;
            let loud = refusals.iter().filter(|one| !one.contains("a status of 4"));
            faults.extend(loud.map(|one| format!("{page}: {one}")));
        }
        window.close().await;
        assert_eq!(faults, [""; 0]);
    });
}
