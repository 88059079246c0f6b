//! Making somebody an admin or a member: a page that says what changes, and the deed.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::{address, find};
use crate::account::model::{Account, Role};
use crate::account::role;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::show;
use crate::error::{Error, FieldErrors};
use crate::server::{PathId, State};
use crate::text::counted;
use crate::token::repository;
use crate::token::scope::Scope;

/// The page.
#[derive(Template)]
#[template(path = "admin/people/role.html")]
struct View {
    page: Page,
    account: Account,
    /// How many of their live keys hold what only admins' keys may.
    auditing: usize,
}

impl View {
    /// What they will be.
    fn next(&self) -> Role {
        match self.account.role {
            Role::Member => Role::Admin,
            Role::Admin => Role::Member,
        }
    }

    fn is_promotion(&self) -> bool {
        self.next() == Role::Admin
    }

    /// "2 of their keys hold"
    fn holders(&self) -> String {
        let verb = if self.auditing == 1 { "holds" } else { "hold" };
        format!("{} of theirs {verb}", counted(self.auditing, "key"))
    }
}

/// The question.
pub(crate) async fn ask(
    state: Data<State>,
    PathId(id): PathId,
    page: Page,
) -> Result<HttpResponse, Error> {
    let now = page.now();
    let (account, keys) = state
        .database
        .read(move |connection| {
            let account = find(connection, id)?;
            Ok((account, repository::live(connection, id, now)?))
        })
        .await?;
    let auditing = keys.iter().filter(|key| {
        let mut scopes = key.scopes.iter();
        scopes.any(|scope| scope == Scope::AuditRead.name())
    });
    show(&View {
        page,
        auditing: auditing.count(),
        account,
    })
}

/// Changes the role.
pub(crate) async fn change(
    state: Data<State>,
    member: Member,
    PathId(id): PathId,
    session: Session,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    let role: Result<Role, _> = sent.text("role").parse();
    let role = role.map_err(|_| Error::Invalid(FieldErrors::one("role", "Choose a role")));
    sent.finish().or(())?;
    let (role, actor, now) = (role?, member.actor(), state.clock.now());
    let changed = state
        .database
        .write(move |connection| {
            role::change(connection, id, role, &actor, now)?;
            find(connection, id)
        })
        .await;
    match changed {
        Ok(account) => {
            let kind = match role {
                Role::Admin => "an admin",
                Role::Member => "a member",
            };
            let told = format!("{} is {kind} now.", account.name);
            // Whoever gave their own role away has no such page any more.
            let next = match role {
                Role::Member if id == member.account.id => "/dashboard".to_owned(),
                _ => address(id),
            };
            Flash::done(told).on(&session, &next)
        }
        Err(Error::Conflict(why)) => Flash::not_done(why).on(&session, &address(id)),
        Err(error) => Err(error),
    }
}
