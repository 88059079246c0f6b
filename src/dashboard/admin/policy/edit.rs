//! What must everybody keep to? The form of the policy.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::ADDRESS;
use super::form::PolicyForm;
use super::words::saved;
use crate::account::model::{Kind, Role};
use crate::dashboard::form::{Form, faults};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::redirect::see_other;
use crate::dashboard::render::{again, show};
use crate::error::Error;
use crate::policy::{self, Policy};
use crate::server::State;
use crate::token::breach::{self, Applied};
use crate::token::scope::repository::{self, Offer};

/// The page.
#[derive(Template)]
#[template(path = "admin/policy/edit.html")]
struct View {
    page: Page,
    form: PolicyForm,
    /// The scopes that members could be let grant.
    offers: Vec<Offer>,
}

/// The form, filled in.
pub(crate) async fn ask(
    state: Data<State>,
    member: Member,
    page: Page,
) -> Result<HttpResponse, Error> {
    let (policy, offers) = read(&state, &member).await?;
    let form = PolicyForm::of(&policy, &offers);
    show(&View { page, form, offers })
}

/// Puts the policy in force, or asks first what becomes of the keys that break it.
pub(crate) async fn save(
    state: Data<State>,
    member: Member,
    session: Session,
    page: Page,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    let (_, offers) = read(&state, &member).await?;
    let mut form = PolicyForm::take(&mut sent);
    form.errors = sent.finish();
    let now = state.clock.now();
    let applied = match form.policy(&offers) {
        Ok(wanted) => {
            let apply = move |connection: &mut _| {
                breach::apply(connection, wanted, &[], &member.actor(), now)
            };
            state.database.write(apply).await
        }
        Err(error) => Err(error),
    };
    match applied {
        Ok(Applied::Saved(done)) => saved(done).on(&session, ADDRESS),
        Ok(Applied::Asked(_)) => Ok(see_other(&form.address())),
        Err(error) => {
            form.errors = faults(error)?;
            again(&View { page, form, offers })
        }
    }
}

/// The policy, and the scopes that members could be let grant.
pub(super) async fn read(state: &State, admin: &Member) -> Result<(Policy, Vec<Offer>), Error> {
    let mut member = admin.account.clone();
    (member.kind, member.role) = (Kind::User, Role::Member);
    state
        .database
        .read(move |connection| {
            let policy = policy::repository::read(connection)?;
            Ok((policy, repository::offers(connection, &member)?))
        })
        .await
}
