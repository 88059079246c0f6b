//! The database: what is committed, and the epoch whose row is locked to the commit.
//!
//! One key is followed. Of all others it matters only that changes to them move the epoch.

use crate::fault::Fault;

pub(crate) type Epoch = u8;

/// The key's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Row {
    pub(crate) is_revoked: bool,
    /// The epoch it is stamped with.
    pub(crate) changed: Epoch,
}

/// What a statement sees that takes its snapshot now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Database {
    pub(crate) epoch: Epoch,
    pub(crate) row: Row,
    /// Whether a transaction holds the epoch's row; on SQLite, the lock of all who write.
    pub(crate) is_locked: bool,
    /// The greatest epoch that was ever given. A restore does not take it back, as it does not take
    /// back the time.
    greatest: Epoch,
}

impl Database {
    pub(crate) fn new() -> Self {
        Self {
            epoch: 1,
            row: Row {
                is_revoked: false,
                changed: 1,
            },
            is_locked: false,
            greatest: 1,
        }
    }

    /// The epoch that the next change gets.
    pub(crate) fn next_epoch(self, fault: Fault) -> Epoch {
        match fault {
            Fault::CountAfterRestore => self.epoch + 1,
            _ => self.greatest + 1,
        }
    }

    /// Makes an epoch visible.
    pub(crate) fn advance(&mut self, epoch: Epoch) {
        self.epoch = epoch;
        self.greatest = self.greatest.max(epoch);
    }

    /// Puts the copy back that was taken at the beginning.
    pub(crate) fn restore(&mut self) {
        *self = Self {
            greatest: self.greatest,
            ..Self::new()
        };
    }
}
