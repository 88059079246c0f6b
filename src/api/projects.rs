//! `/projects`: the projects of the calling key's owner.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Json};

use crate::api::body::Body;
use crate::api::cursor::{self, Page};
use crate::api::query::Query;
use crate::api::write::write;
use crate::error::Error;
use crate::project::lifecycle;
use crate::project::model::{Change, Draft, Project};
use crate::project::repository;
use crate::server::PathId;
use crate::server::State;
use crate::token::verifier::Caller;

/// A page of projects, newest first.
pub(crate) async fn list(
    state: Data<State>,
    caller: Caller,
    mut query: Query,
) -> Result<Json<Page<Project>>, Error> {
    let limit = query.limit();
    let after = query.parsed("cursor", "Is not a cursor of this list", cursor::read);
    let search = query.text("q").unwrap_or_default();
    query.finish()?;
    let owner = caller.subject.owner.id;
    let projects = state
        .database
        .read_unfollowed(move |connection| {
            repository::page(connection, owner, &search, after, limit + 1)
        })
        .await?;
    Ok(Json(Page::new(
        projects,
        limit,
        |last| cursor::after(last.id),
        |project| project,
    )))
}

/// Creates a project.
pub(crate) async fn create(
    state: Data<State>,
    caller: Caller,
    mut body: Body,
) -> Result<HttpResponse, Error> {
    let name = body.text("name").unwrap_or_default();
    let description = body.text("description").unwrap_or_default();
    body.finish()?;
    let draft = Draft::check(&name, &description)?;
    let project = write(&state, caller, |connection, caller, now| {
        let owner = caller.subject.owner.id;
        lifecycle::create(connection, owner, draft, &caller.actor(), now)
    })
    .await?;
    let location = format!("{}/projects/{}", state.api_url, project.id);
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .json(project))
}

/// One project.
pub(crate) async fn read(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Json<Project>, Error> {
    let owner = caller.subject.owner.id;
    state
        .database
        .read_unfollowed(move |connection| repository::get(connection, owner, id))
        .await
        .map(Json)
}

/// Changes what the body names.
pub(crate) async fn change(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId,
    mut body: Body,
) -> Result<Json<Project>, Error> {
    let change = Change {
        name: body.text("name"),
        description: body.text("description"),
    };
    body.finish()?;
    write(&state, caller, move |connection, caller, now| {
        let owner = caller.subject.owner.id;
        lifecycle::change(connection, owner, id, &change, &caller.actor(), now).map(Json)
    })
    .await
}

/// Deletes a project.
pub(crate) async fn delete(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<HttpResponse, Error> {
    write(&state, caller, move |connection, caller, now| {
        let owner = caller.subject.owner.id;
        lifecycle::delete(connection, owner, id, &caller.actor(), now)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
