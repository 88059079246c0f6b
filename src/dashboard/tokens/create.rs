//! Generating the key that the form asks for. The same form sent again makes no other.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;

use super::new::{self, NewToken};
use super::reveal;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::page::Page;
use crate::dashboard::render::again;
use crate::dashboard::tokens::keyring::Keyring;
use crate::error::Error;
use crate::server::State;
use crate::token::lifecycle::{self, Generated};
use crate::token::terms::Terms;

/// What is told where the form that made a key is sent again.
pub(super) const SHOWN: &str = "This key was shown once. If you did not store it, rotate it.";

/// Makes the key and shows it, this once.
pub(crate) async fn create(
    state: Data<State>,
    keyring: Keyring,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let digest = sent.digest(&state.form_key, keyring.owner.id);
    let mut form = NewToken::read(sent);
    let terms = new::terms(&state, &keyring).await?;
    match generate(&state, &keyring, &form, &terms, digest).await {
        Ok(Generated::New(token, secret)) => reveal::show(page, keyring, &token, &secret),
        Ok(Generated::Before(id)) => Flash::note(SHOWN).on(&session, &keyring.address(id)),
        Err(error) => {
            form.errors = form.faults(error)?;
            again(&new::View {
                page,
                keyring,
                form,
                terms,
            })
        }
    }
}

async fn generate(
    state: &State,
    keyring: &Keyring,
    form: &NewToken,
    terms: &Terms,
    digest: [u8; 32],
) -> Result<Generated, Error> {
    let now = state.clock.now();
    let draft = form.draft(terms, now)?;
    let mint = state.mint.clone();
    let (owner, actor) = (keyring.owner.id, keyring.actor());
    state
        .database
        .write(move |connection| {
            lifecycle::generate(
                connection,
                &mint,
                owner,
                draft,
                Some(digest),
                None,
                &actor,
                now,
            )
        })
        .await
}
