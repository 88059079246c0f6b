//! "This was me": what is unusual about a key is its owner's own doing.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;

use super::{address, find};
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, sound};
use crate::dashboard::guard::Member;
use crate::dashboard::local_path;
use crate::error::Error;
use crate::id::Id;
use crate::server::{PathId, State};
use crate::token::unusual::{self, Kind};

/// What was sent.
struct Sent {
    kind: Option<Kind>,
    what: String,
    back: String,
}

impl Sent {
    fn read(mut form: Form, id: Id) -> Result<Self, Error> {
        let sent = Self {
            kind: form.parsed("kind", "There is no such activity", Kind::named),
            what: form.text("what"),
            back: local_path::checked(&form.text("back"))
                .map_or_else(|| address(id), str::to_owned),
        };
        sound(&form.finish())?;
        Ok(sent)
    }
}

/// Acknowledges it.
pub(crate) async fn acknowledge(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    form: Form,
) -> Result<HttpResponse, Error> {
    find(&state, &member, id).await?;
    let Sent { kind, what, back } = Sent::read(form, id)?;
    let now = state.clock.now();
    if let Some(kind) = kind {
        state
            .database
            .write(move |connection| {
                let owner = member.account.id;
                unusual::acknowledge(connection, owner, id, kind, &what, &member.actor(), now)
            })
            .await?;
    }
    Flash::done("Noted that this was you.").on(&session, &back)
}
