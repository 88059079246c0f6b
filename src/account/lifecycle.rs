//! How accounts come, change and go. Each change and its event are one transaction.

use serde_json::json;

use crate::account::email::Email;
use crate::account::model::{Account, Kind, Role};
use crate::account::password::Password;
use crate::account::{repository, session};
use crate::audit;
use crate::audit::event::{Action, Actor, Event};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::secret_key::SecretKey;
use crate::text;
use crate::token;

/// A person to be made an account for, each part within its bounds.
#[derive(Clone, Debug)]
pub struct Person {
    /// 1 to 100 characters.
    pub name: String,
    /// The address they log in with.
    pub email: Email,
}

/// Checks what was written about a new person, the new password too, which the policy wants to have
/// `shortest` characters.
///
/// # Errors
/// [`Error::Invalid`], naming every fault.
pub fn check_person(
    name: &str,
    email: &str,
    password: &Password,
    shortest: i64,
) -> Result<Person, Error> {
    let mut errors = FieldErrors::default();
    let person = Person {
        name: errors.take("name", text::name("Name", name)),
        email: errors.take("email", Email::parse(email)),
    };
    errors.take(
        "password",
        password.check(shortest, &[name.trim(), email.trim()]),
    );
    errors.or(person)
}

/// The code that opens `/setup`. It is derived, not stored: the same on every node and after a
/// restart, and of no use once the first admin is made.
#[must_use]
pub fn set_up_code(secret_key: &SecretKey) -> String {
    secret_key.derive("set-up").name(&[b"code"])
}

/// Makes the first admin, once for ever.
///
/// # Errors
/// [`Error::NotFound`] when there is, or was, an account.
pub fn set_up(
    connection: &mut Connection,
    person: &Person,
    password_hash: String,
    actor: &Actor,
    now: Instant,
) -> Result<Account, Error> {
    if !repository::mark_set_up(connection, now)? {
        return Err(Error::NotFound);
    }
    let account = insert(connection, person, Role::Admin, password_hash, now)?;
    let event = Event::done(
        actor,
        Action::SetUp,
        Some(account.id),
        Some(account.id),
        &json!({ "name": account.name, "email": account.email }),
        now,
    );
    audit::repository::insert(connection, &event)?;
    Ok(account)
}

/// Makes an account for a person.
///
/// # Errors
/// [`Error::Conflict`] where the e-mail address is taken.
pub fn create(
    connection: &mut Connection,
    person: &Person,
    role: Role,
    password_hash: String,
    actor: &Actor,
    now: Instant,
) -> Result<Account, Error> {
    repository::mark_set_up(connection, now)?;
    let account = insert(connection, person, role, password_hash, now)?;
    let detail = json!({ "name": account.name, "email": account.email, "role": role.as_str() });
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

/// Changes a password and ends the account's sessions, but for the one it was changed in.
///
/// # Errors
/// [`Error::NotFound`].
pub fn change_password(
    connection: &mut Connection,
    id: Id,
    password_hash: &str,
    kept_session: Option<Id>,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    repository::set_password(connection, id, password_hash, now)?;
    session::repository::end_all(connection, id, kept_session)?;
    record(
        connection,
        actor,
        Action::PasswordChange,
        id,
        &json!({}),
        now,
    )
}

/// Disables an account: its sessions end and its keys are revoked in the same transaction.
/// Disabling again changes nothing.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for the last admin.
pub fn disable(
    connection: &mut Connection,
    id: Id,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    repository::lock_all(connection)?;
    let account = repository::get(connection, id)?;
    if account.disabled_at.is_some() {
        return Ok(());
    }
    if account.role == Role::Admin && repository::count_admins(connection)? <= 1 {
        return Err(Error::Conflict("The last admin cannot be disabled."));
    }
    repository::set_disabled(connection, id, Some(now), now)?;
    session::repository::end_all(connection, id, None)?;
    let revoked = token::lifecycle::revoke_all(connection, id, "Owner disabled", actor, now)?;
    record(
        connection,
        actor,
        Action::AccountDisable,
        id,
        &json!({ "tokens_revoked": revoked }),
        now,
    )
}

/// Enables an account. Its keys stay revoked. Enabling again changes nothing.
///
/// # Errors
/// [`Error::NotFound`].
pub fn enable(
    connection: &mut Connection,
    id: Id,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    if repository::get(connection, id)?.disabled_at.is_none() {
        return Ok(());
    }
    repository::set_disabled(connection, id, None, now)?;
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

fn insert(
    connection: &mut Connection,
    person: &Person,
    role: Role,
    password_hash: String,
    now: Instant,
) -> Result<Account, Error> {
    let account = Account {
        id: Id::new(),
        kind: Kind::User,
        name: person.name.clone(),
        email: Some(person.email.written().to_owned()),
        email_canonical: Some(person.email.canonical().to_owned()),
        password_hash: Some(password_hash),
        role,
        created_at: now,
        updated_at: now,
        disabled_at: None,
    };
    repository::insert(connection, &account)?;
    Ok(account)
}

fn record(
    connection: &mut Connection,
    actor: &Actor,
    action: Action,
    account: Id,
    detail: &serde_json::Value,
    now: Instant,
) -> Result<(), Error> {
    let event = Event::done(actor, action, Some(account), Some(account), detail, now);
    audit::repository::insert(connection, &event)
}
