//! The cookies beside the session's: named, sent and removed alike.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};

use crate::server::State;

/// The name of the cookie `what`. Over TLS the prefix makes browsers take it from this host alone
/// (RFC 6265bis section 4.1.3.2).
fn name(state: &State, what: &str) -> String {
    let host = if state.public_url.is_https() {
        "__Host-"
    } else {
        ""
    };
    format!("{host}deskforge-{what}")
}

/// What the request's cookie `what` says.
pub(crate) fn read(request: &HttpRequest, state: &State, what: &str) -> Option<String> {
    request
        .cookie(&name(state, what))
        .map(|cookie| cookie.value().to_owned())
}

/// A cookie that lasts as long as the browser's window, out of reach of scripts.
pub(crate) fn new(state: &State, what: &str, value: impl Into<String>) -> Cookie<'static> {
    Cookie::build(name(state, what), value.into())
        .path("/")
        .secure(state.public_url.is_https())
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}
