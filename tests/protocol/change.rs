//! Changes: one transaction each, from the first statement to the acknowledgement.

use crate::database::{Database, Epoch, Row};
use crate::fault::Fault;

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// It revokes the key that is followed.
    Key,
    /// It changes some other key.
    Other,
}

/// How far a change has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    /// Not begun; or begun once, and whoever asked for it was told that it may or may not be done.
    Idle,
    /// Its rows and the epoch's are written, with this epoch; none where nothing was left to do.
    Written(Option<Epoch>),
    /// It is committed; memory has to follow before the answer.
    Committed,
    /// A command has found an owner and asked it to follow.
    Asked,
    /// It is acknowledged, or nobody asks any more.
    Over,
}

/// A change and whoever makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Change {
    pub(crate) target: Target,
    /// The node whose memory follows the commit; none where it is made elsewhere.
    pub(crate) home: Option<usize>,
    pub(crate) stage: Stage,
    /// Whether somebody was told that it is done.
    pub(crate) is_acknowledged: bool,
    /// Whether a command that looked at the lock when it wrote saw it held.
    pub(crate) saw_owner: bool,
}

impl Change {
    pub(crate) fn new(target: Target, home: Option<usize>) -> Self {
        Self {
            target,
            home,
            stage: Stage::Idle,
            is_acknowledged: false,
            saw_owner: false,
        }
    }

    /// Whether the statements can be run now: they wait for the lock, unless there is nothing left
    /// to change.
    pub(crate) fn can_write(&self, database: Database, fault: Fault) -> bool {
        self.stage == Stage::Idle
            && (self.is_done(database) || !database.is_locked || fault == Fault::SequenceAsEpoch)
    }

    /// `lifecycle::revoke` with `epoch::advance`.
    pub(crate) fn write(&mut self, database: &mut Database, fault: Fault) {
        self.stage = if self.is_done(*database) {
            Stage::Written(None)
        } else {
            let epoch = database.next_epoch(fault);
            if fault == Fault::SequenceAsEpoch {
                database.advance(epoch);
            } else {
                database.is_locked = true;
            }
            Stage::Written(Some(epoch))
        };
        if fault == Fault::AcknowledgeBeforeCommit {
            self.is_acknowledged = true;
        }
    }

    /// The transaction becomes visible, all of it at once.
    pub(crate) fn commit(&mut self, database: &mut Database, fault: Fault) {
        if let Stage::Written(Some(epoch)) = self.stage {
            if self.target == Target::Key {
                database.row = Row {
                    is_revoked: true,
                    changed: epoch,
                };
            }
            if fault != Fault::SequenceAsEpoch {
                database.advance(epoch);
                database.is_locked = false;
            }
        }
        self.stage = Stage::Committed;
    }

    /// The transaction is undone; whoever asked for it is told to try again.
    pub(crate) fn abort(&mut self, database: &mut Database, fault: Fault) {
        if let Stage::Written(Some(_)) = self.stage
            && fault != Fault::SequenceAsEpoch
        {
            database.is_locked = false;
        }
        self.stage = Stage::Idle;
        if fault == Fault::SwallowError {
            self.acknowledge();
        }
    }

    /// Whoever asked does not know whether it is committed. A revocation is tried again; of another
    /// change it is enough that it happened, or did not.
    pub(crate) fn forget(&mut self) {
        self.stage = match self.target {
            Target::Key => Stage::Idle,
            Target::Other => Stage::Over,
        };
    }

    pub(crate) fn acknowledge(&mut self) {
        self.stage = Stage::Over;
        self.is_acknowledged = true;
    }

    /// Whether somebody was told by it that the key is revoked.
    pub(crate) fn revokes(&self) -> bool {
        self.target == Target::Key && self.is_acknowledged
    }

    fn is_done(&self, database: Database) -> bool {
        self.target == Target::Key && database.row.is_revoked
    }
}
