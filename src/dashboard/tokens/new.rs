//! What may it do, how long? The form that generates a key.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::clock::Instant;
use crate::dashboard::choice::{self, Choice};
use crate::dashboard::form::{Form, sound};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::show;
use crate::error::{Error, FieldErrors};
use crate::server::State;
use crate::token::draft::{Asked, Draft};
use crate::token::environment::Environment;
use crate::token::lifetime::{DEFAULT_DAYS, Lifetime, PRESET_DAYS};
use crate::token::lines::Lines;
use crate::token::model::Token;
use crate::token::scope::Scope;
use crate::token::scope::repository::{self, Offer};

/// The page.
#[derive(Template)]
#[template(path = "tokens/new.html")]
pub(super) struct View {
    pub(super) page: Page,
    pub(super) form: NewToken,
    /// The scopes that may be chosen.
    pub(super) offers: Vec<Offer>,
}

/// The form; with the id of a key as `again`, filled in from it.
pub(crate) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    member: Member,
    page: Page,
) -> Result<HttpResponse, Error> {
    let again = Form::of_query(&request).text("again");
    let form = match again.parse() {
        Ok(id) => NewToken::again(&super::find(&state, &member, id).await?, page.now()),
        Err(_) if again.is_empty() => NewToken::default(),
        Err(_) => return Err(Error::NotFound),
    };
    let offers = offers(&state, &member).await?;
    show(&View { page, form, offers })
}

/// The scopes that the member may grant.
///
/// # Errors
/// Those of the database.
pub(super) async fn offers(state: &State, member: &Member) -> Result<Vec<Offer>, Error> {
    let account = member.account.clone();
    state
        .database
        .read(move |connection| repository::offers(connection, &account))
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

impl Default for NewToken {
    fn default() -> Self {
        Self {
            name: String::new(),
            environment: Environment::None.as_str().to_owned(),
            expires_in: DEFAULT_DAYS.to_string(),
            expires_on: String::new(),
            scopes: vec![Scope::ProjectsRead.name().to_owned()],
            note: String::new(),
            locations: String::new(),
            allowed_cidrs: String::new(),
            errors: FieldErrors::default(),
        }
    }
}

impl NewToken {
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

    /// The same settings and the same length of life, counted anew.
    fn again(token: &Token, now: Instant) -> Self {
        let whole_days = |end: Instant| end.seconds_since(token.created_at) / 86_400;
        let (lifetime, last_day) = match token.expires_at.map(whole_days) {
            None => ("never".to_owned(), String::new()),
            Some(days) if PRESET_DAYS.contains(&days) => (days.to_string(), String::new()),
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
    pub(super) fn draft(&self, offers: &[Offer], now: Instant) -> Result<Draft, Error> {
        sound(&self.errors)?;
        let asked = Asked {
            name: self.name.clone(),
            note: self.note.clone(),
            environment: Some(self.environment.clone()).filter(|text| !text.is_empty()),
            scopes: Some(self.scopes.clone()),
            allowed_cidrs: lines(&self.allowed_cidrs),
            locations: lines(&self.locations),
        };
        let lifetime = Lifetime::from_form(&self.expires_in, &self.expires_on, now);
        let names: Vec<String> = offers.iter().map(|offer| offer.name.clone()).collect();
        asked.check(lifetime, &names, now)
    }

    fn environments(&self) -> impl Iterator<Item = Choice> {
        choice::environments(&self.environment)
    }

    /// The lifetimes, each with the day on which it ends when chosen now.
    fn lifetimes(&self, now: Instant) -> impl Iterator<Item = Choice> {
        let days = PRESET_DAYS.map(|days| {
            let end = now.plus_days(days).date();
            (days.to_string(), format!("{days} days, {end}"))
        });
        let others = [("custom", "On a date"), ("never", "Never")]
            .map(|(value, label)| (value.to_owned(), label.to_owned()));
        days.into_iter()
            .chain(others)
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
