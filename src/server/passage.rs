//! What every request passes on its way in, and every answer on its way out.

use std::time::Instant;

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use actix_web::middleware::Next;
use actix_web::web::Data;
use log::Level;

use super::client::{REQUEST_ID, identify};
use super::{State, answer, headers};

/// Notes who sends the request; gives the answer its face, its headers and the request's id, and
/// writes the one line of log. Paths are logged as the route table has them: an address typed into
/// may hold anything, a key too.
pub(super) async fn pass(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse, actix_web::Error> {
    let started = start();
    let client = identify(&request);
    let request_id = client.request_id.clone();
    request.extensions_mut().insert(client);
    let https = request
        .app_data::<Data<State>>()
        .is_some_and(|state| state.public_url.is_https());
    let mut response = answer::faced(next.call(request).await?.map_into_boxed_body());
    headers::protect(response.headers_mut(), https);
    // Ids are made here or checked to be visible ASCII, so they always fit into a header.
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let (method, path) = (
        response.request().method(),
        response.request().match_pattern(),
    );
    note(
        started,
        method.as_str(),
        path.as_deref(),
        response.status(),
        &request_id,
    );
    Ok(response)
}

/// When a request began, if the log is told of it.
pub(super) fn start() -> Option<Instant> {
    log::log_enabled!(Level::Info).then(Instant::now)
}

/// Writes the one line that the log has of a request.
pub(super) fn note(
    started: Option<Instant>,
    method: &str,
    path: Option<&str>,
    status: StatusCode,
    request_id: &str,
) {
    if let Some(started) = started {
        log::info!(
            "{method} {} {} {} ms {request_id}",
            path.unwrap_or("-"),
            status.as_u16(),
            started.elapsed().as_millis(),
        );
    }
}
