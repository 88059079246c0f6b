//! Templates become answers.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use askama::Template;

use crate::error::Error;

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
