//! Deleting a project: a page that asks, and the deed.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::LIST;
use super::edit::find;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::show;
use crate::error::Error;
use crate::project::lifecycle;
use crate::project::model::Project;
use crate::server::PathId;
use crate::server::State;

/// The page.
#[derive(Template)]
#[template(path = "projects/delete.html")]
struct View {
    page: Page,
    project: Project,
}

/// The question.
pub(crate) async fn ask(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    page: Page,
) -> Result<HttpResponse, Error> {
    let project = find(&state, &member, id).await?;
    show(&View { page, project })
}

/// Deletes the project.
pub(crate) async fn delete(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let now = state.clock.now();
    state
        .database
        .write(move |connection| {
            let owner = member.account.id;
            lifecycle::delete(connection, owner, id, &member.actor(), now)
        })
        .await?;
    Flash::done("Project deleted.").on(&session, LIST)
}
