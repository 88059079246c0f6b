//! The faults that are planted one at a time, each of which must be found out.

use crate::properties::{GOOD_KEYS, PROMISE};

/// What is wrong with the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing: the protocol as it is.
    None,
    /// A desk that has just proved freshness serves for a while without proof.
    ServeUnproved,
    /// A request joins the batch whose read is already under way.
    JoinReadUnderWay,
    /// The key is looked up before the proof, not after it.
    LookBeforeProof,
    /// The epoch is read from a replica that lags.
    EpochFromReplica,
    /// The rows are read from a replica that lags.
    RowsFromReplica,
    /// A revocation is acknowledged before its commit.
    AcknowledgeBeforeCommit,
    /// A revocation that failed is acknowledged all the same.
    SwallowError,
    /// The epoch is a sequence: it moves with the statement, and no lock is held to the commit.
    SequenceAsEpoch,
    /// The epoch counts by one, also after a restore: an epoch is given twice.
    CountAfterRestore,
    /// What is applied is noted before the rows are in.
    ApplyEpochBeforeRows,
    /// A fill reads and inserts without the keeper's lock.
    FillOutsideLock,
    /// A key that was filled and dropped again at once is taken for one that does not exist.
    ForgetFill,
    /// A key that is missed while memory is emptied is taken for one that does not exist.
    MissWhileEmptied,
    /// The key is dropped from memory before the commit, and memory does not follow after it.
    InvalidateBeforeCommit,
    /// A failure to follow a commit is not remembered, and the change is acknowledged.
    SwallowFailureToFollow,
    /// A command does not ask the owner of the database to follow.
    CommandDoesNotAsk,
    /// A command looks whether there is an owner before it commits.
    CommandLooksBeforeCommit,
    /// A command is answered by the server of another database.
    AnotherServerAnswers,
    /// A server does not look again once it has the lock.
    OwnerDoesNotLookAgain,
    /// What the database says is told before memory has followed.
    TellBeforeFollowing,
}

impl Fault {
    /// The property that it breaks.
    pub(crate) fn breaks(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::ForgetFill | Self::MissWhileEmptied => Some(GOOD_KEYS),
            _ => Some(PROMISE),
        }
    }
}
