//! Every page, narrow and wide, light and dark: nothing that keeps anybody out, nothing that the
//! console complains of, nothing that sticks out at the side.

use deskforge::demo::{self, PASSWORD, Who};
use deskforge::routes::{Authority, table};
use serde_json::Value;

use crate::harness::{Chromium, Engine, TestServer, run};

const LIST: &str = "/dashboard/settings/tokens";

/// A server with all that the demo has, as of its clock.
pub(super) fn with_sample_data() -> TestServer {
    let server = TestServer::start(Engine::Sqlite);
    let (mint, now) = (&server.state().mint, server.now());
    let filled = server
        .state()
        .database
        .write_now(|connection| demo::fill(connection, mint, now));
    drop(filled.unwrap());
    server
}

pub(super) async fn log_in(window: &Chromium, who: Who) {
    window.goto("/login").await;
    window.fill("email", who.email()).await;
    window.fill("password", PASSWORD).await;
    window.press("Log in").await;
    assert_eq!(window.path().await, "/dashboard");
}

/// Looks at the page as it is loaded, in every width and colour scheme.
async fn look(window: &Chromium, page: &str) -> Vec<String> {
    let mut found = window.complaints().await;
    // What is not there is told in the console too; that is no fault of the page.
    found.retain(|complaint| !complaint.contains("the server responded with a status of 4"));
    let axe = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/node_modules/axe-core/axe.min.js"
    );
    let axe = std::fs::read_to_string(axe).expect("run scripts/test, which installs axe-core");
    window.evaluate(&axe).await;
    for width in [360, 768, 1_440] {
        window.widen(width).await;
        // Closed parts are as good as not there for axe, so it looks with all of them open.
        for open in [false, true] {
            let parts = "document.querySelectorAll('details')";
            window
                .evaluate(&format!("{parts}.forEach((part) => part.open = {open})"))
                .await;
            let sticks_out = "return document.documentElement.scrollWidth - innerWidth";
            let beyond = window.evaluate(sticks_out).await.as_f64().unwrap();
            if beyond > 0.0 {
                found.push(format!("{beyond} px stick out at {width} px"));
            }
        }
        // Dark, nothing is another but the colours.
        for (scheme, rules) in [("light", ""), ("dark", "runOnly: ['cat.color'], ")] {
            window.prefer(scheme).await;
            let violations = violations(window, rules).await;
            found.extend(
                violations
                    .iter()
                    .map(|one| format!("{width} {scheme}: {one}")),
            );
        }
    }
    window.widen(1_440).await;
    found
        .iter()
        .map(|fault| format!("{page}: {fault}"))
        .collect()
}

async fn violations(window: &Chromium, rules: &str) -> Vec<String> {
    let script = format!(
        "const done = arguments[arguments.length - 1];
        axe.run({{{rules}resultTypes: ['violations']}}).then((result) => done(result.violations.map((one) =>
            `${{one.id}}: ${{one.nodes.map((node) => node.html).join(' ')}}`.slice(0, 500))),
            (error) => done([String(error)]))"
    );
    let Value::Array(violations) = window.evaluate_later(&script).await else {
        return vec!["axe gave no list".to_owned()];
    };
    violations.iter().map(Value::to_string).collect()
}

/// Every page that is shown on GET, with what stands in for the ids.
pub(super) fn pages(server: &TestServer, who: Authority) -> Vec<String> {
    let all = |query: &str| server.words(query);
    let first = |query: &str| server.words(query).swap_remove(0);
    let owner = first(
        "SELECT id AS word FROM accounts WHERE role = 'admin' AND email = 'mira@example.com'",
    );
    let service = first("SELECT id AS word FROM accounts WHERE name = 'Deployments'");
    let people = all("SELECT id AS word FROM accounts WHERE kind = 'user'");
    let tokens = |owner: &str| {
        let of = |state: &str| {
            let query = format!(
                "SELECT id AS word FROM tokens WHERE owner_id = '{owner}' AND revoked_at IS \
                 {state} AND deleted_at IS NULL ORDER BY id DESC"
            );
            all(&query).into_iter().next()
        };
        [of("NULL"), of("NOT NULL")]
    };
    let project = first(&format!(
        "SELECT id AS word FROM projects WHERE owner_id = '{owner}'"
    ));
    let event = first(
        "SELECT id AS word FROM audit_events WHERE detail LIKE '%\"before\":%' ORDER BY number",
    );
    let mut pages = Vec::new();
    for line in table() {
        let fixed = line.takes("GET") && line.authority == who && !line.path.contains("{rest");
        // What is kept as a file is no page.
        let is_file = line.path.contains(".csv") || line.path.contains(".jsonl");
        if !fixed || is_file {
            continue;
        }
        let path = line.path.replace("{account}", &service);
        let owner = if path == line.path { &owner } else { &service };
        if path.contains("/tokens/{id}") {
            let ids = tokens(owner).into_iter().flatten();
            pages.extend(ids.map(|id| path.replace("{id}", &id)));
        } else if path.contains("{name}") {
            let held = ["invoices:read", "invoices:write"];
            pages.extend(held.map(|name| path.replace("{name}", name)));
        } else if path.contains("/audit/{id}") {
            pages.push(path.replace("{id}", &event));
        } else if path.contains("/users/{id}") {
            pages.extend(people.iter().map(|id| path.replace("{id}", id)));
        } else if path.contains("/service-accounts/{id}") {
            pages.push(path.replace("{id}", &service));
        } else if path.ends_with("/revoke-all") {
            pages.push(format!("{path}?status=active"));
        } else if path == "/dashboard/admin/tokens/revoke" {
            let ids = tokens(owner).into_iter().flatten();
            pages.extend(ids.take(1).map(|id| format!("{path}?ids={id}")));
        } else if path == "/dashboard/admin/incident" {
            pages.push(format!("{path}?from=2020-01-01"));
            pages.push(format!("{path}?address=nowhere"));
            pages.push(path);
        } else {
            pages.push(path.replace("{id}", &project));
        }
    }
    pages
}

#[test]
fn a_fault_is_found_where_there_is_one() {
    run(async {
        let server = TestServer::start(Engine::Sqlite);
        let window = server.chromium().await;
        window.goto("/login").await;
        let spoil = "document.body.insertAdjacentHTML('beforeend', \
                     '<img src=\"//evil.example/x.png\"><hr><p id=\"ink\">Words</p>'); \
                     document.querySelector('hr').width = 1500; \
                     document.querySelector('#ink').style.color = '#222'";
        window.evaluate(spoil).await;
        let faults = look(&window, "spoilt").await.join("\n");
        for sign in [
            "image-alt",
            "px stick out at 360 px",
            "1440 dark: \"color-contrast",
            "Content Security Policy",
        ] {
            assert!(faults.contains(sign), "{sign}: {faults}");
        }
        window.close().await;
    });
}

#[test]
fn pages_before_log_in_keep_nobody_out() {
    run(async {
        let mut faults = Vec::new();
        let server = TestServer::start(Engine::Sqlite);
        let window = server.chromium().await;
        window.goto("/setup").await;
        faults.extend(look(&window, "/setup").await);
        server.person("Mira");
        for page in [
            "/login",
            "/login?next=/dashboard",
            "/setup",
            "/dashboard/none",
        ] {
            window.goto(page).await;
            faults.extend(look(&window, page).await);
        }
        window.goto("/login").await;
        window.fill("email", "mira@example.com").await;
        window.press("Log in").await;
        faults.extend(look(&window, "a refused log-in").await);
        window.goto("/password").await;
        faults.extend(look(&window, "a link that works no more").await);
        window.goto(&server.invited("Sam").1).await;
        faults.extend(look(&window, "an invitation").await);
        window.press("Set password").await;
        faults.extend(look(&window, "a refused new password").await);
        window.close().await;
        assert_eq!(faults, [""; 0]);
    });
}

#[test]
fn pages_of_a_member_keep_nobody_out() {
    run(async {
        let mut faults = Vec::new();
        let server = with_sample_data();
        let window = server.chromium().await;
        let admin = Who::ALL
            .into_iter()
            .find(|who| who.role().as_str() == "admin")
            .unwrap();
        log_in(&window, admin).await;
        let mut pages = pages(&server, Authority::Member);
        assert!(pages.len() > 15, "{pages:?}");
        pages.extend([
            "/dashboard/none".to_owned(),
            format!("{LIST}?status=all"),
            format!("{LIST}?q=none"),
        ]);
        for page in pages {
            window.goto(&page).await;
            faults.extend(look(&window, &page).await);
        }
        window.close().await;
        assert_eq!(faults, [""; 0]);
    });
}

#[test]
fn pages_of_an_admin_and_pages_without_data_keep_nobody_out() {
    run(async {
        let mut faults = Vec::new();
        let server = with_sample_data();
        let window = server.chromium().await;
        let admin = Who::ALL
            .into_iter()
            .find(|who| who.role().as_str() == "admin")
            .unwrap();
        log_in(&window, admin).await;
        let mut pages = pages(&server, Authority::Admin);
        // With a rule of each kind that some key breaks.
        pages.push(
            "/dashboard/admin/policy/broken?version=2&longest_days=90&default_days=60&most_keys=5\
             &unused_days=60&shortest_password=15&environment_required=yes&scopes=projects:read"
                .to_owned(),
        );
        for page in pages {
            window.goto(&page).await;
            faults.extend(look(&window, &page).await);
        }
        window.goto("/dashboard/admin/tokens?q=none&old=yes").await;
        faults.extend(look(&window, "all tokens, of which none fits").await);
        for pasted in ["zzzz", "", "AAAA"] {
            window.goto("/dashboard/admin/tokens").await;
            window.fill("key", pasted).await;
            window.press("Find").await;
            faults.extend(look(&window, &format!("whose key is {pasted}?")).await);
        }
        window.goto("/dashboard/admin/incident?to=2020-01-01").await;
        faults.extend(look(&window, "an incident without keys").await);
        window
            .goto("/dashboard/admin/tokens/revoke-all?environment=staging")
            .await;
        let press = window.text("button.final").await;
        window.press(&press).await;
        faults.extend(look(&window, "a count that was not typed").await);
        let count = press.split(' ').nth(1).unwrap();
        window.fill("count", count).await;
        window.press(&press).await;
        assert!(window.text("h1").await.ends_with("revoked"));
        faults.extend(look(&window, "a receipt").await);
        window.close().await;
        let empty = TestServer::start(Engine::Sqlite);
        let window = empty.chromium().await;
        window.log_in(&empty.admin("Ada")).await;
        for page in [
            "/dashboard",
            "/dashboard/projects",
            LIST,
            "/dashboard/admin/tokens",
            "/dashboard/admin/scopes",
            "/dashboard/admin/users",
        ] {
            window.goto(page).await;
            faults.extend(look(&window, &format!("{page} without data")).await);
        }
        window.close().await;
        assert_eq!(faults, [""; 0]);
    });
}

#[test]
fn answers_to_forms_keep_nobody_out() {
    run(async {
        let mut faults = Vec::new();
        let server = TestServer::start(Engine::Sqlite);
        let window = server.chromium().await;
        window.log_in(&server.person("Mira")).await;
        window.goto("/dashboard/projects/new").await;
        window.press("Create project").await;
        faults.extend(look(&window, "a refused project").await);
        window.fill("name", "Website redesign").await;
        window.press("Create project").await;
        faults.extend(look(&window, "a project created").await);
        window.goto("/dashboard/settings/tokens/new").await;
        window.press("Generate token").await;
        faults.extend(look(&window, "a refused key").await);
        window
            .fill(
                "name",
                &"A name of a hundred letters, so long that it must wrap ".repeat(2)[..100],
            )
            .await;
        window.press("Generate token").await;
        faults.extend(look(&window, "a new key").await);
        window.follow("I have stored it").await;
        window.follow("Revoke key").await;
        window.press("Revoke key").await;
        faults.extend(look(&window, "a revoked key").await);
        window.goto("/dashboard/settings/security").await;
        window.press("Change password").await;
        faults.extend(look(&window, "a refused password").await);
        window.close().await;
        assert_eq!(faults, [""; 0]);
    });
}

#[test]
fn steps_of_a_rotation_keep_nobody_out() {
    run(async {
        let mut faults = Vec::new();
        let server = with_sample_data();
        let window = server.chromium().await;
        log_in(&window, Who::Mira).await;
        let id = |query: &str| server.words(query).swap_remove(0);
        let fresh = id("SELECT id AS word FROM tokens WHERE name = 'CI/CD Pipeline'");
        let rotate = format!("{LIST}/{fresh}/rotate");
        window.goto(&rotate).await;
        window.press("Generate new key").await;
        window.wait_for_text("#first-request").await;
        faults.extend(look(&window, "a new key in a rotation").await);
        window.follow("I have stored it").await;
        faults.extend(look(&window, "a rotation before the first use").await);
        window.press("Save places").await;
        faults.extend(look(&window, "places saved").await);
        let open = id("SELECT replaces AS word FROM tokens \
                       WHERE name = 'Billing worker' AND replaces IS NOT NULL ORDER BY id DESC");
        for query in ["", "#watch"] {
            let page = format!("{LIST}/{open}/rotate{query}");
            window.goto(&page).await;
            faults.extend(look(&window, &page).await);
        }
        window.press("Delete it anyway").await;
        faults.extend(look(&window, "a rotation finished").await);
        window.close().await;
        assert_eq!(faults, [""; 0]);
    });
}
