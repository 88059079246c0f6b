//! People and their keys, made by the functions that the program's own faces call.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use deskforge::account::email::Email;
use deskforge::account::lifecycle as accounts;
use deskforge::account::link::{self, lifecycle::Made};
use deskforge::account::model::Role;
use deskforge::account::password::{self, Password};
use deskforge::account::service;
use deskforge::audit::event::Actor;
use deskforge::error::Error;
use deskforge::id::Id;
use deskforge::token::draft::Draft;
use deskforge::token::environment::Environment;
use deskforge::token::lifecycle::{self as tokens, Generated};
use deskforge::token::lines::Lines;
use deskforge::token::repository::Whose;
use deskforge::token::scope::Scopes;

use super::TestServer;

/// The password of everybody in the tests.
pub(crate) const PASSWORD: &str = "seven quiet lanterns glow";

/// Hashed once: it is slow on purpose.
static HASH: LazyLock<String> =
    LazyLock::new(|| password::hash(&Password::from(PASSWORD.to_owned())).unwrap());

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) email: String,
}

/// A key with what only its owner knows.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) secret: String,
}

impl TestServer {
    /// Somebody who looks after their own keys.
    pub(crate) fn person(&self, name: &str) -> Person {
        self.somebody(name, Role::Member)
    }

    /// Somebody who also looks after those of others.
    pub(crate) fn admin(&self, name: &str) -> Person {
        self.somebody(name, Role::Admin)
    }

    fn somebody(&self, name: &str, role: Role) -> Person {
        let email = format!("{}@example.com", name.to_lowercase());
        let person = accounts::Person {
            name: name.to_owned(),
            email: Email::parse(&email).unwrap(),
        };
        let now = self.now();
        let made = self.state().database.write_now(|connection| {
            let (hash, actor) = (HASH.clone(), Actor::command_line());
            accounts::create(connection, &person, role, hash, &actor, now)
        });
        Person {
            id: made.unwrap().id,
            name: name.to_owned(),
            email,
        }
    }

    /// An account of the organisation's, without a log-in.
    pub(crate) fn service(&self, name: &str) -> Person {
        let draft = service::Draft::check(name, "For tests", None).unwrap();
        let now = self.now();
        let made = self.state().database.write_now(|connection| {
            service::create(connection, draft, &Actor::command_line(), now)
        });
        Person {
            id: made.unwrap().id,
            name: name.to_owned(),
            email: String::new(),
        }
    }

    /// Somebody who is invited, and the path of the link that was sent.
    pub(crate) fn invited(&self, name: &str) -> (Person, String) {
        let email = format!("{}@example.com", name.to_lowercase());
        let person = accounts::check_invited(name, &email).unwrap();
        let (key, now) = (&self.state().link_key, self.now());
        let form = form_digest();
        let made = self.state().database.write_now(|connection| {
            let actor = Actor::command_line();
            link::lifecycle::invite(connection, key, &person, Role::Member, form, &actor, now)
        });
        match made.unwrap() {
            Made::New(account, code, _) => {
                let person = Person {
                    id: account.id,
                    name: name.to_owned(),
                    email,
                };
                (person, format!("/password?code={}", code.expose()))
            }
            Made::Before(_) => panic!("invited before"),
        }
    }

    /// Disables somebody, as an admin would.
    pub(crate) fn disable(&self, person: &Person) {
        let (id, now) = (person.id, self.now());
        let work =
            |connection: &mut _| accounts::disable(connection, id, &Actor::command_line(), now);
        self.state().database.write_now(work).unwrap();
    }

    /// Enables somebody again.
    pub(crate) fn enable(&self, person: &Person) {
        let (id, now) = (person.id, self.now());
        let work =
            |connection: &mut _| accounts::enable(connection, id, &Actor::command_line(), now);
        self.state().database.write_now(work).unwrap();
    }

    /// A key that reads projects and never ends.
    pub(crate) fn generate(&self, owner: &Person) -> Key {
        self.generate_with(owner, |_| ())
    }

    /// A key with these scopes that never ends.
    pub(crate) fn generate_scoped(&self, owner: &Person, names: &[&str]) -> Key {
        self.generate_with(owner, |draft| draft.scopes = scopes(names))
    }

    /// A key with settings of the test's own.
    pub(crate) fn generate_with(&self, owner: &Person, change: impl FnOnce(&mut Draft)) -> Key {
        self.try_generate(owner, change).unwrap()
    }

    /// The same, where it may be refused.
    pub(crate) fn try_generate(
        &self,
        owner: &Person,
        change: impl FnOnce(&mut Draft),
    ) -> Result<Key, Error> {
        let mut draft = draft();
        change(&mut draft);
        let (id, mint, now) = (owner.id, &self.state().mint, self.now());
        let actor = Actor::user(owner.id, &owner.name, None);
        let generated = self.state().database.write_now(|connection| {
            tokens::generate(connection, mint, id, draft, None, None, &actor, now)
        });
        match generated? {
            Generated::New(token, secret) => Ok(Key {
                id: token.id,
                name: token.name,
                secret: secret.expose().to_owned(),
            }),
            Generated::Before(_) => panic!("generated before"),
        }
    }

    /// Revokes a key, as its owner would at the dashboard.
    pub(crate) fn revoke(&self, key: &Key) {
        let (id, now) = (key.id, self.now());
        let work = |connection: &mut _| {
            tokens::revoke(
                connection,
                Whose::Everyone,
                id,
                "",
                &Actor::command_line(),
                now,
            )
        };
        self.state().database.write_now(work).unwrap();
    }
}

/// What tells a form from all others.
fn form_digest() -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(&Id::new().as_str().as_bytes()[4..36]);
    digest
}

/// The settings of a key whose name nobody has.
pub(crate) fn draft() -> Draft {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    Draft {
        name: format!("Key {}", COUNT.fetch_add(1, Ordering::Relaxed)),
        note: String::new(),
        environment: Environment::None,
        scopes: scopes(&["projects:read"]),
        expires_at: None,
        allowed_cidrs: Lines::default(),
        locations: Lines::default(),
    }
}

pub(crate) fn scopes(names: &[&str]) -> Scopes {
    names.iter().collect()
}

pub(crate) fn lines(lines: &[&str]) -> Lines {
    lines.iter().collect()
}
