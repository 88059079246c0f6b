//! Which keys break a stricter rule, and what is to become of them.

use std::collections::BTreeSet;

use actix_session::Session;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::ADDRESS;
use super::edit::read;
use super::form::PolicyForm;
use super::words::{self, saved};
use crate::clock::Instant;
use crate::dashboard::choice::Choice;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, faults, sound};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::redirect::see_other;
use crate::dashboard::render::{again, show};
use crate::error::{Error, FieldErrors};
use crate::policy::{Policy, Rule};
use crate::server::State;
use crate::text::counted;
use crate::token::breach::{self, Applied, Breach, Remedy};
use crate::token::repository::OwnedToken;

/// The page.
#[derive(Template)]
#[template(path = "admin/policy/broken.html")]
struct View {
    page: Page,
    form: Chosen,
    policy: Policy,
    breaches: Vec<Breach>,
}

/// The policy that was asked for, and what was chosen for the keys that break it.
struct Chosen {
    wanted: PolicyForm,
    remedies: Vec<(Rule, Remedy)>,
    errors: FieldErrors,
}

impl Chosen {
    fn read(mut sent: Form) -> Self {
        let wanted = PolicyForm::take(&mut sent);
        let mut remedies = Vec::new();
        for rule in Rule::ALL {
            let known = |text: &str| {
                let remedies = Remedy::of(rule).iter();
                remedies.copied().find(|one| one.as_str() == text)
            };
            let fault = "Choose what becomes of these keys";
            let chosen = sent.parsed(&words::control(rule), fault, known);
            remedies.extend(chosen.map(|remedy| (rule, remedy)));
        }
        Self {
            wanted,
            remedies,
            errors: sent.finish(),
        }
    }
}

impl View {
    /// "12 keys break this".
    fn heading(&self) -> String {
        let ids: BTreeSet<_> = self.breaches.iter().flat_map(Breach::ids).collect();
        match ids.len() {
            0 => "No key breaks this".to_owned(),
            1 => "1 key breaks this".to_owned(),
            keys => format!("{} break this", counted(keys, "key")),
        }
    }

    fn rule(&self, breach: &Breach) -> String {
        words::rule(breach.rule, &self.policy)
    }

    /// What it is about the key.
    fn why(&self, breach: &Breach, key: &OwnedToken) -> String {
        let token = &key.token;
        match breach.rule {
            Rule::Lifetime | Rule::Count => {
                let begun = token.created_at.date();
                let end = token.expires_at.map(Instant::date);
                match end {
                    Some(end) => format!("Generated {begun}, expires {end}"),
                    None => format!("Generated {begun}, never expires"),
                }
            }
            Rule::Scopes => {
                let scopes = token.scopes.iter();
                let refused = scopes.filter(|one| !self.policy.lets_members_grant(one));
                refused.collect::<Vec<_>>().join(", ")
            }
            Rule::Environment => "No environment".to_owned(),
            Rule::Unused => format!("Generated {}", token.created_at.date()),
        }
    }

    fn choices(&self, breach: &Breach) -> Vec<Choice> {
        let chosen = self.form.remedies.iter();
        let chosen = chosen.clone().find(|(rule, _)| *rule == breach.rule);
        let chosen = chosen.map_or(Remedy::Leave, |(_, remedy)| *remedy);
        let choice = |remedy: &Remedy| {
            let label = words::remedy(*remedy, breach.rule, &self.policy, self.page.now);
            Choice::new(remedy.as_str(), label, *remedy == chosen)
        };
        Remedy::of(breach.rule).iter().map(choice).collect()
    }
}

/// The question.
pub(crate) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    member: Member,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    if request.query_string().is_empty() {
        return Ok(see_other(ADDRESS));
    }
    let form = Chosen::read(Form::of_query(&request));
    match preview(&state, &member, &form, &page).await {
        Ok((policy, breaches)) => show(&View {
            page,
            form,
            policy,
            breaches,
        }),
        Err(Error::Conflict(why)) => Flash::not_done(format!("{why}.")).on(&session, ADDRESS),
        Err(Error::Invalid(_)) => Ok(see_other(ADDRESS)),
        Err(error) => Err(error),
    }
}

/// Puts the policy in force, and does what was chosen.
pub(crate) async fn save(
    state: Data<State>,
    member: Member,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let mut form = Chosen::read(sent);
    match store(&state, &member, &form).await {
        Ok(Applied::Saved(done)) => saved(done).on(&session, ADDRESS),
        Ok(Applied::Asked(breaches)) => {
            for breach in &breaches {
                if form.remedies.iter().all(|(rule, _)| *rule != breach.rule) {
                    let fault = "Choose what becomes of these keys";
                    form.errors.add(&words::control(breach.rule), fault);
                }
            }
            let (policy, breaches) = preview(&state, &member, &form, &page).await?;
            again(&View {
                page,
                form,
                policy,
                breaches,
            })
        }
        Err(error) => {
            form.errors = faults(error)?;
            let told = form.errors.iter().map(|(_, fault)| fault);
            let told = format!("{}.", told.collect::<Vec<_>>().join(". "));
            Flash::not_done(told).on(&session, ADDRESS)
        }
    }
}

async fn store(state: &State, member: &Member, form: &Chosen) -> Result<Applied, Error> {
    sound(&form.errors)?;
    let (_, offers) = read(state, member).await?;
    let wanted = form.wanted.policy(&offers)?;
    let (remedies, actor, now) = (form.remedies.clone(), member.actor(), state.clock.now());
    state
        .database
        .write(move |connection| breach::apply(connection, wanted, &remedies, &actor, now))
        .await
}

/// The policy as it would be, and the keys that break it.
async fn preview(
    state: &State,
    member: &Member,
    form: &Chosen,
    page: &Page,
) -> Result<(Policy, Vec<Breach>), Error> {
    let (before, offers) = read(state, member).await?;
    let after = breach::checked(form.wanted.policy(&offers)?, &before)?;
    let now = page.now;
    state
        .database
        .read(move |connection| {
            let breaches = breach::breaches(connection, &before, &after, now)?;
            Ok((after, breaches))
        })
        .await
}
