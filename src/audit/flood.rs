//! Bounds how many denials of one caller are kept: whoever repeats what is not allowed cannot fill
//! the disk with it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::clock::Instant;
use crate::id::Id;

/// How many of a caller are kept in a minute.
const MOST: u64 = 30;
/// How many callers are told apart in a minute; the others share one count.
const CALLERS: usize = 10_000;

/// The counts of this minute.
#[derive(Debug, Default)]
pub struct Bound(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    minute: i64,
    of: HashMap<Option<Id>, u64>,
}

impl Bound {
    /// Counts one more; whether it is to be kept, and whether it is the last of this minute that is.
    pub fn admits(&self, caller: Id, now: Instant) -> Option<bool> {
        let minute = now.micros() / 60_000_000;
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.minute != minute {
            *counts = Counts {
                minute,
                ..Counts::default()
            };
        }
        let is_known = counts.of.contains_key(&Some(caller)) || counts.of.len() < CALLERS;
        let count = counts.of.entry(is_known.then_some(caller)).or_default();
        *count += 1;
        (*count <= MOST).then_some(*count == MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_heard_so_often_a_minute_whatever_others_do() {
        let (bound, mut now) = (Bound::default(), Instant::from_micros(0));
        let (one, other) = (Id::new(), Id::new());
        for _ in 0..2 {
            let kept = (0..100).filter_map(|_| bound.admits(one, now));
            assert_eq!(kept.filter(|is_last| *is_last).count(), 1);
            assert_eq!(bound.admits(one, now), None);
            assert_eq!(bound.admits(other, now), Some(false));
            now = now.plus_seconds(60);
        }
    }

    #[test]
    fn many_callers_take_a_bounded_memory_and_a_bounded_log() {
        let (bound, now) = (Bound::default(), Instant::from_micros(0));
        let kept = (0..30_000).filter_map(|_| bound.admits(Id::new(), now));
        assert_eq!(kept.count() as u64, CALLERS as u64 + MOST);
        assert_eq!(bound.0.lock().unwrap().of.len(), CALLERS + 1);
    }
}
