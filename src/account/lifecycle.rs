//! How accounts come, change and go. Each change and its event are one transaction.

use serde_json::json;

pub use crate::account::departure::enable;
use crate::account::departure::{self, Plan};
use crate::account::email::Email;
use crate::account::model::{Account, Kind, Role};
use crate::account::password::Password;
use crate::account::{link, repository, session};
use crate::audit;
use crate::audit::event::{Action, Actor, Event};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::secret_key::SecretKey;
use crate::text;

/// Why the last admin stays.
pub(super) const LAST_ADMIN: &str = "The last admin cannot be disabled.";
/// Why the last admin stays one.
pub(super) const LAST_ADMIN_ROLE: &str = "The last admin cannot be made a member.";

/// A person to be made an account for, each part within its bounds.
#[derive(Clone, Debug)]
pub struct Person {
    /// 1 to 100 characters.
    pub name: String,
    /// The address they log in with.
    pub email: Email,
}

impl Person {
    fn read(name: &str, email: &str, errors: &mut FieldErrors) -> Self {
        Self {
            name: errors.take("name", text::name("Name", name)),
            email: errors.take("email", Email::parse(email)),
        }
    }
}

impl Account {
    /// The account of somebody who has yet to choose a password.
    pub(crate) fn invited(person: &Person, role: Role, now: Instant) -> Self {
        Self::of_person(person, role, None, now)
    }

    /// A new account for a person, who cannot log in without a password.
    pub(super) fn of_person(
        person: &Person,
        role: Role,
        password_hash: Option<String>,
        now: Instant,
    ) -> Self {
        Self {
            id: Id::new(),
            kind: Kind::User,
            name: person.name.clone(),
            email: Some(person.email.written().to_owned()),
            email_canonical: Some(person.email.canonical().to_owned()),
            password_hash,
            role,
            created_at: now,
            updated_at: now,
            disabled_at: None,
            purpose: String::new(),
            managed_by: None,
            last_seen_at: None,
        }
    }
}

/// Checks what was written about a person to be invited.
///
/// # Errors
/// [`Error::Invalid`], naming every fault.
pub fn check_invited(name: &str, email: &str) -> Result<Person, Error> {
    let mut errors = FieldErrors::default();
    let person = Person::read(name, email, &mut errors);
    errors.or(person)
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
    let person = Person::read(name, email, &mut errors);
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
    // A link that was sent before is none to this password.
    link::repository::remove(connection, id)?;
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
/// Those of [`departure::disable`].
pub fn disable(
    connection: &mut Connection,
    id: Id,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    departure::disable(connection, id, Plan::default(), actor, now).map(drop)
}

/// Whether who acts may make keys of this account: its own person or key may, and whoever looks after
/// others'.
///
/// # Errors
/// Those of [`may_manage`].
pub fn may_act_for(connection: &mut Connection, owner: Id, actor: &Actor) -> Result<(), Error> {
    match actor.account() {
        Some(id) if id != owner => may_manage(connection, actor),
        _ => Ok(()),
    }
}

/// Whether who acts may look after other people: a command may, and somebody who is an admin as this
/// transaction sees it. One of many admins who take one another's role at once may have lost it.
///
/// # Errors
/// [`Error::NotFound`], as for the pages that only admins have.
pub fn may_manage(connection: &mut Connection, actor: &Actor) -> Result<(), Error> {
    match actor.account() {
        Some(id) if !repository::get(connection, id)?.is_acting_admin() => Err(Error::NotFound),
        _ => Ok(()),
    }
}

fn insert(
    connection: &mut Connection,
    person: &Person,
    role: Role,
    password_hash: String,
    now: Instant,
) -> Result<Account, Error> {
    let account = Account::of_person(person, role, Some(password_hash), now);
    repository::insert(connection, &account)?;
    Ok(account)
}

pub(super) fn record(
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
