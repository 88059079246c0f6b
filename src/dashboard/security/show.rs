//! The page: password, sessions and what happened lately.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::device;
use crate::account::session::{Session, part, repository};
use crate::audit::log::{Filter, Whose};
use crate::clock::Instant;
use crate::dashboard::event_line::Lines;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::policy;
use crate::server::State;

/// How many events of the account the page tells.
const EVENTS: i64 = 10;

/// The page.
#[derive(Template)]
#[template(path = "security/show.html")]
pub(super) struct View {
    page: Page,
    form: PasswordForm,
    sessions: Vec<Row>,
    events: Lines,
}

/// What is wrong with a change of password; what was typed is not shown again.
struct PasswordForm {
    shortest: i64,
    errors: FieldErrors,
}

impl PasswordForm {
    fn hint(&self) -> String {
        format!(
            "{} characters or more. A sentence works well.",
            self.shortest
        )
    }
}

/// The page.
pub(crate) async fn ask(
    state: Data<State>,
    member: Member,
    page: Page,
) -> Result<HttpResponse, Error> {
    let view = View::read(&state, &member, page, FieldErrors::default()).await?;
    render::show(&view)
}

impl View {
    pub(super) async fn read(
        state: &State,
        member: &Member,
        page: Page,
        errors: FieldErrors,
    ) -> Result<Self, Error> {
        let (account, now) = (member.account.id, page.now());
        let read = move |connection: &mut _| {
            let (whose, all) = (Whose::Account(account), Filter::default());
            let events = Lines::read(connection, whose, &all, None, EVENTS)?;
            let policy = policy::repository::read(connection)?;
            Ok((repository::list(connection, account, now)?, events, policy))
        };
        let (sessions, events, policy) = state.database.read(read).await?;
        let rows = sessions
            .into_iter()
            .map(|session| Row::new(&session, member.session_id));
        Ok(Self {
            page,
            form: PasswordForm {
                shortest: policy.shortest_password,
                errors,
            },
            sessions: rows.collect(),
            events,
        })
    }
}

/// One session.
struct Row {
    id: Id,
    device: String,
    address: String,
    started_at: Instant,
    last_seen_at: Instant,
    is_this: bool,
}

impl Row {
    fn new(session: &Session, this: Id) -> Self {
        // The state's parts are themselves JSON, each by itself.
        let state: HashMap<String, String> =
            serde_json::from_str(&session.state).unwrap_or_default();
        let read = |part| -> Option<String> { serde_json::from_str(state.get(part)?).ok() };
        Self {
            id: session.id,
            device: device::named(&read(part::DEVICE).unwrap_or_default()),
            address: read(part::ADDRESS).unwrap_or_default(),
            started_at: session.created_at,
            last_seen_at: session.last_seen_at,
            is_this: session.id == this,
        }
    }
}
