//! What workers booked, divided by keys.

use super::ledger::Page;
use super::sums::Sums;

/// Into how many parts many keys are divided; a part is added to the table in one transaction.
const PARTS: usize = 64;
/// Fewer than so many keys are not divided.
const WHOLE: usize = 4_096;

/// Pages in parts. Those of one number hold about the same keys, whenever they were booked; so they
/// can be added to the table together.
pub(super) struct Parts {
    /// Each in the order of keys.
    pages: Vec<Page>,
    /// The last key of each part but the last.
    ends: Vec<u128>,
}

impl Parts {
    /// The parts of these pages.
    pub(super) fn of(mut pages: Vec<Page>) -> Self {
        let mut keys = Vec::new();
        for page in &mut pages {
            page.entries.sort_unstable_by_key(|entry| entry.token);
            let begins = page.entries.chunk_by(|one, next| one.token == next.token);
            keys.extend(
                begins
                    .filter_map(|entries| entries.first())
                    .map(|entry| entry.token),
            );
        }
        keys.sort_unstable();
        keys.dedup();
        let size = if keys.len() < WHOLE {
            WHOLE
        } else {
            keys.len().div_ceil(PARTS)
        };
        let ends = keys.chunks(size).filter_map(|part| part.last().copied());
        let mut ends: Vec<u128> = ends.collect();
        ends.pop();
        Self { pages, ends }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// The sums of each part, with its number. They are made as they are asked for, as all of them
    /// would take many times the room that the pages do.
    pub(super) fn sums(&self) -> impl Iterator<Item = (i32, Sums)> {
        let ends = self.ends.iter().map(Some).chain([None]);
        let mut before = vec![0; self.pages.len()];
        let parts = ends.map(move |end| {
            let mut sums = Sums::default();
            for (page, before) in self.pages.iter().zip(&mut before) {
                let rest = page.entries.get(*before..).unwrap_or_default();
                let length = end.map_or(rest.len(), |end| {
                    rest.partition_point(|entry| entry.token <= *end)
                });
                let (entries, _) = rest.split_at(length);
                sums.book(page, entries);
                *before += length;
            }
            sums.add_up();
            sums
        });
        (0..).zip(parts)
    }
}
