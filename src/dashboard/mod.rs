//! The dashboard: pages that work without a script.

pub(crate) mod guard;

use actix_web::{HttpRequest, HttpResponse};

use crate::error::Error;

/// The page for an error.
pub(crate) fn error_page(_request: &HttpRequest, error: &Error) -> HttpResponse {
    HttpResponse::InternalServerError().body(error.to_string())
}
