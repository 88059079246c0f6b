//! Does it work? Whether a new key has been used: what the page that shows it asks for by script.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use crate::clock::Instant;
use crate::dashboard::page::Page;
use crate::dashboard::render;
use crate::dashboard::tokens::keyring::Keyring;
use crate::error::Error;
use crate::server::{PathId, State};
use crate::token::model::Token;
use crate::token::repository;
use crate::token::usage::repository::first_request;

/// The page.
#[derive(Template)]
#[template(path = "tokens/first_request.html")]
struct View {
    page: Page,
    keyring: Keyring,
    token: Token,
    /// When, and from where.
    first: Option<(Instant, String)>,
}

/// The first request with a key, once there is one.
pub(crate) async fn show(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    page: Page,
) -> Result<HttpResponse, Error> {
    let keys = keyring.keys();
    let (token, first) = state
        .database
        .read(move |connection| {
            let token = repository::get(connection, keys, id)?.token;
            Ok((token, first_request(connection, id)?))
        })
        .await?;
    render::show(&View {
        page,
        keyring,
        token,
        first,
    })
}
