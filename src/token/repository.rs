//! The table of keys. Whose keys are meant is in every WHERE: another account's key is not there.

use std::cmp::Reverse;

use diesel::prelude::*;

use crate::account::model::Account;
use crate::clock::Instant;
use crate::db::schema::{accounts, tokens};
use crate::db::{Backend, Connection};
use crate::error::Error;
use crate::id::Id;
use crate::token::lines::Lines;
use crate::token::model::Token;
use crate::token::scope::Scopes;

/// The day of the last use of a key that was never used.
const NEVER: i32 = -1;

/// Whose keys a query may touch.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// Those on the list of one account.
    Account(Id),
    /// Those of one account, deleted ones too: for what stays of a key when it is off the list.
    History(Id),
    /// Those of every account, deleted ones too: for admins and the machine's own commands.
    Everyone,
}

/// A key with what is shown of its owner.
#[derive(Clone, Debug)]
pub struct OwnedToken {
    /// The key.
    pub token: Token,
    /// Its owner.
    pub owner: Account,
}

/// Keys with their owners.
pub(super) type Joined<'a> =
    diesel::dsl::IntoBoxed<'a, diesel::dsl::InnerJoin<tokens::table, accounts::table>, Backend>;

/// The keys that a query may touch.
pub(super) fn whose(whose: Whose) -> Joined<'static> {
    let all = tokens::table.inner_join(accounts::table).into_boxed();
    match whose {
        Whose::Everyone => all,
        Whose::History(owner) => all.filter(tokens::owner_id.eq(owner)),
        Whose::Account(owner) => all
            .filter(tokens::owner_id.eq(owner))
            .filter(tokens::deleted_at.is_null()),
    }
}

/// That a key is neither revoked nor expired, as [`Token::is_live`] has it.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn is_live(now: Instant) -> _ {
    tokens::revoked_at
        .is_null()
        .and(tokens::expires_at.is_null().or(tokens::expires_at.gt(now)))
}

/// One key.
///
/// # Errors
/// [`Error::NotFound`].
pub fn get(connection: &mut Connection, keys: Whose, id: Id) -> Result<OwnedToken, Error> {
    let (token, owner) = whose(keys)
        .filter(tokens::id.eq(id))
        .select((Token::as_select(), Account::as_select()))
        .first(connection)?;
    Ok(OwnedToken { token, owner })
}

/// Several keys in the order of their ids, each once.
///
/// # Errors
/// [`Error::NotFound`] where one of them is not there.
pub fn get_several(
    connection: &mut Connection,
    keys: Whose,
    ids: &[Id],
) -> Result<Vec<Token>, Error> {
    let mut wanted = ids.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let tokens: Vec<Token> = whose(keys)
        .filter(tokens::id.eq_any(wanted.clone()))
        .order(tokens::id)
        .select(Token::as_select())
        .load(connection)?;
    if tokens.len() == wanted.len() {
        Ok(tokens)
    } else {
        Err(Error::NotFound)
    }
}

/// Those of several keys that are there.
///
/// # Errors
/// Those of the database.
pub fn known(connection: &mut Connection, keys: Whose, ids: Vec<Id>) -> Result<Vec<Token>, Error> {
    Ok(whose(keys)
        .filter(tokens::id.eq_any(ids))
        .select(Token::as_select())
        .load(connection)?)
}

/// The key of this digest, if there is one.
///
/// # Errors
/// Those of the database.
pub fn by_digest(connection: &mut Connection, digest: &[u8]) -> Result<Vec<OwnedToken>, Error> {
    found(
        connection,
        whose(Whose::Everyone).filter(tokens::digest.eq(digest)),
        1,
    )
}

/// Up to `limit` keys that end so, the newest first.
///
/// # Errors
/// Those of the database.
pub fn by_last_four(
    connection: &mut Connection,
    last_four: &str,
    limit: i64,
) -> Result<Vec<OwnedToken>, Error> {
    if last_four.contains('\0') {
        // PostgreSQL's texts hold no NUL, and it refuses the question itself.
        return Ok(Vec::new());
    }
    let fitting = whose(Whose::Everyone).filter(tokens::last_four.eq(last_four));
    found(connection, fitting, limit)
}

fn found(
    connection: &mut Connection,
    query: Joined<'_>,
    limit: i64,
) -> Result<Vec<OwnedToken>, Error> {
    let rows: Vec<(Token, Account)> = query
        .order(tokens::id.desc())
        .limit(limit)
        .select((Token::as_select(), Account::as_select()))
        .load(connection)?;
    let owned = rows.into_iter();
    let owned = owned.map(|(token, owner)| OwnedToken { token, owner });
    Ok(owned.collect())
}

/// The key that this form made, if it made one.
///
/// # Errors
/// Those of the database.
pub fn by_form(connection: &mut Connection, form_digest: &[u8]) -> Result<Option<Id>, Error> {
    Ok(tokens::table
        .filter(tokens::form_digest.eq(form_digest))
        .select(tokens::id)
        .first(connection)
        .optional()?)
}

/// Whether the owner has a key of this name that is neither revoked nor expired, those of one
/// family aside. The owner's row is to be locked before.
///
/// # Errors
/// Those of the database.
pub fn is_name_taken(
    connection: &mut Connection,
    owner: Id,
    name: &str,
    family: Id,
    now: Instant,
) -> Result<bool, Error> {
    let taken: Option<Id> = tokens::table
        .filter(tokens::owner_id.eq(owner))
        .filter(tokens::name.eq(name))
        .filter(tokens::family_id.ne(family))
        .filter(is_live(now))
        .select(tokens::id)
        .first(connection)
        .optional()?;
    Ok(taken.is_some())
}

/// How many families of an account's keys have one that is neither revoked nor expired, `family`
/// aside; counted up to `most`.
///
/// # Errors
/// Those of the database.
pub fn count_families(
    connection: &mut Connection,
    owner: Id,
    family: Id,
    most: i64,
    now: Instant,
) -> Result<i64, Error> {
    let families: Vec<Id> = tokens::table
        .filter(tokens::owner_id.eq(owner))
        .filter(tokens::family_id.ne(family))
        .filter(is_live(now))
        .group_by(tokens::family_id)
        .select(tokens::family_id)
        .limit(most)
        .load(connection)?;
    Ok(i64::try_from(families.len()).unwrap_or(i64::MAX))
}

/// Notes which form made a key.
///
/// # Errors
/// Those of the database.
pub fn set_form(connection: &mut Connection, id: Id, form_digest: &[u8]) -> Result<(), Error> {
    diesel::update(tokens::table.find(id))
        .set(tokens::form_digest.eq(form_digest))
        .execute(connection)?;
    Ok(())
}

/// Adds a key.
///
/// # Errors
/// Those of the database.
pub fn insert(connection: &mut Connection, token: &Token) -> Result<(), Error> {
    let used_day = token.last_used_at.map_or(NEVER, Instant::day);
    diesel::insert_into(tokens::table)
        .values((token, tokens::used_day.eq(used_day)))
        .execute(connection)?;
    Ok(())
}

/// The settings of a key that can change.
#[derive(AsChangeset, Debug, Default)]
#[diesel(table_name = tokens)]
pub struct Settings {
    /// The name.
    pub name: Option<String>,
    /// The note.
    pub note: Option<String>,
    /// The scopes.
    pub scopes: Option<Scopes>,
    /// The end, brought forward.
    pub expires_at: Option<Instant>,
    /// The networks.
    pub allowed_cidrs: Option<Lines>,
    /// The places.
    pub locations: Option<Lines>,
    /// When they changed.
    pub updated_at: Option<Instant>,
}

/// Changes settings of a key that is not revoked; gives how many keys that was.
///
/// # Errors
/// Those of the database.
pub fn update(connection: &mut Connection, id: Id, settings: &Settings) -> Result<usize, Error> {
    Ok(
        diesel::update(tokens::table.find(id).filter(tokens::revoked_at.is_null()))
            .set(settings)
            .execute(connection)?,
    )
}

/// Revokes a key that is not revoked yet; gives how many keys that was.
///
/// # Errors
/// Those of the database.
pub fn revoke(
    connection: &mut Connection,
    id: Id,
    by: Option<Id>,
    reason: Option<&str>,
    now: Instant,
) -> Result<usize, Error> {
    Ok(
        diesel::update(tokens::table.find(id).filter(tokens::revoked_at.is_null()))
            .set((
                tokens::revoked_at.eq(now),
                tokens::revoked_by.eq(by),
                tokens::revoked_reason.eq(reason),
                tokens::updated_at.eq(now),
            ))
            .execute(connection)?,
    )
}

/// Notes the successor of a key.
///
/// # Errors
/// Those of the database.
pub fn set_successor(
    connection: &mut Connection,
    id: Id,
    successor: Id,
    now: Instant,
) -> Result<(), Error> {
    diesel::update(tokens::table.find(id))
        .set((
            tokens::replaced_by.eq(successor),
            tokens::updated_at.eq(now),
        ))
        .execute(connection)?;
    Ok(())
}

/// Notes that a successor which is not revoked has been used; gives how many that was for the first
/// time.
///
/// # Errors
/// Those of the database.
pub fn awaken(connection: &mut Connection, id: Id) -> Result<usize, Error> {
    let asleep = tokens::overlap_seconds
        .is_not_null()
        .and(tokens::revoked_at.is_null());
    Ok(diesel::update(tokens::table.find(id).filter(asleep))
        .set(tokens::overlap_seconds.eq(None::<i64>))
        .execute(connection)?)
}

/// Locks a successor that was never used to the end of the transaction, so that it is not used
/// meanwhile; gives how many that was.
///
/// # Errors
/// Those of the database.
pub fn lock_asleep(connection: &mut Connection, id: Id) -> Result<usize, Error> {
    let asleep = tokens::overlap_seconds.is_not_null();
    Ok(diesel::update(tokens::table.find(id).filter(asleep))
        .set(tokens::overlap_seconds.eq(tokens::overlap_seconds))
        .execute(connection)?)
}

/// Brings the end of a key forward to `end`, where its own is later.
///
/// # Errors
/// Those of the database.
pub fn end_by(connection: &mut Connection, id: Id, end: Instant) -> Result<(), Error> {
    let later = tokens::expires_at.is_null().or(tokens::expires_at.gt(end));
    diesel::update(tokens::table.find(id).filter(later))
        .set(tokens::expires_at.eq(end))
        .execute(connection)?;
    Ok(())
}

/// Pauses a key, or ends its pause.
///
/// # Errors
/// Those of the database.
pub fn set_pause(
    connection: &mut Connection,
    id: Id,
    from: Option<Instant>,
    until: Option<Instant>,
    now: Instant,
) -> Result<(), Error> {
    diesel::update(tokens::table.find(id))
        .set((
            tokens::paused_at.eq(from),
            tokens::paused_until.eq(until),
            tokens::updated_at.eq(now),
        ))
        .execute(connection)?;
    Ok(())
}

/// The ids of an account's keys that are not revoked.
///
/// # Errors
/// Those of the database.
pub fn not_revoked(connection: &mut Connection, owner: Id) -> Result<Vec<Id>, Error> {
    Ok(tokens::table
        .filter(tokens::owner_id.eq(owner))
        .filter(tokens::revoked_at.is_null())
        .order(tokens::id)
        .select(tokens::id)
        .load(connection)?)
}

/// An account's keys of one lineage, the dead ones too.
///
/// # Errors
/// Those of the database.
pub fn family(connection: &mut Connection, owner: Id, family: Id) -> Result<Vec<Token>, Error> {
    Ok(tokens::table
        .filter(tokens::owner_id.eq(owner))
        .filter(tokens::family_id.eq(family))
        .order(tokens::id)
        .select(Token::as_select())
        .load(connection)?)
}

/// An account's keys that are neither revoked nor expired, the one used last first.
///
/// # Errors
/// Those of the database.
pub fn live(connection: &mut Connection, owner: Id, now: Instant) -> Result<Vec<Token>, Error> {
    let mut live: Vec<Token> = tokens::table
        .filter(tokens::owner_id.eq(owner))
        .filter(is_live(now))
        .order(tokens::id.desc())
        .select(Token::as_select())
        .load(connection)?;
    live.sort_by_key(|token| Reverse(token.last_used_at));
    Ok(live)
}

/// Gives a key to another account.
///
/// # Errors
/// Those of the database.
pub fn set_owner(
    connection: &mut Connection,
    id: Id,
    owner: Id,
    now: Instant,
) -> Result<(), Error> {
    diesel::update(tokens::table.find(id))
        .set((tokens::owner_id.eq(owner), tokens::updated_at.eq(now)))
        .execute(connection)?;
    Ok(())
}

/// Takes a key off its owner's list.
///
/// # Errors
/// Those of the database.
pub fn delete(connection: &mut Connection, id: Id, now: Instant) -> Result<(), Error> {
    diesel::update(tokens::table.find(id))
        .set(tokens::deleted_at.eq(now))
        .execute(connection)?;
    Ok(())
}
