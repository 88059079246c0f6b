//! The epoch's row, and the keys stamped with it.

use diesel::dsl::{max, min, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::upsert::excluded;

use crate::account::model::{Kind, Role};
use crate::clock::{Clock, Instant};
use crate::db::schema::{accounts, epochs, token_epochs, tokens};
use crate::db::{Connection, on_each_engine};
use crate::error::Error;
use crate::fault::{self, Fault, planted};
use crate::id::Id;
use crate::token::environment::Environment;
use crate::token::lines::Lines;
use crate::token::scope::Scopes;

/// Goes on to the next epoch, and gives it.
///
/// It is the time in microseconds, or one more than before where the clock is not ahead of that. A
/// database that was put back to its past would by counting give epochs a second time, and who holds
/// changes up to the lost ones would take itself to be fresh.
pub(super) fn increment(connection: &mut Connection) -> Result<i64, Error> {
    if planted(Fault::EpochMovesBeforeCommit) {
        let moved = read(connection)?;
        std::thread::sleep(fault::GAP);
        return Ok(moved);
    }
    let now = Clock::System.now();
    let next = sql::<BigInt>("CASE WHEN epoch < ")
        .bind::<BigInt, _>(now)
        .sql(" THEN ")
        .bind::<BigInt, _>(now)
        .sql(" ELSE epoch + 1 END");
    diesel::update(epochs::table)
        .set(epochs::epoch.eq(next))
        .execute(connection)?;
    read(connection)
}

/// How many ids one statement names at most: SQLite takes 32,766 parameters.
const BATCH: usize = 10_000;

/// Stamps keys with an epoch.
pub(super) fn stamp(connection: &mut Connection, ids: &[Id], epoch: i64) -> Result<(), Error> {
    for ids in ids.chunks(BATCH) {
        let stamps: Vec<_> = ids
            .iter()
            .map(|id| (token_epochs::token_id.eq(id), token_epochs::epoch.eq(epoch)))
            .collect();
        on_each_engine!(connection, inner => diesel::insert_into(token_epochs::table)
            .values(stamps)
            .on_conflict(token_epochs::token_id)
            .do_update()
            .set(token_epochs::epoch.eq(excluded(token_epochs::epoch)))
            .execute(inner))?;
    }
    Ok(())
}

/// Stamps every key of an account with an epoch.
pub(super) fn stamp_all_of(
    connection: &mut Connection,
    owner: Id,
    epoch: i64,
) -> Result<(), Error> {
    let keys = tokens::table.filter(tokens::owner_id.eq(owner));
    let keys = keys.select(tokens::id);
    diesel::update(token_epochs::table.filter(token_epochs::token_id.eq_any(keys)))
        .set(token_epochs::epoch.eq(epoch))
        .execute(connection)?;
    Ok(())
}

/// The present epoch.
///
/// # Errors
/// Those of the database.
pub fn read(connection: &mut Connection) -> Result<i64, Error> {
    if planted(Fault::EpochMovesBeforeCommit) {
        let moved = diesel::select(sql::<BigInt>(fault::LOG_POSITION));
        return Ok(moved.get_result(connection)?);
    }
    Ok(epochs::table.select(epochs::epoch).first(connection)?)
}

/// What judging a key needs of its row and its owner's.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = tokens)]
pub struct Row {
    /// The key's id.
    pub id: Id,
    /// Its family's.
    pub family_id: Id,
    /// Its digest.
    pub digest: Vec<u8>,
    /// What it may do.
    pub scopes: Scopes,
    /// Where it is meant to be used.
    pub environment: Environment,
    /// The networks it may be used from.
    pub allowed_cidrs: Lines,
    /// Its end.
    pub expires_at: Option<Instant>,
    /// When it was paused.
    pub paused_at: Option<Instant>,
    /// When the pause ends by itself.
    pub paused_until: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
    /// Set while it is a successor that was never used.
    pub overlap_seconds: Option<i64>,
    /// Its owner.
    pub owner_id: Id,
    /// The owner's kind.
    #[diesel(select_expression = accounts::kind, select_expression_type = accounts::kind)]
    pub owner_kind: Kind,
    /// The owner's name.
    #[diesel(select_expression = accounts::name, select_expression_type = accounts::name)]
    pub owner_name: String,
    /// The owner's role.
    #[diesel(select_expression = accounts::role, select_expression_type = accounts::role)]
    pub owner_role: Role,
    /// When the owner was disabled.
    #[diesel(select_expression = accounts::disabled_at, select_expression_type = accounts::disabled_at)]
    pub owner_disabled_at: Option<Instant>,
}

/// The keys that changed after `epoch`.
///
/// # Errors
/// Those of the database.
pub fn changed_after(connection: &mut Connection, epoch: i64) -> Result<Vec<Row>, Error> {
    let next = next_changed(connection, epoch)?;
    if matches!(next.first(), Some((Some(true), _))) {
        return Ok(next.into_iter().map(|(_, row)| row).collect());
    }
    Ok(token_epochs::table
        .inner_join(tokens::table.inner_join(accounts::table))
        .filter(token_epochs::epoch.gt(epoch))
        .select(Row::as_select())
        .load(connection)?)
}

/// The keys of the first change after `epoch`, and whether it is the last of any key. None says
/// nothing: that change may be of a key that is gone.
///
/// That is what there is to catch up with nearly always, and PostgreSQL plans it once. A search from
/// an unknown epoch on it plans anew each time, which takes it ten times as long as to do it. Both are
/// said by one statement, so of one moment: no key can have gone on to a later change in between.
fn next_changed(
    connection: &mut Connection,
    epoch: i64,
) -> Result<Vec<(Option<bool>, Row)>, Error> {
    let other = diesel::alias!(token_epochs as other);
    let others = other.field(token_epochs::epoch);
    let next = other.filter(others.gt(epoch)).select(min(others));
    let last = other.select(max(others));
    let own = token_epochs::epoch.nullable();
    Ok(token_epochs::table
        .inner_join(tokens::table.inner_join(accounts::table))
        .filter(own.eq(next.single_value()))
        .select((own.eq(last.single_value()), Row::as_select()))
        .load(connection)?)
}

/// How many keys there are.
///
/// # Errors
/// Those of the database.
pub fn count(connection: &mut Connection) -> Result<usize, Error> {
    let count: i64 = tokens::table.count().get_result(connection)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Up to `limit` keys in the order of their ids, from after `last` on.
///
/// # Errors
/// Those of the database.
pub fn all_after(
    connection: &mut Connection,
    last: Option<Id>,
    limit: i64,
) -> Result<Vec<Row>, Error> {
    let mut query = tokens::table
        .inner_join(accounts::table)
        .order(tokens::id)
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    if let Some(last) = last {
        query = query.filter(tokens::id.gt(last));
    }
    Ok(query.load(connection)?)
}

/// The keys of these digests.
///
/// # Errors
/// Those of the database.
pub fn by_digests(connection: &mut Connection, digests: &[[u8; 32]]) -> Result<Vec<Row>, Error> {
    let digests: Vec<&[u8]> = digests.iter().map(<[u8; 32]>::as_slice).collect();
    Ok(tokens::table
        .inner_join(accounts::table)
        .filter(tokens::digest.eq_any(digests))
        .select(Row::as_select())
        .load(connection)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DatabaseUrl;
    use crate::db::Database;
    use crate::demo::Directory;

    fn set(connection: &mut Connection, epoch: i64) -> Result<(), Error> {
        diesel::update(epochs::table)
            .set(epochs::epoch.eq(epoch))
            .execute(connection)?;
        Ok(())
    }

    #[test]
    fn an_epoch_is_not_given_again_when_the_database_is_put_back() {
        let directory = Directory::create().unwrap();
        let url = DatabaseUrl::Sqlite(directory.path().join("one.db"));
        let database = Database::open(&url).unwrap();
        let work = |connection: &mut Connection| {
            let past = read(connection)?;
            let lost = [increment(connection)?, increment(connection)?];
            set(connection, past)?;
            Ok((past, lost, increment(connection)?))
        };
        let (past, lost, next) = database.write_now(work).unwrap();
        assert!(past < lost[0] && lost[0] < lost[1] && lost[1] < next);
    }

    #[test]
    fn an_epoch_is_greater_than_the_one_before_whatever_the_clock_says() {
        let directory = Directory::create().unwrap();
        let url = DatabaseUrl::Sqlite(directory.path().join("one.db"));
        let database = Database::open(&url).unwrap();
        let ahead = Instant::LAST.micros();
        let work = |connection: &mut Connection| {
            set(connection, ahead)?;
            increment(connection)
        };
        assert_eq!(database.write_now(work).unwrap(), ahead + 1);
    }
}
