//! Changing the name, the note and the places of a key.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::find;
use super::new::{joined, lines};
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, faults, sound};
use crate::dashboard::page::Page;
use crate::dashboard::render::{again, show};
use crate::dashboard::tokens::keyring::Keyring;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::server::PathId;
use crate::server::State;
use crate::text;
use crate::token::change::{self, Change};
use crate::token::draft;
use crate::token::model::Token;

/// The page.
#[derive(Template)]
#[template(path = "tokens/edit.html")]
struct View {
    page: Page,
    keyring: Keyring,
    token: Token,
    form: EditToken,
}

/// What was typed.
struct EditToken {
    name: String,
    note: String,
    locations: String,
    errors: FieldErrors,
}

/// The form, filled in.
pub(crate) async fn ask(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    let token = find(&state, &keyring, id).await?;
    if token.revoked_at.is_some() {
        let why = "A revoked key cannot be changed.";
        return Flash::not_done(why).on(&session, &keyring.address(id));
    }
    let form = EditToken {
        name: token.name.clone(),
        note: token.note.clone(),
        locations: joined(&token.locations),
        errors: FieldErrors::default(),
    };
    show(&View {
        page,
        keyring,
        token,
        form,
    })
}

/// Saves the key's settings.
pub(crate) async fn save(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    page: Page,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    let token = find(&state, &keyring, id).await?;
    let mut form = EditToken {
        name: sent.text("name"),
        note: sent.text("note"),
        locations: sent.text("locations"),
        errors: FieldErrors::default(),
    };
    form.errors = sent.finish();
    match store(&state, &keyring, id, &form).await {
        Ok(()) => Flash::done("Key saved.").on(&session, &keyring.address(id)),
        Err(error) => {
            form.errors = faults(error)?;
            again(&View {
                page,
                keyring,
                token,
                form,
            })
        }
    }
}

async fn store(state: &State, keyring: &Keyring, id: Id, form: &EditToken) -> Result<(), Error> {
    let change = form.change()?;
    let (keys, actor) = (keyring.keys(), keyring.actor());
    let now = state.clock.now();
    state
        .database
        .write(move |connection| change::change(connection, keys, id, change, None, &actor, now))
        .await?;
    Ok(())
}

impl EditToken {
    /// # Errors
    /// [`Error::Invalid`], naming every fault.
    fn change(&self) -> Result<Change, Error> {
        sound(&self.errors)?;
        let mut errors = FieldErrors::default();
        let change = Change {
            name: Some(errors.take("name", text::name("Name", &self.name))),
            note: Some(errors.take("note", text::note("Note", &self.note))),
            locations: Some(errors.take("locations", draft::locations(&lines(&self.locations)))),
            ..Change::default()
        };
        errors.or(change)
    }
}
