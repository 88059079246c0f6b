//! The table of keys. Whose keys are meant is in every WHERE: another account's key is not there.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use crate::account::model::{Account, Kind};
use crate::clock::Instant;
use crate::db::schema::{accounts, scopes, tokens};
use crate::db::{Backend, Connection};
use crate::error::Error;
use crate::id::Id;
use crate::project::repository::pattern;
use crate::text;
use crate::token::environment::Environment;
use crate::token::lines::Lines;
use crate::token::model::{LAST_USED_AT, Status, Token};
use crate::token::scope::{Scope, Scopes};

/// Whose keys a query may touch.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// Those on the list of one account.
    Account(Id),
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

/// Which keys of those that may be touched.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those whose name or note holds this, or whose last four characters are this.
    pub search: String,
    /// Those in this state.
    pub status: Option<Status>,
    /// Those of this environment.
    pub environment: Option<Environment>,
    /// Those that have ended or will end before this.
    pub expires_before: Option<Instant>,
    /// Those not used since this, the never used among them.
    pub last_used_before: Option<Instant>,
    /// Those without a use since this, the never used by when they were generated.
    pub quiet_since: Option<Instant>,
    /// Those of this account.
    pub owner: Option<Id>,
}

/// What keys are ordered by; of equal ones the id decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// When they were generated.
    #[default]
    Created,
    /// Their name.
    Name,
    /// Their end; those without one come last.
    Expires,
    /// Their last use; the never used come first.
    LastUsed,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub sort: Sort,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Default for Order {
    fn default() -> Self {
        Self {
            sort: Sort::Created,
            descending: true,
        }
    }
}

impl Order {
    /// Reads `created_at`, `name`, `expires_at` or `last_used_at`, with `-` before it for the
    /// greatest first.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        let (descending, name) = text
            .strip_prefix('-')
            .map_or((false, text), |name| (true, name));
        let sort = match name {
            "created_at" => Sort::Created,
            "name" => Sort::Name,
            "expires_at" => Sort::Expires,
            "last_used_at" => Sort::LastUsed,
            _ => return None,
        };
        Some(Self { sort, descending })
    }

    /// What [`Order::named`] reads.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match (self.sort, self.descending) {
            (Sort::Created, false) => "created_at",
            (Sort::Created, true) => "-created_at",
            (Sort::Name, false) => "name",
            (Sort::Name, true) => "-name",
            (Sort::Expires, false) => "expires_at",
            (Sort::Expires, true) => "-expires_at",
            (Sort::LastUsed, false) => "last_used_at",
            (Sort::LastUsed, true) => "-last_used_at",
        }
    }
}

/// Where a page of a list begins.
#[derive(Clone, Debug)]
pub enum Start {
    /// After so many rows.
    Offset(i64),
    /// After the key of this id, whose value in the list's order is this.
    After(Id, Position),
}

/// The value by which a key stands where it stands in a list.
#[derive(Clone, Debug)]
pub enum Position {
    /// For lists by time: microseconds, or a stand-in where there is no instant.
    Number(i64),
    /// For lists by name.
    Name(String),
}

impl Position {
    /// The position of a key in a list of this order.
    #[must_use]
    pub fn of(token: &Token, sort: Sort) -> Self {
        match sort {
            Sort::Created => Self::Number(0),
            Sort::Name => Self::Name(token.name.clone()),
            Sort::Expires => Self::Number(token.expires_at.map_or(i64::MAX, Instant::micros)),
            Sort::LastUsed => Self::Number(token.last_used_at.map_or(-1, Instant::micros)),
        }
    }
}

/// The SQL of [`Position::of`].
const fn position_sql(sort: Sort) -> &'static str {
    match sort {
        Sort::Created => "0",
        Sort::Name => "tokens.name",
        Sort::Expires => "COALESCE(tokens.expires_at, 9223372036854775807)",
        Sort::LastUsed => {
            "COALESCE((SELECT at FROM last_uses WHERE last_uses.token_id = tokens.id), -1)"
        }
    }
}

type Joined<'a> =
    diesel::dsl::IntoBoxed<'a, diesel::dsl::InnerJoin<tokens::table, accounts::table>, Backend>;

fn whose(whose: Whose) -> Joined<'static> {
    let all = tokens::table.inner_join(accounts::table).into_boxed();
    match whose {
        Whose::Everyone => all,
        Whose::Account(owner) => all
            .filter(tokens::owner_id.eq(owner))
            .filter(tokens::deleted_at.is_null()),
    }
}

fn filtered(keys: Whose, filter: &Filter, now: Instant) -> Joined<'static> {
    let mut query = whose(keys);
    let search = text::searchable(&filter.search);
    if !search.is_empty() {
        let pattern = pattern(&search);
        query = query.filter(
            sql::<Bool>("(lower(tokens.name) LIKE lower(")
                .bind::<Text, _>(pattern.clone())
                .sql(") ESCAPE '\\' OR lower(tokens.note) LIKE lower(")
                .bind::<Text, _>(pattern)
                .sql(") ESCAPE '\\' OR tokens.last_four = ")
                .bind::<Text, _>(search)
                .sql(")"),
        );
    }
    if let Some(environment) = filter.environment {
        query = query.filter(tokens::environment.eq(environment));
    }
    if let Some(owner) = filter.owner {
        query = query.filter(tokens::owner_id.eq(owner));
    }
    if let Some(before) = filter.expires_before {
        query = query.filter(tokens::expires_at.lt(before));
    }
    if let Some(before) = filter.last_used_before {
        query = query.filter(
            sql::<Bool>("COALESCE(")
                .sql(LAST_USED_AT)
                .sql(", -1) < ")
                .bind::<BigInt, _>(before),
        );
    }
    if let Some(since) = filter.quiet_since {
        query = query.filter(
            sql::<Bool>("COALESCE(")
                .sql(LAST_USED_AT)
                .sql(", tokens.created_at) <= ")
                .bind::<BigInt, _>(since),
        );
    }
    match filter.status {
        None => query,
        Some(status) => in_state(query, status, now),
    }
}

/// [`Token::status`] as the database judges it.
fn in_state(query: Joined<'_>, status: Status, now: Instant) -> Joined<'_> {
    if status == Status::Revoked {
        return query.filter(tokens::revoked_at.is_not_null());
    }
    let query = query.filter(tokens::revoked_at.is_null());
    if status == Status::Expired {
        return query.filter(tokens::expires_at.le(now));
    }
    let query = query.filter(tokens::expires_at.is_null().or(tokens::expires_at.gt(now)));
    if status == Status::Paused {
        return query.filter(tokens::paused_at.is_not_null()).filter(
            tokens::paused_until
                .is_null()
                .or(tokens::paused_until.gt(now)),
        );
    }
    query.filter(tokens::paused_at.is_null().or(tokens::paused_until.le(now)))
}

/// How many keys fit.
///
/// # Errors
/// Those of the database.
pub fn count(
    connection: &mut Connection,
    keys: Whose,
    filter: &Filter,
    now: Instant,
) -> Result<i64, Error> {
    Ok(filtered(keys, filter, now).count().get_result(connection)?)
}

/// Up to `limit` keys that fit, in order.
///
/// # Errors
/// Those of the database.
pub fn page(
    connection: &mut Connection,
    keys: Whose,
    filter: &Filter,
    order: Order,
    start: Start,
    limit: i64,
    now: Instant,
) -> Result<Vec<OwnedToken>, Error> {
    let position = position_sql(order.sort);
    let (direction, comparison) = if order.descending {
        ("DESC", "<")
    } else {
        ("ASC", ">")
    };
    let mut query = filtered(keys, filter, now);
    match start {
        Start::Offset(rows) => query = query.offset(rows),
        Start::After(id, after) => {
            let beyond = format!("(({position}, tokens.id) {comparison} (");
            query = match after {
                Position::Number(number) => query.filter(
                    sql::<Bool>(&beyond)
                        .bind::<BigInt, _>(number)
                        .sql(", ")
                        .bind::<Text, _>(id)
                        .sql("))"),
                ),
                Position::Name(name) => query.filter(
                    sql::<Bool>(&beyond)
                        .bind::<Text, _>(name)
                        .sql(", ")
                        .bind::<Text, _>(id)
                        .sql("))"),
                ),
            };
        }
    }
    // The constant of a list by time of generation is no expression that ORDER BY takes.
    let by_position = match order.sort {
        Sort::Created => String::new(),
        _ => format!("{position} {direction}, "),
    };
    let rows: Vec<(Token, Account)> = query
        .order(sql::<Text>(&format!("{by_position}tokens.id {direction}")))
        .limit(limit)
        .select((Token::as_select(), Account::as_select()))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(token, owner)| OwnedToken { token, owner })
        .collect())
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
        .filter(tokens::revoked_at.is_null())
        .filter(tokens::expires_at.is_null().or(tokens::expires_at.gt(now)))
        .select(tokens::id)
        .first(connection)
        .optional()?;
    Ok(taken.is_some())
}

/// Adds a key.
///
/// # Errors
/// Those of the database.
pub fn insert(connection: &mut Connection, token: &Token) -> Result<(), Error> {
    diesel::insert_into(tokens::table)
        .values(token)
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

/// The accounts that own any key, by name.
///
/// # Errors
/// Those of the database.
pub fn owners(connection: &mut Connection) -> Result<Vec<Account>, Error> {
    Ok(accounts::table
        .filter(accounts::id.eq_any(tokens::table.select(tokens::owner_id)))
        .order((accounts::name, accounts::id))
        .select(Account::as_select())
        .load(connection)?)
}

/// A scope that may be granted and what it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The scope's name.
    pub name: String,
    /// What it opens.
    pub description: String,
}

/// The scopes that an account may grant: the built-in ones, those for admins aside, and then the
/// operator's own.
///
/// # Errors
/// Those of the database.
pub fn offers(connection: &mut Connection, grantor: &Account) -> Result<Vec<Offer>, Error> {
    let admin = grantor.kind == Kind::User && grantor.role == crate::account::model::Role::Admin;
    let own: Vec<(String, String)> = scopes::table
        .order(scopes::name)
        .select((scopes::name, scopes::description))
        .load(connection)?;
    let built_in = Scope::ALL
        .into_iter()
        .filter(|scope| admin || *scope != Scope::AuditRead)
        .map(|scope| (scope.name().to_owned(), scope.description().to_owned()));
    Ok(built_in
        .chain(own)
        .map(|(name, description)| Offer { name, description })
        .collect())
}
