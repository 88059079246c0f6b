//! What was revoked at once, when and by whom: to be kept.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::INCIDENT;
use super::export::{self, Format};
use crate::clock::Instant;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render;
use crate::error::Error;
use crate::server::{PathId, State};
use crate::text::counted;
use crate::token::list::{Order, Start, repository};
use crate::token::repository::{OwnedToken, Whose};
use crate::token::revocation::{Crowd, Receipt, crowd};

/// How many keys are shown; the list has all.
const SHOWN: i64 = 100;

/// The page.
#[derive(Template)]
#[template(path = "admin/receipt.html")]
struct View {
    page: Page,
    receipt: Receipt,
    all: Crowd,
    some: Vec<OwnedToken>,
}

impl View {
    /// "1,204 keys".
    fn keys(&self) -> String {
        counted(self.all.count, "key")
    }

    /// Where the list of them is.
    fn list(&self) -> String {
        format!("{INCIDENT}/{}/keys", self.receipt.event.id)
    }

    fn at(&self) -> Instant {
        self.receipt.event.at
    }
}

/// The receipt.
pub(crate) async fn show(
    state: Data<State>,
    PathId(id): PathId,
    page: Page,
) -> Result<HttpResponse, Error> {
    let now = page.now();
    let (receipt, all, some) = state
        .database
        .read(move |connection| {
            let receipt = Receipt::read(connection, id)?;
            let keys = receipt.keys();
            let (whose, order, start) = (Whose::Everyone, Order::default(), Start::Offset(0));
            let some = repository::page(connection, whose, &keys, order, start, SHOWN, now)?;
            let all = crowd(connection, &keys, now)?;
            Ok((receipt, all, some))
        })
        .await?;
    render::show(&View {
        page,
        receipt,
        all,
        some,
    })
}

/// The keys of a receipt as CSV.
pub(crate) async fn csv(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
) -> Result<HttpResponse, Error> {
    list(state, member, id, Format::Csv).await
}

/// The keys of a receipt as JSON Lines.
pub(crate) async fn json_lines(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
) -> Result<HttpResponse, Error> {
    list(state, member, id, Format::JsonLines).await
}

async fn list(
    state: Data<State>,
    member: Member,
    id: crate::id::Id,
    format: Format,
) -> Result<HttpResponse, Error> {
    let receipt = state
        .database
        .read(move |connection| Receipt::read(connection, id))
        .await?;
    let which = receipt.which.clone();
    export::stream(&state, member, receipt.keys(), which, format).await
}
