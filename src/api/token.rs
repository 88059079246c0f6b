//! `/token`: the calling key itself.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json};

use crate::api::write::write;
use crate::error::Error;
use crate::server::State;
use crate::token::lifecycle;
use crate::token::repository::{self, Whose};
use crate::token::verifier::Caller;
use crate::token::view::TokenView;

/// The calling key.
pub(crate) async fn read(state: Data<State>, caller: Caller) -> Result<Json<TokenView>, Error> {
    let id = caller.subject.id();
    let owned = state
        .database
        .read(move |connection| repository::get(connection, Whose::Everyone, id))
        .await?;
    Ok(Json(TokenView::new(owned, state.clock.now())))
}

/// Revokes the calling key.
pub(crate) async fn revoke(state: Data<State>, caller: Caller) -> Result<HttpResponse, Error> {
    write(&state, caller, |connection, caller, now| {
        let (keys, id) = (Whose::Everyone, caller.subject.id());
        let reason = "Revoked by itself";
        lifecycle::revoke(connection, keys, id, reason, &caller.actor(), now)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
