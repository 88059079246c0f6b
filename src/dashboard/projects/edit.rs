//! Changing a project.

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
use crate::id::Id;
use crate::project::model::{Change, Project};
use crate::project::{lifecycle, repository};
use crate::server::PathId;
use crate::server::State;

/// The page.
#[derive(Template)]
#[template(path = "projects/edit.html")]
struct View {
    page: Page,
    project: Project,
    form: ProjectForm,
}

/// The form, filled in.
pub(crate) async fn ask(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    page: Page,
) -> Result<HttpResponse, Error> {
    let project = find(&state, &member, id).await?;
    let form = ProjectForm::of(&project);
    show(&View {
        page,
        project,
        form,
    })
}

/// Saves the project.
pub(crate) async fn save(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let project = find(&state, &member, id).await?;
    let mut form = ProjectForm::read(sent);
    match store(&state, member, id, &form).await {
        Ok(()) => Flash::done("Project saved.").on(&session, LIST),
        Err(error) => {
            form.errors = faults(error)?;
            again(&View {
                page,
                project,
                form,
            })
        }
    }
}

async fn store(state: &State, member: Member, id: Id, form: &ProjectForm) -> Result<(), Error> {
    let draft = form.draft()?;
    let change = Change {
        name: Some(draft.name),
        description: Some(draft.description),
    };
    let now = state.clock.now();
    state
        .database
        .write(move |connection| {
            let owner = member.account.id;
            lifecycle::change(connection, owner, id, &change, &member.actor(), now)
        })
        .await?;
    Ok(())
}

/// One of the member's projects.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn find(state: &State, member: &Member, id: Id) -> Result<Project, Error> {
    let owner = member.account.id;
    state
        .database
        .read(move |connection| repository::get(connection, owner, id))
        .await
}
