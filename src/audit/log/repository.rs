//! Reads the log. What a filter asks of two columns at once (who did it, or whose it is) is asked one
//! by one, each by an index that is in the list's order, and merged: a page costs a page, however
//! long the log.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{Filter, Position, Whose};
use crate::audit::model::Record;
use crate::db::schema::audit_events;
use crate::db::{Backend, Connection};
use crate::error::Error;
use crate::id::Id;

type Events<'a> = audit_events::BoxedQuery<'a, Backend>;

/// One of the questions that a filter asks.
#[derive(Clone, Copy)]
enum Part {
    Actor(Id),
    Account(Id),
    With(Id),
    To(Id),
}

fn narrowed(query: Events<'_>, part: Part) -> Events<'_> {
    match part {
        Part::Actor(id) => query.filter(audit_events::actor_id.eq(id)),
        Part::Account(id) => query.filter(audit_events::account_id.eq(id)),
        Part::With(id) => query.filter(audit_events::token_id.eq(id)),
        Part::To(id) => query.filter(audit_events::subject_id.eq(id)),
    }
}

/// The questions of a filter: an event is meant that answers all of one line.
fn lines(filter: &Filter) -> Vec<Vec<Part>> {
    let people = filter.person.map_or(vec![vec![]], |person| {
        vec![vec![Part::Actor(person)], vec![Part::Account(person)]]
    });
    let Some(keys) = &filter.keys else {
        return people;
    };
    let keys = keys
        .iter()
        .flat_map(|key| [Part::With(*key), Part::To(*key)]);
    keys.flat_map(|key| {
        let with = |line: &Vec<Part>| [line.as_slice(), &[key]].concat();
        people.iter().map(with).collect::<Vec<_>>()
    })
    .collect()
}

/// The events of a filter, newest first, after a place in the list: `limit` at most.
///
/// # Errors
/// Those of the database.
pub fn page(
    connection: &mut Connection,
    whose: Whose,
    filter: &Filter,
    after: Option<Position>,
    limit: i64,
) -> Result<Vec<Record>, Error> {
    let mut found = Vec::new();
    for line in lines(filter) {
        let parts = line.into_iter();
        let query = parts.fold(plain(whose, filter, after), narrowed);
        found.extend(
            query
                .order((audit_events::at.desc(), audit_events::number.desc()))
                .limit(limit)
                .select(Record::as_select())
                .load(connection)?,
        );
    }
    found.sort_unstable_by_key(|one: &Record| std::cmp::Reverse((one.event.at, one.number)));
    found.dedup_by_key(|one| one.number);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

fn plain(whose: Whose, filter: &Filter, after: Option<Position>) -> Events<'static> {
    let mut query = audit_events::table.into_boxed();
    if let Whose::Account(account) = whose {
        query = query.filter(audit_events::account_id.eq(account));
    }
    if let Some(action) = filter.action.clone() {
        query = query.filter(audit_events::action.eq(action));
    }
    if let Some(result) = filter.result {
        query = query.filter(audit_events::result.eq(result.as_str()));
    }
    if let Some(address) = filter.address.clone() {
        query = query.filter(audit_events::address.eq(address));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit_events::at.ge(from));
    }
    if let Some(until) = filter.until {
        query = query.filter(audit_events::at.lt(until));
    }
    if let Some(Position { at, number }) = after {
        // The first condition alone is what an index can go by.
        query = query
            .filter(audit_events::at.le(at))
            .filter(audit_events::at.lt(at).or(audit_events::number.lt(number)));
    }
    query
}

/// One event, and the code by which it is sealed.
///
/// # Errors
/// [`Error::NotFound`] where there is none of this id that may be seen.
pub fn get(connection: &mut Connection, whose: Whose, id: Id) -> Result<(Record, Vec<u8>), Error> {
    let mut query = audit_events::table
        .filter(audit_events::id.eq(id))
        .into_boxed();
    if let Whose::Account(account) = whose {
        query = query.filter(audit_events::account_id.eq(account));
    }
    Ok(query
        .select((Record::as_select(), audit_events::mac))
        .first(connection)?)
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// The words of all actions that ever were, each found by one step of an index.
///
/// # Errors
/// Those of the database.
pub fn actions(connection: &mut Connection) -> Result<Vec<String>, Error> {
    let words: Vec<Word> = diesel::sql_query(
        "WITH RECURSIVE words (word) AS ( \
         SELECT min(action) FROM audit_events UNION ALL \
         SELECT (SELECT min(action) FROM audit_events WHERE action > word) \
         FROM words WHERE word IS NOT NULL) \
         SELECT word FROM words WHERE word IS NOT NULL",
    )
    .load(connection)?;
    Ok(words.into_iter().map(|row| row.word).collect())
}
