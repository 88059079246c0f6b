//! Holds a log against its chain, its head and its checkpoints, one event at a time: wherever the
//! events come from, no more than one of them is in memory.

use crate::audit::chain::{Broken, Fields, Link, Walk, Why};
use crate::audit::checkpoint::Checkpoint;
use crate::audit::key::AuditKey;

/// A verification under way.
pub struct Verification {
    walk: Walk,
    /// By number, the nearest last.
    checkpoints: Vec<Checkpoint>,
}

impl Verification {
    /// One that begins after `last`, which is taken to be right, with what checkpoints have seen
    /// from there on.
    #[must_use]
    pub fn after(last: Link, key: AuditKey, mut checkpoints: Vec<Checkpoint>) -> Self {
        checkpoints.retain(|checkpoint| checkpoint.link.number > last.number);
        checkpoints.sort_unstable_by_key(|checkpoint| std::cmp::Reverse(checkpoint.link.number));
        Self {
            walk: Walk::after(last, key),
            checkpoints,
        }
    }

    /// The last event that was found right.
    #[must_use]
    pub fn last(&self) -> Link {
        self.walk.last()
    }

    /// Takes the next event.
    ///
    /// # Errors
    /// [`Broken`] where it is not the one that was sealed.
    pub fn take(&mut self, fields: &Fields, mac: &[u8]) -> Result<(), Broken> {
        self.walk.check(fields, mac)?;
        let here = self.walk.last();
        while let Some(seen) = self.checkpoints.last().map(|checkpoint| checkpoint.link)
            && seen.number <= here.number
        {
            if seen != here {
                return Err(Broken::at(here.number, Why::NotTheCheckpoint));
            }
            self.checkpoints.pop();
        }
        Ok(())
    }

    /// Whether the log ends where its head says, and no checkpoint has seen more.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn end(&self, head: Link) -> Result<Link, Broken> {
        let here = self.walk.last();
        let next = here.number.saturating_add(1);
        if head.number > here.number {
            return Err(Broken::at(next, Why::CutOff(head.number)));
        }
        if head.number < here.number {
            let first = head.number.saturating_add(1).max(1);
            return Err(Broken::at(first, Why::BeyondHead));
        }
        if head != here {
            return Err(Broken::at(here.number, Why::NotTheHead));
        }
        self.reaches_checkpoints()?;
        Ok(here)
    }

    /// Whether no checkpoint has seen more than there is.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn reaches_checkpoints(&self) -> Result<(), Broken> {
        let next = self.walk.last().number.saturating_add(1);
        match self.checkpoints.first() {
            Some(seen) => Err(Broken::at(next, Why::BeforeCheckpoint(seen.link.number))),
            None => Ok(()),
        }
    }
}
