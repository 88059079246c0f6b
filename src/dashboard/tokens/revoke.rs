//! Revoking a key: a page that asks, and the deed.

use actix_session::Session;
use actix_web::web::Data;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;

use super::reason::ReasonForm;
use super::{evidence, find};
use crate::audit::event::Actor;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, sound};
use crate::dashboard::page::Page;
use crate::dashboard::render::{answer, show};
use crate::dashboard::tokens::keyring::Keyring;
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
    keyring: Keyring,
    token: Token,
    evidence: Evidence,
    form: ReasonForm,
}

/// The question.
pub(crate) async fn ask(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    let token = find(&state, &keyring, id).await?;
    if token.revoked_at.is_some() {
        return Flash::note("This key is revoked already.").on(&session, &keyring.address(id));
    }
    let evidence = evidence::of(&state, &token, page.now()).await?;
    show(&View {
        page,
        keyring,
        token,
        evidence,
        form: ReasonForm::default(),
    })
}

/// Revokes the key.
pub(crate) async fn revoke(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let token = find(&state, &keyring, id).await?;
    let mut form = ReasonForm::read(sent);
    match store(&state, keyring.actor(), keyring.keys(), id, &form).await {
        Ok(done) => done.on(&session, &keyring.list()),
        Err(error) => {
            let status = error.status_code();
            form.errors = ReasonForm::faults(error)?;
            // A database that is away tells nothing of callers either.
            let evidence = evidence::of(&state, &token, page.now()).await;
            let view = View {
                page,
                keyring,
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
    actor: Actor,
    keys: Whose,
    id: Id,
    form: &ReasonForm,
) -> Result<Flash, Error> {
    sound(&form.errors)?;
    let reason = form.reason.clone();
    let now = state.clock.now();
    let revoked = state
        .database
        .write(move |connection| lifecycle::revoke(connection, keys, id, &reason, &actor, now))
        .await?
        .token;
    let at = revoked.revoked_at.unwrap_or(now).exact();
    Ok(Flash::done(format!(
        "\"{}\" revoked at {at}.",
        revoked.name
    )))
}
