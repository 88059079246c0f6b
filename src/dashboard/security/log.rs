//! What happened in one's own account.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::ADDRESS;
use crate::audit::log::{Filter, Whose};
use crate::dashboard::event_line::Lines;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::pager::ROWS;
use crate::dashboard::render::{answer, checked};
use crate::error::{Error, FieldErrors};
use crate::server::State;

/// The page.
#[derive(Template)]
#[template(path = "security/log.html")]
struct View {
    page: Page,
    form: Asked,
    found: Lines,
}

/// What cannot be taken of the address.
struct Asked {
    errors: FieldErrors,
}

impl View {
    fn older(&self) -> Option<String> {
        let next = self.found.next?;
        Some(format!("{ADDRESS}/log?after={next}"))
    }
}

/// The log, newest first.
pub(crate) async fn show(
    state: Data<State>,
    request: HttpRequest,
    member: Member,
    page: Page,
) -> Result<HttpResponse, Error> {
    let mut query = Form::of_query(&request);
    let after = query.parsed("after", "There is no such page", |text| text.parse().ok());
    let errors = query.finish();
    let status = checked(&errors);
    let whose = Whose::Account(member.account.id);
    let found = state
        .database
        .read(move |connection| Lines::read(connection, whose, &Filter::default(), after, ROWS))
        .await?;
    let form = Asked { errors };
    answer(status, &View { page, form, found })
}
