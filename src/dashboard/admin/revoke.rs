//! Revoking a key of any account: a page that asks, and the deed.

use actix_session::Session;
use actix_web::web::Data;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;

use super::LIST;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::{answer, show};
use crate::dashboard::tokens::evidence;
use crate::dashboard::tokens::reason::ReasonForm;
use crate::dashboard::tokens::revoke::store;
use crate::dashboard::verdict::Evidence;
use crate::error::Error;
use crate::id::Id;
use crate::server::PathId;
use crate::server::State;
use crate::token::repository::{self, OwnedToken, Whose};

/// The page.
#[derive(Template)]
#[template(path = "admin/revoke.html")]
struct View {
    page: Page,
    owned: OwnedToken,
    evidence: Evidence,
    form: ReasonForm,
}

/// The question.
pub(crate) async fn ask(
    state: Data<State>,
    PathId(id): PathId,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    let owned = find(&state, id).await?;
    if owned.token.revoked_at.is_some() {
        return Flash::note("This key is revoked already.").on(&session, LIST);
    }
    let evidence = evidence::of(&state, &owned.token, page.now()).await?;
    show(&View {
        page,
        owned,
        evidence,
        form: ReasonForm::default(),
    })
}

/// Revokes the key.
pub(crate) async fn revoke(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let owned = find(&state, id).await?;
    let mut form = ReasonForm::read(sent);
    match store(&state, member.actor(), Whose::Everyone, id, &form).await {
        Ok(done) => done.on(&session, LIST),
        Err(error) => {
            let status = error.status_code();
            form.errors = ReasonForm::faults(error)?;
            // A database that is away tells nothing of callers either.
            let evidence = evidence::of(&state, &owned.token, page.now()).await;
            let view = View {
                page,
                owned,
                evidence: evidence.unwrap_or_default(),
                form,
            };
            answer(status, &view)
        }
    }
}

async fn find(state: &State, id: Id) -> Result<OwnedToken, Error> {
    state
        .database
        .read(move |connection| repository::get(connection, Whose::Everyone, id))
        .await
}
