//! Who uses a key, and who is refused by one that is dead or paused.

pub mod repository;

use super::{Caller, journal};

impl Caller {
    /// Whether these are the callers that one day had too many of to tell them apart.
    #[must_use]
    pub fn is_others(&self) -> bool {
        self.address.is_empty() && self.client == journal::OTHERS
    }
}
