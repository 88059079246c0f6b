//! How do I call it? The authentication guide with this server's address, then errors, scopes, the
//! rules for unusual activity, and gateways.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render;
use crate::dashboard::snippets::Snippets;
use crate::error::{Answer, Error};
use crate::server::State;
use crate::token::environment::Environment;
use crate::token::scope::repository::{Offer, offers};
use crate::token::unusual::rules;

/// The key in the guide's example: nobody's.
const EXAMPLE_KEY: &str = "df_1234567890abcdef";

/// The page.
#[derive(Template)]
#[template(path = "docs.html")]
struct View {
    page: Page,
    snippets: Snippets,
    examples: [Example; 3],
    refusals: [Refusal; 7],
    scopes: Vec<Offer>,
}

/// The guide.
pub(crate) async fn show(
    state: Data<State>,
    member: Member,
    page: Page,
) -> Result<HttpResponse, Error> {
    let scopes = state
        .database
        .read(move |connection| offers(connection, &member.account))
        .await?;
    let snippets = Snippets::new(&page.api_url, EXAMPLE_KEY)?;
    render::show(&View {
        page,
        snippets,
        examples: examples(),
        refusals: refusals(),
        scopes,
    })
}

/// An answer as the client sees it.
struct Example {
    heading: &'static str,
    id: &'static str,
    text: String,
}

fn examples() -> [Example; 3] {
    let example = |heading, id, error: &Error| {
        let Answer { error, message, .. } = error.answer();
        Example {
            heading,
            id,
            text: format!(
                "HTTP/1.1 401 Unauthorized\n\
                 {{\n  \"error\": \"{error}\",\n  \"message\": \"{message}\"\n}}\n"
            ),
        }
    };
    [
        example("Missing API Key", "missing", &Error::KeyMissing),
        example("Invalid API Key", "refused", &Error::KeyInvalid),
        example("Expired API Key", "expired", &Error::KeyExpired),
    ]
}

/// A refusal and when it comes.
struct Refusal {
    when: &'static str,
    answer: Answer,
}

fn refusals() -> [Refusal; 7] {
    let refusal = |when, error: Error| Refusal {
        when,
        answer: error.answer(),
    };
    [
        refusal(
            "No Authorization header, or another scheme",
            Error::KeyMissing,
        ),
        refusal(
            "The key is malformed, unknown, revoked or paused, or its owner is disabled",
            Error::KeyInvalid,
        ),
        refusal("The key is right, but past its end", Error::KeyExpired),
        refusal(
            "The key lacks the scope",
            Error::ScopeMissing(String::new()),
        ),
        refusal(
            "The key is of another environment than the one asked for",
            Error::EnvironmentMismatch {
                wanted: Environment::Production,
                own: Environment::Staging,
            },
        ),
        refusal(
            "The key may not be used from the caller's address",
            Error::AddressNotAllowed,
        ),
        refusal(
            "The database is away, so that the key cannot be judged: try again",
            Error::Unavailable,
        ),
    ]
}
