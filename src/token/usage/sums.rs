//! Uses added up: by key, day and caller. In this form they are kept until they are added to the
//! table.

use serde::{Deserialize, Serialize};

use super::client_name;
use super::ledger::{Entry, Page};
use super::model::{Counts, Uses};
use super::numbered::Numbered;
use super::scopes::{ScopeSums, ScopeUse};
use crate::clock::Instant;
use crate::error::Error;
use crate::id::Id;

/// So many rows are little to hold.
const FEW: usize = 4_096;

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
    /// How many there were when they were last added up.
    #[serde(skip)]
    added_up: usize,
    /// What the keys were used for; kept behind the rest, where an older version does not look.
    #[serde(skip)]
    scopes: ScopeSums,
}

impl Sums {
    /// Takes in some of the entries of a page.
    pub(super) fn book(&mut self, page: &Page, entries: &[Entry]) {
        let demands = page.demands.iter();
        let demands: Vec<_> = demands.map(|scopes| self.scopes.numbers(scopes)).collect();
        // Named by the first entry that names it: few do, where a page is divided into many parts.
        let mut numbers = vec![None; page.callers.len()];
        for entry in entries {
            if let Some(scopes) = entry
                .demand
                .and_then(|demand| demands.get(usize::from(demand)))
            {
                self.scopes.note(entry.token, entry.at.day(), scopes);
            }
            let place = usize::from(entry.caller);
            let Some((number, (address, client))) =
                numbers.get_mut(place).zip(page.callers.get(place))
            else {
                continue;
            };
            let caller = *number.get_or_insert_with(|| {
                let caller = (address.to_string(), client_name(client));
                self.callers.number(caller)
            });
            let at = entry.at.micros();
            self.rows.push(Sum {
                token: entry.token,
                caller,
                counts: Counts::one(entry.outcome),
                first: at,
                last: at,
            });
        }
    }

    /// Takes in other sums; whoever takes in many has no more rows than twice those that are left.
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
        if self.rows.len() > 2 * self.added_up.max(FEW) {
            self.add_up();
        }
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
        self.added_up = self.rows.len();
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
