//! The keys of somebody who goes, each with who calls it and what is to become of it.

use crate::account::departure::{Heir, Plan};
use crate::account::model::Account;
use crate::account::people;
use crate::account::service::Draft;
use crate::account::session;
use crate::clock::Instant;
use crate::dashboard::choice::Choice;
use crate::dashboard::form::{Form, sound};
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::project::repository as projects;
use crate::token::handover::CALLER_DAYS;
use crate::token::model::Token;
use crate::token::repository;
use crate::token::transfer::field;
use crate::token::usage::Caller;
use crate::token::usage::callers::repository::let_through;

/// The most service accounts that are offered.
const SERVICES: i64 = 500;
/// The most callers that are named of a key.
const CALLERS: usize = 5;
/// The most keys for which something can be chosen, as a form may have 64 KiB.
const CHOICES: usize = 300;

/// What is sent to let a key end, and to hand it to the service account that is made for it.
const END: &str = "end";
const NEW: &str = "new";

/// The keys that replace one another, one of which works at least.
pub(super) struct Family {
    id: Id,
    /// Those that work, the one used last first.
    pub(super) tokens: Vec<Token>,
    callers: Vec<Caller>,
}

impl Family {
    /// The name of its field.
    pub(super) fn field(&self) -> String {
        field(self.id)
    }

    /// The key whose name stands for all.
    pub(super) fn first(&self) -> Option<&Token> {
        self.tokens.first()
    }

    /// The callers that are named.
    pub(super) fn callers(&self) -> impl Iterator<Item = &Caller> {
        self.callers.iter().take(CALLERS)
    }

    pub(super) fn has_callers(&self) -> bool {
        !self.callers.is_empty()
    }

    /// How many are not named.
    pub(super) fn more(&self) -> usize {
        self.callers.len().saturating_sub(CALLERS)
    }

    /// Whether a key of it reads or writes what its owner has, and not only guards other services.
    fn holds(&self, thing: &str) -> bool {
        let mut scopes = self.tokens.iter().flat_map(|token| token.scopes.iter());
        scopes.any(|scope| scope.split(':').next() == Some(thing))
    }

    /// What changes for its holder when it is handed over, beside the owner.
    pub(super) fn changes(&self) -> Vec<&'static str> {
        let words = [
            (
                "projects",
                "its calls to /projects meet the service account's projects, not these.",
            ),
            (
                "tokens",
                "its calls to /tokens meet the service account's keys.",
            ),
            ("audit", "audit:read opens nothing any more."),
        ];
        words
            .into_iter()
            .filter(|(thing, _)| self.holds(thing))
            .map(|(_, words)| words)
            .collect()
    }
}

/// What the database holds for the page.
pub(super) struct Leaving {
    pub(super) families: Vec<Family>,
    /// Keys for which nothing can be chosen, as there are too many.
    pub(super) surplus: usize,
    /// Live keys, those that replace one another each by itself.
    pub(super) keys: usize,
    pub(super) sessions: usize,
    pub(super) has_projects: bool,
    services: Vec<Account>,
}

impl Leaving {
    /// # Errors
    /// Those of the database.
    pub(super) fn read(
        connection: &mut Connection,
        owner: Id,
        now: Instant,
    ) -> Result<Self, Error> {
        let mut families: Vec<Family> = Vec::new();
        let live = repository::live(connection, owner, now)?;
        let keys = live.len();
        for token in live {
            match families.iter_mut().find(|one| one.id == token.family_id) {
                Some(family) => family.tokens.push(token),
                None => families.push(Family {
                    id: token.family_id,
                    tokens: vec![token],
                    callers: Vec::new(),
                }),
            }
        }
        let surplus = families.len().saturating_sub(CHOICES);
        families.truncate(CHOICES);
        let since = now.plus_days(-i64::from(CALLER_DAYS));
        for family in &mut families {
            for token in &family.tokens {
                family
                    .callers
                    .extend(let_through(connection, token.id, since)?);
            }
        }
        let mut services = people::repository::services(connection, SERVICES)?;
        services.retain(|service| service.disabled_at.is_none());
        Ok(Self {
            families,
            surplus,
            keys,
            sessions: session::repository::list(connection, owner, now)?.len(),
            has_projects: projects::count(connection, owner)? > 0,
            services,
        })
    }

    /// What can become of a family.
    pub(super) fn choices(&self, family: &Family, chosen: &Chosen) -> Vec<Choice> {
        let chosen = chosen.of(family.id);
        let fixed = |value: &str, label: &str| Choice::new(value, label, chosen == value);
        let services = self.services.iter().map(|service| {
            let id = service.id.as_str();
            Choice::new(id, format!("Hand to {}", service.name), chosen == id)
        });
        [fixed(END, "End it")]
            .into_iter()
            .chain(services)
            .chain([fixed(NEW, "Hand to a new service account")])
            .collect()
    }
}

/// What was chosen.
#[derive(Default)]
pub(super) struct Chosen {
    /// Families, as they were sent, and what is to become of each.
    heirs: Vec<(String, String)>,
    pub(super) name: String,
    pub(super) purpose: String,
    pub(super) errors: FieldErrors,
}

impl Chosen {
    pub(super) fn read(mut sent: Form) -> Self {
        Self {
            heirs: sent.beginning("to-"),
            name: sent.text("new_name"),
            purpose: sent.text("new_purpose"),
            errors: sent.finish(),
        }
    }

    fn of(&self, family: Id) -> &str {
        let found = self.heirs.iter().find(|(id, _)| id == family.as_str());
        found.map_or(END, |(_, heir)| heir.as_str())
    }

    /// What is to be done. A key that was not there when the page was made ends with the others:
    /// nobody puts their going off by making keys.
    ///
    /// # Errors
    /// [`Error::Invalid`], naming every fault.
    pub(super) fn plan(&self, manager: Id) -> Result<Plan, Error> {
        sound(&self.errors)?;
        let mut errors = FieldErrors::default();
        let mut plan = Plan::default();
        for (family, heir) in &self.heirs {
            let Ok(family) = family.parse::<Id>() else {
                return Err(Error::NotFound);
            };
            match (heir.as_str(), heir.parse::<Id>()) {
                (END, _) => {}
                (NEW, _) => plan.handed.push((family, Heir::New)),
                (_, Ok(heir)) => plan.handed.push((family, Heir::Account(heir))),
                (_, Err(_)) => errors.add(&field(family), "Choose what becomes of the key"),
            }
        }
        if plan.handed.iter().any(|(_, heir)| *heir == Heir::New) {
            match Draft::check(&self.name, &self.purpose, Some(manager)) {
                Ok(draft) => plan.new = Some(draft),
                Err(Error::Invalid(faults)) => {
                    for (field, fault) in renamed(&faults).iter() {
                        errors.add(field, fault);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        errors.or(plan)
    }
}

/// The faults of a service account, under the names that its fields have here.
pub(super) fn renamed(faults: &FieldErrors) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for (field, fault) in faults.iter() {
        match field {
            "name" => errors.add("new_name", fault),
            "purpose" => errors.add("new_purpose", fault),
            other => errors.add(other, fault),
        }
    }
    errors
}
