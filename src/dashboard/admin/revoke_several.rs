//! Revoking the keys that were selected in the list of all.

use actix_session::Session;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded::Serializer;

use super::LIST;
use super::confirm::{self, Target};
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::tokens::revoke_several::{NONE, selected};
use crate::error::Error;
use crate::server::State;
use crate::token::list::Filter;
use crate::token::repository::{Whose, get_several};

/// The question.
pub(crate) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    match target(&state, &request).await? {
        Some(target) => confirm::ask(&state, &session, page, target).await,
        None => Flash::not_done(NONE).on(&session, LIST),
    }
}

/// Revokes the keys, all of them or none.
pub(crate) async fn revoke(
    state: Data<State>,
    request: HttpRequest,
    member: Member,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    match target(&state, &request).await? {
        Some(target) => confirm::revoke(&state, member, &session, page, target, sent).await,
        None => Flash::not_done(NONE).on(&session, LIST),
    }
}

async fn target(state: &State, request: &HttpRequest) -> Result<Option<Target>, Error> {
    let ids = selected(&mut Form::of_query(request))?;
    if ids.is_empty() {
        return Ok(None);
    }
    let wanted = ids.clone();
    // One that is not there makes it none.
    state
        .database
        .read(move |connection| get_several(connection, Whose::Everyone, &wanted).map(drop))
        .await?;
    let mut query = Serializer::new(String::new());
    for id in &ids {
        query.append_pair("ids", id.as_str());
    }
    Ok(Some(Target {
        action: format!("{LIST}/revoke?{}", query.finish()),
        filter: Filter {
            ids: Some(ids),
            ..Filter::default()
        },
        which: vec!["Selected in the list".to_owned()],
        back: LIST.to_owned(),
        must_type: false,
    }))
}
