//! What was counted is first kept as it comes, a few large rows for many keys, and then added to the
//! table, where each key has rows of its own: the later, the more uses a row takes in at once.

mod repository;

use std::collections::{HashMap, HashSet};

use super::model::Uses;
use super::repository as table;
use super::scopes;
use super::sums::Sums;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;

/// How many callers of a key are told apart on one day. A client that gives itself a new name with
/// each request fills no disk.
const CALLERS: usize = 100;
/// From so many on, it is looked up which of them are known.
const ENOUGH: i64 = 50;
/// From so many pages on, the rest of a part is left for the next time.
const PLENTY: usize = 1_000;
/// What the rest of them is booked as, without an address.
pub(super) const OTHERS: &str = "others";

/// Keeps the sums of a part.
///
/// # Errors
/// Those of the database.
pub(super) fn append(connection: &mut Connection, part: i32, sums: &Sums) -> Result<(), Error> {
    repository::insert(connection, part, &sums.packed()?)
}

/// Adds the part that waits longest to the table: whether there was one.
///
/// # Errors
/// Those of the database.
pub(super) fn fold(connection: &mut Connection) -> Result<bool, Error> {
    let Some(part) = repository::oldest_part(connection)? else {
        return Ok(false);
    };
    let (ids, sums) = take(connection, part)?;
    let rows: Vec<Uses> = sums.uses().collect();
    let mut keys: Vec<Id> = rows.iter().map(|row| row.token_id).collect();
    keys.dedup();
    let first = rows.iter().map(|row| row.day).min().unwrap_or_default();
    let mut crowded = table::crowded(connection, &keys, first, ENOUGH)?;
    for callers in crowded.values_mut() {
        callers.retain(|(address, client)| !(address.is_empty() && client == OTHERS));
    }
    table::add(connection, &bounded(rows, crowded))?;
    scopes::repository::add(connection, &sums.scope_uses())?;
    repository::remove(connection, &ids)?;
    Ok(!ids.is_empty())
}

/// What is kept of a part, or of its oldest pages, and their ids.
fn take(connection: &mut Connection, part: i32) -> Result<(Vec<Id>, Sums), Error> {
    let mut ids: Vec<Id> = Vec::new();
    let mut sums = Sums::default();
    while ids.len() < PLENTY {
        let pages = repository::take(connection, part, ids.last().copied())?;
        if pages.is_empty() {
            break;
        }
        for (id, page) in pages {
            match Sums::unpacked(&page) {
                Ok(page) => sums.absorb(page),
                // It would be in the way of all others for ever.
                Err(error) => log::error!("a page of the journal is dropped: {error}"),
            }
            ids.push(id);
        }
    }
    sums.add_up();
    Ok((ids, sums))
}

/// The callers of keys and days that have many.
pub(super) type Crowded = HashMap<(Id, i32), HashSet<(String, String)>>;

/// Books new callers of a key that has enough of them as others. A key whose callers were not looked
/// up has so few that it gets half of what is allowed at once.
fn bounded(rows: Vec<Uses>, mut crowded: Crowded) -> Vec<Uses> {
    let mut kept: Vec<Uses> = Vec::new();
    let mut others: HashMap<(Id, i32), Uses> = HashMap::new();
    let mut fresh = 0;
    for mut row in rows {
        let key = (row.token_id, row.day);
        if kept
            .last()
            .is_none_or(|last| (last.token_id, last.day) != key)
        {
            fresh = 0;
        }
        let known = crowded.get_mut(&key);
        let has_room = match known {
            None => {
                fresh += 1;
                fresh <= CALLERS / 2
            }
            Some(known) => {
                let caller = (row.address.clone(), row.client.clone());
                known.contains(&caller) || (known.len() < CALLERS && known.insert(caller))
            }
        };
        if has_room {
            kept.push(row);
        } else {
            row.address.clear();
            OTHERS.clone_into(&mut row.client);
            others
                .entry(key)
                .and_modify(|others| others.absorb(&row))
                .or_insert(row);
        }
    }
    kept.extend(others.into_values());
    kept.sort_unstable_by(|one, other| {
        (one.token_id, one.day, one.caller()).cmp(&(other.token_id, other.day, other.caller()))
    });
    kept
}
