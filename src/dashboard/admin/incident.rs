//! Something has happened: all keys of a person, of whoever called from an address, or of some days
//! are revoked at once.

use std::net::IpAddr;

use actix_session::Session;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use ipnet::IpNet;
use url::form_urlencoded::Serializer;

use super::confirm::{self, Confirmation, Question, Target};
use super::{INCIDENT, owners};
use crate::account::model::Account;
use crate::clock::Instant;
use crate::dashboard::choice::{self, Choice};
use crate::dashboard::form::{ALL, Form};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::{answer, checked};
use crate::error::{Error, FieldErrors};
use crate::server::State;
use crate::token::list::Filter;
use crate::token::revocation::repository::addresses;

/// Whose keys are meant: what is left empty does not narrow.
#[derive(Debug, Default)]
struct Suspects {
    owner: String,
    person: Option<Account>,
    address: String,
    from: String,
    to: String,
    errors: FieldErrors,
}

/// The page.
#[derive(Template)]
#[template(path = "admin/incident.html")]
struct View {
    page: Page,
    suspects: Suspects,
    owners: Option<Vec<Account>>,
    question: Option<Question>,
    form: Confirmation,
}

impl View {
    fn choices(&self) -> Vec<Choice> {
        let chosen = self.suspects.person.as_ref().map(|person| person.id);
        let mut choices = vec![Choice::new(ALL, "Anybody", chosen.is_none())];
        choices.extend(choice::accounts(
            chosen,
            self.owners.as_deref().unwrap_or_default(),
        ));
        choices
    }
}

/// Asks whose keys, and once that is told how many they are.
pub(crate) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    page: Page,
) -> Result<HttpResponse, Error> {
    let mut suspects = Suspects::read(Form::of_query(&request));
    let owners = state.database.read(owners::offered).await?;
    let mut question = None;
    if !request.query_string().is_empty() {
        match suspects.target(&state).await {
            Ok(target) => question = Some(Question::read(&state, &page, target).await?),
            Err(error) => suspects.errors = crate::dashboard::form::faults(error)?,
        }
    }
    let status = checked(&suspects.errors);
    let form = Confirmation::with(suspects.errors.clone());
    let view = View {
        page,
        suspects,
        owners,
        question,
        form,
    };
    answer(status, &view)
}

/// Revokes them.
pub(crate) async fn revoke(
    state: Data<State>,
    request: HttpRequest,
    member: Member,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let mut suspects = Suspects::read(Form::of_query(&request));
    let target = suspects.target(&state).await?;
    confirm::revoke(&state, member, &session, page, target, sent).await
}

impl Suspects {
    fn read(mut query: Form) -> Self {
        let mut line = |name: &str| query.text(name).trim().to_owned();
        Self {
            owner: line("owner"),
            person: None,
            address: line("address"),
            from: line("from"),
            to: line("to"),
            errors: query.finish(),
        }
    }

    /// The keys that are meant.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what names none, or where nothing was given.
    async fn target(&mut self, state: &State) -> Result<Target, Error> {
        let mut errors = std::mem::take(&mut self.errors);
        let mut filter = Filter::default();
        let mut which = Vec::new();
        if !self.owner.is_empty() && self.owner != ALL {
            let text = self.owner.clone();
            let found = move |connection: &mut _| owners::find(connection, &text);
            self.person = state.database.read(found).await?;
            match &self.person {
                Some(person) => {
                    which.push(format!("Person: {}", person.name));
                    filter.owner = Some(person.id);
                }
                None => errors.add("owner", "There is no such person"),
            }
        }
        if !self.address.is_empty() {
            which.push(format!("Called from: {}", self.address));
            match network(&self.address) {
                Some(network) => filter.seen_at = Some(seen(state, network).await?),
                None => errors.add(
                    "address",
                    "Enter an address or range such as 203.0.113.7 or 10.0.0.0/8",
                ),
            }
        }
        let day = |name: &str, text: &str, errors: &mut FieldErrors| {
            let end = Instant::end_of_date(text);
            if end.is_none() && !text.is_empty() {
                errors.add(name, "Enter a day such as 2026-11-24");
            }
            end
        };
        if let Some(end) = day("from", &self.from, &mut errors) {
            which.push(format!("Generated from: {}", self.from));
            filter.made_from = Some(end.plus_days(-1));
        }
        if let Some(end) = day("to", &self.to, &mut errors) {
            which.push(format!("Generated up to: {}", self.to));
            filter.made_before = Some(end);
        }
        if which.is_empty() && errors.is_empty() {
            errors.add(
                "owner",
                "Say whose keys, from which address, or of which days",
            );
        }
        errors.or(Target {
            filter,
            which,
            action: self.here(),
            back: INCIDENT.to_owned(),
            must_type: true,
        })
    }

    /// The address of the page of these keys.
    fn here(&self) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in [
            ("owner", &self.owner),
            ("address", &self.address),
            ("from", &self.from),
            ("to", &self.to),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        format!("{INCIDENT}?{}", query.finish())
    }
}

/// An address alone is a network of one.
fn network(text: &str) -> Option<IpNet> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// The addresses within a network that any key was called from.
async fn seen(state: &State, network: IpNet) -> Result<Vec<String>, Error> {
    let mut seen = state.database.read(addresses).await?;
    seen.retain(|address| {
        let address = address.parse::<IpAddr>();
        address.is_ok_and(|address| network.contains(&address.to_canonical()))
    });
    Ok(seen)
}
