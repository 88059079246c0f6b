//! Every route of the table, and everybody who may come to it: what each is told.

mod expected;

use deskforge::audit::event::Actor;
use deskforge::id::Id;
use deskforge::routes::table;
use deskforge::token::list::Filter;
use deskforge::token::revocation;
use deskforge::token::scope::Scope;
use serde_json::json;

use crate::harness::{
    Answer as Given, Browser, Engine, Form, Key, Person, TestServer, on_each_engine, without_proofs,
};
use crate::routes::method;
use expected::{Answer, Kind, ROUTES, Who};

on_each_engine!(everybody_is_told_at_every_route_what_the_matrix_has);

/// A path that is no route of its own: what is not there, for members as for all others.
const REST: &str = "/dashboard/{rest:.*}";
const NAME: &str = "some:scope";

fn kind(method: &str, path: &str) -> Kind {
    let found = ROUTES
        .iter()
        .find(|(_, of, paths)| *of == method && paths.contains(&path));
    let (kind, ..) = found.unwrap_or_else(|| panic!("{method} {path} is not in the matrix"));
    *kind
}

/// The routes of the table: method, path, kind.
fn routes() -> Vec<(String, &'static str, Kind)> {
    let lines = table().into_iter().filter(|line| line.path != REST);
    lines
        .map(|line| {
            let method = method(&line);
            let kind = kind(&method, line.path);
            (method, line.path, kind)
        })
        .collect()
}

#[test]
fn the_matrix_has_every_route_once_and_no_other() {
    let routes = routes();
    let listed: usize = ROUTES.iter().map(|(_, _, paths)| paths.len()).sum();
    assert_eq!(routes.len(), listed);
}

struct Cast {
    server: TestServer,
    mira: Person,
    ada: Person,
    service: Person,
    hers: Browser,
    his: Browser,
    admins: Browser,
    disabled: Browser,
}

impl Cast {
    async fn new(engine: Engine) -> Self {
        let server = TestServer::start(engine);
        let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
        let (ada, eve) = (server.admin("Ada"), server.admin("Eve"));
        let service = server.service("Nightly job");
        let hers = server.logged_in(&mira).await;
        let his = server.logged_in(&ravi).await;
        let mut admins = server.logged_in(&ada).await;
        let disabled = server.logged_in(&eve).await;
        server.disable(&eve);
        let page = admins.open("/dashboard/admin/scopes/new").await;
        let form = page.form("/dashboard/admin/scopes").with("name", NAME);
        admins.send(&form.with("description", "Something")).await;
        Self {
            server,
            mira,
            ada,
            service,
            hers,
            his,
            admins,
            disabled,
        }
    }

    fn key(&self, owner: &Person) -> Key {
        let scopes = Scope::ALL.map(Scope::name);
        self.server.generate_scoped(owner, &scopes)
    }

    /// The id of something of Mira's that the path is about; of a log-in that is hers where it is a
    /// session.
    async fn thing(&self, path: &str) -> String {
        if path.contains("/projects/") {
            let client = self.server.key(&self.key(&self.mira));
            let made = client.post("/projects", &json!({ "name": "Shop" })).await;
            let made = made.must_be(201).json();
            return made["id"].as_str().unwrap().to_owned();
        }
        if path.contains("/sessions/") {
            self.server.logged_in(&self.mira).await;
            let query = format!(
                "SELECT id AS word FROM sessions WHERE account_id = '{}' ORDER BY id DESC",
                self.mira.id
            );
            return self.server.words(&query).swap_remove(0);
        }
        if path.contains("/audit/") || path.contains("/incident/") {
            let action = if path.contains("/audit/") {
                "account.create"
            } else {
                self.incident();
                "token.revoke_many"
            };
            let query = format!("SELECT id AS word FROM audit_events WHERE action = '{action}'");
            return self.server.words(&query).swap_remove(0);
        }
        if path.contains("{account}") {
            return self.key(&self.service).id.to_string();
        }
        if path.contains("/users/") {
            return self.server.person(&new_name()).id.to_string();
        }
        if path.contains("/service-accounts/") {
            return self.server.service(&new_name()).id.to_string();
        }
        assert!(path.contains("/tokens/"), "say here what {path} is about");
        self.key(&self.mira).id.to_string()
    }

    /// Keys that an admin has revoked together.
    fn incident(&self) {
        let (key, now) = (self.key(&self.ada), self.server.now());
        let filter = Filter {
            ids: Some(vec![key.id]),
            ..Filter::default()
        };
        let actor = Actor::user(self.ada.id, &self.ada.name, None);
        let revoked = self.server.state().database.write_now(|connection| {
            revocation::revoke(connection, &filter, &json!([]), 1, "Leaked", &actor, now)
        });
        revoked.unwrap();
    }

    /// A browser of theirs; one that is thrown away where the route ends sessions.
    async fn browser(&self, who: Who, path: &str) -> Browser {
        let ends = path == "/logout" || path.ends_with("/end-others");
        // Somebody new: the others go on with theirs.
        match who {
            Who::Mira | Who::OtherMember if ends => {
                self.server
                    .logged_in(&self.server.person(&new_name()))
                    .await
            }
            Who::Admin if ends => self.server.logged_in(&self.server.admin(&new_name())).await,
            Who::Mira => self.hers.clone(),
            Who::OtherMember => self.his.clone(),
            Who::Admin => self.admins.clone(),
            Who::Disabled => self.disabled.clone(),
            Who::Nobody | Who::MirasKey | Who::AdminsKey | Who::ServiceKey => self.server.browser(),
        }
    }

    /// What somebody is told who comes by a method to a path.
    async fn ask(&self, who: Who, kind: Kind, method: &str, route: &str, path: &str) -> Given {
        let key = match who {
            Who::MirasKey => Some(self.key(&self.mira)),
            Who::AdminsKey => Some(self.key(&self.ada)),
            Who::ServiceKey => Some(self.key(&self.service)),
            _ => None,
        };
        let is_program = matches!(kind, Kind::Api | Kind::OwnApi | Kind::AdminApi | Kind::Open);
        if let Some(key) = key.filter(|_| is_program || method == "GET") {
            let ask = self.server.key(&key).ask(method, path);
            let ask = match method {
                "POST" | "PATCH" => ask.json(&json!({})),
                _ => ask,
            };
            return ask.send().await;
        }
        let mut browser = self.browser(who, route).await;
        match method {
            "POST" if !is_program => {
                let form = proof(&mut browser, path).await;
                browser.post(&form).await
            }
            "GET" => browser.get(path).await,
            _ => browser.ask(method, path).send().await,
        }
    }
}

/// A form to a path with nothing in it but the proof that it is ours.
async fn proof(browser: &mut Browser, path: &str) -> Form {
    let mut form = browser.open("/dashboard").await.form("/theme");
    form.fields.retain(|(name, _)| name == "csrf");
    path.clone_into(&mut form.action);
    form
}

async fn everybody_is_told_at_every_route_what_the_matrix_has(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut kept_out = Vec::new();
    for (method, route, kind) in routes() {
        for who in Who::ALL {
            let what = format!("{who:?}: {method} {route}");
            let about = if route.contains("{id}") {
                cast.thing(route).await
            } else {
                NAME.to_owned()
            };
            let account = cast.service.id;
            let path = filled(route, account, &about);
            let given = cast.ask(who, kind, &method, route, &path).await;
            match kind.answer(who) {
                Answer::LetIn if is_in(&given, route) => {}
                // All of them are told at once.
                Answer::LetIn => kept_out.push(format!("{what}: {given}")),
                Answer::LogIn => {
                    assert_eq!(given.status, 303, "{what}: {given}");
                    assert!(leads_to_log_in(&given), "{what}: {given}");
                }
                Answer::KeyMissing => {
                    given.must_be_error(401, "key_missing");
                }
                Answer::ScopeMissing => {
                    given.must_be_error(403, "scope_missing");
                }
                Answer::NotThere => {
                    let unknown = filled(route, account, &unknown(route));
                    let other = cast.ask(who, kind, &method, route, &unknown).await;
                    assert_eq!((given.status, other.status), (404, 404), "{what}: {given}");
                    let shown = [
                        without_proofs(given.text()).replace(&path, ""),
                        without_proofs(other.text()).replace(&unknown, ""),
                    ];
                    assert_eq!(shown[0], shown[1], "{what}");
                }
            }
        }
    }
    assert_eq!(kept_out, [""; 0]);
}

/// A name that nobody has yet.
fn new_name() -> String {
    format!("New{}", &Id::new().as_str()[24..])
}

fn filled(route: &str, account: Id, about: &str) -> String {
    route
        .replace("{account}", account.as_str())
        .replace("{id}", about)
        .replace("{digest}", "none")
        .replace(
            "{name}",
            if route.starts_with("/static") {
                "style.css"
            } else {
                about
            },
        )
}

/// An id, or a name, of nothing.
fn unknown(route: &str) -> String {
    if route.contains("{name}") {
        "no:such".to_owned()
    } else {
        Id::new().to_string()
    }
}

fn leads_to_log_in(given: &Given) -> bool {
    let location = given.header("location").unwrap_or_default();
    location == "/login" || location.starts_with("/login?next=")
}

/// The handler was reached. Some of those that anybody may come to have nothing to show.
fn is_in(given: &Given, route: &str) -> bool {
    let is_in = match route {
        "/auth/verify" => matches!(given.status, 204 | 401),
        // There is an admin already; the digest is of no file.
        "/setup" | "/static/{digest}/{name}" => given.status == 404,
        // What was seen before is part of the form; without it nothing is revoked.
        "/dashboard/admin/tokens/revoke-all" | "/dashboard/admin/incident" => {
            matches!(given.status, 200 | 303 | 403 | 422)
        }
        // A link that was never given out.
        "/password" => matches!(given.status, 200 | 404 | 422),
        _ => matches!(given.status, 200..300 | 303 | 400 | 409 | 415 | 422),
    };
    let is_out = leads_to_log_in(given) && !matches!(route, "/logout" | "/");
    is_in && !is_out
}
