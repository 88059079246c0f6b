//! Sessions around the pages, and what catches their failures.

use actix_session::SessionMiddleware;
use actix_session::config::{CookieContentSecurity, PersistentSession, TtlExtensionPolicy};
use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::SameSite;
use actix_web::cookie::time::Duration;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use crate::account::session::ABSOLUTE_SECONDS;
use crate::account::session::store::DatabaseStore;
use crate::server::State;

/// Gives the pages their sessions. The cookie only names a row, which itself says when it ends.
pub(crate) fn middleware(state: &State) -> SessionMiddleware<DatabaseStore> {
    let https = state.public_url.is_https();
    SessionMiddleware::builder(state.sessions.clone(), state.session_cookie_key.clone())
        .cookie_name(cookie_name(state).to_owned())
        .cookie_secure(https)
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_content_security(CookieContentSecurity::Signed)
        .session_lifecycle(
            PersistentSession::default()
                .session_ttl(Duration::seconds(ABSOLUTE_SECONDS))
                .session_ttl_extension_policy(TtlExtensionPolicy::OnEveryRequest),
        )
        .build()
}

/// The name of the cookie that names a session.
pub(crate) fn cookie_name(state: &State) -> &'static str {
    if state.public_url.is_https() {
        "__Host-deskforge"
    } else {
        "deskforge"
    }
}

/// Turns an error that a middleware passes on, such as a session that cannot be loaded, into an
/// answer like any other.
pub(crate) async fn contain(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let original = request.request().clone();
    Ok(match next.call(request).await {
        Ok(response) => response.map_into_boxed_body(),
        Err(error) => ServiceResponse::new(original, HttpResponse::from_error(error)),
    })
}
