//! Ending a service account: a page that asks, and the deed.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::LIST;
use crate::account::departure::{self, Plan};
use crate::account::model::Account;
use crate::account::service;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::show;
use crate::error::Error;
use crate::server::{PathId, State};
use crate::text::counted;
use crate::token::model::Token;
use crate::token::repository;

/// The page.
#[derive(Template)]
#[template(path = "admin/services/end.html")]
struct View {
    page: Page,
    account: Account,
    keys: Vec<Token>,
}

impl View {
    /// "3 keys end at once."
    fn ends(&self) -> String {
        match self.keys.len() {
            0 => "It has no live key.".to_owned(),
            1 => "1 key ends at once.".to_owned(),
            many => format!("{} end at once.", counted(many, "key")),
        }
    }
}

/// The question.
pub(crate) async fn ask(
    state: Data<State>,
    PathId(id): PathId,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    let now = page.now();
    let (account, keys) = state
        .database
        .read(move |connection| {
            let account = service::get(connection, id)?;
            Ok((account, repository::live(connection, id, now)?))
        })
        .await?;
    if account.disabled_at.is_some() {
        return Flash::note("This service account has ended already.").on(&session, LIST);
    }
    show(&View {
        page,
        account,
        keys,
    })
}

/// Ends the account.
pub(crate) async fn end(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let (actor, now) = (member.actor(), state.clock.now());
    let (account, departed) = state
        .database
        .write(move |connection| {
            let account = service::get(connection, id)?;
            let departed = departure::disable(connection, id, Plan::default(), &actor, now)?;
            Ok((account, departed))
        })
        .await?;
    let revoked = counted(departed.revoked, "key");
    let told = format!("{} has ended: {revoked} revoked.", account.name);
    Flash::done(told).on(&session, LIST)
}
