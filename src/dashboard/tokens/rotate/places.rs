//! Ticking off the places that have the new key.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;

use super::place;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::tokens::find;
use crate::dashboard::tokens::keyring::Keyring;
use crate::error::Error;
use crate::server::{PathId, State};
use crate::token::handover;

/// Keeps the ticks.
pub(crate) async fn save(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    find(&state, &keyring, id).await?;
    let places = sent.texts("places");
    sent.finish().or(())?;
    let now = state.clock.now();
    let (keys, actor) = (keyring.keys(), keyring.actor());
    let saved = state
        .database
        .write(move |connection| handover::renew_places(connection, keys, id, &places, &actor, now))
        .await;
    match saved {
        Ok(()) => Flash::done("Places saved.").on(&session, &place(&keyring, id)),
        Err(Error::Conflict(why)) => {
            Flash::not_done(format!("{why}.")).on(&session, &place(&keyring, id))
        }
        Err(error) => Err(error),
    }
}
