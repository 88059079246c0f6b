//! Dropping a scope from every key that holds it: a page that asks, and the deed.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::path::PathName;
use super::{Found, address};
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::show;
use crate::error::Error;
use crate::server::State;
use crate::text::counted;
use crate::token::scope::lifecycle;

/// The page.
#[derive(Template)]
#[template(path = "admin/scopes/drop.html")]
struct View {
    page: Page,
    found: Found,
}

impl View {
    /// "3 keys".
    fn keys(&self) -> String {
        counted(self.found.holders, "key")
    }

    /// What becomes of keys that hold nothing else.
    fn alone(&self) -> Option<String> {
        match self.found.alone {
            0 => None,
            1 => Some("1 of them holds nothing else, and goes on without any scope.".to_owned()),
            keys => {
                let keys = crate::text::grouped(keys);
                Some(format!(
                    "{keys} of them hold nothing else, and go on without any scope."
                ))
            }
        }
    }
}

/// The question.
pub(crate) async fn ask(
    state: Data<State>,
    PathName(name): PathName,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    let here = address(&name);
    let found = Found::read(&state, name, page.now()).await?;
    if found.holders == 0 {
        return Flash::note("No live key holds this scope.").on(&session, &here);
    }
    show(&View { page, found })
}

/// Drops the scope.
pub(crate) async fn withdraw(
    state: Data<State>,
    member: Member,
    PathName(name): PathName,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let (here, now) = (address(&name), state.clock.now());
    let dropped = state
        .database
        .write(move |connection| lifecycle::drop_from_all(connection, &name, &member.actor(), now))
        .await?;
    let told = format!("Scope dropped from {}.", counted(dropped, "key"));
    Flash::done(told).on(&session, &here)
}
