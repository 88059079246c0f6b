//! Rotation by a key: of itself, and of its owner's other keys.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::Data;

use crate::api::body::OptionalBody;
use crate::api::write::write;
use crate::error::Error;
use crate::id::Id;
use crate::server::{PathId, State};
use crate::token::escalation::Limit;
use crate::token::repository::Whose;
use crate::token::rotation::{self, DEFAULT_OVERLAP};
use crate::token::verifier::Caller;
use crate::token::view::TokenView;

/// Makes a successor to the calling key, which alone may give one its own length of life anew.
pub(crate) async fn rotate_itself(
    state: Data<State>,
    caller: Caller,
    body: OptionalBody,
) -> Result<HttpResponse, Error> {
    let id = caller.subject.id();
    rotate(&state, caller, id, None, body).await
}

/// Makes a successor to a key of the same owner.
pub(crate) async fn rotate_other(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId,
    body: OptionalBody,
) -> Result<HttpResponse, Error> {
    let limit = Limit::from(&*caller.subject);
    rotate(&state, caller, id, Some(limit), body).await
}

async fn rotate(
    state: &State,
    caller: Caller,
    id: Id,
    limit: Option<Limit>,
    OptionalBody(mut body): OptionalBody,
) -> Result<HttpResponse, Error> {
    let overlap = body.number("overlap_seconds").unwrap_or(DEFAULT_OVERLAP);
    body.finish()?;
    let mint = state.mint.clone();
    let (view, id) = write(state, caller, move |connection, caller, now| {
        let (keys, actor) = (Whose::Account(caller.subject.owner.id), caller.actor());
        let limit = limit.as_ref();
        let (successor, secret) =
            rotation::rotate(connection, &mint, keys, id, overlap, limit, &actor, now)?;
        let id = successor.token.id;
        Ok((TokenView::new(successor, now).with_secret(&secret), id))
    })
    .await?;
    let location = format!("{}/tokens/{id}", state.api_url);
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .json(view))
}
