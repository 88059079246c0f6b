//! How people come by one-time links, and how links are made and end. Each change and its event are
//! one transaction.

use serde_json::json;

use super::{Code, INVITATION_DAYS, Link, RESET_HOURS, digest, repository};
use crate::account::lifecycle::{Person, may_manage, record};
use crate::account::model::{Account, Kind, Role, Standing};
use crate::account::{repository as accounts, session};
use crate::audit::event::{Action, Actor};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::secret_key::MacKey;

/// What came of a wish for a link.
pub enum Made {
    /// A new link, with the code that is shown this once.
    New(Box<Account>, Code, Instant),
    /// The same form was sent before, and made the link that this account has.
    Before(Id),
}

/// Makes an account that nobody can log in to yet, and the link by which the person chooses a
/// password.
///
/// # Errors
/// [`Error::NotFound`] for who is no admin; [`Error::Conflict`] where the e-mail address is taken.
pub fn invite(
    connection: &mut Connection,
    key: &MacKey,
    person: &Person,
    role: Role,
    form_digest: [u8; 32],
    actor: &Actor,
    now: Instant,
) -> Result<Made, Error> {
    may_manage(connection, actor)?;
    if let Some(id) = repository::by_form(connection, &form_digest)? {
        return Ok(Made::Before(id));
    }
    let account = Account::invited(person, role, now);
    accounts::insert(connection, &account)?;
    make(connection, key, account, form_digest, actor, now)
}

/// Makes a link for somebody who has an account: an invited person is invited again, another chooses
/// a new password by it. The link before it opens nothing from then on.
///
/// # Errors
/// [`Error::NotFound`] for who is no admin, and for what is no person; [`Error::Conflict`] for one
/// who is disabled.
pub fn renew(
    connection: &mut Connection,
    key: &MacKey,
    id: Id,
    form_digest: [u8; 32],
    actor: &Actor,
    now: Instant,
) -> Result<Made, Error> {
    may_manage(connection, actor)?;
    let account = accounts::lock(connection, id)?;
    if account.kind != Kind::User {
        return Err(Error::NotFound);
    }
    if account.standing() == Standing::Disabled {
        return Err(Error::Conflict("Enable them first."));
    }
    if let Some(id) = repository::by_form(connection, &form_digest)? {
        return Ok(Made::Before(id));
    }
    make(connection, key, account, form_digest, actor, now)
}

fn make(
    connection: &mut Connection,
    key: &MacKey,
    account: Account,
    form_digest: [u8; 32],
    actor: &Actor,
    now: Instant,
) -> Result<Made, Error> {
    let code = Code::generate()?;
    let (action, expires_at) = match account.standing() {
        Standing::Invited => (Action::AccountInvite, now.plus_days(INVITATION_DAYS)),
        _ => (Action::PasswordLink, now.plus_seconds(RESET_HOURS * 3_600)),
    };
    let link = Link {
        account_id: account.id,
        digest: digest(key, code.expose()).to_vec(),
        form_digest: form_digest.to_vec(),
        created_at: now,
        expires_at,
    };
    repository::put(connection, &link)?;
    let detail = json!({
        "name": account.name,
        "email": account.email,
        "role": account.role.as_str(),
        "expires_at": expires_at,
    });
    record(connection, actor, action, account.id, &detail, now)?;
    Ok(Made::New(Box::new(account), code, expires_at))
}

/// Calls an invitation off: the link opens nothing, and the account, which never was anybody's, goes.
///
/// # Errors
/// [`Error::NotFound`] for who is no admin; [`Error::Conflict`] for somebody who has a password, or
/// keys already.
pub fn cancel(
    connection: &mut Connection,
    id: Id,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    may_manage(connection, actor)?;
    let account = accounts::lock(connection, id)?;
    if account.kind != Kind::User {
        return Err(Error::NotFound);
    }
    if account.standing() != Standing::Invited || accounts::owns_anything(connection, id)? {
        return Err(Error::Conflict(
            "Only an invitation that nobody has taken up can be cancelled. Disable them instead.",
        ));
    }
    repository::remove(connection, id)?;
    accounts::remove(connection, id)?;
    let detail = json!({ "name": account.name, "email": account.email });
    record(connection, actor, Action::AccountCancel, id, &detail, now)
}

/// Whose password a code lets choose.
///
/// # Errors
/// [`Error::NotFound`] for a code that was used, replaced or called off, or that is too old.
pub fn find(
    connection: &mut Connection,
    key: &MacKey,
    code: &str,
    now: Instant,
) -> Result<(Account, Link), Error> {
    let link = repository::by_digest(connection, &digest(key, code), now)?;
    let account = accounts::get(connection, link.account_id)?;
    if account.standing() == Standing::Disabled {
        return Err(Error::NotFound);
    }
    Ok((account, link))
}

/// Uses a link up: sets the password and ends all sessions. Of several at once one does it.
///
/// # Errors
/// Those of [`find`].
pub fn take(
    connection: &mut Connection,
    key: &MacKey,
    code: &str,
    password_hash: &str,
    actor: &Actor,
    now: Instant,
) -> Result<Account, Error> {
    let (account, link) = find(connection, key, code, now)?;
    // As whoever disables somebody does: the account first.
    let account = accounts::lock(connection, account.id)?;
    if account.standing() == Standing::Disabled || repository::take(connection, &link.digest)? == 0
    {
        return Err(Error::NotFound);
    }
    accounts::set_password(connection, account.id, password_hash, now)?;
    session::repository::end_all(connection, account.id, None)?;
    let action = match account.standing() {
        Standing::Invited => Action::AccountJoin,
        _ => Action::PasswordChange,
    };
    let detail = json!({ "by": "one-time link" });
    record(connection, actor, action, account.id, &detail, now)?;
    Ok(account)
}
