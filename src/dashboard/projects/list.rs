//! What do keys reach?

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::LIST;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::pager::{self, Pager};
use crate::dashboard::render::show;
use crate::error::Error;
use crate::project::model::Project;
use crate::project::repository;
use crate::server::State;

/// The page.
#[derive(Template)]
#[template(path = "projects/list.html")]
struct View {
    page: Page,
    projects: Vec<Project>,
    pager: Pager,
}

/// The projects of whoever is logged in, newest first.
pub(crate) async fn list(
    state: Data<State>,
    request: HttpRequest,
    member: Member,
    page: Page,
) -> Result<HttpResponse, Error> {
    let mut query = Form::of_query(&request);
    let number = pager::number(&mut query);
    query.finish().or(())?;
    let owner = member.account.id;
    let (total, projects) = state
        .database
        .read(move |connection| {
            let total = repository::count(connection, owner)?;
            let start = pager::offset(number, total);
            Ok((
                total,
                repository::numbered(connection, owner, start, pager::ROWS)?,
            ))
        })
        .await?;
    let pager = Pager::new(number, total, |page| format!("{LIST}?page={page}"));
    show(&View {
        page,
        projects,
        pager,
    })
}
