//! The tables of accounts and of the installation itself.

use diesel::prelude::*;

use crate::account::model::{Account, Kind, Role};
use crate::account::service::Draft;
use crate::clock::Instant;
use crate::db::schema::{accounts, installation, projects, tokens};
use crate::db::{Backend, Connection};
use crate::error::Error;
use crate::id::Id;

/// Whether nobody has been made yet.
///
/// # Errors
/// Those of the database.
pub fn is_set_up(connection: &mut Connection) -> Result<bool, Error> {
    let at: Option<Instant> = installation::table
        .select(installation::set_up_at)
        .first(connection)?;
    Ok(at.is_some())
}

/// Notes that the first account is made; false where it was before. Of several at once one gets
/// true, as the row is locked to the end of the transaction.
///
/// # Errors
/// Those of the database.
pub fn mark_set_up(connection: &mut Connection, now: Instant) -> Result<bool, Error> {
    let marked = diesel::update(installation::table.filter(installation::set_up_at.is_null()))
        .set(installation::set_up_at.eq(now))
        .execute(connection)?;
    Ok(marked == 1)
}

/// The id of the secret key that the database was made with; none on a first start.
///
/// # Errors
/// Those of the database.
pub fn secret_key_id(connection: &mut Connection) -> Result<Option<String>, Error> {
    Ok(installation::table
        .select(installation::secret_key_id)
        .first(connection)?)
}

/// Notes the secret key's id.
///
/// # Errors
/// Those of the database.
pub fn adopt_secret_key(connection: &mut Connection, id: &str) -> Result<(), Error> {
    diesel::update(installation::table)
        .set(installation::secret_key_id.eq(id))
        .execute(connection)?;
    Ok(())
}

/// Whether there is any key, dead ones included.
///
/// # Errors
/// Those of the database.
pub fn holds_tokens(connection: &mut Connection) -> Result<bool, Error> {
    let first: Option<Id> = tokens::table
        .select(tokens::id)
        .first(connection)
        .optional()?;
    Ok(first.is_some())
}

/// Adds an account.
///
/// # Errors
/// [`Error::Conflict`] where its e-mail address is taken.
pub fn insert(connection: &mut Connection, account: &Account) -> Result<(), Error> {
    match diesel::insert_into(accounts::table)
        .values(account)
        .execute(connection)
    {
        Err(diesel::result::Error::DatabaseError(
            diesel::result::DatabaseErrorKind::UniqueViolation,
            _,
        )) => Err(Error::Conflict("An account with this email exists")),
        other => {
            other?;
            Ok(())
        }
    }
}

/// The account of this id.
///
/// # Errors
/// [`Error::NotFound`].
pub fn get(connection: &mut Connection, id: Id) -> Result<Account, Error> {
    Ok(accounts::table
        .find(id)
        .select(Account::as_select())
        .first(connection)?)
}

/// The account of this canonical e-mail address, if there is one.
///
/// # Errors
/// Those of the database.
pub fn by_email(connection: &mut Connection, canonical: &str) -> Result<Option<Account>, Error> {
    if canonical.contains('\0') {
        // PostgreSQL's texts hold no NUL, and it refuses the question itself.
        return Ok(None);
    }
    Ok(accounts::table
        .filter(accounts::email_canonical.eq(canonical))
        .select(Account::as_select())
        .first(connection)
        .optional()?)
}

/// All accounts by name.
///
/// # Errors
/// Those of the database.
pub fn list(connection: &mut Connection) -> Result<Vec<Account>, Error> {
    Ok(accounts::table
        .order((accounts::name, accounts::id))
        .select(Account::as_select())
        .load(connection)?)
}

/// The first accounts by name.
///
/// # Errors
/// Those of the database.
pub fn first(connection: &mut Connection, limit: i64) -> Result<Vec<Account>, Error> {
    Ok(accounts::table
        .order((accounts::name, accounts::id))
        .limit(limit)
        .select(Account::as_select())
        .load(connection)?)
}

/// Stores a new password hash.
///
/// # Errors
/// [`Error::NotFound`].
pub fn set_password(
    connection: &mut Connection,
    id: Id,
    hash: &str,
    now: Instant,
) -> Result<(), Error> {
    let changed = diesel::update(accounts::table.find(id))
        .set((
            accounts::password_hash.eq(hash),
            accounts::updated_at.eq(now),
        ))
        .execute(connection)?;
    found(changed)
}

/// Disables an account, or enables it with none.
///
/// # Errors
/// [`Error::NotFound`].
pub fn set_disabled(
    connection: &mut Connection,
    id: Id,
    disabled_at: Option<Instant>,
    now: Instant,
) -> Result<(), Error> {
    let changed = diesel::update(accounts::table.find(id))
        .set((
            accounts::disabled_at.eq(disabled_at),
            accounts::updated_at.eq(now),
        ))
        .execute(connection)?;
    found(changed)
}

/// Makes a person an admin or a member.
///
/// # Errors
/// [`Error::NotFound`].
pub fn set_role(
    connection: &mut Connection,
    id: Id,
    role: Role,
    now: Instant,
) -> Result<(), Error> {
    let changed = diesel::update(accounts::table.find(id))
        .set((accounts::role.eq(role), accounts::updated_at.eq(now)))
        .execute(connection)?;
    found(changed)
}

/// Stores what is said of a service account.
///
/// # Errors
/// [`Error::NotFound`].
pub fn set_service(
    connection: &mut Connection,
    id: Id,
    draft: &Draft,
    now: Instant,
) -> Result<(), Error> {
    let changed = diesel::update(accounts::table.find(id))
        .set((
            accounts::name.eq(&draft.name),
            accounts::purpose.eq(&draft.purpose),
            accounts::managed_by.eq(draft.managed_by),
            accounts::updated_at.eq(now),
        ))
        .execute(connection)?;
    found(changed)
}

/// Whether another service account that has not ended has this name.
///
/// # Errors
/// Those of the database.
pub fn is_service_name_taken(
    connection: &mut Connection,
    name: &str,
    own: Option<Id>,
) -> Result<bool, Error> {
    let taken: Vec<Id> = accounts::table
        .filter(accounts::kind.eq(Kind::Service))
        .filter(accounts::name.eq(name))
        .filter(accounts::disabled_at.is_null())
        .select(accounts::id)
        .limit(2)
        .load(connection)?;
    Ok(taken.into_iter().any(|id| Some(id) != own))
}

/// Whether an account has, or had, a key or a project.
///
/// # Errors
/// Those of the database.
pub fn owns_anything(connection: &mut Connection, id: Id) -> Result<bool, Error> {
    let key: Option<Id> = tokens::table
        .filter(tokens::owner_id.eq(id))
        .select(tokens::id)
        .first(connection)
        .optional()?;
    let project: Option<Id> = projects::table
        .filter(projects::owner_id.eq(id))
        .select(projects::id)
        .first(connection)
        .optional()?;
    Ok(key.is_some() || project.is_some())
}

/// Removes an account that owns nothing.
///
/// # Errors
/// Those of the database.
pub fn remove(connection: &mut Connection, id: Id) -> Result<(), Error> {
    diesel::delete(accounts::table.find(id)).execute(connection)?;
    Ok(())
}

/// Notes that somebody was at the dashboard.
///
/// # Errors
/// Those of the database.
pub fn touch(connection: &mut Connection, id: Id, now: Instant) -> Result<(), Error> {
    diesel::update(accounts::table.find(id))
        .set(accounts::last_seen_at.eq(now))
        .execute(connection)?;
    Ok(())
}

/// Locks the installation to the end of the transaction, so that rules over all accounts (the last
/// admin) are judged by one at a time.
///
/// # Errors
/// Those of the database.
pub fn lock_all(connection: &mut Connection) -> Result<(), Error> {
    diesel::update(installation::table)
        .set(installation::id.eq(1))
        .execute(connection)?;
    Ok(())
}

/// Locks one account to the end of the transaction, so that rules over all its keys are judged by
/// one at a time; gives it as it then is.
///
/// # Errors
/// [`Error::NotFound`].
pub fn lock(connection: &mut Connection, id: Id) -> Result<Account, Error> {
    match connection {
        // Whoever writes has the file alone.
        Connection::Sqlite(_) => get(connection, id),
        // As strong as a change of the row, and no new version of it for each key.
        Connection::Postgres(postgres) => Ok(accounts::table
            .find(id)
            .select(Account::as_select())
            .for_no_key_update()
            .first(postgres)?),
    }
}

/// The admins who can log in, as [`Account::is_acting_admin`] has it.
pub(super) fn acting_admins() -> accounts::BoxedQuery<'static, Backend> {
    accounts::table
        .filter(accounts::role.eq(Role::Admin))
        .filter(accounts::kind.eq(Kind::User))
        .filter(accounts::disabled_at.is_null())
        .filter(accounts::password_hash.is_not_null())
        .into_boxed()
}

/// How many admins can log in.
///
/// # Errors
/// Those of the database.
pub fn count_admins(connection: &mut Connection) -> Result<i64, Error> {
    Ok(acting_admins().count().get_result(connection)?)
}

fn found(rows: usize) -> Result<(), Error> {
    if rows == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}
