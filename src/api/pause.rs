//! Pausing and resuming by a key.

use actix_web::web::{Data, Json};

use crate::api::body::OptionalBody;
use crate::api::write::write;
use crate::clock::Instant;
use crate::error::Error;
use crate::server::{PathId, State};

use crate::token::lifetime::Lifetime;
use crate::token::pause;
use crate::token::repository::Whose;
use crate::token::verifier::Caller;
use crate::token::view::TokenView;

/// Pauses a key, with `until` to an instant.
pub(crate) async fn pause(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId,
    OptionalBody(mut body): OptionalBody,
) -> Result<Json<TokenView>, Error> {
    let until: Option<Instant> = match body.lifetime("until") {
        Some(Lifetime::Until(until)) => Some(until),
        _ => None,
    };
    body.finish()?;
    write(&state, caller, move |connection, caller, now| {
        let keys = Whose::Account(caller.subject.owner.id);
        let paused = pause::pause(connection, keys, id, until, &caller.actor(), now)?;
        Ok(Json(TokenView::new(paused, now)))
    })
    .await
}

/// Ends a key's pause.
pub(crate) async fn resume(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId,
    OptionalBody(body): OptionalBody,
) -> Result<Json<TokenView>, Error> {
    body.finish()?;
    write(&state, caller, move |connection, caller, now| {
        let keys = Whose::Account(caller.subject.owner.id);
        let resumed = pause::resume(connection, keys, id, &caller.actor(), now)?;
        Ok(Json(TokenView::new(resumed, now)))
    })
    .await
}
