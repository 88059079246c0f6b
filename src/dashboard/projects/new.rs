//! Creating a project.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::LIST;
use super::form::ProjectForm;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, faults};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::{again, show};
use crate::error::Error;
use crate::project::lifecycle;
use crate::server::State;

/// The page.
#[derive(Template)]
#[template(path = "projects/new.html")]
struct View {
    page: Page,
    form: ProjectForm,
}

/// The form.
pub(crate) async fn ask(page: Page) -> Result<HttpResponse, Error> {
    show(&View {
        page,
        form: ProjectForm::default(),
    })
}

/// Creates the project.
pub(crate) async fn create(
    state: Data<State>,
    member: Member,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let mut form = ProjectForm::read(sent);
    match store(&state, member, &form).await {
        Ok(()) => Flash::done("Project created.").on(&session, LIST),
        Err(error) => {
            form.errors = faults(error)?;
            again(&View { page, form })
        }
    }
}

async fn store(state: &State, member: Member, form: &ProjectForm) -> Result<(), Error> {
    let draft = form.draft()?;
    let now = state.clock.now();
    state
        .database
        .write(move |connection| {
            let owner = member.account.id;
            lifecycle::create(connection, owner, draft, &member.actor(), now)
        })
        .await?;
    Ok(())
}
