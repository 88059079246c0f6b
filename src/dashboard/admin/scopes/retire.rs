//! Retiring a scope, and offering it again: each can be taken back.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;

use super::address;
use super::path::PathName;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::error::Error;
use crate::server::State;
use crate::token::scope::lifecycle;

/// Retires the scope.
pub(crate) async fn retire(
    state: Data<State>,
    member: Member,
    PathName(name): PathName,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let (here, now) = (address(&name), state.clock.now());
    state
        .database
        .write(move |connection| lifecycle::retire(connection, &name, &member.actor(), now))
        .await?;
    Flash::done("Scope retired. Keys that hold it keep it.").on(&session, &here)
}

/// Offers the scope again.
pub(crate) async fn restore(
    state: Data<State>,
    member: Member,
    PathName(name): PathName,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let (here, now) = (address(&name), state.clock.now());
    state
        .database
        .write(move |connection| lifecycle::restore(connection, &name, &member.actor(), now))
        .await?;
    Flash::done("Scope offered again.").on(&session, &here)
}
