//! One person: who they are, what they hold, and what can be done.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::{find, standing};
use crate::account::link::{self, Link};
use crate::account::model::{Account, Role, Standing};
use crate::account::session;
use crate::clock::Instant;
use crate::dashboard::badge::Badge;
use crate::dashboard::page::Page;
use crate::dashboard::render;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::server::{PathId, State};
use crate::text::counted;
use crate::token::model::Token;
use crate::token::repository;

/// The most keys that are listed.
const KEYS: usize = 50;

/// The page.
#[derive(Template)]
#[template(path = "admin/people/show.html")]
struct View {
    page: Page,
    account: Account,
    keys: Vec<Token>,
    sessions: usize,
    link: Option<Link>,
}

impl View {
    fn status(&self) -> Badge {
        standing::badge(&self.account)
    }

    fn role(&self) -> &'static str {
        standing::role(self.account.role)
    }

    fn is_admin(&self) -> bool {
        self.account.role == Role::Admin
    }

    fn is_invited(&self) -> bool {
        self.account.standing() == Standing::Invited
    }

    fn is_disabled(&self) -> bool {
        self.account.standing() == Standing::Disabled
    }

    fn listed(&self) -> impl Iterator<Item = &Token> {
        self.keys.iter().take(KEYS)
    }

    fn key_badge(&self, token: &Token) -> Badge {
        Badge::status(token, self.page.now())
    }

    fn sessions(&self) -> String {
        counted(self.sessions, "session")
    }
}

/// The page of a person.
pub(crate) async fn show(
    state: Data<State>,
    PathId(id): PathId,
    page: Page,
) -> Result<HttpResponse, Error> {
    let now = page.now();
    let (account, keys, sessions, link) = state
        .database
        .read(move |connection| read(connection, id, now))
        .await?;
    render::show(&View {
        page,
        account,
        keys,
        sessions,
        link,
    })
}

type Found = (Account, Vec<Token>, usize, Option<Link>);

fn read(connection: &mut Connection, id: Id, now: Instant) -> Result<Found, Error> {
    let account = find(connection, id)?;
    let keys = repository::live(connection, id, now)?;
    let sessions = session::repository::list(connection, id, now)?.len();
    let link = link::repository::of(connection, id)?.filter(|link| link.expires_at > now);
    Ok((account, keys, sessions, link))
}
