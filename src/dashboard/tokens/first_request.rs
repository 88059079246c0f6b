//! Does it work? Whether a new key has been used: what the page that shows it asks for by script.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use crate::clock::Instant;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render;
use crate::error::Error;
use crate::server::{PathId, State};
use crate::token::model::Token;
use crate::token::repository::{self, Whose};
use crate::token::usage::repository::first_request;

/// The page.
#[derive(Template)]
#[template(path = "tokens/first_request.html")]
struct View {
    page: Page,
    token: Token,
    /// When, and from where.
    first: Option<(Instant, String)>,
}

/// The first request with a key, once there is one.
pub(crate) async fn show(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    page: Page,
) -> Result<HttpResponse, Error> {
    let keys = Whose::Account(member.account.id);
    let (token, first) = state
        .database
        .read(move |connection| {
            let token = repository::get(connection, keys, id)?.token;
            Ok((token, first_request(connection, id)?))
        })
        .await?;
    render::show(&View { page, token, first })
}
