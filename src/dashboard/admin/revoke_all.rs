//! Revoking all keys that a filter of the list matches.

use actix_session::Session;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::LIST;
use super::confirm::{self, Target};
use super::filter::{Filter, Turn};
use crate::clock::Instant;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::error::Error;
use crate::server::State;

/// The question.
pub(crate) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    let target = target(&state, &request, page.now()).await?;
    confirm::ask(&state, &session, page, target).await
}

/// Revokes them.
pub(crate) async fn revoke(
    state: Data<State>,
    request: HttpRequest,
    member: Member,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let target = target(&state, &request, page.now()).await?;
    confirm::revoke(&state, member, &session, page, target, sent).await
}

async fn target(state: &State, request: &HttpRequest, now: Instant) -> Result<Target, Error> {
    let filter = Filter::find(state, Form::of_query(request)).await?;
    filter.errors.clone().or(())?;
    Ok(Target {
        filter: filter.keys(now),
        which: filter.words(),
        action: filter.beneath(&format!("{LIST}/revoke-all")),
        back: filter.address(filter.order, 1, Turn::Number),
        must_type: true,
    })
}
