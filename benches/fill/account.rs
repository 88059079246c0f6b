//! One account with its keys and projects, made as every face makes them.

use deskforge::account::email::Email;
use deskforge::account::lifecycle::{Person, create};
use deskforge::account::model::Role;
use deskforge::audit::event::Actor;
use deskforge::error::Error;
use deskforge::id::Id;
use deskforge::installation::Installation;
use deskforge::project;
use deskforge::project::model::Draft;
use deskforge::token::draft::Asked;
use deskforge::token::lifecycle::{Generated, generate};
use deskforge::token::lifetime::Lifetime;
use deskforge::token::secret::Secret;
use deskforge::token::terms::Terms;

/// What the account is to have.
pub(crate) struct Plan {
    /// How many keys.
    pub(crate) keys: usize,
    /// What they may do.
    pub(crate) scopes: Vec<String>,
    /// How many projects.
    pub(crate) projects: usize,
}

/// Makes the account in one transaction and gives its keys.
pub(crate) fn make(installation: &Installation, plan: &Plan) -> Result<Vec<Secret>, Error> {
    let now = installation.clock.now();
    let (mint, actor) = (installation.mint(), Actor::command_line());
    installation.database.write_now(|connection| {
        let person = Person {
            name: "Person".to_owned(),
            email: Email::parse(&format!("{}@example.com", Id::new())).unwrap_or_default(),
        };
        let password = String::new();
        let owner = create(connection, &person, Role::Member, password, &actor, now)?.id;
        let mut keys = Vec::with_capacity(plan.keys);
        for number in 0..plan.keys {
            let asked = Asked {
                name: format!("Key {number}"),
                scopes: Some(plan.scopes.clone()),
                ..Asked::default()
            };
            let draft = asked.check(Ok(Lifetime::default()), &Terms::open(&plan.scopes), now)?;
            let made = generate(connection, &mint, owner, draft, None, None, &actor, now)?;
            if let Generated::New(_, secret) = made {
                keys.push(secret);
            }
        }
        for number in 0..plan.projects {
            let draft = Draft::check(&format!("Project {number}"), "What it is for, in a line")?;
            project::lifecycle::create(connection, owner, draft, &actor, now)?;
        }
        Ok(keys)
    })
}
