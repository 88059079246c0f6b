//! Deleting a scope that no live key holds: a page that asks, and the deed.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::path::PathName;
use super::{Found, LIST, address};
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::show;
use crate::error::Error;
use crate::server::State;
use crate::token::scope::lifecycle;

/// The page.
#[derive(Template)]
#[template(path = "admin/scopes/delete.html")]
struct View {
    page: Page,
    found: Found,
}

/// The question.
pub(crate) async fn ask(
    state: Data<State>,
    PathName(name): PathName,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    let here = address(&name);
    let found = Found::read(&state, name, page.now()).await?;
    if found.holders > 0 {
        return Flash::not_done("Keys hold this scope. Retire it.").on(&session, &here);
    }
    show(&View { page, found })
}

/// Deletes the scope.
pub(crate) async fn delete(
    state: Data<State>,
    member: Member,
    PathName(name): PathName,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let (here, now) = (address(&name), state.clock.now());
    let deleted = state
        .database
        .write(move |connection| lifecycle::delete(connection, &name, &member.actor(), now))
        .await;
    match deleted {
        Ok(()) => Flash::done("Scope deleted.").on(&session, LIST),
        Err(Error::Conflict(why)) => Flash::not_done(format!("{why}.")).on(&session, &here),
        Err(error) => Err(error),
    }
}
