//! Requests with the key, from their first byte to their answer, and what is remarkable of a step.

use crate::database::Database;
use crate::fault::Fault;
use crate::memory::Memory;

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Stage {
    /// It waits for proof: in the open batch, or before it has looked whether memory is behind.
    Waiting,
    /// It waits for a read that was sent, or for its turn to have memory catch up.
    Sent,
    /// It has memory catch up.
    CatchingUp,
    /// Freshness is proved.
    Proven,
    /// It has looked whether memory is complete, and by which reading.
    Looking(u8),
    /// The key is not held; memory was complete by this reading when that was looked at.
    Missed(u8),
    /// It has asked for a fill.
    Asking,
    /// The fill is under way.
    Filling,
    /// The fill has ended, with a row that is revoked or not.
    Filled(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Request {
    /// The desk that serves it.
    pub(crate) desk: usize,
    pub(crate) stage: Stage,
    /// Whether it began when somebody had already been told of the key's revocation.
    pub(crate) is_late: bool,
    /// What was held when it began, where that is what it is judged by.
    found: Option<bool>,
}

/// What a step of a request has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It goes on.
    GoesOn(Stage),
    /// It is judged by a row of a key that is revoked or not.
    Judged(bool),
    /// There is said to be no such key.
    Unknown,
}

/// What is remarkable of the step that led to a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Event {
    /// A request is accepted.
    Accepted,
    /// The same, though it began after the revocation was acknowledged.
    AcceptedLate,
    /// A request is refused, as the key is revoked.
    Refused,
    /// The same, though the database has it as good.
    RefusedGoodKey,
    /// A request is told that there is no such key.
    SaidUnknown,
    /// A request is told to try again.
    Unavailable,
    /// Two requests are proved fresh by one read.
    SharedProof,
    /// Memory learns that the key is revoked.
    BroughtIn,
    /// A fill reads what is newer than what is applied.
    FilledAhead,
    /// A node crashes while requests wait.
    CrashedInBetween,
    /// A commit happens, and its answer is lost.
    AnswerLost,
    /// A command is told that the server has followed.
    CommandTold,
    /// A command finds no server.
    NobodyToAsk,
    /// A request finds that memory has failed to follow.
    FoundBehind,
    /// Somebody is shown that the key is revoked.
    Shown,
}

impl Request {
    /// A request that begins now.
    pub(crate) fn begin(desk: usize, is_late: bool, memory: &Memory, fault: Fault) -> Self {
        let found = match fault {
            Fault::LookBeforeProof => memory.held,
            _ => None,
        };
        Self {
            desk,
            stage: Stage::Waiting,
            is_late,
            found,
        }
    }

    pub(crate) fn at(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }

    /// `Verifier::find` after the proof, and what follows it.
    pub(crate) fn look(&self, memory: &Memory, fault: Fault) -> Outcome {
        if let Some(is_revoked) = self.found {
            return Outcome::Judged(is_revoked);
        }
        match (self.stage, memory.held) {
            (Stage::Proven, _) if memory.has_room => {
                Outcome::GoesOn(Stage::Looking(memory.completed_by))
            }
            (Stage::Proven | Stage::Looking(_), Some(is_revoked)) => Outcome::Judged(is_revoked),
            (Stage::Looking(complete), None) if complete != 0 => {
                Outcome::GoesOn(Stage::Missed(complete))
            }
            (Stage::Missed(complete), _)
                if complete == memory.completed_by || fault == Fault::MissWhileEmptied =>
            {
                Outcome::Unknown
            }
            (Stage::Proven | Stage::Looking(_) | Stage::Missed(_), _) => {
                Outcome::GoesOn(Stage::Asking)
            }
            (Stage::Filled(_), Some(is_revoked)) if fault == Fault::ForgetFill => {
                Outcome::Judged(is_revoked)
            }
            (Stage::Filled(_), None) if fault == Fault::ForgetFill => Outcome::Unknown,
            (Stage::Filled(is_revoked), _) => Outcome::Judged(is_revoked),
            (next, _) => Outcome::GoesOn(next),
        }
    }

    /// Whether the next step is to look something up.
    pub(crate) fn can_look(&self) -> bool {
        matches!(
            self.stage,
            Stage::Proven | Stage::Looking(_) | Stage::Missed(_) | Stage::Filled(_)
        )
    }

    /// The answer to one that is judged.
    pub(crate) fn answer(&self, is_revoked: bool, database: Database) -> Event {
        match (is_revoked, self.is_late) {
            (false, false) => Event::Accepted,
            (false, true) => Event::AcceptedLate,
            (true, _) if database.row.is_revoked => Event::Refused,
            (true, _) => Event::RefusedGoodKey,
        }
    }
}
