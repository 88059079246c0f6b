//! What do keys open? The operator's own scopes.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use crate::dashboard::page::Page;
use crate::dashboard::render::show;
use crate::error::Error;
use crate::server::State;
use crate::text::grouped;
use crate::token::scope::Scope;
use crate::token::scope::repository::{self, Own};

/// The page.
#[derive(Template)]
#[template(path = "admin/scopes/list.html")]
struct View {
    page: Page,
    scopes: Vec<(Own, String)>,
    built_in: [Scope; 7],
}

/// The list, by name.
pub(crate) async fn list(state: Data<State>, page: Page) -> Result<HttpResponse, Error> {
    let now = page.now();
    let (scopes, grants) = state
        .database
        .read(move |connection| {
            let grants = repository::grants(connection, now)?;
            Ok((repository::list(connection)?, grants))
        })
        .await?;
    let held = |name: &str| -> i64 {
        let holding = grants
            .iter()
            .filter(|(held, _)| held.iter().any(|one| one == name));
        holding.map(|(_, keys)| keys).sum()
    };
    let count = |own: Own| {
        let keys = grouped(held(&own.name));
        (own, keys)
    };
    show(&View {
        page,
        scopes: scopes.into_iter().map(count).collect(),
        built_in: Scope::ALL,
    })
}
