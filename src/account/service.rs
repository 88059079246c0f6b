//! Service accounts: the organisation's own, which nobody logs in to. Their keys outlive the people
//! who made them.

use serde_json::json;

use crate::account::lifecycle::{may_manage, record};
use crate::account::model::{Account, Kind, Role};
use crate::account::repository;
use crate::audit::event::{Action, Actor};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::text;
use crate::token;

/// What is said of a service account, each part within its bounds.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// 1 to 100 characters, unlike that of any other service account.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// The admin who is asked about it.
    pub managed_by: Option<Id>,
}

impl Draft {
    /// Checks what was written.
    ///
    /// # Errors
    /// [`Error::Invalid`], naming every fault.
    pub fn check(name: &str, purpose: &str, managed_by: Option<Id>) -> Result<Self, Error> {
        let mut errors = FieldErrors::default();
        let draft = Self {
            name: errors.take("name", text::name("Name", name)),
            purpose: errors.take("purpose", text::note("What for", purpose)),
            managed_by,
        };
        errors.or(draft)
    }
}

/// The service account of this id.
///
/// # Errors
/// [`Error::NotFound`], for a person's too.
pub fn get(connection: &mut Connection, id: Id) -> Result<Account, Error> {
    let account = repository::get(connection, id)?;
    match account.kind {
        Kind::Service => Ok(account),
        Kind::User => Err(Error::NotFound),
    }
}

/// Makes a service account.
///
/// # Errors
/// [`Error::NotFound`] for who is no admin; [`Error::Invalid`] for a name that is taken, or a manager
/// who is no admin.
pub fn create(
    connection: &mut Connection,
    draft: Draft,
    actor: &Actor,
    now: Instant,
) -> Result<Account, Error> {
    // Names are judged by one at a time.
    repository::lock_all(connection)?;
    may_manage(connection, actor)?;
    check(connection, &draft, None)?;
    let account = Account {
        id: Id::new(),
        kind: Kind::Service,
        name: draft.name,
        email: None,
        email_canonical: None,
        password_hash: None,
        role: Role::Member,
        created_at: now,
        updated_at: now,
        disabled_at: None,
        purpose: draft.purpose,
        managed_by: draft.managed_by,
        last_seen_at: None,
    };
    repository::insert(connection, &account)?;
    let detail = json!({
        "kind": account.kind.as_str(),
        "name": account.name,
        "purpose": account.purpose,
        "managed_by": account.managed_by,
    });
    record(
        connection,
        actor,
        Action::AccountCreate,
        account.id,
        &detail,
        now,
    )?;
    Ok(account)
}

/// Changes what is said of a service account.
///
/// # Errors
/// As [`create`]; [`Error::NotFound`] where it is none.
pub fn change(
    connection: &mut Connection,
    id: Id,
    draft: &Draft,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    repository::lock_all(connection)?;
    may_manage(connection, actor)?;
    let before = get(connection, id)?;
    check(connection, draft, Some(id))?;
    repository::set_service(connection, id, draft, now)?;
    if draft.name != before.name {
        // Who judges keys holds the name of their owner.
        token::epoch::advance_all_of(connection, id)?;
    }
    let detail = json!({
        "before": {
            "name": before.name,
            "purpose": before.purpose,
            "managed_by": before.managed_by,
        },
        "after": {
            "name": draft.name,
            "purpose": draft.purpose,
            "managed_by": draft.managed_by,
        },
    });
    record(connection, actor, Action::AccountChange, id, &detail, now)
}

fn check(connection: &mut Connection, draft: &Draft, own: Option<Id>) -> Result<(), Error> {
    let mut errors = FieldErrors::default();
    if repository::is_service_name_taken(connection, &draft.name, own)? {
        let fault = format!("There is a service account named \"{}\"", draft.name);
        errors.add("name", fault);
    }
    let manager = match draft.managed_by {
        Some(id) => repository::get(connection, id).ok(),
        None => None,
    };
    if draft.managed_by.is_some() && !manager.is_some_and(|manager| manager.is_acting_admin()) {
        errors.add("managed_by", "Choose an admin");
    }
    errors.or(())
}
