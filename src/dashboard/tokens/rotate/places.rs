//! Ticking off the places that have the new key.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;

use super::place;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::tokens::find;
use crate::error::Error;
use crate::server::{PathId, State};
use crate::token::handover;
use crate::token::repository::Whose;

/// Keeps the ticks.
pub(crate) async fn save(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    find(&state, &member, id).await?;
    let places = sent.texts("places");
    sent.finish().or(())?;
    let now = state.clock.now();
    let saved = state
        .database
        .write(move |connection| {
            let keys = Whose::Account(member.account.id);
            handover::renew_places(connection, keys, id, &places, &member.actor(), now)
        })
        .await;
    match saved {
        Ok(()) => Flash::done("Places saved.").on(&session, &place(id)),
        Err(Error::Conflict(why)) => Flash::not_done(format!("{why}.")).on(&session, &place(id)),
        Err(error) => Err(error),
    }
}
