//! Taking a dead key off the list: a page that asks, and the deed.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::{evidence, find};
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::page::Page;
use crate::dashboard::render::show;
use crate::dashboard::tokens::keyring::Keyring;
use crate::dashboard::verdict::Evidence;
use crate::error::Error;
use crate::server::PathId;
use crate::server::State;
use crate::token::lifecycle;
use crate::token::model::Token;

const LIVE: &str = "Only a revoked or expired key can be deleted. Revoke it first.";

/// The page.
#[derive(Template)]
#[template(path = "tokens/delete.html")]
struct View {
    page: Page,
    keyring: Keyring,
    token: Token,
    evidence: Evidence,
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
    if token.is_live(page.now()) {
        return Flash::not_done(LIVE).on(&session, &keyring.address(id));
    }
    let evidence = evidence::of(&state, &token, page.now()).await?;
    show(&View {
        page,
        keyring,
        token,
        evidence,
    })
}

/// Takes the key off the list.
pub(crate) async fn delete(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let (keys, actor) = (keyring.keys(), keyring.actor());
    let now = state.clock.now();
    let deleted = state
        .database
        .write(move |connection| lifecycle::delete(connection, keys, id, &actor, now))
        .await;
    match deleted {
        Ok(token) => {
            Flash::done(format!("\"{}\" deleted.", token.name)).on(&session, &keyring.list())
        }
        Err(Error::Conflict(_)) => Flash::not_done(LIVE).on(&session, &keyring.address(id)),
        Err(error) => Err(error),
    }
}
