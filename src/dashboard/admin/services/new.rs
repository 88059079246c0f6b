//! Making a service account.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::form::ServiceForm;
use crate::account::model::Account;
use crate::account::people::repository::admins;
use crate::account::service;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, faults};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::{again, show};
use crate::dashboard::tokens::keyring::list_of;
use crate::error::Error;
use crate::server::State;

/// The page.
#[derive(Template)]
#[template(path = "admin/services/new.html")]
struct View {
    page: Page,
    form: ServiceForm,
    admins: Vec<Account>,
}

/// The form.
pub(crate) async fn ask(
    state: Data<State>,
    member: Member,
    page: Page,
) -> Result<HttpResponse, Error> {
    show(&View {
        page,
        form: ServiceForm::empty(member.account.id),
        admins: state.database.read(admins).await?,
    })
}

/// Makes the account.
pub(crate) async fn create(
    state: Data<State>,
    member: Member,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let mut form = ServiceForm::read(sent);
    match store(&state, &member, &form).await {
        Ok(account) => {
            let told = format!("{} made. Generate its first key.", account.name);
            Flash::done(told).on(&session, &list_of(account.id))
        }
        Err(error) => {
            form.errors = faults(error)?;
            let admins = state.database.read(admins).await?;
            again(&View { page, form, admins })
        }
    }
}

async fn store(state: &State, member: &Member, form: &ServiceForm) -> Result<Account, Error> {
    let draft = form.draft()?;
    let (actor, now) = (member.actor(), state.clock.now());
    state
        .database
        .write(move |connection| service::create(connection, draft, &actor, now))
        .await
}
