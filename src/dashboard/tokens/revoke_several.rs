//! Revoking the keys that were selected in the list: a page that asks, and the deed.

use actix_session::Session;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use super::reason::ReasonForm;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, sound};
use crate::dashboard::page::Page;
use crate::dashboard::render::{answer, show};
use crate::dashboard::tokens::keyring::Keyring;
use crate::error::Error;
use crate::id::Id;
use crate::server::State;
use crate::text::counted;
use crate::token::lifecycle;
use crate::token::model::Token;
use crate::token::repository::get_several;

/// What is said where nothing is selected.
pub(in crate::dashboard) const NONE: &str = "Select at least one key.";

/// The page.
#[derive(Template)]
#[template(path = "tokens/revoke_several.html")]
struct View {
    page: Page,
    keyring: Keyring,
    tokens: Vec<Token>,
    form: ReasonForm,
}

impl View {
    /// "3 keys".
    fn keys(&self) -> String {
        counted(self.tokens.len(), "key")
    }
}

/// The question.
pub(crate) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    keyring: Keyring,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    let ids = selected(&mut Form::of_query(&request))?;
    if ids.is_empty() {
        return Flash::not_done(NONE).on(&session, &keyring.list());
    }
    let tokens = find(&state, &keyring, ids).await?;
    if tokens.is_empty() {
        return Flash::note("These keys are revoked already.").on(&session, &keyring.list());
    }
    show(&View {
        page,
        keyring,
        tokens,
        form: ReasonForm::default(),
    })
}

/// Revokes the keys, all of them or none.
pub(crate) async fn revoke(
    state: Data<State>,
    keyring: Keyring,
    session: Session,
    page: Page,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    let ids = selected(&mut sent)?;
    if ids.is_empty() {
        return Flash::not_done(NONE).on(&session, &keyring.list());
    }
    let tokens = find(&state, &keyring, ids.clone()).await?;
    let mut form = ReasonForm::read(sent);
    match store(&state, &keyring, ids, &form).await {
        Ok(done) => done.on(&session, &keyring.list()),
        Err(error) => {
            let status = error.status_code();
            form.errors = ReasonForm::faults(error)?;
            answer(
                status,
                &View {
                    page,
                    keyring,
                    tokens,
                    form,
                },
            )
        }
    }
}

/// The ids that were sent. What is not an id names nothing.
pub(in crate::dashboard) fn selected(sent: &mut Form) -> Result<Vec<Id>, Error> {
    let ids = sent.texts("ids").into_iter().map(|id| id.parse());
    ids.collect::<Result<_, _>>().map_err(|_| Error::NotFound)
}

/// Those of the member's keys that can still be revoked.
async fn find(state: &State, keyring: &Keyring, ids: Vec<Id>) -> Result<Vec<Token>, Error> {
    let keys = keyring.keys();
    let mut tokens = state
        .database
        .read(move |connection| get_several(connection, keys, &ids))
        .await?;
    tokens.retain(|token| token.revoked_at.is_none());
    Ok(tokens)
}

async fn store(
    state: &State,
    keyring: &Keyring,
    ids: Vec<Id>,
    form: &ReasonForm,
) -> Result<Flash, Error> {
    sound(&form.errors)?;
    let (owner, reason, now) = (keyring.owner.id, form.reason.clone(), state.clock.now());
    let actor = keyring.actor();
    let revoked = state
        .database
        .write(move |connection| {
            lifecycle::revoke_several(connection, owner, &ids, &reason, &actor, now)
        })
        .await?;
    Ok(Flash::done(format!(
        "{} revoked at {}.",
        counted(revoked.len(), "key"),
        now.exact()
    )))
}
