//! Adding a scope.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::LIST;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, faults, sound};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::{again, show};
use crate::error::{Error, FieldErrors};
use crate::server::State;
use crate::token::scope::lifecycle;

/// The page.
#[derive(Template)]
#[template(path = "admin/scopes/new.html")]
struct View {
    page: Page,
    form: NewScope,
}

/// What was typed.
#[derive(Default)]
struct NewScope {
    name: String,
    description: String,
    errors: FieldErrors,
}

/// The form.
pub(crate) async fn ask(page: Page) -> Result<HttpResponse, Error> {
    let form = NewScope::default();
    show(&View { page, form })
}

/// Adds the scope.
pub(crate) async fn add(
    state: Data<State>,
    member: Member,
    session: Session,
    page: Page,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    let mut form = NewScope {
        name: sent.text("name"),
        description: sent.text("description"),
        errors: FieldErrors::default(),
    };
    form.errors = sent.finish();
    match store(&state, member, &form).await {
        Ok(name) => Flash::done(format!("Scope {name} added.")).on(&session, LIST),
        Err(error) => {
            form.errors = faults(error)?;
            again(&View { page, form })
        }
    }
}

async fn store(state: &State, member: Member, form: &NewScope) -> Result<String, Error> {
    sound(&form.errors)?;
    let (name, description) = (form.name.clone(), form.description.clone());
    let now = state.clock.now();
    let added = state
        .database
        .write(move |connection| {
            lifecycle::add(connection, &name, &description, &member.actor(), now)
        })
        .await?;
    Ok(added.name)
}
