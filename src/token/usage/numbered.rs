//! Values that many rows name by a number.

use std::collections::HashMap;
use std::hash::Hash;

use serde::{Deserialize, Serialize};

/// Values in the order in which they were first named; their places are their numbers.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Numbered<T> {
    values: Vec<T>,
    #[serde(skip)]
    numbers: HashMap<T, u32>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            numbers: HashMap::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Numbered<T> {
    /// The number of a value, a new one where it has none.
    pub(super) fn number(&mut self, value: T) -> u32 {
        let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(value).or_insert_with_key(|value| {
            self.values.push(value.clone());
            next
        })
    }

    /// The numbers that the values of another have here, in their order there.
    pub(super) fn absorb(&mut self, other: Self) -> Vec<u32> {
        let values = other.values.into_iter();
        values.map(|value| self.number(value)).collect()
    }

    /// The value of a number.
    pub(super) fn value(&self, number: u32) -> Option<&T> {
        self.values.get(usize::try_from(number).ok()?)
    }
}
