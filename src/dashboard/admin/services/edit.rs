//! Changing what is said of a service account.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::LIST;
use super::form::ServiceForm;
use crate::account::model::Account;
use crate::account::people::repository::admins;
use crate::account::service;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, faults};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::{again, show};
use crate::error::Error;
use crate::id::Id;
use crate::server::{PathId, State};

/// The page.
#[derive(Template)]
#[template(path = "admin/services/edit.html")]
struct View {
    page: Page,
    account: Account,
    form: ServiceForm,
    admins: Vec<Account>,
}

/// The form, filled in.
pub(crate) async fn ask(
    state: Data<State>,
    PathId(id): PathId,
    page: Page,
) -> Result<HttpResponse, Error> {
    let (account, admins) = read(&state, id).await?;
    show(&View {
        form: ServiceForm::of(&account),
        page,
        account,
        admins,
    })
}

/// Saves it.
pub(crate) async fn save(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let (account, admins) = read(&state, id).await?;
    let mut form = ServiceForm::read(sent);
    match store(&state, &member, id, &form).await {
        Ok(()) => Flash::done("Service account saved.").on(&session, LIST),
        Err(error) => {
            form.errors = faults(error)?;
            again(&View {
                page,
                account,
                form,
                admins,
            })
        }
    }
}

async fn read(state: &State, id: Id) -> Result<(Account, Vec<Account>), Error> {
    state
        .database
        .read(move |connection| Ok((service::get(connection, id)?, admins(connection)?)))
        .await
}

async fn store(state: &State, member: &Member, id: Id, form: &ServiceForm) -> Result<(), Error> {
    let draft = form.draft()?;
    let (actor, now) = (member.actor(), state.clock.now());
    state
        .database
        .write(move |connection| service::change(connection, id, &draft, &actor, now))
        .await
}
