//! What may it do, how long? The form that generates a key.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::clock::Instant;
use crate::dashboard::choice::{self, Choice};
use crate::dashboard::form::{Form, faults, sound};
use crate::dashboard::page::Page;
use crate::dashboard::render::show;
use crate::dashboard::tokens::keyring::Keyring;
use crate::error::{Error, FieldErrors};
use crate::policy::Policy;
use crate::server::State;
use crate::text::counted;
use crate::token::draft::{Asked, Draft};
use crate::token::environment::Environment;
use crate::token::lifetime::Lifetime;
use crate::token::lines::Lines;
use crate::token::model::Token;
use crate::token::scope::Scope;
use crate::token::terms::Terms;

/// The page.
#[derive(Template)]
#[template(path = "tokens/new.html")]
pub(super) struct View {
    pub(super) page: Page,
    pub(super) keyring: Keyring,
    pub(super) form: NewToken,
    /// What binds the key.
    pub(super) terms: Terms,
}

impl View {
    /// What the admins allow at most, where they do not allow everything.
    fn bound(&self) -> String {
        let longest = self.terms.policy().longest_days;
        longest.map_or_else(String::new, |days| {
            format!("Your admins allow at most {}.", counted(days, "day"))
        })
    }
}

/// The form; with the id of a key as `again`, filled in from it.
pub(crate) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    keyring: Keyring,
    page: Page,
) -> Result<HttpResponse, Error> {
    let again = Form::of_query(&request).text("again");
    let terms = terms(&state, &keyring).await?;
    let policy = terms.policy();
    let form = match again.parse() {
        Ok(id) => NewToken::again(
            &super::find(&state, &keyring, id).await?,
            policy,
            page.now(),
        ),
        Err(_) if again.is_empty() => NewToken::fresh(policy),
        Err(_) => return Err(Error::NotFound),
    };
    show(&View {
        page,
        keyring,
        form,
        terms,
    })
}

/// What binds the member's keys.
///
/// # Errors
/// Those of the database.
pub(super) async fn terms(state: &State, keyring: &Keyring) -> Result<Terms, Error> {
    let account = keyring.owner.clone();
    state
        .database
        .read(move |connection| Terms::read(connection, &account))
        .await
}

/// What was typed.
#[derive(Debug)]
pub(super) struct NewToken {
    name: String,
    environment: String,
    expires_in: String,
    expires_on: String,
    scopes: Vec<String>,
    note: String,
    locations: String,
    allowed_cidrs: String,
    pub(super) errors: FieldErrors,
}

impl NewToken {
    /// One that nobody has typed into.
    fn fresh(policy: &Policy) -> Self {
        Self {
            name: String::new(),
            environment: Environment::None.as_str().to_owned(),
            expires_in: policy.default_days.to_string(),
            expires_on: String::new(),
            scopes: vec![Scope::ProjectsRead.name().to_owned()],
            note: String::new(),
            locations: String::new(),
            allowed_cidrs: String::new(),
            errors: FieldErrors::default(),
        }
    }

    pub(super) fn read(mut sent: Form) -> Self {
        Self {
            name: sent.text("name"),
            environment: sent.text("environment"),
            expires_in: sent.text("expires_in"),
            expires_on: sent.text("expires_on"),
            scopes: sent.texts("scopes"),
            note: sent.text("note"),
            locations: sent.text("locations"),
            allowed_cidrs: sent.text("allowed_cidrs"),
            errors: sent.finish(),
        }
    }

    /// The same settings and the same length of life, counted anew, as far as the policy allows it.
    fn again(token: &Token, policy: &Policy, now: Instant) -> Self {
        let whole_days = |end: Instant| end.seconds_since(token.created_at) / 86_400;
        let (lifetime, last_day) = match token.expires_at.map(whole_days) {
            None if policy.allows_never() => ("never".to_owned(), String::new()),
            None => (policy.default_days.to_string(), String::new()),
            Some(days) if policy.offered_days().contains(&days) => {
                (days.to_string(), String::new())
            }
            Some(days) if policy.longest_days.is_some_and(|longest| days > longest) => {
                (policy.default_days.to_string(), String::new())
            }
            Some(days) => ("custom".to_owned(), now.plus_days(days.max(1)).iso_date()),
        };
        Self {
            name: token.name.clone(),
            environment: token.environment.as_str().to_owned(),
            expires_in: lifetime,
            expires_on: last_day,
            scopes: token.scopes.iter().map(str::to_owned).collect(),
            note: token.note.clone(),
            locations: joined(&token.locations),
            allowed_cidrs: joined(&token.allowed_cidrs),
            errors: FieldErrors::default(),
        }
    }

    /// The key that is asked for.
    ///
    /// # Errors
    /// [`Error::Invalid`], naming every fault.
    pub(super) fn draft(&self, terms: &Terms, now: Instant) -> Result<Draft, Error> {
        sound(&self.errors)?;
        let asked = Asked {
            name: self.name.clone(),
            note: self.note.clone(),
            environment: Some(self.environment.clone()).filter(|text| !text.is_empty()),
            scopes: Some(self.scopes.clone()),
            allowed_cidrs: lines(&self.allowed_cidrs),
            locations: lines(&self.locations),
        };
        let lifetime = Lifetime::from_form(&self.expires_in, &self.expires_on, terms.policy(), now);
        asked.check(lifetime, terms, now)
    }

    /// The faults, that of the end at the control by which it was chosen.
    pub(super) fn faults(&self, error: Error) -> Result<FieldErrors, Error> {
        let control = match self.expires_in.as_str() {
            "custom" => "expires_on",
            _ => "expires_in",
        };
        Ok(faults(error)?.renamed("expires_at", control))
    }

    fn environments(&self, policy: &Policy) -> impl Iterator<Item = Choice> {
        let is_required = policy.environment_required;
        let none = Environment::None.as_str();
        choice::environments(&self.environment)
            .filter(move |choice| !is_required || choice.value != none)
    }

    /// The lifetimes, each with the day on which it ends when chosen now.
    fn lifetimes(&self, policy: &Policy, now: Instant) -> impl Iterator<Item = Choice> {
        let days = policy.offered_days().into_iter().map(move |days| {
            let end = now.plus_days(days).date();
            (days.to_string(), format!("{}, {end}", counted(days, "day")))
        });
        let never = policy.allows_never().then_some(("never", "Never"));
        let others = [("custom", "On a date")].into_iter().chain(never);
        days.chain(others.map(|(value, label)| (value.to_owned(), label.to_owned())))
            .map(|(value, label)| Choice::new(&value, label, value == self.expires_in))
    }

    fn is_chosen(&self, scope: &str) -> bool {
        self.scopes.iter().any(|chosen| chosen == scope)
    }

    /// Whether one of the fields that are folded away needs to be seen.
    fn has_more(&self) -> bool {
        [
            ("note", &self.note),
            ("locations", &self.locations),
            ("allowed_cidrs", &self.allowed_cidrs),
        ]
        .iter()
        .any(|(field, value)| !value.is_empty() || self.errors.get(field).is_some())
    }
}

/// The lines of a text area.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// Lines for a text area.
pub(super) fn joined(lines: &Lines) -> String {
    lines.iter().collect::<Vec<_>>().join("\n")
}
