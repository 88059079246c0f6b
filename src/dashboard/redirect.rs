//! Answers that lead to another page.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;

/// Sends the browser to `path`, to be fetched with GET.
pub(crate) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .finish()
}
