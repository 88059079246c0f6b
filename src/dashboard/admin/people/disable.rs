//! Disabling somebody: a page that shows what ends and lets keys be handed over, and the deed.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::leaving::{Chosen, Leaving, renamed};
use super::{address, find};
use crate::account::departure::{self, Departed};
use crate::account::model::{Account, Standing};
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, faults};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::{again, show};
use crate::error::Error;
use crate::id::Id;
use crate::server::{PathId, State};
use crate::text::counted;

const ALREADY: &str = "They are disabled already.";

/// The page.
#[derive(Template)]
#[template(path = "admin/people/disable.html")]
struct View {
    page: Page,
    account: Account,
    leaving: Leaving,
    form: Chosen,
}

impl View {
    async fn read(state: &State, page: Page, id: Id, form: Chosen) -> Result<Self, Error> {
        let now = page.now();
        let (account, leaving) = state
            .database
            .read(move |connection| {
                let account = find(connection, id)?;
                Ok((account, Leaving::read(connection, id, now)?))
            })
            .await?;
        Ok(Self {
            page,
            account,
            leaving,
            form,
        })
    }

    /// "3 keys and 1 session end at once."
    fn ends(&self) -> String {
        let (keys, sessions) = (self.leaving.keys, self.leaving.sessions);
        let verb = if keys + sessions == 1 { "ends" } else { "end" };
        let (key, session) = (counted(keys, "key"), counted(sessions, "session"));
        match (keys, sessions) {
            (0, 0) => "They have no live key and no session.".to_owned(),
            (_, 0) => format!("{key} {verb} at once."),
            (0, _) => format!("{session} {verb} at once."),
            _ => format!("{key} and {session} end at once."),
        }
    }
}

/// The question.
pub(crate) async fn ask(
    state: Data<State>,
    PathId(id): PathId,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    let view = View::read(&state, page, id, Chosen::default()).await?;
    if view.account.standing() == Standing::Disabled {
        return Flash::note(ALREADY).on(&session, &address(id));
    }
    show(&view)
}

/// Disables the person, and hands over what was chosen.
pub(crate) async fn disable(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    page: Page,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let mut form = Chosen::read(sent);
    match store(&state, &member, id, &form).await {
        Ok((account, departed)) => {
            // Whoever disables themselves is logged out with all others.
            Flash::done(told(&account, departed)).on(&session, &address(id))
        }
        Err(Error::Conflict(why)) => Flash::not_done(why).on(&session, &address(id)),
        Err(error) => {
            form.errors = renamed(&faults(error)?);
            again(&View::read(&state, page, id, form).await?)
        }
    }
}

async fn store(
    state: &State,
    member: &Member,
    id: Id,
    form: &Chosen,
) -> Result<(Account, Departed), Error> {
    let find = move |connection: &mut _| find(connection, id);
    let account = state.database.read(find).await?;
    let plan = form.plan(member.account.id)?;
    let (actor, now) = (member.actor(), state.clock.now());
    let departed = state
        .database
        .write(move |connection| departure::disable(connection, id, plan, &actor, now))
        .await?;
    Ok((account, departed))
}

/// "Ravi is disabled. 2 keys handed over, 5 keys revoked, 1 session ended."
fn told(account: &Account, departed: Departed) -> String {
    let handed = match departed.handed {
        0 => String::new(),
        handed => format!("{} handed over, ", counted(handed, "key")),
    };
    format!(
        "{} is disabled: {handed}{} revoked, {} ended.",
        account.name,
        counted(departed.revoked, "key"),
        counted(departed.sessions, "session"),
    )
}
