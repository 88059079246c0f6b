//! Errors in JSON.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ContentType, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use serde_json::{Map, Value};

use crate::error::Error;

const WORD: HeaderName = HeaderName::from_static("deskforge-error");

/// Seconds after which a client may try again when the database is away.
const RETRY: HeaderValue = HeaderValue::from_static("1");

/// The answer for an error.
pub(crate) fn json(error: &Error) -> HttpResponse {
    let answer = error.answer();
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.insert_header(ContentType::json());
    response.insert_header((WORD, answer.word));
    if let Some(challenge) = challenge(error) {
        response.insert_header((WWW_AUTHENTICATE, challenge));
    }
    if matches!(error, Error::Unavailable) {
        response.insert_header((RETRY_AFTER, RETRY));
    }
    response.body(body(answer.error, &answer.message, error))
}

/// One field a line, as the authentication guide shows it.
fn body(error: &str, message: &str, cause: &Error) -> String {
    let error = Value::from(error);
    let message = Value::from(message);
    let fields = match cause {
        Error::Invalid(errors) => {
            let fields: Map<String, Value> = errors
                .iter()
                .map(|(field, message)| (field.to_owned(), Value::from(message)))
                .collect();
            format!(",\n\"fields\": {}", Value::from(fields))
        }
        _ => String::new(),
    };
    format!("{{\n\"error\": {error},\n\"message\": {message}{fields}\n}}")
}

/// `WWW-Authenticate` by RFC 6750 section 3.
fn challenge(error: &Error) -> Option<String> {
    let realm = "Bearer realm=\"DeskForge\"";
    match error {
        Error::KeyMissing => Some(realm.to_owned()),
        Error::KeyInvalid | Error::KeyExpired => Some(format!("{realm}, error=\"invalid_token\"")),
        // Scope names hold neither quotes nor backslashes.
        Error::ScopeMissing(scope) => Some(format!(
            "{realm}, error=\"insufficient_scope\", scope=\"{scope}\""
        )),
        Error::Escalation(_) | Error::AddressNotAllowed | Error::EnvironmentMismatch { .. } => {
            Some(format!("{realm}, error=\"insufficient_scope\""))
        }
        _ => None,
    }
}
