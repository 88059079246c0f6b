//! Uses added up: by key, day and caller. In this form they are kept until they are added to the
//! table.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::client_name;
use super::ledger::Page;
use super::model::{Counts, Uses};
use super::numbered::Numbered;
use super::scopes::{ScopeSums, ScopeUse};
use crate::clock::Instant;
use crate::error::Error;
use crate::id::Id;

/// Into how many parts many keys are divided; a part is added to the table in one transaction.
const PARTS: usize = 64;
/// Fewer than so many rows are not divided.
const WHOLE: usize = 4_096;

/// What one caller did with one key on one day. Instants are microseconds since 1970.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Sum {
    token: u128,
    caller: u32,
    counts: Counts,
    first: i64,
    last: i64,
}

impl Sum {
    fn day(&self) -> i32 {
        Instant::from_micros(self.first).day()
    }

    fn key(&self) -> (u128, i32, u32) {
        (self.token, self.day(), self.caller)
    }
}

/// Sums, and the callers they name by number.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Sums {
    /// Address and what the client calls itself.
    callers: Numbered<(String, String)>,
    rows: Vec<Sum>,
    /// What the keys were used for; kept behind the rest, where an older version does not look.
    #[serde(skip)]
    scopes: ScopeSums,
}

impl Sums {
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Takes in what a worker has booked.
    pub(super) fn book(&mut self, page: Page) {
        let demands = page.demands.iter();
        let demands: Vec<_> = demands.map(|scopes| self.scopes.numbers(scopes)).collect();
        let callers = page.callers.into_iter().map(|(address, client)| {
            let caller = (address.to_string(), client_name(&client));
            self.callers.number(caller)
        });
        let numbers: Vec<u32> = callers.collect();
        for entry in page.entries {
            if let Some(scopes) = entry
                .demand
                .and_then(|demand| demands.get(usize::from(demand)))
            {
                self.scopes.note(entry.token, entry.at.day(), scopes);
            }
            let at = entry.at.micros();
            self.rows.push(Sum {
                token: entry.token,
                caller: numbers
                    .get(usize::from(entry.caller))
                    .copied()
                    .unwrap_or_default(),
                counts: Counts::one(entry.outcome),
                first: at,
                last: at,
            });
        }
    }

    /// Takes in other sums.
    pub(super) fn absorb(&mut self, other: Self) {
        self.scopes.absorb(other.scopes);
        let numbers = self.callers.absorb(other.callers);
        self.rows.extend(other.rows.into_iter().map(|mut sum| {
            let number = usize::try_from(sum.caller).ok();
            sum.caller = number
                .and_then(|number| numbers.get(number).copied())
                .unwrap_or_default();
            sum
        }));
    }

    /// Makes one row of all with the same key, day and caller, in the order of keys: neighbours in
    /// the table are written together, and nodes that write at once do not wait in a circle.
    pub(super) fn add_up(&mut self) {
        self.scopes.add_up();
        // Most keys differ: only where they do not are the days reckoned.
        self.rows.sort_unstable_by(|one, other| {
            let by_token = one.token.cmp(&other.token);
            by_token.then_with(|| one.key().cmp(&other.key()))
        });
        self.rows.dedup_by(|row, kept| {
            let is_same = row.key() == kept.key();
            if is_same {
                kept.counts += row.counts;
                kept.first = kept.first.min(row.first);
                kept.last = kept.last.max(row.last);
            }
            is_same
        });
    }

    /// The rows in parts, each with its number. Parts of one number hold about the same keys,
    /// whenever they were made; so they can be added to the table together.
    pub(super) fn parts(&self) -> impl Iterator<Item = (i32, Self)> {
        let size = if self.rows.len() < WHOLE {
            WHOLE
        } else {
            self.rows.len().div_ceil(PARTS)
        };
        let mut before = None;
        let parts = self.rows.chunks(size).map(move |rows| {
            let mut part = self.part(rows);
            if let Some(last) = rows.last().map(|row| row.token) {
                part.scopes = self.scopes.part(before, last);
                before = Some(last);
            }
            part
        });
        (0..).zip(parts)
    }

    /// Some of the rows, with no more callers than they name.
    fn part(&self, rows: &[Sum]) -> Self {
        let mut part = Self::default();
        let mut numbers = HashMap::new();
        for row in rows {
            let number = *numbers.entry(row.caller).or_insert_with(|| {
                let caller = self.callers.value(row.caller).cloned();
                part.callers.number(caller.unwrap_or_default())
            });
            part.rows.push(Sum {
                caller: number,
                ..row.clone()
            });
        }
        part
    }

    /// The bytes they are kept as.
    ///
    /// # Errors
    /// [`Error::Internal`], which only a fault of the format is.
    pub(super) fn packed(&self) -> Result<Vec<u8>, Error> {
        let packed = || {
            let mut bytes = postcard::to_stdvec(self)?;
            bytes.extend(postcard::to_stdvec(&self.scopes)?);
            Ok(bytes)
        };
        packed().map_err(|error| fault(&error))
    }

    /// What bytes were made of.
    ///
    /// # Errors
    /// [`Error::Internal`] where they were not made here.
    pub(super) fn unpacked(bytes: &[u8]) -> Result<Self, Error> {
        let unpacked = || {
            let (mut sums, rest) = postcard::take_from_bytes::<Self>(bytes)?;
            // What an older version has kept ends here.
            if !rest.is_empty() {
                sums.scopes = postcard::from_bytes(rest)?;
            }
            Ok(sums)
        };
        unpacked().map_err(|error| fault(&error))
    }

    /// What the keys were used for.
    pub(super) fn scope_uses(&self) -> Vec<ScopeUse> {
        self.scopes.uses()
    }

    /// The rows with their callers' names.
    pub(super) fn uses(&self) -> impl Iterator<Item = Uses> {
        self.rows.iter().map(|sum| {
            let caller = self.callers.value(sum.caller).cloned();
            let (address, client) = caller.unwrap_or_default();
            Uses {
                token_id: Id::from_number(sum.token),
                day: sum.day(),
                address,
                client,
                counts: sum.counts,
                first_at: Instant::from_micros(sum.first),
                last_at: Instant::from_micros(sum.last),
            }
        })
    }
}

fn fault(error: &postcard::Error) -> Error {
    Error::Internal(format!("sums of usage: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_version_has_kept_is_read() {
        let mut sums = Sums::default();
        let scopes = sums.scopes.numbers(&["projects:read".into()]);
        sums.scopes.note(7, 1, &scopes);
        let without_scopes = postcard::to_stdvec(&sums).unwrap();
        let read = Sums::unpacked(&without_scopes).unwrap();
        assert!(read.scope_uses().is_empty());
        let read = Sums::unpacked(&sums.packed().unwrap()).unwrap();
        assert_eq!(read.scope_uses()[0].scope, "projects:read");
    }
}
