//! The log, newest first.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::filter::Filter;
use crate::audit::log::{Whose, repository};
use crate::audit::watch::{Found, Report};
use crate::dashboard::event_line::Lines;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::page::Page;
use crate::dashboard::pager::ROWS;
use crate::dashboard::render::{answer, checked, watched};
use crate::dashboard::tokens::list::PASTED;
use crate::error::Error;
use crate::server::State;
use crate::text::grouped;

/// The page.
#[derive(Template)]
#[template(path = "admin/audit/list.html")]
struct View {
    page: Page,
    form: Filter,
    actions: Vec<String>,
    found: Lines,
    report: Report,
}

impl View {
    fn older(&self) -> Option<String> {
        self.found.next.map(|place| self.form.page(Some(place)))
    }

    /// What the server's own verification says.
    fn state(&self) -> String {
        let walk = match self.report.under_way {
            Some((done, of)) => format!(" Verifying: {} of {}.", grouped(done), grouped(of)),
            None => String::new(),
        };
        let state = match (&self.report.broken, self.report.verified) {
            (Some((Found::Event(broken), at)), _) => {
                format!("{broken}. Found {}.", at.exact())
            }
            (Some((Found::Checkpoints(fault), at)), _) => {
                format!("The checkpoints are broken: {fault}. Found {}.", at.exact())
            }
            (None, Some((number, at))) => {
                format!("Verified to event {} at {}.", grouped(number), at.exact())
            }
            (None, None) => "Not verified yet.".to_owned(),
        };
        state + &walk
    }

    fn is_broken(&self) -> bool {
        self.report.broken.is_some()
    }
}

/// The list. A whole key that is looked for is cut to its last four characters before anything
/// else is done with it.
pub(crate) async fn list(
    state: Data<State>,
    request: HttpRequest,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    let mut form = Filter::read(Form::of_query(&request));
    if let Some(hint) = form.without_key() {
        form.key = hint;
        return Flash::note(PASTED).on(&session, &form.page(None));
    }
    let read = move |connection: &mut _| {
        let filter = form.events(connection)?;
        let found = if form.errors.is_empty() {
            Lines::read(connection, Whose::Everyone, &filter, form.after, ROWS)?
        } else {
            Lines::default()
        };
        Ok((repository::actions(connection)?, found, form))
    };
    let (actions, found, form) = state.database.read(read).await?;
    let status = checked(&form.errors);
    let is_live = form.is_live;
    let view = View {
        page,
        form,
        actions,
        found,
        report: state.audit.report(),
    };
    let response = answer(status, &view)?;
    Ok(if is_live && status == StatusCode::OK {
        watched(response)
    } else {
        response
    })
}
