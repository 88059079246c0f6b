//! When somebody goes: their sessions end and their keys with them, but for those that are handed to
//! a service account, so that production goes on. All of it is one transaction.

use serde_json::json;

use crate::account::lifecycle::{LAST_ADMIN, may_manage, record};
use crate::account::link;
use crate::account::model::{Account, Kind};
use crate::account::service;
use crate::account::{repository, session};
use crate::audit::event::{Action, Actor};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::token;
use crate::token::transfer;

/// Why the keys are revoked that nobody takes over.
const REASON: &str = "Owner disabled";

/// Who takes keys over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heir {
    /// A service account that there is.
    Account(Id),
    /// The one that is made on this occasion.
    New,
}

/// What becomes of the keys.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Who takes over which key, by its family: those that replace one another go together.
    pub handed: Vec<(Id, Heir)>,
    /// The service account that is made on this occasion.
    pub new: Option<service::Draft>,
}

/// What became of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Departed {
    /// Keys that go on under another owner.
    pub handed: usize,
    /// Keys that were revoked.
    pub revoked: usize,
    /// Sessions that ended.
    pub sessions: usize,
}

/// Disables an account. Disabling again changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for who is no admin; [`Error::Conflict`] for the last admin;
/// [`Error::Invalid`], naming the families that cannot go where they are to.
pub fn disable(
    connection: &mut Connection,
    id: Id,
    plan: Plan,
    actor: &Actor,
    now: Instant,
) -> Result<Departed, Error> {
    repository::lock_all(connection)?;
    may_manage(connection, actor)?;
    let account = repository::lock(connection, id)?;
    if account.disabled_at.is_some() {
        return Ok(Departed::default());
    }
    if account.is_acting_admin() && repository::count_admins(connection)? <= 1 {
        return Err(Error::Conflict(LAST_ADMIN));
    }
    repository::set_disabled(connection, id, Some(now), now)?;
    link::repository::remove(connection, id)?;
    let sessions = session::repository::end_all(connection, id, None)?;
    let handed = heirs(connection, plan, actor, now)?;
    let left = transfer::leave(connection, id, &handed, REASON, actor, now)?;
    let departed = Departed {
        handed: left.handed.len(),
        revoked: left.revoked,
        sessions,
    };
    let detail = json!({
        "name": account.name,
        "tokens_revoked": departed.revoked,
        "tokens_handed_over": left.handed,
        "sessions_ended": departed.sessions,
    });
    record(connection, actor, Action::AccountDisable, id, &detail, now)?;
    Ok(departed)
}

/// The accounts that take keys over, made and locked.
fn heirs(
    connection: &mut Connection,
    plan: Plan,
    actor: &Actor,
    now: Instant,
) -> Result<Vec<(Id, Account)>, Error> {
    let new = match plan.new {
        Some(draft) => Some(service::create(connection, draft, actor, now)?),
        None => None,
    };
    let mut errors = FieldErrors::default();
    let mut handed = Vec::with_capacity(plan.handed.len());
    for (family, heir) in plan.handed {
        let heir = match (heir, &new) {
            (Heir::New, Some(new)) => Some(new.clone()),
            (Heir::New, None) => None,
            (Heir::Account(id), _) => match repository::lock(connection, id) {
                Err(Error::NotFound) => None,
                other => Some(other?),
            },
        };
        match heir.filter(|heir| heir.kind == Kind::Service && heir.disabled_at.is_none()) {
            Some(heir) => handed.push((family, heir)),
            None => errors.add(
                &transfer::field(family),
                "There is no such service account any more",
            ),
        }
    }
    errors.or(handed)
}

/// Enables an account. Its keys stay revoked. Enabling again changes nothing.
///
/// # Errors
/// [`Error::NotFound`], for who is no admin too.
pub fn enable(
    connection: &mut Connection,
    id: Id,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    may_manage(connection, actor)?;
    if repository::lock(connection, id)?.disabled_at.is_none() {
        return Ok(());
    }
    repository::set_disabled(connection, id, None, now)?;
    // One that began as the account was disabled is no way in.
    session::repository::end_all(connection, id, None)?;
    token::epoch::advance_all_of(connection, id)?;
    record(
        connection,
        actor,
        Action::AccountEnable,
        id,
        &json!({}),
        now,
    )
}
