//! Pages for what went wrong.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;

use crate::dashboard::page::{HOME, Page};
use crate::dashboard::render::answer;
use crate::dashboard::visitor::Visitor;
use crate::error::Error;
use crate::server::{Client, State};

/// The page.
#[derive(Template)]
#[template(path = "error.html")]
struct View {
    page: Page,
    heading: String,
    text: String,
    request_id: Option<String>,
}

/// The page for an error. It needs no database: that may be what is away.
pub(crate) fn error_page(request: &HttpRequest, error: &Error) -> HttpResponse {
    page(request, error).unwrap_or_else(|fault| {
        log::error!("{fault}");
        HttpResponse::InternalServerError().body("Something went wrong here")
    })
}

fn page(request: &HttpRequest, error: &Error) -> Result<HttpResponse, Error> {
    let status = error.status_code();
    let is_guarded = request.extensions().contains::<Visitor>();
    let mut page = Page::of(request)?;
    if request.method() != Method::GET {
        // To what was sent there may be no page to come back to.
        HOME.clone_into(&mut page.here);
    }
    let (heading, text) = words(error);
    let request_id = request
        .extensions()
        .get::<Client>()
        .filter(|_| status == StatusCode::INTERNAL_SERVER_ERROR)
        .map(|client| client.request_id.to_string());
    let view = View {
        page,
        heading,
        text,
        request_id,
    };
    let mut response = answer(status, &view)?;
    let visitor = request.extensions().get::<Visitor>().cloned();
    if let (false, Some(visitor), Some(state)) =
        (is_guarded, visitor, request.app_data::<web::Data<State>>())
    {
        visitor.introduce(state, response.headers_mut());
    }
    Ok(response)
}

fn words(error: &Error) -> (String, String) {
    let (heading, text) = match error {
        Error::NotFound => (
            "Page not found",
            "There is nothing at this address, or it belongs to somebody else.",
        ),
        Error::FormExpired => ("This form has expired.", "Nothing was changed."),
        Error::Unavailable => (
            "DeskForge cannot reach its database.",
            "Until it can, every key is refused.",
        ),
        Error::Internal(_) | Error::Setting(_) => (
            "Something went wrong here",
            "Nothing more is known to tell. The log has more under this id:",
        ),
        other => {
            let answer = other.answer();
            return (answer.error.to_owned(), sentence(&answer.message));
        }
    };
    (heading.to_owned(), text.to_owned())
}

fn sentence(text: &str) -> String {
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{text}{end}")
}
