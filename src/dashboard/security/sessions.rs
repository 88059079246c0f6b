//! Ending other sessions of one's own.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;

use super::ADDRESS;
use crate::account::session::lifecycle;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::error::Error;
use crate::server::PathId;
use crate::server::State;
use crate::text::counted;

/// Ends one session.
pub(crate) async fn end(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let now = state.clock.now();
    state
        .database
        .write(move |connection| {
            lifecycle::end(connection, member.account.id, id, &member.actor(), now)
        })
        .await?;
    Flash::done("Session ended.").on(&session, ADDRESS)
}

/// Ends all sessions but this one.
pub(crate) async fn end_others(
    state: Data<State>,
    member: Member,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let now = state.clock.now();
    let ended = state
        .database
        .write(move |connection| {
            let (account, kept) = (member.account.id, Some(member.session_id));
            lifecycle::end_others(connection, account, kept, &member.actor(), now)
        })
        .await?;
    Flash::done(format!("{} ended.", counted(ended, "session"))).on(&session, ADDRESS)
}
