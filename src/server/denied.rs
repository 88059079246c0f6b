//! Keeps what was not allowed: a change that a right key or a member asked for and may not make. A
//! read is none, nor is a path that names nothing.

use actix_web::HttpRequest;
use serde_json::json;

use crate::audit;
use crate::audit::event::{Action, Actor, Event};
use crate::error::Error;
use crate::id::Id;
use crate::server::State;

/// Keeps an event where the request is refused for what its caller may not do: `caller` is whoever
/// is counted, a key or a session.
///
/// # Errors
/// Those of the database.
pub(crate) async fn record(
    state: &State,
    caller: Id,
    actor: &Actor,
    request: &HttpRequest,
    error: &Error,
) -> Result<(), Error> {
    // That an id is another's is not told, here neither: what is not there is denied all the same.
    let named = request.match_info().get("id");
    let named: Option<Id> = named.and_then(|id| id.parse().ok());
    let is_denied = match error {
        Error::ScopeMissing(_)
        | Error::AddressNotAllowed
        | Error::Escalation(_)
        | Error::FormExpired => true,
        Error::NotFound => named.is_some() || is_for_admins(request),
        _ => false,
    };
    let now = state.clock.now();
    if !is_denied || request.method().is_safe() {
        return Ok(());
    }
    let Some(is_last) = state.denials.admits(caller, now) else {
        return Ok(());
    };
    let mut detail = json!({
        "method": request.method().as_str(),
        "route": request.match_pattern(),
        "error": error.answer().word,
    });
    if let (Some(fields), Some(id)) = (detail.as_object_mut(), named) {
        fields.insert("id".to_owned(), json!(id));
    }
    if let (Some(fields), true) = (detail.as_object_mut(), is_last) {
        fields.insert("more_not_kept_this_minute".to_owned(), json!(true));
    }
    let event = Event::denied(actor, Action::Request, None, actor.account(), &detail, now);
    state
        .database
        .write(move |connection| audit::repository::insert(connection, &event))
        .await
}

/// Whether what is not there is there for admins.
fn is_for_admins(request: &HttpRequest) -> bool {
    let pattern = request.match_pattern();
    pattern.is_some_and(|pattern| pattern.starts_with("/dashboard/admin/"))
}
