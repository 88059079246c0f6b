//! Dropping a scope that a key is not used for.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::tokens::keyring::Keyring;
use crate::error::Error;
use crate::server::PathId;
use crate::server::State;
use crate::token::unused;

/// Drops the scope, if it is not used still.
pub(crate) async fn drop_one(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    let scope = sent.text("scope");
    sent.finish().or(())?;
    let (keys, now) = (keyring.keys(), state.clock.now());
    let actor = keyring.actor();
    let dropped = state
        .database
        .write(move |connection| unused::drop_scope(connection, keys, id, &scope, &actor, now))
        .await;
    match dropped {
        Ok(owned) => {
            let told = format!("\"{}\" keeps {}.", owned.token.name, owned.token.scopes);
            Flash::done(told).on(&session, &keyring.address(id))
        }
        Err(error @ Error::Conflict(_)) => {
            Flash::not_done(format!("{error}.")).on(&session, &keyring.address(id))
        }
        Err(error) => Err(error),
    }
}
