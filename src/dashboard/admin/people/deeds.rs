//! What is done to a person at the press of a button.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;

use super::{LIST, address, find};
use crate::account::departure;
use crate::account::lifecycle::may_manage;
use crate::account::link::lifecycle as links;
use crate::account::session::lifecycle as sessions;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::error::Error;
use crate::server::{PathId, State};
use crate::text::counted;

/// Calls an invitation off.
pub(crate) async fn cancel(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let (actor, now) = (member.actor(), state.clock.now());
    let cancelled = state
        .database
        .write(move |connection| links::cancel(connection, id, &actor, now))
        .await;
    match cancelled {
        Ok(()) => Flash::done("Invitation cancelled.").on(&session, LIST),
        Err(Error::Conflict(why)) => Flash::not_done(why).on(&session, &address(id)),
        Err(error) => Err(error),
    }
}

/// Enables somebody. Their keys stay revoked.
pub(crate) async fn enable(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let (actor, now) = (member.actor(), state.clock.now());
    let account = state
        .database
        .write(move |connection| {
            let account = find(connection, id)?;
            departure::enable(connection, id, &actor, now)?;
            Ok(account)
        })
        .await?;
    let told = format!(
        "{} can log in again. Their keys stay revoked.",
        account.name
    );
    Flash::done(told).on(&session, &address(id))
}

/// Ends all sessions of somebody, but for the one that this comes from.
pub(crate) async fn end_sessions(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let (actor, now) = (member.actor(), state.clock.now());
    let kept = (id == member.account.id).then_some(member.session_id);
    let ended = state
        .database
        .write(move |connection| {
            may_manage(connection, &actor)?;
            find(connection, id)?;
            sessions::end_others(connection, id, kept, &actor, now)
        })
        .await?;
    Flash::done(format!("{} ended.", counted(ended, "session"))).on(&session, &address(id))
}
