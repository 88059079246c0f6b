//! Where errors become answers: JSON on the API, a page on the dashboard, whoever raised them.

use actix_session::storage::{LoadError, SaveError, UpdateError};
use actix_web::dev::ServiceResponse;
use actix_web::error::{InternalError, ResponseError};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};

use crate::api;
use crate::error::Error;
use crate::routes;

/// Lets handlers fail with our error; `faced` puts the face on.
impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.answer().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Puts a face on every answer that is an error, the framework's own too. What was set on the
/// answer on its way (cookies, `Allow`) stays, but for what tells of the body that is replaced: it may
/// have been compressed.
pub(super) fn faced(response: ServiceResponse) -> ServiceResponse {
    let Some(raised) = response.response().error() else {
        return response;
    };
    let translated;
    let error = if let Some(error) = raised.as_error::<Error>() {
        error
    } else {
        translated = translate(response.status(), raised);
        &translated
    };
    log_fault(error);
    let request = response.request();
    let mut faced = if routes::is_page(request.path()) {
        crate::dashboard::error_page(request, error)
    } else {
        api::answer::json(error)
    };
    for (name, value) in response.headers() {
        if ![CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING].contains(name) {
            faced.headers_mut().append(name.clone(), value.clone());
        }
    }
    let (request, _) = response.into_parts();
    ServiceResponse::new(request, faced)
}

/// Writes what is ours to mend to the log, as no client is told of it.
pub(super) fn log_fault(error: &Error) {
    if let Error::Internal(fault) | Error::Setting(fault) = error {
        log::error!("{fault}");
    }
}

/// Errors that the framework's own parts raise.
fn translate(status: StatusCode, raised: &actix_web::Error) -> Error {
    match status {
        StatusCode::NOT_FOUND => Error::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Error::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Error::UnsupportedMediaType("The body is of a type that is not read here")
        }
        _ if is_of_a_session(raised) => Error::Unavailable,
        status if status.is_client_error() => Error::BadRequest("The request cannot be read"),
        _ => Error::Internal(raised.to_string()),
    }
}

/// The session store fails only where the database is away. Loading passes on what the store's own
/// error held.
fn is_of_a_session(raised: &actix_web::Error) -> bool {
    raised.as_error::<InternalError<anyhow::Error>>().is_some()
        || raised.as_error::<InternalError<LoadError>>().is_some()
        || raised.as_error::<InternalError<SaveError>>().is_some()
        || raised.as_error::<InternalError<UpdateError>>().is_some()
}
