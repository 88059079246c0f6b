//! People: how they come, what they may, and how they get in again.

use serde_json::json;

use crate::harness::{Browser, Engine, PASSWORD, Page, TestServer, on_each_engine};

on_each_engine!(
    an_invited_person_chooses_a_password_once_and_is_in,
    a_link_ends_by_time_by_a_newer_one_and_by_being_called_off,
    a_reset_link_changes_the_password_and_ends_the_sessions,
    a_demoted_admin_loses_what_only_admins_may,
    the_last_admin_stays,
    sixty_four_admins_who_demote_each_other_leave_one,
    an_admin_ends_somebodys_sessions,
    thousands_of_people_are_listed_and_found,
);

const LIST: &str = "/dashboard/admin/users";
const NEW_PASSWORD: &str = "eleven loud kettles sing";

/// The link that a page shows, as a path.
fn link(server: &TestServer, page: &Page) -> String {
    let link = page.text("#new-link");
    link.strip_prefix(server.base()).unwrap().to_owned()
}

async fn choose(browser: &mut Browser, link: &str, password: &str) -> Page {
    let page = browser.open(link).await.must_be(200, "/password");
    let form = page.form("/password");
    browser.send(&form.with("password", password)).await
}

async fn an_invited_person_chooses_a_password_once_and_is_in(engine: Engine) {
    let server = TestServer::start(engine);
    let mut admin = server.logged_in(&server.admin("Ada")).await;
    let form = admin.open(&format!("{LIST}/new")).await.form(LIST);
    let refused = admin.send(&form).await.must_be(422, LIST);
    assert!(refused.words().contains("Error: Enter a name"));
    let form = form
        .with("name", "Sam <b>")
        .with("email", "sam@example.com");
    let form = form.with("role", "admin");
    let page = admin.send(&form).await.must_be(200, LIST);
    let header = page.answer.header("cache-control");
    assert_eq!(header, Some("no-store"));
    let link = link(&server, &page);
    // Sent again it makes no other, and shows none.
    let again = admin.send(&form).await;
    assert!(again.words().contains("This link was shown once."));
    assert!(!again.answer.text().contains("code="));
    let id = again
        .path
        .trim_start_matches(LIST)
        .trim_start_matches('/')
        .to_owned();
    assert_eq!(
        server.number("SELECT count(*) AS number FROM one_time_links"),
        1
    );
    assert!(again.words().contains("Invited"));
    // Taken already.
    let other = admin.open(&format!("{LIST}/new")).await.form(LIST);
    let other = other.with("name", "Other").with("email", "SAM@example.com");
    let refused = admin.send(&other).await.must_be(422, LIST);
    assert!(
        refused
            .words()
            .contains("An account with this email exists")
    );
    // Nobody is in before, and opening the link alone changes nothing.
    let mut early = server.browser();
    early
        .log_in_with("sam@example.com", PASSWORD)
        .await
        .must_be(422, "/login");
    let mut browser = server.browser();
    browser.get(&link).await.must_be(303);
    let weak = choose(&mut browser, &link, "short")
        .await
        .must_be(422, "/password");
    assert!(weak.words().contains("15 characters or more"));
    let mut other = server.browser();
    let stale = other.open(&link).await.form("/password");
    let page = choose(&mut browser, &link, NEW_PASSWORD)
        .await
        .must_be(200, "/dashboard");
    assert!(page.words().contains("Sam <b>"));
    browser.open(LIST).await.must_be(200, LIST);
    // Once: neither the link nor a form that was open opens anything now.
    let page = other.send(&stale.with("password", NEW_PASSWORD)).await;
    page.must_be(404, "/password");
    let page = server.browser().open(&link).await.must_be(404, "/password");
    assert!(page.words().contains("This link works no more"));
    early
        .log_in_with("sam@example.com", NEW_PASSWORD)
        .await
        .must_be(200, "/dashboard");
    let events = server.words(&format!(
        "SELECT action AS word FROM audit_events WHERE account_id = '{id}' AND result = 'done' \
         ORDER BY id"
    ));
    assert_eq!(events, ["account.invite", "account.join", "session.log_in"]);
}

async fn a_link_ends_by_time_by_a_newer_one_and_by_being_called_off(engine: Engine) {
    let server = TestServer::start(engine);
    let mut admin = server.logged_in(&server.admin("Ada")).await;
    let (sam, first) = server.invited("Sam");
    let page = format!("{LIST}/{}", sam.id);
    let form = admin.open(&page).await.form(&format!("{page}/link"));
    let shown = admin.send(&form).await;
    let second = link(&server, &shown);
    server
        .browser()
        .open(&first)
        .await
        .must_be(404, "/password");
    server
        .browser()
        .open(&second)
        .await
        .must_be(200, "/password");
    server.wait_seconds(7 * 86_400 - 1);
    server
        .browser()
        .open(&second)
        .await
        .must_be(200, "/password");
    server.wait_seconds(1);
    server
        .browser()
        .open(&second)
        .await
        .must_be(404, "/password");
    let mut admin = server.logged_in(&server.admin("Eve")).await;
    let form = admin.open(&page).await.form(&format!("{page}/link"));
    let third = link(&server, &admin.send(&form).await);
    let cancel = admin.open(&page).await.form(&format!("{page}/cancel"));
    let told = admin.send(&cancel).await.must_be(200, LIST).words();
    assert!(told.contains("Invitation cancelled."), "{told}");
    server
        .browser()
        .open(&third)
        .await
        .must_be(404, "/password");
    admin.get(&page).await.must_be(404);
    // The address is free again.
    server.invited("Sam");
    // Garbage and nothing open nothing.
    for path in ["/password", "/password?code=x", "/password?code=%00%ff"] {
        server.browser().open(path).await.must_be(404, "/password");
    }
}

async fn a_reset_link_changes_the_password_and_ends_the_sessions(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.generate(&mira);
    let mut old = server.logged_in(&mira).await;
    let mut admin = server.logged_in(&server.admin("Ada")).await;
    let page = format!("{LIST}/{}", mira.id);
    let form = admin.open(&page).await.form(&format!("{page}/link"));
    let link = link(&server, &admin.send(&form).await);
    old.open("/dashboard").await.must_be(200, "/dashboard");
    let mut browser = server.browser();
    choose(&mut browser, &link, NEW_PASSWORD)
        .await
        .must_be(200, "/dashboard");
    old.open("/dashboard")
        .await
        .must_be(200, "/login?next=%2Fdashboard");
    let mut other = server.browser();
    other.log_in(&mira).await.must_be(422, "/login");
    other
        .log_in_with(&mira.email, NEW_PASSWORD)
        .await
        .must_be(200, "/dashboard");
    server.key(&key).get("/projects").await.must_be(200);
    let by = "SELECT detail AS word FROM audit_events WHERE action = 'password.change'";
    assert_eq!(
        server.words(by),
        [json!({ "by": "one-time link" }).to_string()]
    );
    // A day, and not for who is disabled.
    let form = admin.open(&page).await.form(&format!("{page}/link"));
    let late = self::link(&server, &admin.send(&form).await);
    server.wait_seconds(86_400);
    server.browser().open(&late).await.must_be(404, "/password");
    let mut admin = server.logged_in(&server.admin("Eve")).await;
    let form = admin.open(&page).await.form(&format!("{page}/link"));
    let disabled = self::link(&server, &admin.send(&form).await);
    server.disable(&mira);
    server
        .browser()
        .open(&disabled)
        .await
        .must_be(404, "/password");
}

async fn a_demoted_admin_loses_what_only_admins_may(engine: Engine) {
    let server = TestServer::start(engine);
    let (ada, eve) = (server.admin("Ada"), server.admin("Eve"));
    let key = server.generate_scoped(&eve, &["projects:read", "audit:read"]);
    let verify = async |scope: &str| {
        let path = format!("/auth/verify?scope={scope}");
        server.key(&key).get(&path).await.status
    };
    assert_eq!(verify("audit:read").await, 204);
    let mut hers = server.logged_in(&eve).await;
    hers.open(LIST).await.must_be(200, LIST);
    let mut admin = server.logged_in(&ada).await;
    let path = format!("{LIST}/{}/role", eve.id);
    let page = admin.open(&path).await;
    assert!(
        page.words().contains("1 key of theirs holds it."),
        "{}",
        page.words()
    );
    let told = admin.send(&page.form(&path)).await;
    assert!(told.words().contains("Eve is a member now."));
    assert_eq!(verify("audit:read").await, 403);
    assert_eq!(verify("projects:read").await, 204);
    hers.get(LIST).await.must_be(404);
    hers.open("/dashboard").await.must_be(200, "/dashboard");
    let page = admin.open(&path).await;
    admin.send(&page.form(&path)).await;
    assert_eq!(verify("audit:read").await, 204);
    hers.get(LIST).await.must_be(200);
}

async fn the_last_admin_stays(engine: Engine) {
    let server = TestServer::start(engine);
    let ada = server.admin("Ada");
    let (sam, _) = server.invited("Sam");
    let mut admin = server.logged_in(&ada).await;
    // One who has yet to come is nobody who could look after anything.
    let path = format!("{LIST}/{}/role", sam.id);
    let form = admin.open(&path).await.form(&path);
    admin.send(&form).await;
    for (name, told) in [
        ("role", "The last admin cannot be made a member."),
        ("disable", "The last admin cannot be disabled."),
    ] {
        let path = format!("{LIST}/{}/{name}", ada.id);
        let form = admin.open(&path).await.form(&path);
        let page = admin.send(&form).await;
        assert!(page.words().contains(told), "{}", page.words());
        assert!(page.title().starts_with("Not done: "));
    }
    admin.open(LIST).await.must_be(200, LIST);
}

async fn sixty_four_admins_who_demote_each_other_leave_one(engine: Engine) {
    let server = TestServer::start(engine);
    let admins: Vec<_> = (0..64).map(|n| server.admin(&format!("Ada{n}"))).collect();
    let mut browsers = Vec::new();
    for admin in &admins {
        browsers.push(server.logged_in(admin).await);
    }
    let mut forms = Vec::new();
    for browser in &mut browsers {
        // The proof of one form of a page is that of any.
        forms.push(browser.open("/dashboard").await.form("/logout"));
    }
    let ids: Vec<_> = admins.iter().map(|admin| admin.id).collect();
    let mut demoting = tokio::task::JoinSet::new();
    for (own, (mut browser, proof)) in browsers.into_iter().zip(forms).enumerate() {
        let others: Vec<_> = (1..64).map(|n| ids[(own + n) % 64]).collect();
        demoting.spawn(async move {
            for other in others {
                let mut form = proof.clone().with("role", "member");
                form.action = format!("{LIST}/{other}/role");
                let status = browser.post(&form).await.status;
                assert!(matches!(status, 303 | 404), "{status}");
                if status == 404 {
                    return;
                }
            }
        });
    }
    demoting.join_all().await;
    let left = "SELECT count(*) AS number FROM accounts WHERE role = 'admin'";
    assert_eq!(server.number(left), 1);
    let demotions = "SELECT count(*) AS number FROM audit_events WHERE action = 'account.role'";
    assert_eq!(server.number(demotions), 63);
}

async fn an_admin_ends_somebodys_sessions(engine: Engine) {
    let server = TestServer::start(engine);
    let (ada, mira) = (server.admin("Ada"), server.person("Mira"));
    let mut hers = [server.logged_in(&mira).await, server.logged_in(&mira).await];
    let mut admin = server.logged_in(&ada).await;
    let page = format!("{LIST}/{}", mira.id);
    let shown = admin.open(&page).await;
    assert!(shown.words().contains("2 sessions"));
    let told = admin
        .send(&shown.form(&format!("{page}/end-sessions")))
        .await;
    assert!(told.words().contains("Done. 2 sessions ended."));
    for browser in &mut hers {
        browser.get("/dashboard").await.must_be(303);
    }
    // One's own stays.
    let mut second = server.logged_in(&ada).await;
    let page = format!("{LIST}/{}", ada.id);
    let form = admin
        .open(&page)
        .await
        .form(&format!("{page}/end-sessions"));
    let told = admin.send(&form).await;
    assert!(told.words().contains("Done. 1 session ended."));
    second.get("/dashboard").await.must_be(303);
}

async fn thousands_of_people_are_listed_and_found(engine: Engine) {
    let server = TestServer::start(engine);
    let mut admin = server.logged_in(&server.admin("Ada")).await;
    let text = match engine {
        Engine::Sqlite => "printf('%05d', n)",
        Engine::Postgres => "lpad(n::text, 5, '0')",
    };
    let many = format!(
        "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 5000) \
         INSERT INTO accounts (id, kind, name, email, email_canonical, password_hash, role, \
         created_at, updated_at) \
         SELECT '00000000-0000-7000-8000-0000000' || {text}, 'user', 'Person ' || {text}, \
         'p' || {text} || '@example.com', 'p' || {text} || '@example.com', \
         CASE WHEN n % 100 = 0 THEN NULL ELSE 'x' END, 'member', 0, 0 FROM many"
    );
    server.execute(&many);
    let page = admin.open(LIST).await;
    assert!(page.words().contains("5,001 people."), "{}", page.words());
    assert_eq!(page.count("tbody tr"), 50);
    let page = admin.open(&format!("{LIST}?page=101")).await;
    assert_eq!(page.count("tbody tr"), 1);
    let page = admin.open(&format!("{LIST}?q=PERSON+04999")).await;
    assert!(page.words().contains("1 of 5,001 people matches."));
    let page = admin
        .open(&format!("{LIST}?q=p04999%40&status=active"))
        .await;
    assert!(page.words().contains("Person 04999"));
    let page = admin.open(&format!("{LIST}?status=invited")).await;
    assert!(page.words().contains("50 of 5,001 people match."));
    let page = admin.open(&format!("{LIST}?q=nobody%25")).await;
    assert!(page.words().contains("Nothing matches."));
}
