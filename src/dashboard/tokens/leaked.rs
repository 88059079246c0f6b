//! A key that leaked: a page that asks, then the deed, whose answer shows the replacement.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::create::SHOWN;
use super::{evidence, find, reveal};
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::page::Page;
use crate::dashboard::render::show;
use crate::dashboard::tokens::keyring::Keyring;
use crate::dashboard::verdict::Evidence;
use crate::error::Error;
use crate::server::PathId;
use crate::server::State;
use crate::token::leak::{self, Replaced};
use crate::token::model::Token;

/// The page.
#[derive(Template)]
#[template(path = "tokens/leaked.html")]
struct View {
    page: Page,
    keyring: Keyring,
    token: Token,
    evidence: Evidence,
}

/// Whether a key can be replaced as leaked: one that is not revoked, or that was for this and has no
/// replacement yet.
pub(crate) fn is_replaceable(token: &Token) -> bool {
    token.revoked_at.is_none() || (leak::is_leaked(token) && token.replaced_by.is_none())
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
    if !is_replaceable(&token) {
        return Flash::note("This key is revoked already.").on(&session, &keyring.address(id));
    }
    let evidence = evidence::of(&state, &token, page.now()).await?;
    show(&View {
        page,
        keyring,
        token,
        evidence,
    })
}

/// Revokes the key and shows its replacement, this once.
pub(crate) async fn replace(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let digest = sent.digest(&state.form_key, keyring.owner.id);
    sent.finish().or(())?;
    let mint = state.mint.clone();
    let (keys, actor) = (keyring.keys(), keyring.actor());
    let now = state.clock.now();
    let replaced = state
        .database
        .write(move |connection| leak::replace(connection, &mint, keys, id, digest, &actor, now))
        .await;
    match replaced {
        Ok(Replaced::New(token, secret)) => reveal::show(page, keyring, &token, &secret),
        Ok(Replaced::Before(made)) => Flash::note(SHOWN).on(&session, &keyring.address(made)),
        Ok(Replaced::InUse(successor)) => {
            let told = "The leaked key is revoked. This is the key that replaced it before.";
            Flash::done(told).on(&session, &keyring.address(successor))
        }
        Ok(Replaced::Refused(why)) => {
            let told = format!("The leaked key is revoked. It is not replaced: {why}.");
            Flash::note(told).on(&session, &keyring.address(id))
        }
        Err(error @ (Error::NameTaken(_) | Error::Conflict(_))) => {
            Flash::not_done(error.to_string()).on(&session, &keyring.address(id))
        }
        Err(error) => Err(error),
    }
}
