//! Has the server verify the log now.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use super::LOG;
use crate::audit::event::{Action, Event};
use crate::audit::repository;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::error::Error;
use crate::server::State;

/// Begins, and says so.
pub(crate) async fn begin(
    state: Data<State>,
    member: Member,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let (actor, now) = (member.actor(), state.clock.now());
    let event = Event::done(&actor, Action::AuditVerify, None, None, &json!({}), now);
    state
        .database
        .write(move |connection| repository::insert(connection, &event))
        .await?;
    state.audit.ask();
    Flash::done("Verification started.").on(&session, LOG)
}
