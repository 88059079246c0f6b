//! One scope: what it opens, and what else can be done about it.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::path::PathName;
use super::{Found, LIST};
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, faults, sound};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::{again, show};
use crate::error::{Error, FieldErrors};
use crate::server::State;
use crate::text::counted;
use crate::token::scope::lifecycle;

/// The page.
#[derive(Template)]
#[template(path = "admin/scopes/edit.html")]
struct View {
    page: Page,
    found: Found,
    form: EditScope,
}

/// What was typed.
struct EditScope {
    description: String,
    errors: FieldErrors,
}

impl View {
    /// "3 live keys hold it."
    fn held(&self) -> String {
        match self.found.holders {
            0 => "No live key holds it.".to_owned(),
            1 => "1 live key holds it.".to_owned(),
            keys => format!("{} hold it.", counted(keys, "live key")),
        }
    }

    /// "all 3 keys".
    fn all(&self) -> String {
        match self.found.holders {
            1 => "the 1 key".to_owned(),
            keys => format!("all {}", counted(keys, "key")),
        }
    }
}

/// The form, filled in.
pub(crate) async fn ask(
    state: Data<State>,
    PathName(name): PathName,
    page: Page,
) -> Result<HttpResponse, Error> {
    let found = Found::read(&state, name, page.now()).await?;
    let form = EditScope {
        description: found.own.description.clone(),
        errors: FieldErrors::default(),
    };
    show(&View { page, found, form })
}

/// Saves what the scope opens.
pub(crate) async fn save(
    state: Data<State>,
    member: Member,
    PathName(name): PathName,
    session: Session,
    page: Page,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    let found = Found::read(&state, name.clone(), page.now()).await?;
    let mut form = EditScope {
        description: sent.text("description"),
        errors: FieldErrors::default(),
    };
    form.errors = sent.finish();
    match store(&state, member, name, &form).await {
        Ok(()) => Flash::done("Scope saved.").on(&session, LIST),
        Err(error) => {
            form.errors = faults(error)?;
            again(&View { page, found, form })
        }
    }
}

async fn store(state: &State, member: Member, name: String, form: &EditScope) -> Result<(), Error> {
    sound(&form.errors)?;
    let (description, now) = (form.description.clone(), state.clock.now());
    state
        .database
        .write(move |connection| {
            lifecycle::describe(connection, &name, &description, &member.actor(), now)
        })
        .await
}
