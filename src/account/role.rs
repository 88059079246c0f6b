//! Who is an admin. One who no longer is one loses at once what only admins may, and so do their
//! keys.

use serde_json::json;

use crate::account::lifecycle::{LAST_ADMIN_ROLE, may_manage, record};
use crate::account::model::{Kind, Role};
use crate::account::repository;
use crate::audit::event::{Action, Actor};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::token;

/// Makes a person an admin or a member. To be made what one is changes nothing.
///
/// What only admins' keys may (`audit:read`) is judged by the owner's role, in
/// [`token::verifier::Subject::judge`]: the epoch moves, and no key has to be changed.
///
/// # Errors
/// [`Error::NotFound`] for who is no admin; [`Error::Conflict`] for the last admin.
pub fn change(
    connection: &mut Connection,
    id: Id,
    role: Role,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    repository::lock_all(connection)?;
    may_manage(connection, actor)?;
    let account = repository::lock(connection, id)?;
    if account.kind != Kind::User {
        return Err(Error::NotFound);
    }
    if account.role == role {
        return Ok(());
    }
    if account.is_acting_admin() && repository::count_admins(connection)? <= 1 {
        return Err(Error::Conflict(LAST_ADMIN_ROLE));
    }
    repository::set_role(connection, id, role, now)?;
    token::epoch::advance_all_of(connection, id)?;
    let detail = json!({
        "before": { "role": account.role.as_str() },
        "after": { "role": role.as_str() },
    });
    record(connection, actor, Action::AccountRole, id, &detail, now)
}
