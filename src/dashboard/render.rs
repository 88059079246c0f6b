//! Templates become answers.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, HeaderValue, REFRESH};
use askama::Template;

use crate::error::{Error, FieldErrors};

/// How often a page that is watched is loaded again.
const SECONDS: HeaderValue = HeaderValue::from_static("15");

/// The page.
///
/// # Errors
/// When the template fails, which is a fault of the program.
pub(crate) fn show(view: &impl Template) -> Result<HttpResponse, Error> {
    answer(StatusCode::OK, view)
}

/// The same form again, for it cannot be taken as it is.
///
/// # Errors
/// When the template fails.
pub(crate) fn again(view: &impl Template) -> Result<HttpResponse, Error> {
    answer(StatusCode::UNPROCESSABLE_ENTITY, view)
}

/// The status of a page that shows what was asked for, or tells what of it cannot be taken.
pub(crate) fn checked(errors: &FieldErrors) -> StatusCode {
    if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// The answer of a page that loads itself again, where no script asks.
pub(crate) fn watched(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(REFRESH, SECONDS);
    response
}

/// The page, with another status.
///
/// # Errors
/// When the template fails.
pub(crate) fn answer(status: StatusCode, view: &impl Template) -> Result<HttpResponse, Error> {
    let html = view
        .render()
        .map_err(|error| Error::Internal(format!("template: {error}")))?;
    Ok(HttpResponse::build(status)
        .insert_header(ContentType::html())
        .body(html))
}
