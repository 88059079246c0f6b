//! Revoking a key: a page that asks, and the deed.

use actix_session::Session;
use actix_web::web::Data;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;

use super::reason::ReasonForm;
use super::{LIST, address, evidence, find};
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, sound};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::{answer, show};
use crate::dashboard::verdict::Evidence;
use crate::error::Error;
use crate::id::Id;
use crate::server::PathId;
use crate::server::State;
use crate::token::lifecycle;
use crate::token::model::Token;
use crate::token::repository::Whose;

/// The page.
#[derive(Template)]
#[template(path = "tokens/revoke.html")]
struct View {
    page: Page,
    token: Token,
    evidence: Evidence,
    form: ReasonForm,
}

/// The question.
pub(crate) async fn ask(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    let token = find(&state, &member, id).await?;
    if token.revoked_at.is_some() {
        return Flash::note("This key is revoked already.").on(&session, &address(id));
    }
    let evidence = evidence::of(&state, &token, page.now()).await?;
    show(&View {
        page,
        token,
        evidence,
        form: ReasonForm::default(),
    })
}

/// Revokes the key.
pub(crate) async fn revoke(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let token = find(&state, &member, id).await?;
    let mut form = ReasonForm::read(sent);
    let keys = Whose::Account(member.account.id);
    match store(&state, member, keys, id, &form).await {
        Ok(done) => done.on(&session, LIST),
        Err(error) => {
            let status = error.status_code();
            form.errors = ReasonForm::faults(error)?;
            // A database that is away tells nothing of callers either.
            let evidence = evidence::of(&state, &token, page.now()).await;
            let view = View {
                page,
                token,
                evidence: evidence.unwrap_or_default(),
                form,
            };
            answer(status, &view)
        }
    }
}

/// Revokes one of `keys`, and says so.
///
/// # Errors
/// As [`lifecycle::revoke`].
pub(in crate::dashboard) async fn store(
    state: &State,
    member: Member,
    keys: Whose,
    id: Id,
    form: &ReasonForm,
) -> Result<Flash, Error> {
    sound(&form.errors)?;
    let reason = form.reason.clone();
    let now = state.clock.now();
    let revoked = state
        .database
        .write(move |connection| {
            lifecycle::revoke(connection, keys, id, &reason, &member.actor(), now)
        })
        .await?
        .token;
    let at = revoked.revoked_at.unwrap_or(now).exact();
    Ok(Flash::done(format!(
        "\"{}\" revoked at {at}.",
        revoked.name
    )))
}
