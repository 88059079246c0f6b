//! "This was me": what is unusual about a key is its owner's own doing.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;

use super::find;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, sound};
use crate::dashboard::local_path;
use crate::dashboard::tokens::keyring::Keyring;
use crate::error::Error;
use crate::server::{PathId, State};
use crate::token::unusual::{self, Kind};

/// What was sent.
struct Sent {
    kind: Option<Kind>,
    what: String,
    back: String,
}

impl Sent {
    fn read(mut form: Form, page: &str) -> Result<Self, Error> {
        let sent = Self {
            kind: form.parsed("kind", "There is no such activity", Kind::named),
            what: form.text("what"),
            back: local_path::checked(&form.text("back"))
                .map_or_else(|| page.to_owned(), str::to_owned),
        };
        sound(&form.finish())?;
        Ok(sent)
    }
}

/// Acknowledges it.
pub(crate) async fn acknowledge(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    form: Form,
) -> Result<HttpResponse, Error> {
    find(&state, &keyring, id).await?;
    let Sent { kind, what, back } = Sent::read(form, &keyring.address(id))?;
    let (owner, actor) = (keyring.owner.id, keyring.actor());
    let now = state.clock.now();
    if let Some(kind) = kind {
        state
            .database
            .write(move |connection| {
                unusual::acknowledge(connection, owner, id, kind, &what, &actor, now)
            })
            .await?;
    }
    Flash::done("Noted that this was you.").on(&session, &back)
}
