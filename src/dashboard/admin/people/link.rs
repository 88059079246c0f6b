//! A one-time link for somebody who has an account: to be invited again, or for a new password. The
//! answer to the form shows it, and nothing else ever does.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::{address, find};
use crate::account::link::lifecycle::{self, Made};
use crate::account::model::{Account, Standing};
use crate::clock::Instant;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::password_link::ADDRESS;
use crate::dashboard::render::show;
use crate::error::Error;
use crate::server::{PathId, State};

const SHOWN: &str = "This link was shown once. If you did not send it, make another.";

/// The page.
#[derive(Template)]
#[template(path = "admin/people/link.html")]
struct View<'a> {
    page: Page,
    account: &'a Account,
    link: String,
    expires_at: Instant,
}

impl View<'_> {
    fn is_invitation(&self) -> bool {
        self.account.standing() == Standing::Invited
    }
}

/// Makes a link; the one before it opens nothing any more.
pub(crate) async fn make(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let digest = sent.digest(&state.form_key, member.account.id);
    sent.finish().or(())?;
    state
        .database
        .read(move |connection| find(connection, id))
        .await?;
    let (key, actor, now) = (state.link_key.clone(), member.actor(), state.clock.now());
    let made = state
        .database
        .write(move |connection| lifecycle::renew(connection, &key, id, digest, &actor, now))
        .await;
    match made {
        Ok(made) => reveal(page, &session, made),
        Err(Error::Conflict(why)) => Flash::not_done(why).on(&session, &address(id)),
        Err(error) => Err(error),
    }
}

/// Shows a new link, this once.
///
/// # Errors
/// When a template fails.
pub(super) fn reveal(page: Page, session: &Session, made: Made) -> Result<HttpResponse, Error> {
    match made {
        Made::Before(id) => Flash::note(SHOWN).on(session, &address(id)),
        Made::New(account, code, expires_at) => show(&View {
            link: format!("{}{ADDRESS}?code={}", page.public_url, code.expose()),
            page,
            account: &account,
            expires_at,
        }),
    }
}
