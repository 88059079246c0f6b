//! Rotating a key: the guide's four steps on one page. Where one stands is read from what is stored,
//! so the page can be closed and come back to.

pub(crate) mod finish;
pub(crate) mod places;
mod view;

use actix_session::Session;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, faults};
use crate::dashboard::page::Page;
use crate::dashboard::render::{again, show, watched};
use crate::dashboard::tokens::keyring::Keyring;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::server::{PathId, State};
use crate::token::handover::Handover;
use crate::token::repository::OwnedToken;
use crate::token::rotation;
use crate::token::secret::Secret;
use view::{Chosen, View};

const DEAD: &str = "A key that is revoked or expired cannot be rotated. Generate a new one.";
const SHOWN: &str = "This key was shown once. If you did not store it, generate it again.";

/// Where the page of a key's rotation is.
fn place(keyring: &Keyring, id: Id) -> String {
    format!("{}/rotate", keyring.address(id))
}

/// The four steps.
pub(crate) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    let handover = read(&state, &keyring, id).await?;
    let mut query = Form::of_query(&request);
    let read = |text: &str| (text == "1").then_some(());
    let is_watched = query.parsed("live", "Live can be 1", read).is_some();
    query.finish().or(())?;
    let mut view = View::new(page, keyring.clone(), handover, None)?;
    if view.is_over() {
        return Flash::not_done(DEAD).on(&session, &keyring.address(id));
    }
    view.is_watched = is_watched;
    let response = show(&view)?;
    Ok(if is_watched {
        watched(response)
    } else {
        response
    })
}

/// Generates the new key and shows it, this once.
pub(crate) async fn generate(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    page: Page,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    let before = read(&state, &keyring, id).await?;
    let digest = sent.digest(&state.form_key, keyring.owner.id);
    let mut chosen = Chosen {
        overlap: sent.text("overlap"),
        errors: FieldErrors::default(),
    };
    chosen.errors = sent.finish();
    match rotate(&state, &keyring, id, &chosen, digest).await {
        Ok(Some((_, secret))) => {
            let after = read(&state, &keyring, id).await?;
            show(&View::new(
                page,
                keyring.clone(),
                after,
                Some(secret.expose()),
            )?)
        }
        Ok(None) => Flash::note(SHOWN).on(&session, &place(&keyring, id)),
        Err(Error::Conflict(why)) => {
            Flash::not_done(format!("{why}.")).on(&session, &place(&keyring, id))
        }
        Err(error) => {
            chosen.errors = faults(error)?;
            let mut view = View::new(page, keyring.clone(), before, None)?;
            view.form = chosen;
            again(&view)
        }
    }
}

async fn rotate(
    state: &State,
    keyring: &Keyring,
    id: Id,
    chosen: &Chosen,
    digest: [u8; 32],
) -> Result<Option<(OwnedToken, Secret)>, Error> {
    let overlap = chosen.seconds()?;
    let (keys, actor) = (keyring.keys(), keyring.actor());
    let (mint, now) = (state.mint.clone(), state.clock.now());
    state
        .database
        .write(move |connection| {
            rotation::rotate_by_form(connection, &mint, keys, id, overlap, digest, &actor, now)
        })
        .await
}

/// How far the rotation of one of the member's keys has got.
async fn read(state: &State, keyring: &Keyring, id: Id) -> Result<Handover, Error> {
    let (keys, now) = (keyring.keys(), state.clock.now());
    state
        .database
        .read(move |connection| Handover::read(connection, keys, id, now))
        .await
}
