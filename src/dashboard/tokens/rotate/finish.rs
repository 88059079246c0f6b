//! The last step: the old key goes.

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

/// Revokes the old key and takes it off the list. Callers that were not named when the button was
/// pressed keep it.
pub(crate) async fn finish(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    find(&state, &keyring, id).await?;
    let anyway = sent.text("anyway") == "1";
    sent.finish().or(())?;
    let (keys, now) = (keyring.keys(), state.clock.now());
    let actor = keyring.actor();
    let finished = state
        .database
        .write(move |connection| handover::finish(connection, keys, id, anyway, &actor, now))
        .await;
    match finished {
        Ok(successor) => {
            let next = match successor.deleted_at {
                None => keyring.address(successor.id),
                Some(_) => keyring.list(),
            };
            Flash::done("Rotation finished.").on(&session, &next)
        }
        Err(Error::Conflict(why)) => {
            Flash::not_done(format!("{why}.")).on(&session, &place(&keyring, id))
        }
        Err(error) => Err(error),
    }
}
